"""One file out of all parts: a zip in the layout of phenopacket-store, or one Cohort message. Bytes are streamed."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson

from adapter import __version__
from adapter.export import files
from adapter.export.files import Published
from adapter.export.request import Request
from adapter.formats.document import dump, read_json
from adapter.report import Json

COLUMNS = ("cohort", "filename", "patient_id", "disease_id", "disease", "genes", "pmid")


def archive(
    path: Path, request: Request, index: list[Path], packets: list[Path], beat: Callable[[], None] = lambda: None
) -> Published:
    """A zip with one folder per cohort (the first disease), one JSON file per case, and a table of all.

    File names are the packets' ids; a repeated id gets ``-2``, ``-3``. Times in the archive are fixed, so that equal
    exports are equal archives. Folders have entries of their own: phenopacket-store-toolkit finds cohorts by them.
    Raises OSError.
    """
    taken: dict[str, int] = {}
    cohorts: set[str] = set()
    table = io.StringIO()
    rows = csv.writer(table, delimiter="\t", lineterminator="\n")
    rows.writerow(COLUMNS)
    with files.replacing(path) as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as out:
        out.writestr(_folder(f"{request.name}/"), b"")
        for line, packet in zip(_lines(index), _watched(_lines(packets), beat), strict=True):
            row = orjson.loads(line)
            if row["cohort"] not in cohorts:
                cohorts.add(row["cohort"])
                out.writestr(_folder(f"{request.name}/{row['cohort']}/"), b"")
            name = _free(f"{row['cohort']}/{row['stem']}", taken)
            out.writestr(_entry(f"{request.name}/{name}.json"), packet)
            rows.writerow([_flat({**row, "filename": f"{name}.json"}[column]) for column in COLUMNS])
        out.writestr(_entry(f"{request.name}/{request.name}.tsv"), table.getvalue())
    return files.measure(path)


def cohort(path: Path, request: Request, packets: list[Path], beat: Callable[[], None] = lambda: None) -> Published:
    """One Cohort message whose members are the packets, with the resources of all members. Raises OSError."""
    resources: dict[str, Json] = {}
    for line in _watched(_lines(packets), beat):
        for one in read_json(line)["metaData"].get("resources", ()):  # a packet without a code has none
            resources.setdefault(one["id"], one)
    members = _watched(_lines(packets), beat)
    return files.publish(path, _cohort(request, members, [resources[name] for name in sorted(resources)]))


def _cohort(request: Request, members: Iterator[bytes], resources: list[Json]) -> Iterator[bytes]:
    yield b'{"id":' + dump(request.name).rstrip() + b',"members":['
    for n, line in enumerate(members):
        yield (b"," if n else b"") + line.rstrip(b"\n")
    meta = {
        "created": request.at,
        "createdBy": f"haem-adapter {__version__}",
        **({"resources": resources} if resources else {}),
        "phenopacketSchemaVersion": "2.0",
    }
    yield b'],"metaData":' + dump(meta).rstrip() + b"}\n"


def _lines(parts: list[Path]) -> Iterator[bytes]:
    for path in parts:
        with path.open("rb") as stream:
            yield from stream


def _watched(lines: Iterator[bytes], beat: Callable[[], None]) -> Iterator[bytes]:
    for n, line in enumerate(lines):
        if n % 1_000 == 0:
            beat()
        yield line


def _free(name: str, taken: dict[str, int]) -> str:
    """``name``, or with a number where a file of this name is in the archive already."""
    count = taken[name] = taken.get(name, 0) + 1
    return name if count == 1 else _free(f"{name}-{count}", taken)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


def _folder(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.external_attr = (0o40755 << 16) | 0x10  # a folder to Unix, a folder to MS-DOS
    return entry
