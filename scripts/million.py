"""Export synthetic cases to phenopacket NDJSON with several numbers of workers, and compare cost, memory and bytes.

    python scripts/million.py --cases 1000000 --workers 1 2 8 [--source FILE] [--keep DIR]

Prints one JSON line per run: seconds, cases a second, CPU per case, peak memory of the largest worker, SHA-256 over
all output. Exit status 1 if the bytes are not the same for every number of workers. ``--source`` is a file of that
many cases where one is at hand; else they are made. Outputs are deleted after each run unless --keep names a folder.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from adapter.bench import bulk


def main():
    """Run the exports; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 8])
    parser.add_argument("--source", type=Path)
    parser.add_argument("--keep", type=Path)
    args = parser.parse_args()
    digests = set()
    with tempfile.TemporaryDirectory(prefix="adapter-million-") as name:
        place = Path(name)
        source = args.source or place / "cases.ndjson"
        if not args.source:
            start = time.monotonic()
            bulk.write_cases(source, args.cases)
            print(json.dumps({"made": args.cases, "seconds": round(time.monotonic() - start, 1)}), flush=True)
        for workers in args.workers:
            with tempfile.TemporaryDirectory(dir=place) as folder:
                found = bulk.export(
                    source, args.keep / str(workers) if args.keep else Path(folder), args.cases, workers
                )
            digests.add(found.sha256)
            print(json.dumps(found.to_json()), flush=True)
    return 0 if len(digests) == 1 else 1


if __name__ == "__main__":
    sys.exit(main())
