"""``/v1/convert`` and ``/v1/convert/stream``: the same bytes as ``adapter convert``."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Literal

from flask import Response, current_app, stream_with_context
from flask_openapi3 import APIBlueprint, Tag
from pydantic import Field

from adapter.clock import instant, now
from adapter.convert import Converted, convert
from adapter.errors import CaseError, ReadError
from adapter.formats import document, form
from adapter.formats.base import ProfileSet
from adapter.report import Json, Report
from adapter.validate import check_converted
from adapter.web import body
from adapter.web.errors import Refused, details
from adapter.web.gate import turn
from adapter.web.negotiation import acceptable, single
from adapter.web.options import Options

Target = Literal["fhir", "phenopacket", "case"]
Switch = Literal["true", "false"]


class Query(Options):
    """The options of ``adapter convert``."""

    to: Target
    source: Target | None = Field(None, alias="from", description="source format; recognised when absent")
    profile_set: ProfileSet = "gr3"
    bundle: Literal["collection", "transaction"] = "collection"
    at: str | None = Field(
        None, description="conversion time; now when absent", json_schema_extra={"format": "date-time"}
    )
    check: Literal["none", "basic", "profile", "all"] = "basic"


class ConvertQuery(Query):
    """The options of one conversion."""

    report: Literal["none", "inline"] = Field("none", description="inline: answer {document, losses, issues}")
    pretty: Switch = Field("false", alias="_pretty")


api = APIBlueprint("convert", __name__, abp_tags=[Tag(name="convert")])


@api.post("/v1/convert", summary="Convert a case, a FHIR document or a phenopacket")
def post(query: ConvertQuery) -> Response:
    """The converted document, byte for byte what the command line prints; 422 says what is wrong with the input."""
    single()
    inline = query.report == "inline"
    kind = acceptable(
        "application/json", *([] if inline else [form(query.to).media_type]), prefer=form(query.to).media_type
    )
    job = _job(query)
    parsed = body.json_document()
    with turn():
        converted = job.convert(parsed)
        reports = (
            [check_converted(one, query.to, tier=query.check, terms=job.terms) for one in converted]
            if query.check != "none"
            else []
        )
        rows = _inline(converted, reports) if inline else [one.document for one in converted]
        data = b"".join(document.dump(row, pretty=query.pretty == "true") for row in rows)
    if inline:
        kind = "application/json"
    response = Response(data, mimetype=kind if len(converted) == 1 else "application/x-ndjson")
    response.set_etag(hashlib.sha256(data).hexdigest()[:32])
    if reports:
        response.headers["Adapter-Valid"] = "true" if all(r.valid for r in reports) else "false"
    return response


def _inline(converted: list[Converted], reports: list[Report]) -> list[Json]:
    return [
        {
            "document": one.document,
            "losses": [loss.to_json() for loss in one.losses],
            "issues": [i.to_json() for i in (reports[n].issues if reports else one.issues)],
        }
        for n, one in enumerate(converted)
    ]


@api.post("/v1/convert/stream", summary="Convert NDJSON, line by line")
def stream(query: Query) -> Response:
    """One ``{line, id, status, result|problem}`` a line in input order, and a last ``{summary}`` line.

    The status is 200 before the first line is converted, so only the summary line tells that the answer is whole.
    """
    single()
    acceptable("application/x-ndjson", "application/json")
    job = _job(query)
    with ExitStack() as stack:
        stack.enter_context(turn("stream"))
        data = body.ndjson()
        if data.count(b"\n") > body.settings().max_lines:
            raise Refused(413, f"expected at most {body.settings().max_lines} lines")
        place = stack.pop_all()
    response = Response(stream_with_context(_lines(job, data, place)), mimetype="application/x-ndjson")
    # For a caller who has gone before the first line; giving the place back twice does nothing.
    response.call_on_close(place.close)
    return response


@dataclass(frozen=True, slots=True)
class _Job:
    """One request's conversion options, with the clock fixed when it arrived."""

    query: Query
    at: str
    terms: Any

    def convert(self, parsed: Any) -> list[Converted]:
        """The conversions of one document; raises ReadError for one that holds no case (an empty bundle)."""
        q = self.query
        found = convert(
            parsed, q.to, at=self.at, source=q.source, profile_set=q.profile_set, bundle=q.bundle, terms=self.terms
        )
        if not found:
            raise ReadError("the document holds no case")
        return found


def _job(query: Query) -> _Job:
    try:
        at = instant(query.at) if query.at is not None else now()
    except ValueError as error:
        raise Refused(400, f"at: {error}") from None
    return _Job(query, at, current_app.extensions["terms"])


def _lines(job: _Job, data: bytes, place: ExitStack) -> Iterator[bytes]:
    good = bad = 0
    with place:
        for number, line in enumerate(data.split(b"\n"), start=1):
            if not line.strip():
                continue
            with turn(wait=True):
                rows = _rows(job, number, line)
            for row in rows:
                good, bad = (good + 1, bad) if row["status"] == "ok" else (good, bad + 1)
                yield document.dump(row)
        yield document.dump({"summary": {"ok": good, "failed": bad}})


def _rows(job: _Job, number: int, line: bytes) -> list[Json]:
    try:
        found = job.convert(document.read_json(line))
    except (CaseError, ReadError) as error:
        problem = {"title": "Unprocessable", "status": 422, "errors": [d.model_dump() for d in details(error)]}
        return [{"line": number, "id": None, "status": "failed", "problem": problem}]
    return [{"line": number, "id": one.case.id, "status": "ok", "result": one.document} for one in found]
