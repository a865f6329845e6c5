"""``adapter check``: reports over cases, FHIR documents and phenopackets."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapter.cli.inputs import Input, complain, documents
from adapter.cli.reports import grouped, sarif
from adapter.cli.servers import connected
from adapter.formats.document import dump
from adapter.report import Issue, Report
from adapter.terms import Terms, load

if TYPE_CHECKING:
    from adapter.server import Client


def add(commands: Any) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "check",
        help="validate cases, FHIR documents and phenopackets",
        description="Say what the validators find in files; the format is recognised.",
        epilog="examples:\n  adapter check case.yaml\n  adapter check bundle.json --tier profile --json",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("files", nargs="+", metavar="FILE")
    shape = command.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="reports as JSON, one a line")
    shape.add_argument("--sarif", action="store_true", help="one SARIF 2.1.0 log of all reports")
    command.add_argument("--tier", choices=("basic", "profile", "all"), default="basic")
    command.add_argument("--server", metavar="ID", help="also ask a configured FHIR server to validate")
    command.add_argument("--allow-url", action="store_true", help="take the URL of a server in place of its id")
    command.add_argument("--mappings", metavar="DIR", help="tables that add to or override the packaged ones")
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check every document; 0 when all are valid."""
    terms = load(Path(args.mappings) if args.mappings else None)
    with ExitStack() as stack:
        client = connected(args.server, stack, allow_url=args.allow_url) if args.server else None
        return _check(args, terms, client)


def _check(args: argparse.Namespace, terms: Terms, client: Client | None) -> int:
    valid = True
    kept: list[tuple[Input, Report]] = []
    for source in (one for file in args.files for one in documents(file)):
        report = _report(source, args, terms, client)
        valid = valid and report.valid
        if args.sarif:
            kept.append((source, report))
        elif args.json:
            sys.stdout.buffer.write(dump(report.to_json()))
        else:
            sys.stdout.writelines(f"{line}\n" for line in grouped(source, report))
    if args.sarif:
        sys.stdout.buffer.write(dump(sarif(kept)))
    return 0 if valid else 1


def _report(source: Input, args: argparse.Namespace, terms: Terms, client: Client | None) -> Report:
    from adapter.validate import check, check_on_server

    if source.error:
        if not args.json and not args.sarif:
            complain(source.place, source.error)
        return Report(
            (),
            (
                Issue(
                    validator="adapter",
                    level="error",
                    category="syntax",
                    path=source.error.pointer,
                    message=source.error.message,
                ),
            ),
        )
    report = check(source.document, tier=args.tier, terms=terms)
    return report + check_on_server(source.document, client, terms=terms) if client else report
