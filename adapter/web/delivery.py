"""What ``/v1/exports`` and FHIR's ``$export`` have in common: kick-off, status, manifest, files, deletion."""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import Any

from flask import Response, current_app, request, send_file
from pydantic import BaseModel, Field
from sqlalchemy import Connection
from werkzeug.http import http_date

from adapter.clock import now
from adapter.export.order import Order, published
from adapter.formats.document import dump
from adapter.report import Json
from adapter.store import exports
from adapter.store.exports import Export
from adapter.web import body
from adapter.web.errors import Refused
from adapter.web.exporting import Exporter
from adapter.web.gate import turn
from adapter.web.idempotency import Answer, once
from adapter.web.negotiation import acceptable
from adapter.web.stored import store

DOORS = {"v1": "/v1/exports", "fhir": "/fhir/$export"}
AGAIN_SECONDS = 2  # until a caller should look again
# A caller that waits as it was told asks 5 times in such a span.
SPAN_SECONDS, MOST_QUESTIONS = 10, 10


class ExportId(BaseModel):
    """The id of an export."""

    id: str = Field(pattern="^[0-9a-f]{32}$")


class FileNumber(ExportId):
    """A file of an export."""

    n: int = Field(ge=1, le=1_000_000, description="its number in the manifest")


def here() -> str:
    """The address of the service as its callers know it, without a slash at the end."""
    return (body.settings().public_url or request.url_root).rstrip("/")


def url() -> str:
    """The address of this request."""
    return here() + request.full_path.rstrip("?")


def begin(kind: str, order: Order, document: bytes, answer: Json, media_type: str) -> Response:
    """202 for a new export of the store as it is now; ``document`` are the bytes that make two requests the same."""
    exporter = _exporter()
    try:
        exporter.prepare()
    except OSError:
        raise Refused(503, "the folder of exports cannot be used", retry=60) from None

    def effect(db: Connection) -> Answer:
        if exports.waiting(db) >= body.settings().max_exports:
            raise Refused(429, "too many exports have not ended yet", retry=60)
        name = uuid.uuid4().hex
        started = Export(name, kind, order.to_json(), now(), str(exporter.folder.absolute() / name), int(time.time()))
        exports.add(db, started)
        headers = {
            "Content-Location": f"{here()}{DOORS[kind]}/{name}",
            "Retry-After": str(AGAIN_SECONDS),
            "Content-Type": media_type,
        }
        return Answer(202, headers, dump({"id": name, **answer} if kind == "v1" else answer))

    with turn("store"):
        response = once(store(), document, effect).response()
    exporter.begin()
    return response


def status(kind: str, id: str) -> Response:
    """202 with progress, 200 with the manifest, 404 for what is not there, 429 for a caller in a hurry, 500 failed."""
    acceptable("application/json", "application/fhir+json")
    second = int(time.time())
    found = _find(kind, id, second)
    if found.state == "failed":
        raise Refused(500, "the export failed; the log of the service has the reason under its id")
    if found.state == "done":
        return _manifest(found)
    with turn("store"), store().transaction() as db:
        asked = exports.ask(db, id, second, SPAN_SECONDS)
    if asked > MOST_QUESTIONS:
        raise Refused(429, "expected to be asked less often", retry=SPAN_SECONDS - second % SPAN_SECONDS)
    response = Response(status=202)
    del response.headers["Content-Type"]
    if kind == "v1":
        response = Response(dump({"id": id, "status": "running"}), 202, mimetype="application/json")
    response.headers["X-Progress"] = found.progress
    response.headers["Retry-After"] = str(AGAIN_SECONDS)
    return response


def delete(kind: str, id: str) -> None:
    """Cancel an export, or forget a finished one; its files go now, or within seconds where it runs. Refused: 404."""
    found = _find(kind, id, int(time.time()))
    with turn("store"), store().transaction() as db:
        exports.forget(db, id)
    _exporter().remove(found)


def file(kind: str, path: FileNumber) -> Response:
    """A file of a finished export: as it is stored, compressed where the caller can take that; ranges of both."""
    found = _find(kind, path.id, int(time.time()))
    place = Path(found.directory)
    listed = (published(place) or {"files": []})["files"] if found.state == "done" else []
    if path.n > len(listed):
        raise Refused(404, "no such file")
    entry = listed[path.n - 1]
    acceptable(entry["media_type"], "application/x-ndjson", "application/ndjson", "application/octet-stream")
    packed = bool(entry["gzip"]) and request.accept_encodings.quality("gzip") > 0
    response = send_file(
        place / (entry["gzip"] if packed else entry["path"]),
        mimetype=entry["media_type"],
        etag=entry["sha256"] + ("-gzip" if packed else ""),
        conditional=True,
    )
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "no-store"
    return response


def _manifest(found: Export) -> Response:
    held = published(Path(found.directory))
    if held is None:
        raise Refused(404, "the files of the export are gone")
    place = f"{here()}{DOORS[found.kind]}/{found.id}/files"
    sections: dict[str, list[Json]] = {"output": [], "deleted": [], "error": [], "losses": []}
    for n, entry in enumerate(held["files"], start=1):
        sections[entry["section"]].append(
            {
                "type": entry["type"],
                "url": f"{place}/{n}",
                "count": entry["count"],
                "extension": {"sha256": entry["sha256"], "bytes": entry["bytes"]},
            }
        )
    main: dict[str, Any] = held["manifest"]
    losses = {**main["extension"]["losses"], "files": sections.pop("losses")}
    document = {**main, **sections, "extension": {**main["extension"], "losses": losses}}
    response = Response(dump(document), mimetype="application/json")
    response.headers["Expires"] = http_date(found.expires)
    return response


def _find(kind: str, id: str, second: int) -> Export:
    with turn("store"), store().reading() as db:
        found = exports.find(db, id, second)
    if found is None or found.kind != kind:
        raise Refused(404, "no such export")
    return found


def _exporter() -> Exporter:
    found: Exporter = current_app.extensions["exporter"]
    return found
