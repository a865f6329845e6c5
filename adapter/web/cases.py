"""``/v1/cases``: the stored cases by id, with versions, preconditions and pages."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from adapter.case.fields import CASE_ID
from adapter.errors import CaseError, Fault
from adapter.formats.document import dump
from adapter.report import Json
from adapter.store import Exists, Stored
from adapter.store.cases import ANY, Content, content_of
from adapter.store.cases import put as put_in
from adapter.web import body
from adapter.web.errors import Refused
from adapter.web.gate import turn
from adapter.web.idempotency import Answer, once
from adapter.web.negotiation import acceptable, single
from adapter.web.options import Options
from adapter.web.stored import store

MOST = 1000


class CaseName(BaseModel):
    """The id of a case."""

    id: str = Field(pattern=CASE_ID)


class Version(Options):
    """Which version."""

    version: int | None = Field(None, ge=1, le=2**31 - 1, description="an older version; the newest when absent")


class Page(Options):
    """Where a page of the list begins, and how long it is."""

    after: str | None = Field(None, pattern=CASE_ID, description="the id that the page follows")
    limit: int = Field(100, ge=1, le=MOST)


api = APIBlueprint("cases", __name__, abp_tags=[Tag(name="cases")])


@api.get("/v1/cases", summary="List the stored cases")
def index(query: Page) -> Response:
    """The cases by id; ``next`` is the ``after`` of the next page, null on the last. Deleted ones are left out."""
    single()
    acceptable("application/json")
    with turn("store"):
        found = store().page(query.after or "", query.limit + 1)
    rows, more = found[: query.limit], len(found) > query.limit
    following = rows[-1].id if more else None
    response = Response(dump({"cases": [_row(one) for one in rows], "next": following}), mimetype="application/json")
    if following:
        response.headers["Link"] = f'</v1/cases?after={following}&limit={query.limit}>; rel="next"'
    return response


@api.post("/v1/cases", summary="Store a new case")
def post() -> Response:
    """201; 409 where a case of this id is stored. With ``Idempotency-Key`` a repeat gets the first answer again."""
    single()
    acceptable("application/json")
    content = _content()

    def effect(db: Any) -> Answer:
        return _created(put_in(db, content, new=True)[0])

    with turn("store"):
        return once(store(), content.body, effect).response()


@api.get("/v1/cases/<id>", summary="Read a stored case")
def get(path: CaseName, query: Version) -> Response:
    """The case as it was stored; 304 for a version that the caller has, 410 for a deleted case."""
    single()
    acceptable("application/json")
    with turn("store"):
        stored, document = store().get(path.id, query.version)
    held = request.if_none_match
    if held.star_tag or held.contains_weak(str(stored.version)):
        response = Response(status=304)
    else:
        response = Response(dump(document), mimetype="application/json")
    response.headers["ETag"] = _etag(stored)
    return response


@api.put("/v1/cases/<id>", summary="Store a case, or a new version of it")
def put(path: CaseName) -> Response:
    """201 for a new case, 200 for a version: that needs ``If-Match`` with the ETag of the version it replaces.

    428 without it, 412 when another change came between. ``If-None-Match: *`` stores a new case only.
    """
    single()
    acceptable("application/json")
    named, fresh = _named(), _only_new()
    content = _content()
    if content.id != path.id:
        raise CaseError((Fault("/id", "id-mismatch", "expected the id that the path has"),))
    with turn("store"), store().transaction() as db:
        try:
            stored, _ = put_in(db, content, if_match=named, new=fresh or not named)
        except Exists:
            if fresh:
                raise Refused(412, "a case of this id is stored") from None
            raise Refused(428, "expected If-Match with the ETag of the stored version") from None
    answer = _created(stored) if not named else Answer(200, {"ETag": _etag(stored)}, dump(_row(stored)))
    return answer.response()


@api.delete("/v1/cases/<id>", summary="Delete a stored case")
def delete(path: CaseName) -> Response:
    """204; a tombstone stays, and the versions stay readable by number. ``If-Match`` is honoured."""
    single()
    with turn("store"):
        store().delete(path.id, if_match=_named())
    return Response(status=204)


def _content() -> Content:
    """The case of the body. Raises Refused, CaseError."""
    document = body.json_document()
    with turn():
        return content_of(document)


def _named() -> frozenset[str]:
    """The versions that ``If-Match`` names: their numbers, or SHA-256 values; empty without the header."""
    if "If-Match" not in request.headers:
        return frozenset()
    tags = request.if_match
    found = frozenset({ANY}) if tags.star_tag else frozenset(tags.as_set(include_weak=True))
    if not found - {""}:
        raise Refused(400, "expected If-Match with an ETag or *")
    return found


def _only_new() -> bool:
    stated = request.headers.get("If-None-Match", ANY)
    if stated.strip() != ANY:
        raise Refused(400, "expected If-None-Match with *")
    return "If-None-Match" in request.headers


def _created(stored: Stored) -> Answer:
    return Answer(201, {"ETag": _etag(stored), "Location": f"/v1/cases/{stored.id}"}, dump(_row(stored)))


def _etag(stored: Stored) -> str:
    # Weak and by number, as FHIR has it: a case that is put back as it once was is another version.
    return f'W/"{stored.version}"'


def _row(stored: Stored) -> Json:
    return {
        "id": stored.id,
        "version": stored.version,
        "etag": _etag(stored),
        "sha256": stored.etag,
        "updated": stored.updated,
    }
