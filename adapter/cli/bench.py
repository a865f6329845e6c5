"""``adapter bench``: ratios of CPU time, measured side by side in one run."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from adapter.formats.document import dump


def add(commands: Any) -> None:
    """Add the command to the parser."""
    command = commands.add_parser("bench", help="run the benchmarks", epilog="example: adapter bench cost --json")
    command.add_argument("names", nargs="*", metavar="NAME", help="cost, startup, check, iscn, hgvs; all when absent")
    command.add_argument("--json", action="store_true", help="JSON lines")
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the benches named; 1 when a goal is missed."""
    from adapter import bench

    unknown = [name for name in args.names if name not in bench.BENCHES]
    if unknown:
        sys.stderr.write(f"adapter bench: no bench {unknown[0]}; there are {', '.join(bench.BENCHES)}\n")
        return 2
    missed = False
    for row in bench.run(args.names):
        missed = missed or row.met is False
        if args.json:
            sys.stdout.buffer.write(dump(row.to_json()))
        else:
            verdict = {True: "met", False: "MISSED", None: ""}[row.met]
            sys.stdout.write(f"{row.bench:8} {row.name:60} {row.ratio:9.2f}  {row.goal:7} {verdict}\n")
        sys.stdout.flush()
    return 1 if missed else 0
