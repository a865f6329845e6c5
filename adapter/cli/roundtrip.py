"""``adapter roundtrip``: phenopackets read as cases and written again, file by file: what comes back and what not."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from adapter.cli.inputs import documents
from adapter.errors import CaseError, ReadError
from adapter.formats.document import dump

_SUFFIXES = {".json", ".ndjson", ".jsonl", ".yaml", ".yml", ".pb"}
_SHOWN = 3


class Row(NamedTuple):
    """The result of one packet: place, ``equal``, ``differs`` or ``failed``, pointers or the reason, warnings."""

    place: str
    status: str
    where: tuple[str, ...]
    habits: tuple[str, ...] = ()


def add(commands: Any) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "roundtrip",
        help="read phenopackets as cases, write them again, and say what is not as it was",
        description="Packet to case to packet, for every file and every folder with all below it. Compared as protobuf "
        "messages. Exit status 1 when a packet differs or cannot be read.",
        epilog="examples:\n  adapter roundtrip packet.json\n  adapter roundtrip phenopacket-store/ --quiet --jobs 4",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("paths", nargs="+", metavar="PATH", help="a file of phenopackets, or a folder of such files")
    command.add_argument("--json", action="store_true", help="a line of JSON for each packet, then the summary")
    command.add_argument("--quiet", action="store_true", help="only packets that do not come back, and the summary")
    command.add_argument("--jobs", type=int, default=1, metavar="N", help="processes")
    command.add_argument("--mappings", metavar="DIR", help="tables that add to or override the packaged ones")
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Compare every packet; 0 when all came back."""
    if args.jobs < 1:
        sys.stderr.write("adapter roundtrip: expected --jobs of at least 1\n")
        return 2
    counts: Counter[str] = Counter()
    habits: Counter[str] = Counter()
    for row in _rows(args):
        counts[row.status] += 1
        habits.update(row.habits)
        _show(row, args)
    _summary(counts, habits, as_json=args.json)
    return 0 if counts.keys() <= {"equal"} else 1


def _rows(args: argparse.Namespace) -> Iterator[Row]:
    """The rows of all files, in the order of the files whatever the number of processes."""
    work = partial(_of_file, mappings=args.mappings)
    files = list(_files(args.paths))
    if args.jobs == 1:
        for file in files:
            yield from work(file)
        return
    with ProcessPoolExecutor(args.jobs) as pool:
        for rows in pool.map(work, files, chunksize=16):
            yield from rows


def _files(paths: list[str]) -> Iterator[str]:
    for path in map(Path, paths):
        below = sorted(p for p in path.rglob("*") if p.suffix.lower() in _SUFFIXES) if path.is_dir() else [path]
        yield from (str(p) for p in below)


def _of_file(file: str, *, mappings: str | None) -> list[Row]:
    """The rows of one file; what cannot be read is a row with the reason."""
    from adapter.formats.phenopacket.roundtrip import compared
    from adapter.terms import load

    terms = load(Path(mappings) if mappings else None)
    rows: list[Row] = []
    for source in documents(file):
        try:
            if source.error:
                raise source.error
            for one in compared(source.document, terms):
                status = "equal" if one.equal else "differs"
                rows.append(Row(f"{source.place}{one.path}", status, one.differences, one.habits))
        except (CaseError, ReadError) as error:
            rows.append(Row(source.place, "failed", (str(error),)))
    return rows


def _show(row: Row, args: argparse.Namespace) -> None:
    if args.quiet and row.status == "equal":
        return
    if args.json:
        sys.stdout.buffer.write(dump(row._asdict()))
        return
    more = f" and {len(row.where) - _SHOWN} more" if len(row.where) > _SHOWN else ""
    sys.stdout.write(f"{row.status} {row.place}{': ' if row.where else ''}{', '.join(row.where[:_SHOWN])}{more}\n")


def _summary(counts: Counter[str], habits: Counter[str], *, as_json: bool) -> None:
    found = {status: counts[status] for status in ("equal", "differs", "failed")}
    warned = dict(sorted(habits.items()))
    if as_json:
        sys.stdout.buffer.write(dump({"summary": found | {"warnings": warned}}))
        return
    told = ", ".join(f"{n} {status}" for status, n in found.items())
    sys.stdout.write(f"{told}; packets read with a warning: {warned or 'none'}\n")
