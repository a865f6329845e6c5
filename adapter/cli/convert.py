"""``adapter convert``: files in, documents out, losses and explanations beside them."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from adapter.cli.inputs import Input, complain, documents, gathered, line
from adapter.clock import instant, now
from adapter.convert import Converted, convert
from adapter.errors import CaseError, ReadError
from adapter.formats.base import PROFILE_SETS
from adapter.formats.document import dump
from adapter.terms import load

FORMATS = ("fhir", "phenopacket", "case")


def add(commands: Any) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "convert",
        help="convert cases to FHIR or phenopackets, or read them back",
        description="Convert files (JSON, YAML, NDJSON, protobuf; '-' is standard input) from one format to another.",
        epilog="examples:\n"
        "  adapter convert case.json --to fhir --pretty\n"
        "  adapter convert case.yaml --to phenopacket --losses losses.json -o packet.json\n"
        "  adapter convert cases.ndjson --to fhir --profile-set mcode4 --bundle transaction -o bundles.ndjson\n"
        "  adapter convert a.json b.json --to phenopacket -o packets/",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("files", nargs="+", metavar="FILE")
    command.add_argument("--to", required=True, choices=FORMATS)
    command.add_argument("--from", dest="source", choices=FORMATS, help="source format; recognised when absent")
    command.add_argument(
        "--message",
        choices=("Phenopacket", "Family", "Cohort"),
        help="the input is binary protobuf of this message; .pb is recognised",
    )
    command.add_argument("--profile-set", choices=PROFILE_SETS, default="gr3", help="FHIR profiles to claim")
    command.add_argument(
        "--bundle", choices=("collection", "transaction"), default="collection", help="kind of FHIR bundle"
    )
    command.add_argument(
        "--at", metavar="TIME", type=moment, help="conversion time, RFC 3339; else SOURCE_DATE_EPOCH, else now"
    )
    command.add_argument("--losses", metavar="FILE", help="write what the output does not hold")
    command.add_argument("--explain", metavar="FILE", help="write where every value came from")
    command.add_argument(
        "--check", choices=("none", "basic", "profile", "all"), default="basic", help="validate the output"
    )
    command.add_argument("--mappings", metavar="DIR", help="tables that add to or override the packaged ones")
    command.add_argument("--pretty", action="store_true", help="indent the output")
    command.add_argument("-o", "--output", metavar="FILE|DIR/", default="-")
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Convert every file; a fault in one does not stop the others."""
    terms = load(Path(args.mappings) if args.mappings else None)
    at = args.at or now()
    faulty = False
    with ExitStack() as files:
        sink = _Sink(args, files)
        for source in gathered(one for file in args.files for one in documents(file, args.message)):
            converted, fine = _convert(source, args, at, terms)
            for one in converted:
                fine = _checked(source, one, args, terms) and fine
                sink.write(source, one, several=len(converted) > 1)
            faulty = faulty or not fine
    return 1 if faulty else 0


def _convert(source: Input, args: argparse.Namespace, at: str, terms: Any) -> tuple[list[Converted], bool]:
    """The conversions of one input, and whether it could be read."""
    if source.error:
        complain(source.place, source.error)
        return [], False
    try:
        return convert(
            source.document,
            args.to,
            at=at,
            source=args.source,
            profile_set=args.profile_set,
            bundle=args.bundle,
            terms=terms,
        ), True
    except (CaseError, ReadError) as error:
        complain(source.place, error)
        return [], False


def _checked(source: Input, converted: Converted, args: argparse.Namespace, terms: Any) -> bool:
    """Report what the checks find in the output; true without an error."""
    if args.check == "none":
        return True
    from adapter.validate import check_converted

    report = check_converted(converted, args.to, tier=args.check, terms=terms)
    for issue in report.issues:
        if issue.level != "information":
            sys.stderr.write(f"{source.place}: {line(issue)}\n")
    return report.valid


class _Sink:
    """Where documents, losses and explanations go: standard output, one file, or a folder with a file each."""

    def __init__(self, args: argparse.Namespace, files: ExitStack) -> None:
        self.pretty = args.pretty
        self.folder = Path(args.output) if args.output.endswith(("/", os.sep)) or Path(args.output).is_dir() else None
        if self.folder:
            self.folder.mkdir(parents=True, exist_ok=True)
        self.out = None if self.folder else _open(args.output, files)
        self.losses = _open(args.losses, files) if args.losses else None
        self.explain = _open(args.explain, files) if args.explain else None

    def write(self, source: Input, converted: Converted, *, several: bool) -> None:
        data = dump(converted.document, pretty=self.pretty)
        if self.folder:
            stem = Path(source.file).stem if source.file != "-" else "stdin"
            name = f"{stem}-{converted.case.id}.json" if several or source.line else f"{stem}.json"
            (self.folder / name).write_bytes(data)
        elif self.out:
            self.out.write(data)
        if self.losses:
            self.losses.write(dump([loss.to_json() for loss in converted.losses]))
        if self.explain:
            self.explain.write(dump(converted.explain()))


def _open(name: str, files: ExitStack) -> IO[bytes]:
    return sys.stdout.buffer if name == "-" else files.enter_context(Path(name).open("wb"))


def moment(text: str) -> str:
    """The value of ``--at``. Raises ArgumentTypeError, which argparse shows with the option's name."""
    try:
        return instant(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
