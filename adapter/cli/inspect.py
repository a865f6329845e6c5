"""``adapter formats`` and ``adapter terms``: what there is."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from adapter.errors import UnknownTerm
from adapter.formats import PACKAGES, form
from adapter.formats.document import dump
from adapter.terms import load


def add(commands: Any) -> None:
    """Add the commands to the parser."""
    formats = commands.add_parser("formats", help="the formats, and their schemas")
    formats.add_argument("--schema", metavar="NAME", choices=("case",), help="print the JSON Schema of a format")
    formats.set_defaults(run=run_formats)
    terms = commands.add_parser(
        "terms",
        help="the mapping tables and their rows",
        epilog="examples:\n  adapter terms specimens\n  adapter terms specimens BM\n  adapter terms genes MLL",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    terms.add_argument("table", nargs="?", metavar="TABLE")
    terms.add_argument("key", nargs="?", metavar="KEY", help="key, label, alias or gene name")
    terms.add_argument("--mappings", metavar="DIR", help="tables that add to or override the packaged ones")
    terms.set_defaults(run=run_terms)


def run_formats(args: argparse.Namespace) -> int:
    """List the formats with the facts they carry, or print a schema."""
    if args.schema:
        from adapter.case import case_schema

        sys.stdout.buffer.write(dump(case_schema(), pretty=True))
        return 0
    for found in map(form, PACKAGES):
        sys.stdout.buffer.write(
            dump(
                {
                    "name": found.name,
                    "title": found.title,
                    "media_type": found.media_type,
                    "carries": sorted(found.carries),
                }
            )
        )
    return 0


def run_terms(args: argparse.Namespace) -> int:
    """List the tables, a table's rows, or the rows of one key."""
    terms = load(Path(args.mappings) if args.mappings else None)
    if not args.table:
        for name in terms.tables():
            sys.stdout.write(f"{name}\n")
        return 0
    if args.table == "genes":
        return _gene(args.key, terms)
    rows = terms.rows(args.table)
    if args.key:
        key = terms.key(args.table, args.key)
        if key is None:
            near = ", ".join(terms.nearest(args.table, args.key))
            sys.stderr.write(f"adapter: {UnknownTerm(args.table, args.key)}{f'; nearest: {near}' if near else ''}\n")
            return 1
        rows = tuple(row for row in rows if row.key == key)
    for row in rows:
        sys.stdout.buffer.write(dump(row._asdict()))
    return 0


def _gene(name: str | None, terms: Any) -> int:
    if not name:
        sys.stderr.write("adapter: name a gene: adapter terms genes KMT2A\n")
        return 2
    gene = terms.gene(name)
    sys.stdout.buffer.write(dump({"symbol": gene.symbol, "hgnc": gene.hgnc, "note": gene.note, "rule": gene.rule}))
    return 0
