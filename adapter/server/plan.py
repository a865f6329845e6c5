"""What of a bundle is sent, under which identity, in which order, and in which parts."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from adapter.errors import Fault
from adapter.formats.fhir.ids import NAMESPACE, condition
from adapter.report import Json

_KINDS = ("collection", "transaction", "batch")


@dataclass(frozen=True, slots=True)
class Entry:
    """A resource to send.

    ``number`` is its place in the bundle, ``condition`` the search (``identifier=system|value``, percent-encoded) that
    finds it on any server and on which conditional creates rest, ``needs`` the full URLs it refers to in the bundle.
    """

    number: int
    url: str
    kind: str
    resource: Json
    condition: str
    needs: frozenset[str]

    @property
    def alias(self) -> str:
        """The full URL it is sent under: one that stands nowhere in the bundle.

        Servers replace every text that equals a full URL, and a tag or an identifier may.
        """
        return f"urn:uuid:{uuid.uuid5(NAMESPACE, f'sent/{self.url}')}"


Group = tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The entries in groups that refer to earlier groups only, or the faults for which nothing is sent."""

    groups: tuple[Group, ...]
    faults: tuple[Fault, ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, in the order they are sent in."""
        return tuple(e for group in self.groups for e in group)


def plan(document: Any) -> Plan:
    """The plan for a bundle, or for one resource.

    A fault is: no resource, no identity on which a repeat would be harmless, an identity or full URL given twice, a
    reference that leads nowhere, a request other than a create or update.
    """
    raw = _entries(document)
    faults = [] if raw else [Fault("", "no-resource", "expected a FHIR bundle of resources, or a resource")]
    entries: list[Entry] = []
    names = _names(raw)
    for number, entry in enumerate(raw):
        found = _entry(number, entry, names)
        if isinstance(found, Fault):
            faults.append(found)
        else:
            entries.append(found)
    faults += [*_twice(entries), *_dangling(entries)]
    return Plan((), tuple(faults)) if faults else Plan(tuple(_ordered(entries)))


def parts(groups: tuple[Group, ...], most: int) -> Iterator[tuple[Group, ...]]:
    """``groups`` in runs of at most ``most`` entries; a group that is larger stays whole."""
    run: list[Group] = []
    size = 0
    for group in groups:
        if run and size + len(group) > most:
            yield tuple(run)
            run, size = [], 0
        run.append(group)
        size += len(group)
    if run:
        yield tuple(run)


def with_references(node: Any, change: Callable[[str], str]) -> Any:
    """A copy of ``node`` with each literal reference replaced by what ``change`` makes of it."""
    if isinstance(node, dict):
        return {
            key: change(value) if key == "reference" and isinstance(value, str) else with_references(value, change)
            for key, value in node.items()
        }
    return [with_references(item, change) for item in node] if isinstance(node, list) else node


def references(node: Any) -> Iterator[str]:
    """The literal references below ``node``."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "reference" and isinstance(value, str):
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for item in node:
            yield from references(item)


def conditions(resource: Json) -> tuple[str, ...]:
    """The searches that identify a resource: its business identifiers, then tags that are UUIDs."""
    meta = resource.get("meta")
    tags = _dicts(meta.get("tag")) if isinstance(meta, dict) else []
    identifiers = resource.get("identifier")
    found = [
        ("identifier", i.get("system"), i.get("value"))
        for i in _dicts([identifiers] if isinstance(identifiers, dict) else identifiers)
    ]
    found += [("_tag", t.get("system"), t.get("code")) for t in tags if str(t.get("code")).startswith("urn:uuid:")]
    return tuple(condition(p, s, v) for p, s, v in found if isinstance(s, str) and isinstance(v, str) and s and v)


def _entries(document: Any) -> list[Json]:
    if not isinstance(document, dict):
        return []
    if document.get("resourceType") == "Bundle":
        return _dicts(document.get("entry")) if document.get("type") in _KINDS else []
    return [{"resource": document}] if isinstance(document.get("resourceType"), str) else []


def _names(raw: list[Json]) -> dict[str, str]:
    """Full URL by each name that references may use: the full URL itself, and ``Type/id``."""
    names: dict[str, str] = {}
    for entry in raw:
        resource, url = entry.get("resource"), entry.get("fullUrl")
        if isinstance(url, str) and isinstance(resource, dict):
            names.setdefault(f"{resource.get('resourceType')}/{resource.get('id')}", url)
            names[url] = url
    return names


def _entry(number: int, entry: Json, names: dict[str, str]) -> Entry | Fault:
    resource, request = entry.get("resource"), entry.get("request")
    pointer = f"/entry/{number}"
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    if not isinstance(resource, dict) or not isinstance(kind, str) or not (kind.isascii() and kind.isalpha()):
        return Fault(pointer, "no-resource", "expected a resource with its type")
    stated = request if isinstance(request, dict) else {}
    if stated.get("method", "POST") not in {"POST", "PUT"}:
        return Fault(f"{pointer}/request/method", "method", "expected a create or an update")
    identity = _identity(resource, stated)
    if not identity:
        message = "no identifier with system and value: a repeat could not be told from a new resource"
        return Fault(pointer, "no-identity", message)
    url = entry.get("fullUrl") or f"urn:uuid:{uuid.uuid5(NAMESPACE, f'{kind}?{identity}')}"
    named = with_references(resource, lambda r: names.get(r, r))
    needs = frozenset(r for r in references(named) if r in names.values())
    return Entry(number, str(url), kind, named, identity, needs - {url})


def _identity(resource: Json, request: Json) -> str:
    """The stated condition when it is one of the resource's own identities, else the first of these."""
    found = conditions(resource)
    stated = request.get("ifNoneExist")
    if isinstance(stated, str):
        wanted = unquote(stated.removeprefix("?"))
        found = tuple(c for c in found if unquote(c) == wanted) or found
    return found[0] if found else ""


def _twice(entries: list[Entry]) -> Iterator[Fault]:
    seen: set[tuple[str, str]] = set()
    urls: set[str] = set()
    for e in entries:
        if (e.kind, e.condition) in seen:
            yield Fault(f"/entry/{e.number}", "identity-twice", "another entry has the same identity")
        if e.url in urls:
            yield Fault(f"/entry/{e.number}/fullUrl", "full-url-twice", "another entry has the same full URL")
        seen.add((e.kind, e.condition))
        urls.add(e.url)


def _dangling(entries: list[Entry]) -> Iterator[Fault]:
    urls = {e.url for e in entries}
    for e in entries:
        if any(r.startswith("urn:") and r not in urls for r in references(e.resource)):
            yield Fault(f"/entry/{e.number}", "dangling", "a reference leads to no entry of the bundle")


def _ordered(entries: list[Entry]) -> Iterator[Group]:
    """Groups in dependency order; entries that refer to each other in a circle are one group and go last."""
    waiting, done = list(entries), set[str]()
    while waiting:
        ready = [e for e in waiting if e.needs <= done]
        if not ready:
            yield tuple(waiting)
            return
        yield from ((e,) for e in ready)
        done |= {e.url for e in ready}
        waiting = [e for e in waiting if e.url not in done]


def _dicts(found: Any) -> list[Json]:
    return [i for i in found if isinstance(i, dict)] if isinstance(found, list) else []
