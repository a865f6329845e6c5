"""A FHIR server as one thinks of it: ask, search, read; with repeats, credentials and a bounded stay."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

from adapter.errors import ServerError
from adapter.formats.document import dump
from adapter.report import Json
from adapter.server.auth import Auth, authorisation
from adapter.server.config import Server
from adapter.server.outcome import outcome, plain, text
from adapter.server.retry import TRANSIENT, Breaker, Clock, asked, wait
from adapter.server.transport import FHIR_JSON, Answer, NoAnswer, Transport

CONNECTIONS = 5  # at a time to one server, over all threads of the process
_PAGES = 20


@dataclass(frozen=True, slots=True)
class Capability:
    """What ``/metadata`` says of the server: a hint, never a promise.

    ``conditional`` are the types that take a conditional create; empty where the server does not say.
    """

    software: str = ""
    version: str = ""
    fhir: str = ""
    conditional: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Shared:
    """What all clients of one server share in this process."""

    breaker: Breaker
    slots: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(CONNECTIONS))


_SHARED: dict[str, _Shared] = {}
_LOCK = threading.Lock()


class Client:
    """A connection to ``server`` for one thread; use as a context manager.

    ``clock`` is replaced in tests; a client with its own clock has a circuit breaker of its own.
    """

    def __init__(self, server: Server, *, clock: Clock | None = None) -> None:
        self.server = server
        self.clock = clock or Clock()
        self._shared = _shared(server) if clock is None else _Shared(Breaker(self.clock))
        self._transport = Transport(server)
        self._auth: Auth = authorisation(server)
        self._capability: Capability | None = None
        self._until = self.clock.now() + server.budget

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._transport.close()

    def begin(self) -> None:
        """Start the time that one document may take (``Server.budget``)."""
        self._until = self.clock.now() + self.server.budget

    def request(
        self,
        method: str,
        path: str,
        resource: Json | None = None,
        *,
        repeat: bool = True,
        transient: frozenset[int] = TRANSIENT,
    ) -> Answer:
        """The answer to one request below the base URL, repeated while it fails transiently.

        ``repeat`` False sends it once: for what may have had its effect unseen. Raises NoAnswer.
        """
        body = None if resource is None else dump(resource)
        tries = self.server.attempts if repeat else 1
        for attempt in range(tries):
            last = attempt == tries - 1
            try:
                answer = self._authorised(method, path, body)
            except NoAnswer as error:
                if last or not error.again or not self.pause(attempt):
                    raise
                continue
            if last or answer.status not in transient or not self.pause(attempt, answer):
                return answer
        raise NoAnswer("no try is allowed")

    def pause(self, attempt: int, answer: Answer | None = None) -> bool:
        """Wait before another try; false when the server asks for longer than allowed, or the time is up."""
        stated = asked(answer.headers) if answer else None
        if stated is not None and stated > self.server.longest_wait:
            return False
        seconds = max(wait(attempt, self.clock), stated or 0.0)
        if self.clock.now() + seconds > self._until:
            return False
        self.clock.sleep(seconds)
        return True

    def capability(self) -> Capability:
        """What the server says it is. Raises ServerError when it says that it is not R4, NoAnswer when it is silent."""
        if self._capability is None:
            self._capability = _capability(self.request("GET", "metadata"))
        return self._capability

    def search(self, kind: str, condition: str) -> list[Json]:
        """The resources of ``kind`` that match ``condition`` (a query string), over all pages.

        Raises ServerError when the server does not answer with searchset Bundles.
        """
        found: list[Json] = []
        path = f"{kind}?{condition}"
        for _ in range(_PAGES):
            answer = self.request("GET", path)
            found += _matches(answer, kind)
            following = _next(answer.body or {})
            if not following:
                return found
            path = self._below(following)
        raise ServerError("the server's search has no end")

    def read(self, kind: str, id: str) -> Json | None:
        """The current version of a resource, None when the server has none. Raises ServerError for anything else."""
        answer = self.request("GET", f"{kind}/{id}")
        if answer.status in {404, 410}:
            return None
        body = answer.body or {}
        if answer.status != 200 or body.get("resourceType") != kind or body.get("id") != id:
            raise ServerError(f"reading a resource back: {explain(answer)}", status=answer.status)
        return body

    def _authorised(self, method: str, path: str, body: bytes | None) -> Answer:
        """One exchange; after a 401 the credentials are renewed once, silently."""
        answer = self._once(method, path, body)
        if answer.status == 401 and self._auth.renew():
            return self._once(method, path, body)
        return answer

    def _once(self, method: str, path: str, body: bytes | None) -> Answer:
        left = self._until - self.clock.now()
        if left <= 0:
            raise NoAnswer("the time for this document is up", again=False)
        with self._shared.slots:
            self._shared.breaker.enter()
            try:
                answer = self._exchange(method, path, body, left)
            except NoAnswer:
                self._shared.breaker.note(0)
                raise
            self._shared.breaker.note(answer.status)
        return answer

    def _exchange(self, method: str, path: str, body: bytes | None, left: float) -> Answer:
        headers = {"Accept": FHIR_JSON, **self._auth.headers(self._transport)}
        if body is not None:
            headers["Content-Type"] = FHIR_JSON
        url = f"{self.server.base}/{path}" if path else self.server.base
        return self._transport.exchange(method, url, body=body, headers=headers, timeout=left)

    def _below(self, url: str) -> str:
        """The part of ``url`` below our base. Raises ServerError when it leads elsewhere: no other place is asked."""
        ours, theirs = urlsplit(self.server.base), urlsplit(url)
        same = (ours.scheme, ours.netloc) == (theirs.scheme, theirs.netloc)
        path = theirs.path
        if not same or not (path == ours.path or path.startswith(f"{ours.path}/")) or ".." in path.split("/"):
            raise ServerError("the server's next page is at another place")
        return path[len(ours.path) :].lstrip("/") + (f"?{theirs.query}" if theirs.query else "")


def explain(answer: Answer) -> str:
    """An unexpected answer in words: the status, and the first error of its OperationOutcome."""
    issues = outcome(answer.body) or []
    said = next((text(i) for i in issues if i["severity"] in {"fatal", "error"}), answer.note)
    return f"status {answer.status}{': ' if said else ''}{said}"


def _shared(server: Server) -> _Shared:
    with _LOCK:
        return _SHARED.setdefault(server.base, _Shared(Breaker()))


def _capability(answer: Answer) -> Capability:
    body = answer.body or {}
    if answer.status != 200 or body.get("resourceType") != "CapabilityStatement":
        # A server may keep its statement to itself and still serve; what it can do is then tried out.
        if answer.status in {401, 403, 404, 405, 501}:
            return Capability()
        raise ServerError(f"no FHIR server answers at this address: {explain(answer)}", status=answer.status)
    version = body.get("fhirVersion")
    if isinstance(version, str) and not version.startswith("4.0."):
        raise ServerError(f"the server speaks FHIR {plain(version)[:20]}, expected 4.0 (R4)")
    software: Any = body.get("software")
    name, number = (software.get("name"), software.get("version")) if isinstance(software, dict) else (None, None)
    return Capability(_short(name), _short(number), version or "", _conditional(body))


def _conditional(body: Json) -> frozenset[str]:
    rest = body.get("rest")
    first = rest[0] if isinstance(rest, list) and rest and isinstance(rest[0], dict) else {}
    listed = first.get("resource")
    kinds = [r for r in listed if isinstance(r, dict)] if isinstance(listed, list) else []
    return frozenset(str(r.get("type")) for r in kinds if r.get("conditionalCreate") is True)


def _short(value: Any) -> str:
    return plain(value)[:100] if isinstance(value, str) else ""


def _matches(answer: Answer, kind: str) -> list[Json]:
    body = answer.body or {}
    if answer.status != 200 or body.get("resourceType") != "Bundle" or body.get("type") != "searchset":
        raise ServerError(f"searching {kind}: {explain(answer)}", status=answer.status)
    entries = body.get("entry", [])
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise ServerError(f"searching {kind}: a Bundle without entries that can be read")
    found = [e.get("resource") for e in entries if not _outside(e)]
    if not all(isinstance(r, dict) and r.get("resourceType") == kind and isinstance(r.get("id"), str) for r in found):
        raise ServerError(f"searching {kind}: the Bundle holds something else")
    return [r for r in found if isinstance(r, dict)]


def _outside(entry: Json) -> bool:
    """Whether an entry of a searchset is no match: an OperationOutcome about the search, or something included."""
    search = entry.get("search")
    return isinstance(search, dict) and search.get("mode") in {"outcome", "include"}


def _next(body: Json) -> str:
    links = body.get("link")
    found = (
        [link.get("url") for link in links if isinstance(link, dict) and link.get("relation") == "next"]
        if isinstance(links, list)
        else []
    )
    return found[0] if found and isinstance(found[0], str) else ""
