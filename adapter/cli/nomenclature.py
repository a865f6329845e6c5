"""``adapter iscn``, ``adapter hgvs`` and ``adapter fusion``: one JSON line per text (contracts.md sections 2 and 3)."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from adapter.cli.inputs import text_lines
from adapter.errors import ReadError
from adapter.formats.document import dump
from adapter.report import Json
from adapter.terms import Terms, load

HGVS_FIELDS = ("gene", "assembly", "transcript", "protein")


def add(commands: Any) -> None:
    """Add the commands to the parser."""
    iscn = _command(commands, "iscn", "read karyotype, FISH and array text", "'nuc ish(KMT2Ax6~18)[137/200]'", _iscn)
    iscn.add_argument("--tokens", action="store_true", help="add the terminals of the grammar with their spans")
    hgvs = _command(commands, "hgvs", "read variants as reported", "'TP53 c.524G>A p.Arg175His'", _hgvs)
    for field in HGVS_FIELDS:
        hgvs.add_argument(f"--{field}", help="what is known about the variant")
    hgvs.add_argument("--online", metavar="NAME", help="ask a service too: variantvalidator, mutalyzer or seqrepo")
    _command(commands, "fusion", "read gene fusions as reported", "'BCR/ABL1'", _fusion)


def _command(
    commands: Any, name: str, title: str, example: str, reader: Callable[..., Json]
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        name,
        help=title,
        epilog=f"examples:\n  adapter {name} {example}\n  adapter {name} --lines FILE",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("text", nargs="?", metavar="TEXT")
    command.add_argument("--lines", metavar="FILE", help="one text a line; - is standard input")
    command.add_argument("--mappings", metavar="DIR", help="tables that add to or override the packaged ones")
    command.set_defaults(run=run, reader=reader)
    return command


def run(args: argparse.Namespace) -> int:
    """Read every text, one JSON line each, in order; 1 when one of them was rejected."""
    if (args.text is None) == (args.lines is None):
        sys.stderr.write(f"adapter {args.command}: expected a TEXT or --lines FILE\n")
        return 2
    terms = load(Path(args.mappings) if args.mappings else None)
    rejected = False
    for text in [args.text] if args.lines is None else text_lines(args.lines):
        found = args.reader(text, args, terms)
        rejected = rejected or found["status"] == "rejected"
        sys.stdout.buffer.write(dump(found))
    return 1 if rejected else 0


def _iscn(text: str, args: argparse.Namespace, terms: Terms) -> Json:
    from adapter.nomenclature.iscn import describe, parse

    found: Json = describe(parse(text), terms, tokens=args.tokens)
    return found


def _hgvs(text: str, args: argparse.Namespace, terms: Terms) -> Json:
    from adapter.nomenclature.hgvs import describe

    stated = {field: getattr(args, field) for field in HGVS_FIELDS}
    try:
        found = describe(text, terms=terms, **stated)
    except ReadError as error:
        span = {"start": 0, "end": len(text)}
        fault = {"code": "INPUT", "severity": "error", **span, "message": error.message, "suggestion": None}
        return {"input": text, "status": "rejected", "diagnostics": [fault]}
    if args.online:
        from adapter.online import asker

        found["online"] = asker(args.online).ask(found).as_json()
    return found


def _fusion(text: str, _args: argparse.Namespace, terms: Terms) -> Json:
    from adapter.nomenclature.fusion import describe, read

    return describe(read(text, terms))
