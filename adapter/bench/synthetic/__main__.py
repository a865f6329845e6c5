"""``python -m adapter.bench.synthetic COUNT [SEED]``: synthetic cases as NDJSON on standard output."""

from __future__ import annotations

import sys

from adapter.bench.synthetic import cases
from adapter.formats.document import dump


def main(arguments: list[str]) -> int:
    """Print COUNT cases of SEED (1 when absent) as NDJSON; the exit status."""
    count, seed = int(arguments[0]), int(arguments[1]) if len(arguments) > 1 else 1
    for one in cases(count, seed):
        sys.stdout.buffer.write(dump(one))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
