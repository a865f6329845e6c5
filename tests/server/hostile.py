"""What a FHIR server can do wrong, one function a behaviour; `ALL` says at which door each is shown."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable
from typing import Any

from tests.server.scripted import Behaviour, Good, Json, Request, outcome, searchset

CHECK, UPLOAD, BOTH = frozenset({"check"}), frozenset({"upload"}), frozenset({"check", "upload"})
ALL: dict[str, tuple[frozenset[str], Behaviour]] = {}
_FOREVER = threading.Event()


def shown(doors: frozenset[str]) -> Callable[[Behaviour], Behaviour]:
    def register(behaviour: Behaviour) -> Behaviour:
        ALL[behaviour.__name__.replace("_", " ")] = (doors, behaviour)
        return behaviour

    return register


def answers(name: str, status: int, body: Any = None, doors: frozenset[str] = BOTH, **headers: str) -> None:
    """A behaviour that gives one answer to everything."""
    ALL[name] = (doors, lambda _good, request: request.answer(status, body, **headers))


def drip(request: Request, piece: bytes) -> None:
    while not _FOREVER.wait(0.05):
        request.write(piece)


# --- connections and bytes


@shown(BOTH)
def closes_without_an_answer(_: Good, request: Request) -> None:
    request.handler.request.close()


@shown(BOTH)
def resets_the_connection(_: Good, request: Request) -> None:
    request.reset()


@shown(BOTH)
def never_answers(_: Good, request: Request) -> None:
    _FOREVER.wait(5)


@shown(BOTH)
def speaks_no_http(_: Good, request: Request) -> None:
    request.write(b"220 mail.example ESMTP ready\r\n" * 20)
    request.handler.request.close()


@shown(BOTH)
def sends_headers_for_ever(_: Good, request: Request) -> None:
    request.write(b"HTTP/1.1 200 OK\r\n")
    drip(request, b"X-More: 1\r\n")


@shown(BOTH)
def sends_one_header_line_for_ever(_: Good, request: Request) -> None:
    request.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while True:
        request.write(b"a" * 65_536)


@shown(BOTH)
def says_continue_for_ever(_: Good, request: Request) -> None:
    while True:
        request.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


@shown(BOTH)
def sends_an_endless_body(_: Good, request: Request) -> None:
    request.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        request.write(b"10000\r\n" + b" " * 65_536 + b"\r\n")


@shown(BOTH)
def drips_an_endless_body(_: Good, request: Request) -> None:
    request.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\n\r\n{")
    drip(request, b" ")


@shown(BOTH)
def drips_into_a_stated_length(_: Good, request: Request) -> None:
    request.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\nContent-Length: 1000000\r\n\r\n{")
    drip(request, b" ")


@shown(BOTH)
def breaks_off_in_the_body(_: Good, request: Request) -> None:
    request.write(
        b'HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\nContent-Length: 900\r\n\r\n{"resourceType":'
    )
    request.handler.request.close()


@shown(BOTH)
def breaks_off_in_a_chunk(_: Good, request: Request) -> None:
    request.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n{"
    )
    request.handler.request.close()


def _zipped(data: bytes) -> dict[str, str]:
    return {"Content_Encoding": "gzip", "Content_Length": str(len(data))}


_FINE = json.dumps(outcome("informational", "No issues detected", "information")).encode()
_BOMB = gzip.compress(b" " * 200_000_000, 9)
_TORN = gzip.compress(_FINE)[:-12]
answers("sends a gzip bomb", 200, _BOMB, Content_Encoding="gzip")
answers("breaks off in gzip", 200, _TORN, Content_Encoding="gzip")
answers("says gzip and sends none", 200, _FINE, Content_Encoding="gzip")
answers("sends 40 MB", 200, _FINE + b" " * 40_000_000)

# --- redirects and statuses

answers("redirects to itself", 302, None, Location="/fhir/metadata")
answers("redirects to the cloud's metadata", 307, None, Location="http://169.254.169.254/latest/meta-data/")
answers("refuses the credentials", 401, outcome("login", "who are you"))
answers("forbids", 403, outcome("forbidden", "not you"))
answers("knows nothing, in HTML", 404, b"<html>nothing here</html>", Content_Type="text/html")
answers("is down for ever", 503, outcome("transient", "later"), Retry_After="1")
answers("fails for ever", 500, outcome("exception", "NullPointerException"))
answers("asks to wait for thirty years", 429, outcome("throttled", "slow down"), Retry_After="1000000000")
answers("asks to wait until a date without end", 429, None, Retry_After="Fri, 31 Dec 9999 23:59:59 GMT")
answers("has no content", 204)

# --- bodies that are no resource

answers("answers in HTML with 200", 200, b"<html><body>Sign in</body></html>", Content_Type="text/html")
answers("answers 200 with nothing", 200)
answers("answers with an array", 200, [outcome("informational", "fine", "information")])
answers("nests a hundred thousand deep", 200, b"[" * 100_000 + b"]" * 100_000)
answers("repeats a key", 200, _FINE[:-1] + b',"resourceType":"OperationOutcome"}')
answers("sends NaN", 200, _FINE[:-1] + b',"n":NaN}')
answers("sends a number of 5,000 digits", 200, _FINE[:-1] + b',"n":' + b"9" * 5000 + b"}")
answers("sends bytes that are not UTF-8", 200, _FINE[:-1] + b',"n":"\xff\xfe"}')

# --- FHIR that says nothing, or something else


def instead(name: str, doors: frozenset[str], when: Callable[[Request], bool], status: int, body: Json) -> None:
    """A good server but for one kind of request."""

    def behaviour(good: Good, request: Request) -> None:
        request.answer(status, body) if when(request) else good.serve(request)

    ALL[name] = (doors, behaviour)


def validating(request: Request) -> bool:
    return "$validate" in request.path


def transacting(request: Request) -> bool:
    return request.method == "POST" and not validating(request)


def searching(request: Request) -> bool:
    return request.method == "GET" and "?" in request.path


def metadata(request: Request) -> bool:
    return request.path.endswith("/metadata")


def reading(request: Request) -> bool:
    return request.method == "GET" and not searching(request) and not metadata(request)


_EMPTY = {"resourceType": "OperationOutcome", "issue": []}
_PASS = outcome("informational", "No issues detected during validation", "information")
instead(
    "is of another FHIR version", BOTH, metadata, 200, {"resourceType": "CapabilityStatement", "fhirVersion": "5.0.0"}
)
instead("finds everything valid", CHECK, validating, 200, _PASS)
instead("gives an outcome without issues", CHECK, validating, 200, _EMPTY)
instead("gives an unknown severity", CHECK, validating, 200, outcome("x", "fine", "splendid"))
instead("answers $validate with the resource", CHECK, validating, 200, {"resourceType": "Observation"})
instead("has no $validate", CHECK, validating, 404, outcome("not-supported", "unknown operation"))
instead("says 400 without an error", CHECK, validating, 400, _PASS)
instead("accepts the upload without saying what happened", UPLOAD, transacting, 200, _PASS)
instead(
    "answers an upload with the accepted bundle",
    UPLOAD,
    transacting,
    200,
    {"resourceType": "Bundle", "type": "transaction"},
)
instead("loses what it has accepted", UPLOAD, reading, 404, outcome("not-found", "gone"))
instead("reads back another resource", UPLOAD, reading, 200, {"resourceType": "Patient", "id": "1"})


def altered(change: Callable[[Json], Json]) -> Behaviour:
    """A good server whose response to a transaction is changed on its way."""

    def behaviour(good: Good, request: Request) -> None:
        status, body = good.answer(request)
        request.answer(status, change(body) if transacting(request) else body)

    return behaviour


def _each(response: Json) -> Callable[[Json], Json]:
    return lambda body: {**body, "entry": [{"response": response} for _ in body["entry"]]}


ALL["answers for one entry and keeps none"] = (UPLOAD, lambda good, request: _fewer(good, request))
ALL["mixes up the entries"] = (UPLOAD, altered(lambda body: {**body, "entry": body["entry"][::-1]}))
ALL["puts all entries in one place"] = (UPLOAD, lambda good, request: _heaping(good, request))
ALL["hides 429 in 200, for ever"] = (UPLOAD, lambda good, request: _throttled(good, request))
ALL["says created and keeps nothing"] = (UPLOAD, lambda good, request: _amnesia(good, request))
ALL["drops an element it was given"] = (UPLOAD, lambda good, request: _dropping(good, request))
ALL["pages its search in a circle"] = (UPLOAD, lambda good, request: _circling(good, request))
ALL["pages its search at another host"] = (
    UPLOAD,
    lambda good, request: _circling(good, request, "http://198.51.100.7/"),
)


def _fewer(good: Good, request: Request) -> None:
    altered(lambda body: {**body, "entry": body["entry"][:1]})(good, request)
    good.resources.clear()


def _heaping(good: Good, request: Request) -> None:
    altered(_each({"status": "201 Created", "location": "Observation/2"}))(good, request)
    good.resources.clear()


def _throttled(good: Good, request: Request) -> None:
    if not transacting(request):
        good.serve(request)
        return
    entries = [{"response": {"status": "429 Too Many Requests"}} for _ in request.json()["entry"]]
    request.answer(200, {"resourceType": "Bundle", "type": "batch-response", "entry": entries})


def _amnesia(good: Good, request: Request) -> None:
    good.serve(request)
    good.resources.clear()


def _dropping(good: Good, request: Request) -> None:
    good.serve(request)
    for resource in good.resources.values():
        resource.pop("valueString", None)


def _circling(good: Good, request: Request, base: str = "") -> None:
    """Says of no type that conditional create is possible, so that it is searched before anything is sent."""
    if metadata(request):
        request.answer(200, {"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1"})
    elif searching(request):
        here = base or f"http://{request.headers['host']}"
        request.answer(200, searchset([], link=[{"relation": "next", "url": f"{here}{request.path}"}]))
    else:
        good.serve(request)
