"""Every error as an answer: problem+json (RFC 9457), OperationOutcome below ``/fhir``; none holds an input value."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, g, request
from pydantic import BaseModel, Field, ValidationError
from werkzeug.exceptions import HTTPException

from adapter.errors import AdapterError, CaseError, ReadError, StoreError, UnknownTerm
from adapter.formats.document import dump
from adapter.store import Conflict, Exists, NotStored, Unavailable
from adapter.store.keys import Reused, Running
from adapter.web.gate import Full

MOST = 100
_BUSY_SECONDS = 2  # until a caller who found no place should come again
_DOWN_SECONDS = 5  # until a database that could not be used is asked again


class Detail(BaseModel):
    """One located fault: JSON pointer into the body ("" for the whole), a stable code, what was expected."""

    pointer: str
    code: str
    detail: str


class Problem(BaseModel):
    """An error answer (RFC 9457). ``instance`` is the request id; ``errors`` are at most 100 located faults."""

    type: str = "about:blank"
    title: str
    status: int = Field(ge=400, le=599)
    detail: str
    instance: str
    errors: list[Detail] = []


class Refused(AdapterError):
    """A request that is refused with ``status``; ``fault`` is the located reason where there is one."""

    def __init__(self, status: int, detail: str, *, fault: ReadError | CaseError | None = None, retry: int = 0) -> None:
        super().__init__(detail)
        self.status, self.detail, self.fault, self.retry = status, detail, fault, retry


def init(app: Flask) -> None:
    """Register the handlers for all blueprints."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(CaseError, lambda e: answer(422, "the case cannot be accepted", details(e)))
    app.register_error_handler(ReadError, lambda e: answer(422, "the document cannot be read", details(e)))
    app.register_error_handler(UnknownTerm, lambda _: answer(404, "no such table, row or format"))
    app.register_error_handler(StoreError, _store)
    app.register_error_handler(Full, _full)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(500, lambda _: answer(500, "an error of ours; the log has it under this request id"))


def details(error: ReadError | CaseError) -> list[Detail]:
    """The located faults of an error, without any value of the input."""
    if isinstance(error, CaseError):
        return [Detail(pointer=f.pointer, code=f.code, detail=f.message) for f in error.faults[:MOST]]
    place = f"line {error.line}, column {error.column}: " if error.line else ""
    return [Detail(pointer=error.pointer, code="syntax", detail=f"{place}{error.message}")]


def answer(status: int, detail: str, faults: list[Detail] | None = None) -> Response:
    """An error answer in the form that the path calls for."""
    problem = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        instance=g.get("request_id", ""),
        errors=faults or [],
    )
    if request.path == "/fhir" or request.path.startswith("/fhir/"):
        return Response(dump(_outcome(problem)), status, mimetype="application/fhir+json")
    return Response(dump(problem.model_dump()), status, mimetype="application/problem+json")


def bad_query(error: ValidationError) -> Response:
    """The answer to query parameters that do not fit; flask-openapi3 hands the pydantic error over."""
    faults = [
        Detail(pointer=f"?{'.'.join(map(str, e['loc']))}", code=e["type"], detail=e["msg"])
        for e in error.errors(include_input=False, include_url=False, include_context=False)[:MOST]
    ]
    return answer(400, "a query parameter does not fit", faults)


def _refused(error: Refused) -> Response:
    response = answer(error.status, error.detail, details(error.fault) if error.fault else None)
    if error.retry:
        response.headers["Retry-After"] = str(error.retry)
    return response


def _full(error: Full) -> Response:
    return _later(503, str(error), _BUSY_SECONDS)


def _store(error: StoreError) -> Response:
    """What the store said: 4xx where the request is why, 503 where the database is, else an error of ours."""
    if isinstance(error, NotStored):
        return answer(410 if error.deleted else 404, str(error))
    if isinstance(error, Running):
        return _later(409, str(error), _BUSY_SECONDS)
    for kind, status in ((Conflict, 412), (Exists, 409), (Reused, 422)):
        if isinstance(error, kind):
            return answer(status, str(error))
    structlog.get_logger().error("store", id=g.get("request_id", ""), reason=str(error))
    return _later(503, str(error), _DOWN_SECONDS) if isinstance(error, Unavailable) else answer(500, str(error))


def _later(status: int, detail: str, seconds: int) -> Response:
    response = answer(status, detail)
    response.headers["Retry-After"] = str(seconds)
    return response


def _http(error: HTTPException) -> Response:
    if error.response is not None and error.code is None:
        return error.response  # type: ignore[return-value]
    status = error.code or 500
    response = answer(status, HTTPStatus(status).description or HTTPStatus(status).phrase)
    for name, value in error.get_headers():
        # Allow (405) and Retry-After (429, 503) belong to the answer; its type and length are ours.
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def _outcome(problem: Problem) -> dict[str, Any]:
    """The OperationOutcome of a problem; issue types are FHIR R4's value set issue-type."""
    code = {
        404: "not-found",
        405: "not-supported",
        406: "not-supported",
        413: "too-long",
        415: "not-supported",
        422: "processing",
        429: "throttled",
        500: "exception",
        503: "transient",
    }.get(problem.status, "invalid")
    faults = problem.errors or [Detail(pointer="", code=code, detail=problem.detail)]
    return {
        "resourceType": "OperationOutcome",
        "issue": [
            {"severity": "error", "code": code, "diagnostics": f"{f.pointer}: {f.detail}" if f.pointer else f.detail}
            for f in faults
        ],
    }
