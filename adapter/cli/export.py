"""``adapter export``: the store, or an NDJSON file of cases, to files with a manifest."""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapter.cli.convert import moment
from adapter.clock import now
from adapter.errors import ExportError
from adapter.formats.base import PROFILE_SETS

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from adapter.export.driver import Engine
    from adapter.export.table import Progress

# As in adapter.export.forms, which is imported only when an export runs.
FORMATS = (
    "phenopacket-ndjson",
    "phenopacket-zip",
    "phenopacket-cohort",
    "phenopacket-protobuf",
    "fhir-ndjson",
    "fhir-transactions",
)


def add(commands: Any) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "export",
        help="export many cases to files with a manifest",
        description="Export the store or an NDJSON file of cases. Run again on the same folder, it resumes.",
        epilog="examples:\n"
        "  adapter export --format phenopacket-ndjson --from-file cases.ndjson -o out --workers 2\n"
        "  adapter export --format fhir-ndjson --profile-set mcode4 --from-file cases.ndjson -o out\n"
        "  adapter export --verify out",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = command.add_mutually_exclusive_group(required=True)
    what.add_argument("--format", choices=FORMATS)
    what.add_argument("--verify", metavar="DIR", help="check a finished export against its manifest")
    command.add_argument("-o", "--output", metavar="DIR")
    command.add_argument("--from-file", metavar="FILE.ndjson", help="cases a line; the store when absent")
    command.add_argument("--store", metavar="URL", help="a SQLite file or a database address; else ADAPTER_STORE")
    command.add_argument("--workers", type=int, default=1, metavar="N", help="processes; they do not change any byte")
    command.add_argument(
        "--spark", metavar="MASTER", help="convert with Apache Spark: local[2], yarn, spark://HOST:PORT"
    )
    command.add_argument("--profile-set", choices=PROFILE_SETS, default="gr3", help="FHIR profiles to claim")
    command.add_argument(
        "--at", metavar="TIME", type=moment, help="conversion time, RFC 3339; else SOURCE_DATE_EPOCH, else now"
    )
    command.add_argument(
        "--check", choices=("none", "sample", "basic"), default="sample", help="validate no, some or all documents"
    )
    command.add_argument("--no-losses", action="store_true", help="leave out the files of losses")
    command.add_argument("--name", default="haem-adapter-export", help="top folder of an archive, id of a cohort")
    command.add_argument("--mappings", metavar="DIR", help="tables that add to or override the packaged ones")
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Export or verify; 1 when a case failed, the export broke off or a file is not as its manifest says."""
    from adapter.export.manifest import verify

    try:
        if args.verify:
            faults = verify(Path(args.verify))
            for fault in faults:
                sys.stderr.write(f"adapter export: {fault}\n")
            return 1 if faults else 0
        if not args.output or args.workers < 1 or not _plain(args.name):
            sys.stderr.write("adapter export: expected -o, --workers of at least 1 and a plain --name\n")
            return 2
        return _export(args)
    except ExportError as error:
        sys.stderr.write(f"adapter export: {error}\n")
        return 1


def _export(args: argparse.Namespace) -> int:
    from adapter.export.driver import run as drive
    from adapter.export.request import Request

    request = Request(
        format=args.format,
        at=args.at or now(),
        profile_set=args.profile_set,
        check=args.check,
        losses=not args.no_losses,
        mappings=str(Path(args.mappings).absolute()) if args.mappings else "",
        name=args.name,
    )
    source = Path(args.from_file) if args.from_file else _stored(args)
    with _engine(args.spark) as engine:
        document = drive(Path(args.output), source, request, workers=args.workers, watch=_Show(), engine=engine)
    cases = document["extension"]["cases"]
    sys.stderr.write(f"{cases['read']} cases, {cases['failed']} failed, {len(document['output'])} files\n")
    return 1 if cases["failed"] else 0


def _engine(master: str | None) -> AbstractContextManager[Engine | None]:
    """Spark where it is asked for, else worker processes of this machine."""
    if not master:
        return nullcontext()
    from adapter.export.spark import engine

    return engine(master)


def _stored(args: argparse.Namespace) -> Path:
    """The store as it is now, or as it was when the export in this folder began."""
    from adapter.export.worker import WORK
    from adapter.store import default_url
    from adapter.store.cases import snapshot_file

    path = Path(args.output) / WORK / "store.ndjson"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        snapshot_file(args.store or default_url(), path)
    except OSError as error:
        raise ExportError(f"{error.strerror}: {args.output}") from error
    return path


def _plain(name: str) -> bool:
    from adapter.export.forms import slug

    return bool(name) and slug(name) == name


class _Show:
    """Progress on standard error: a bar with rate and remaining time on a terminal, JSON lines otherwise."""

    EVERY_SECONDS = 5.0

    def __init__(self) -> None:
        self.started = self.shown = time.monotonic()
        self.first: int | None = None
        self.bar: Any = None

    def __call__(self, progress: Progress) -> None:
        if sys.stderr.isatty():
            self._draw(progress)
        elif time.monotonic() - self.shown >= self.EVERY_SECONDS or progress.done == progress.chunks:
            self.shown = time.monotonic()
            sys.stderr.write(self.line(progress) + "\n")

    def line(self, progress: Progress) -> str:
        """One progress line; rate and remaining seconds are of this run, not of one that it resumed."""
        from adapter.formats.document import dump

        if self.first is None:
            self.first = progress.cases
        seconds = max(time.monotonic() - self.started, 1e-6)
        rate = (progress.cases - self.first) / seconds
        left = (progress.chunks - progress.done) * progress.cases / progress.done if progress.done else None
        row = {
            "chunks": progress.chunks,
            "done": progress.done,
            "cases": progress.cases,
            "failed": progress.failed,
            "cases_per_second": round(rate, 1),
            "remaining_seconds": round(left / rate) if rate and left is not None else None,
        }
        return dump(row).decode().rstrip()

    def _draw(self, progress: Progress) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        if self.bar is None:
            self.bar = Bar(
                BarColumn(),
                TextColumn("{task.percentage:>3.0f}% {task.fields[cases]} cases {task.fields[rate]}/s"),
                TimeRemainingColumn(),
                console=Console(stderr=True),
            )
            self.first = progress.cases
            self.bar.add_task("export", total=progress.chunks, cases=0, rate=0)
            self.bar.start()
        rate = (progress.cases - (self.first or 0)) / max(time.monotonic() - self.started, 1e-6)
        self.bar.update(self.bar.task_ids[0], completed=progress.done, cases=progress.cases, rate=round(rate))
        if progress.done == progress.chunks:
            self.bar.stop()
