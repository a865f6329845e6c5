"""An export of the store as the service runs it: snapshot, engine, what was deleted, gzip, a numbered list of files.

Every step is skipped where it is done already, so an order that was broken off goes on where that was. The folder
holds ``cases.ndjson`` and ``changes.ndjson`` (the snapshot, gone at the end), ``out`` and ``deleted`` (exports of the
engine), ``gzip``, and ``published.json``, which is written last.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from adapter.export import files
from adapter.export.driver import run
from adapter.export.forms import form
from adapter.export.request import Check, Request
from adapter.export.table import Progress
from adapter.formats.document import dump, read_json
from adapter.report import Json
from adapter.store import Store, moments

Tell = Callable[[str], None]
_PUBLISHED = "published.json"
_SOURCE, _CHANGES, _NOTICES = "cases.ndjson", "changes.ndjson", "notices.ndjson"


@dataclass(frozen=True, slots=True)
class Order:
    """What a caller asked for.

    ``publication``, ``ids`` and ``since`` choose the cases (:class:`adapter.store.moments.Selection`); a FHIR export
    with ``since`` also tells what has been deleted. ``notices`` are messages about the order itself, which a FHIR
    export holds as OperationOutcomes. ``url`` is the request as it was made. The rest is that of
    :class:`adapter.export.request.Request`.
    """

    format: str
    url: str
    profile_set: str = "gr3"
    check: Check = "sample"
    losses: bool = True
    name: str = "haem-adapter-export"
    types: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    publication: str = ""
    ids: tuple[str, ...] = ()
    since: str = ""
    notices: tuple[str, ...] = ()

    def to_json(self) -> Json:
        """The order as it is stored."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Json) -> Order:
        """A stored order."""
        found: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in stored.items()}
        return cls(**found)


@dataclass(frozen=True, slots=True)
class Means:
    """What an order is carried out with: the store, tables and base of the service, worker processes."""

    store: Store
    mappings: str = ""
    base: str = ""
    workers: int = 1


def carry_out(place: Path, order: Order, at: str, means: Means, tell: Tell) -> Json:
    """Carry out ``order`` in the folder ``place`` as of the moment ``at`` (UTC); what is published then.

    ``tell`` hears the progress in words several times a second, and may raise to give up. Raises ExportError,
    StoreError, OSError.
    """
    found = published(place)
    if found is None:
        _settle(at)
        request = Request(
            format=order.format,
            at=at,
            profile_set=order.profile_set,
            check=order.check,
            losses=order.losses,
            mappings=means.mappings,
            name=order.name,
            types=order.types,
            elements=order.elements,
            base=means.base,
        )
        _snapshot(place, order, at, means.store, tell)
        main = _engine(place, "out", _SOURCE, request, order.url, means.workers, tell)
        gone = None
        if _tells_deleted(order):
            request = replace(request, format="fhir-deleted", check="none", losses=False, elements=())
            gone = _engine(place, "deleted", _CHANGES, request, order.url, means.workers, tell)
        found = {"manifest": main, "files": list(_listed(place, order, main, gone))}
        _compress(place, found["files"], tell)
        files.publish(place / _PUBLISHED, [dump(found)])
    for name in (_SOURCE, _CHANGES):
        (place / name).unlink(missing_ok=True)
    return found


def published(place: Path) -> Json | None:
    """What a finished order holds: the manifest of the engine, and every file with its section; None of another.

    A file has ``section`` (output, deleted, error, losses), ``path`` below the folder, ``gzip`` (path of its compressed
    form, "" for none), ``media_type``, ``type``, ``count``, ``bytes`` and ``sha256``. Their order is their numbering.
    """
    try:
        found: Json = read_json((place / _PUBLISHED).read_bytes())
    except FileNotFoundError:
        return None
    return found


def _tells_deleted(order: Order) -> bool:
    return bool(order.since) and form(order.format).typed


def _settle(at: str) -> None:
    """Wait until the second ``at`` is over: what is stored within it belongs to the moment."""
    left = datetime.fromisoformat(at).timestamp() + 1 - time.time()
    time.sleep(max(0.0, min(1.0, left)))


def _snapshot(place: Path, order: Order, at: str, store: Store, tell: Tell) -> None:
    chosen = moments.Selection(order.publication, order.ids, order.since)
    with store.transaction() as db:
        moments.barrier(db)
    reads = {_SOURCE: moments.cases} | ({_CHANGES: moments.changes} if _tells_deleted(order) else {})
    for name, read in reads.items():
        if not (place / name).exists():
            with store.reading() as db:
                files.publish(place / name, _told(read(db, at, chosen), tell))


def _told(lines: Iterator[bytes], tell: Tell) -> Iterator[bytes]:
    for n, line in enumerate(lines):
        if n % 1_000 == 0:
            tell(f"reading the store, {n} cases")
        yield line


def _engine(place: Path, name: str, source: str, request: Request, url: str, workers: int, tell: Tell) -> Json:
    def watch(progress: Progress) -> None:
        share = 100 * progress.done // progress.chunks if progress.chunks else 100
        words = f"{progress.cases} cases" if name == "out" else "what was deleted"
        tell(f"{share} % of the chunks, {words}")

    return run(place / name, place / source, request, workers=workers, watch=watch, url=url)


def _listed(place: Path, order: Order, main: Json, gone: Json | None) -> Iterator[Json]:
    media = form(order.format).media_type
    notes = media if form(order.format).to == "fhir" else "application/x-ndjson"
    for section, name, document in (("output", "out", main), ("deleted", "deleted", gone)):
        yield from (_file(section, name, media, entry) for entry in (document["output"] if document else ()))
    for name, document in (("out", main), ("deleted", gone)):
        yield from (_file("error", name, notes, entry) for entry in (document["error"] if document else ()))
    if order.notices:
        yield _notices(place, order.notices, notes)
    for entry in main["extension"]["losses"]["files"]:
        yield _file("losses", "out", "application/x-ndjson", entry)


def _file(section: str, folder: str, media_type: str, entry: Json) -> Json:
    return {
        "section": section,
        "path": f"{folder}/{entry['url']}",
        "media_type": media_type,
        "type": entry["type"],
        "count": entry["count"],
        **entry["extension"],
    }


def _notices(place: Path, notices: tuple[str, ...], media_type: str) -> Json:
    lines = [
        dump(
            {
                "resourceType": "OperationOutcome",
                "issue": [{"severity": "information", "code": "informational", "diagnostics": notice}],
            }
        )
        for notice in notices
    ]
    done = files.publish(place / _NOTICES, lines)
    entry = {"type": "OperationOutcome", "url": _NOTICES, "count": len(lines), "extension": asdict(done)}
    return {**_file("error", "", media_type, entry), "path": _NOTICES}


def _compress(place: Path, listed: list[Json], tell: Tell) -> None:
    """Store each file as gzip too, but for archives, which are compressed; the same bytes whenever it is done."""
    (place / "gzip").mkdir(exist_ok=True)
    for n, entry in enumerate(listed, start=1):
        entry["gzip"] = "" if entry["path"].endswith(".zip") else f"gzip/{n}.gz"
        if entry["gzip"] and not (place / entry["gzip"]).exists():
            files.publish(place / entry["gzip"], _gzip(place / entry["path"], tell))


def _gzip(path: Path, tell: Tell) -> Iterator[bytes]:
    packer = zlib.compressobj(wbits=31)  # gzip without a name or a time in its header
    for block in files.blocks(path):
        tell("compressing files")
        yield packer.compress(block)
    yield packer.flush()
