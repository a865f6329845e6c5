"""``adapter upload``: bundles to a FHIR server, read back, with a table of what became of every entry."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapter.cli.convert import moment
from adapter.cli.inputs import Input, complain, documents
from adapter.cli.servers import connected
from adapter.clock import now
from adapter.errors import CaseError, ReadError
from adapter.formats.base import PROFILE_SETS
from adapter.formats.document import dump
from adapter.report import Json
from adapter.terms import Terms, load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapter.server import Client, Journal


def add(commands: Any) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "upload",
        help="send bundles to a FHIR server and read them back",
        description="Send FHIR bundles, or the FHIR of cases and phenopackets, to a server; safe to repeat. Each entry "
        "is created on the condition of its identifier and compared with what the server gives back.",
        epilog="examples:\n"
        "  adapter upload bundle.json --server clinic --dry-run\n"
        "  adapter upload cases.ndjson --server clinic --resume upload.journal > table.ndjson",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("files", nargs="+", metavar="FILE")
    command.add_argument("--server", required=True, metavar="ID", help="a configured server (docs/servers.md)")
    command.add_argument("--allow-url", action="store_true", help="take the URL of a server in place of its id")
    command.add_argument(
        "--mode", choices=("conditional", "put"), default="conditional", help="leave, or replace, what is there"
    )
    command.add_argument("--dry-run", action="store_true", help="only ask what is there")
    command.add_argument("--resume", metavar="FILE", help="note finished documents here, and skip those noted before")
    command.add_argument("--profile-set", choices=PROFILE_SETS, default="gr3", help="FHIR profiles to claim")
    command.add_argument("--at", metavar="TIME", type=moment, help="conversion time, RFC 3339")
    command.add_argument("--mappings", metavar="DIR", help="tables that add to or override the packaged ones")
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Upload every document, one line of JSON each on standard output; 0 when all is on the server."""
    terms = load(Path(args.mappings) if args.mappings else None)
    with ExitStack() as stack:
        client = connected(args.server, stack, allow_url=args.allow_url)
        job = _Job(args, terms, client, args.at or now())
        if args.resume and not args.dry_run:
            job.open(Path(args.resume), stack)
        fine = True
        for source in (one for file in args.files for one in documents(file)):
            fine = job.take(source) and fine
    job.summary()
    return 0 if fine else 1


@dataclass(slots=True)
class _Job:
    """One run of the command."""

    args: argparse.Namespace
    terms: Terms
    client: Client
    at: str
    journal: Journal | None = None

    counts: Counter[str] = field(default_factory=Counter)

    def open(self, path: Path, stack: ExitStack) -> None:
        """Resume from ``path``; the conversion time of the first run is kept."""
        from adapter.server import Journal

        self.journal = stack.enter_context(
            Journal(path, server=self.client.server.base, mode=self.args.mode, at=self.at)
        )
        self.at = self.journal.at

    def take(self, source: Input) -> bool:
        """Upload what one input holds; true when all of it is on the server."""
        try:
            if source.error:
                raise source.error
            bundles = list(self.bundles(source))
        except (CaseError, ReadError) as error:
            complain(source.place, error)
            self.counts["unread"] += 1
            return False
        sent = [self.send(source, bundle) for bundle in bundles]
        return all(sent)

    def bundles(self, source: Input) -> Iterator[Json]:
        """The FHIR bundles of one input: itself, or what its cases are in FHIR."""
        from adapter.convert import convert
        from adapter.formats import recognise

        if recognise(source.document).name == "fhir":
            yield source.document
            return
        converted = convert(
            source.document,
            "fhir",
            at=self.at,
            profile_set=self.args.profile_set,
            bundle="transaction",
            terms=self.terms,
        )
        yield from (one.document for one in converted)

    def send(self, source: Input, bundle: Json) -> bool:
        """Upload one bundle, or take its result from the resume file; print its line."""
        from adapter.server import upload
        from adapter.server.journal import key

        done = self.journal.result(key(bundle)) if self.journal else None
        result = done or upload(bundle, self.client, mode=self.args.mode, dry_run=self.args.dry_run).to_json()
        if self.journal and not done and result["uploaded"]:
            self.journal.finish(key(bundle), result)
        sys.stdout.buffer.write(dump({"input": source.place, "resumed": done is not None, **result}))
        sys.stdout.buffer.flush()
        for fault in result["faults"]:
            sys.stderr.write(f"{source.place}: error: {fault['pointer'] or '/'}: {fault['message']}\n")
        self.counts.update(result["counts"])
        fine: bool = result["uploaded"] or (self.args.dry_run and not result["faults"])
        return fine

    def summary(self) -> None:
        """Say on standard error how many entries ended how."""
        said = ", ".join(f"{number} {state}" for state, number in sorted(self.counts.items()))
        sys.stderr.write(f"{self.client.server.id}: {said or 'nothing'}\n")
