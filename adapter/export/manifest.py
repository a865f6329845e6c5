"""The manifest: what an export holds, written last, and the check of a finished export against it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from adapter import __version__
from adapter.errors import ExportError
from adapter.export import archive, files
from adapter.export.chunk import ERRORS, LOSSES
from adapter.export.forms import form
from adapter.export.request import Request
from adapter.export.table import JobTable, OutputFile
from adapter.export.worker import WORK, assemble, part
from adapter.formats.document import dump, read_json
from adapter.report import Json

NAME = "manifest.json"
ALL = -1  # the number of a file that is made of every chunk


def finish(folder: Path, table: JobTable, generation: int, beat: Callable[[], None] = lambda: None) -> Json:
    """Put together what is left, write the manifest, drop the parts; the manifest.

    ``beat`` is called now and then, and may raise to give up. Raises OSError, ExportError.
    """
    request = Request.from_json(table.get("request"))
    chunks = table.progress().chunks
    for group in range((chunks + request.file_chunks - 1) // request.file_chunks):
        beat()
        assemble(folder, table, request, group, generation)
    if form(request.format).ending != "files":
        _ending(folder, table, request, generation, beat)
    document = manifest(table, request)
    files.publish(folder / NAME, [dump(document, pretty=True)])
    for path in (folder / WORK).glob("[0-9]*.*"):
        path.unlink(missing_ok=True)
    return document


def _ending(folder: Path, table: JobTable, request: Request, generation: int, beat: Callable[[], None]) -> None:
    """The one file of an archive or a cohort message."""
    target = form(request.format)
    if any(f.n == ALL for f in table.files()):
        return
    counts = table.counts(0, table.progress().chunks)
    packets = [part(folder, "Phenopacket", n) for n, c in counts if "Phenopacket" in c]
    name = f"{request.name}.{target.suffix}"
    if target.ending == "zip":
        index = [part(folder, "index", n) for n, c in counts if "index" in c]
        done = archive.archive(folder / name, request, index, packets, beat)
    else:
        done = archive.cohort(folder / name, request, packets, beat)
    total = sum(c.get("Phenopacket", 0) for _, c in counts)
    table.add_files([OutputFile("Phenopacket", ALL, name, total, done.bytes, done.sha256)], generation)


def manifest(table: JobTable, request: Request) -> Json:
    """The manifest in the shape of FHIR Bulk Data 2.0.0, with what that has no field for under ``extension``.

    Nothing in it depends on how the export was run: equal input, request and tables give equal bytes.
    """
    source, progress, rows = table.get("source"), table.progress(), table.files()
    repeated = table.repeated()
    return {
        "transactionTime": request.at,
        "request": table.get("url") or "",
        "requiresAccessToken": False,
        "output": [_file(f) for f in rows if f.stream not in (ERRORS, LOSSES)],
        "deleted": [],
        "error": [
            _file(f, "OperationOutcome" if form(request.format).to == "fhir" else "Error")
            for f in rows
            if f.stream == ERRORS
        ],
        "extension": {
            "format": request.format,
            "profileSet": request.profile_set,
            "check": request.check,
            "software": {"name": "haem-adapter", "version": __version__},
            "mappings": request.terms().version,
            "source": {"bytes": source["bytes"], "sha256": source["sha256"]},
            "cases": {"read": progress.cases, "failed": progress.failed},
            "repeatedIds": [{"id": name, "lines": lines} for name, lines in repeated],
            "losses": {
                "files": [_file(f, "Losses") for f in rows if f.stream == LOSSES],
                "byPath": table.losses() if request.losses else None,
            },
        },
    }


def _file(found: OutputFile, kind: str = "") -> Json:
    return {
        "type": kind or found.stream,
        "url": found.name,
        "count": found.count,
        "extension": {"sha256": found.sha256, "bytes": found.bytes},
    }


def entries(document: Json) -> Iterator[Json]:
    """Every file a manifest names: output, errors, losses."""
    yield from document["output"]
    yield from document["error"]
    yield from document["extension"]["losses"]["files"]


def read(folder: Path) -> Json | None:
    """The manifest of a finished export, None of an unfinished one."""
    path = folder / NAME
    if not path.exists():
        return None
    found: Json = read_json(path.read_bytes())
    return found


def verify(folder: Path) -> list[str]:
    """What is wrong with the finished export in ``folder``, in words; empty when all is as its manifest says.

    Sizes, hashes, line counts, and files that the manifest does not name. Raises ExportError without a manifest.
    """
    document = read(folder)
    if document is None:
        raise ExportError("the folder holds no finished export: there is no manifest")
    named = {entry["url"]: entry for entry in entries(document)}
    present = {path.name for path in folder.iterdir() if path.is_file() and path.name != NAME}
    faults = [f"{name}: not in the manifest" for name in sorted(present - set(named))]
    for name, entry in sorted(named.items()):
        faults += _faults(folder / name, entry) if name in present else [f"{name}: missing"]
    return faults


def _faults(path: Path, entry: Json) -> list[str]:
    found = files.measure(path)
    faults = []
    if (found.bytes, found.sha256) != (entry["extension"]["bytes"], entry["extension"]["sha256"]):
        faults.append(f"{path.name}: size or SHA-256 differ")
    if path.suffix == ".ndjson" and sum(b.count(b"\n") for b in files.blocks(path)) != entry["count"]:
        faults.append(f"{path.name}: the number of lines differs")
    return faults
