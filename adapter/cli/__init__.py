"""The command line (contracts.md section 1): one module per noun, each adding its commands to the parser.

Documents go to standard output, everything else to standard error. Exit status: 0 done, 1 something in the data was
wrong, 2 wrong use. argparse rather than a command-line library: importing one costs as much as a whole conversion.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from adapter import __version__
from adapter.errors import AdapterError

MODULES = (
    "convert", "check", "nomenclature", "inspect", "upload", "store", "export", "diff", "roundtrip", "serve", "bench",
)  # fmt: skip
COMMANDS = {
    "convert": "convert",
    "check": "check",
    "iscn": "nomenclature",
    "hgvs": "nomenclature",
    "fusion": "nomenclature",
    "formats": "inspect",
    "terms": "inspect",
    "upload": "upload",
    "store": "store",
    "export": "export",
    "diff": "diff",
    "roundtrip": "roundtrip",
    "serve": "serve",
    "bench": "bench",
}


def parser(only: str = "") -> argparse.ArgumentParser:
    """The whole parser, or the part that the command ``only`` needs: the other commands' modules stay unloaded."""
    top = argparse.ArgumentParser(
        prog="adapter",
        description="Leukaemia genetics case reports to FHIR R4 and Phenopackets v2: nothing lost, nothing invented.",
        epilog="example: adapter convert samples/fonc-2026-1656404-patient-1.json --to fhir --pretty",
    )
    top.add_argument("--version", action="version", version=f"adapter {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in [COMMANDS[only]] if only in COMMANDS else MODULES:
        import_module(f"adapter.cli.{module}").add(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    args = parser(arguments[0] if arguments else "").parse_args(arguments)
    try:
        status: int = args.run(args)
    except BrokenPipeError:
        # The reader of a pipe (head, less) went away: not an error of ours, and nobody is left to tell.
        sys.stderr.close()
        return 0
    except AdapterError as error:
        sys.stderr.write(f"adapter: {error}\n")
        return 2
    return status
