"""A small FHIR server that does what it should, and a socket server whose answers a test scripts byte by byte."""

from __future__ import annotations

import json
import re
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socket import SO_LINGER, SOL_SOCKET
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from adapter.server import Client, Server
from adapter.server.retry import Clock

Json = dict[str, Any]


@dataclass
class Request:
    """One request as it came over the wire, and the means to answer it with any bytes."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    handler: socketserver.StreamRequestHandler

    def json(self) -> Json:
        return json.loads(self.body)

    def write(self, data: bytes) -> None:
        self.handler.wfile.write(data)
        self.handler.wfile.flush()

    def answer(self, status: int, body: Any = None, **headers: str) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        fields = {"Content-Type": "application/fhir+json", "Content-Length": str(len(raw))}
        fields |= {name.replace("_", "-"): value for name, value in headers.items()}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        self.write(f"HTTP/1.1 {status} Scripted\r\n{head}\r\n".encode() + raw)

    def reset(self) -> None:
        """End the connection with RST instead of FIN."""
        self.handler.request.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        self.handler.request.close()


Behaviour = Callable[["Good", Request], None]


@dataclass
class Good:
    """An in-memory FHIR server: metadata, conditional transactions, identifier search, read, $validate."""

    resources: dict[str, Json] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    posts: int = 0

    def serve(self, request: Request) -> None:
        status, body = self.answer(request)
        request.answer(status, body)

    def answer(self, request: Request) -> tuple[int, Json]:
        parts = urlsplit(request.path)
        steps = parts.path.removeprefix("/fhir").strip("/").split("/")
        if steps == ["metadata"]:
            return 200, CAPABILITY
        if steps[-1] == "$validate":
            return 200, validated(request.json(), dict(parse_qsl(parts.query)).get("profile", ""))
        if request.method == "POST" and steps == [""]:
            return 200, self.transaction(request.json())
        if request.method == "GET" and len(steps) == 1:
            return 200, searchset(self.search(steps[0], parts.query))
        found = self.resources.get("/".join(steps))
        return (200, found) if found else (404, outcome("not-found", "no such resource"))

    def transaction(self, bundle: Json) -> Json:
        self.posts += 1
        names: dict[str, str] = {}
        entries = [self.entry(e, names) for e in bundle["entry"]]
        for place in names.values():
            text = json.dumps(self.resources[place])
            for url, target in names.items():
                text = text.replace(f'"reference": "{url}"', f'"reference": "{target}"')
            self.resources[place] = json.loads(text)
        return {"resourceType": "Bundle", "type": "transaction-response", "entry": entries}

    def entry(self, entry: Json, names: dict[str, str]) -> Json:
        resource, request = entry["resource"], entry["request"]
        kind = resource["resourceType"]
        condition = request.get("ifNoneExist") or request["url"].partition("?")[2]
        found = self.search(kind, condition)
        place = f"{kind}/{found[0]['id']}" if found else f"{kind}/{len(self.resources) + 1}"
        status = "201 Created" if not found else "200 OK"
        if not found or request["method"] == "PUT":
            version = int(self.resources.get(place, {"meta": {"versionId": "0"}})["meta"]["versionId"]) + 1
            meta = {**resource.get("meta", {}), "versionId": str(version)}
            self.resources[place] = {**resource, "id": place.partition("/")[2], "meta": meta}
        names[entry["fullUrl"]] = place
        version_id = self.resources[place]["meta"]["versionId"]
        return {"response": {"status": status, "location": f"{place}/_history/{version_id}"}}

    def search(self, kind: str, query: str) -> list[Json]:
        name, _, token = query.partition("=")
        system, _, value = unquote(token).partition("|")
        key = (system, re.sub(r"\\(.)", r"\1", value))
        return [r for r in self.resources.values() if r["resourceType"] == kind and key in identities(r, name)]


def identities(resource: Json, name: str) -> set[tuple[str, str]]:
    if name == "_tag":
        return {(t["system"], t["code"]) for t in resource.get("meta", {}).get("tag", [])}
    return {(i["system"], i["value"]) for i in resource.get("identifier", []) if name == "identifier"}


CAPABILITY: Json = {
    "resourceType": "CapabilityStatement",
    "fhirVersion": "4.0.1",
    "software": {"name": "scripted", "version": "1"},
    "rest": [
        {
            "mode": "server",
            "resource": [
                {"type": kind, "conditionalCreate": True}
                for kind in ("Patient", "Specimen", "Observation", "Provenance")
            ],
        }
    ],
}


def outcome(code: str, text: str, severity: str = "error") -> Json:
    return {"resourceType": "OperationOutcome", "issue": [{"severity": severity, "code": code, "diagnostics": text}]}


def validated(resource: Json, profile: str) -> Json:
    """Observations need status and code, and the only profile known is `urn:known`."""
    if resource["resourceType"] == "Observation" and not {"status", "code"} <= set(resource):
        return outcome("required", "Observation.status: minimum required = 1, but only found 0")
    if profile and profile != "urn:known":
        return outcome("not-found", f"Profile {profile} could not be found", "warning")
    return outcome("informational", "No issues detected during validation", "information")


def searchset(found: list[Json], **more: Any) -> Json:
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(found),
        "entry": [{"resource": r, "search": {"mode": "match"}} for r in found],
        **more,
    }


class _Handler(socketserver.StreamRequestHandler):
    timeout = 30

    def handle(self) -> None:
        try:
            while self.one():
                pass
        except OSError:
            # The client ended the connection, as it should with a server like this.
            return

    def one(self) -> bool:
        line = self.rfile.readline(65_536).decode("latin-1").split()
        if len(line) != 3:
            return False
        headers = {}
        while (field_line := self.rfile.readline(65_536).decode("latin-1").strip()) != "":
            name, _, value = field_line.partition(":")
            headers[name.lower()] = value.strip()
        body = self.rfile.read(int(headers.get("content-length", "0")))
        self.server.take(Request(line[0], line[1], headers, body, self))  # type: ignore[attr-defined]
        return not self.request._closed


class Scripted(socketserver.ThreadingTCPServer):
    """Serves `behaviour` on 127.0.0.1; `url` is its base."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, behaviour: Behaviour) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.good, self.behaviour = Good(), behaviour
        self.url = f"http://127.0.0.1:{self.server_address[1]}/fhir"
        self.lock = threading.Lock()

    def take(self, request: Request) -> None:
        with self.lock:
            self.good.requests.append(f"{request.method} {request.path}")
        self.behaviour(self.good, request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A behaviour that writes to a connection the client has ended is no news."""


@contextmanager
def scripted(behaviour: Behaviour = Good.serve) -> Iterator[Scripted]:
    server = Scripted(behaviour)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


class Time:
    """A clock whose sleeps cost nothing and are counted; real time passes too, so that hangs are real."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def clock(self) -> Clock:
        import time

        started = time.monotonic()
        return Clock(
            now=lambda: time.monotonic() - started + sum(self.slept),
            sleep=self.slept.append,
            random=lambda _low, high: high,
        )


def client(server: Scripted, time: Time | None = None, **settings: Any) -> Client:
    limits = {"timeout": 0.5, "connect_timeout": 0.5, "attempts": 2, "largest_answer": 1024 * 1024, **settings}
    config = Server.model_validate({"id": "scripted", "url": server.url, "network": "loopback", **limits})
    return Client(config, clock=(time or Time()).clock())


def bundle(observations: int = 2) -> Json:
    """A patient, and observations that refer to it and to each other in a row."""

    def identifier(value: str) -> list[Json]:
        return [{"system": "urn:example", "value": value}]

    patient = {"resourceType": "Patient", "identifier": identifier("p"), "gender": "female"}
    entries: list[Json] = [{"fullUrl": "urn:uuid:00000000-0000-4000-8000-000000000000", "resource": patient}]
    for n in range(1, observations + 1):
        resource: Json = {
            "resourceType": "Observation",
            "identifier": identifier(f"o{n}"),
            "status": "final",
            "code": {"text": f"finding {n}"},
            "subject": {"reference": entries[0]["fullUrl"]},
            "valueString": "68.5 %",
        }
        if n > 1:
            resource["derivedFrom"] = [{"reference": entries[-1]["fullUrl"]}]
        entries.append({"fullUrl": f"urn:uuid:00000000-0000-4000-8000-{n:012}", "resource": resource})
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}
