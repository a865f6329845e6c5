"""``adapter check``: reports over cases, FHIR documents and phenopackets."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from adapter.cli.inputs import Input, complain, documents
from adapter.cli.inputs import line as issue_line
from adapter.formats.document import dump
from adapter.report import Issue, Report
from adapter.terms import Terms, load


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
    command.add_argument("--json", action="store_true", help="reports as JSON, one a line")
    command.add_argument("--tier", choices=("basic", "profile", "all"), default="basic")
    command.add_argument("--mappings", metavar="DIR", help="tables that add to or override the packaged ones")
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check every document; 0 when all are valid."""
    terms = load(Path(args.mappings) if args.mappings else None)
    valid = True
    for source in (one for file in args.files for one in documents(file)):
        report = _report(source, args, terms)
        valid = valid and report.valid
        if args.json:
            sys.stdout.buffer.write(dump(report.to_json()))
        else:
            _show(source, report)
    return 0 if valid else 1


def _report(source: Input, args: argparse.Namespace, terms: Terms) -> Report:
    from adapter.validate import check

    if source.error:
        if not args.json:
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
    return check(source.document, tier=args.tier, terms=terms)


def _show(source: Input, report: Report) -> None:
    """One document's report for a person: a verdict, then the issues, the worst first."""
    order = {"error": 0, "warning": 1, "information": 2}
    sys.stdout.write(f"{source.place}: {'valid' if report.valid else 'not valid'}\n")
    for issue in sorted(report.issues, key=lambda i: order[i.level]):
        sys.stdout.write(f"  {issue_line(issue)}\n")
    for checked in report.checked:
        sys.stdout.write(f"  checked: {checked.validator} {checked.version}: {checked.what}\n")
