"""``adapter bench``: ratios of CPU time, measured side by side in one run."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapter.formats.document import dump

if TYPE_CHECKING:
    from adapter.bench.measure import Row


def add(commands: Any) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "bench",
        help="run the benchmarks",
        epilog="examples: adapter bench cost --json; adapter bench --write docs/performance.md",
    )
    command.add_argument("names", nargs="*", metavar="NAME", help="cost, startup, check, …; all when absent")
    command.add_argument("--json", action="store_true", help="JSON lines")
    command.add_argument("--write", metavar="FILE.md", help="also put the table between the bench marks of this page")
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the benches named; 1 when a goal is missed."""
    from adapter import bench
    from adapter.bench import table

    unknown = [name for name in args.names if name not in bench.BENCHES]
    if unknown:
        sys.stderr.write(f"adapter bench: no bench {unknown[0]}; there are {', '.join(bench.BENCHES)}\n")
        return 2
    page = Path(args.write) if args.write else None
    try:
        if page:
            # Before minutes of measuring, not after them.
            table.check(page.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"adapter bench: {error}\n")
        return 2
    found = []
    for row in bench.run(args.names):
        found.append(row)
        sys.stdout.buffer.write(dump(row.to_json()) if args.json else f"{_line(row)}\n".encode())
        sys.stdout.buffer.flush()
    if page:
        table.write(page, found)
    return 1 if any(row.met is False for row in found) else 0


def _line(row: Row) -> str:
    if not row.measured:
        return f"{row.number:3} {row.bench:8} {row.name:66} {row.note}"
    verdict = {True: "met", False: "MISSED", None: ""}[row.met]
    return f"{row.number:3} {row.bench:8} {row.name:66} {row.ratio:9.2f}  {row.goal:7} {verdict}"
