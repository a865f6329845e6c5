"""The resources of a document that are still so: of several versions the newest, of what was deleted none.

A history Bundle holds every version of a resource, bulk exports and transactions name what was deleted. An older
version is no statement any more, least of all one that was entered in error since; it is a loss of reading. Versions
are told by ``meta.versionId`` and ``meta.lastUpdated``; what these do not tell apart stays.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from adapter.formats.fhir.reader.node import obj, objects, text
from adapter.report import Loss

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapter.formats.fhir.reader.entries import Entry
    from adapter.report import Json

_Moment = tuple[datetime, int]  # when a version was made, and its number
_NEVER = datetime.min.replace(tzinfo=UTC)


def current(found: list[Entry], document: Any) -> tuple[list[Entry], list[Loss]]:
    """The entries that are in force, and a loss for each that is not; a copy of another is left out without one."""
    deleted = dict(_deleted(document))
    newest: dict[tuple[str, str], Entry] = {}
    losses, gone = [], set()
    for entry in found:
        if entry.inside is not None or not text(entry.source, "id"):
            continue
        here = _address(entry.address), entry.path
        other = newest.setdefault(here, entry)
        if (end := deleted.get(_short(entry))) is not None and not _moment(entry.source) > (end, 0):
            losses.append(_loss(entry, "a resource that was deleted since"))
            gone.add(entry)
        elif other is not entry:
            older, reason = _older(other, entry)
            if older is not None:
                newest[here] = entry if older is other else other
                gone.add(older)
                losses += [_loss(older, reason)] if reason else []
    kept = [entry for entry in found if _outermost(entry) not in gone]
    return kept, losses


def _older(one: Entry, other: Entry) -> tuple[Entry | None, str]:
    """Which of two versions is not in force, None where nothing tells; no reason for a mere copy."""
    if one.source == other.source:
        return other, ""
    first, second = _moment(one.source), _moment(other.source)
    if first == second:
        return None, ""
    return (one if first < second else other), "an older version of a resource"


def _loss(entry: Entry, reason: str) -> Loss:
    return Loss("read", entry.pointer, "no-place", f"{reason} states nothing any more")


def _outermost(entry: Entry) -> Entry:
    while entry.inside is not None:
        entry = entry.inside
    return entry


def _moment(resource: Json) -> _Moment:
    meta = obj(resource, "meta")
    number = text(meta, "versionId")
    return _instant(text(meta, "lastUpdated")), int(number) if number.isdecimal() and len(number) < 19 else 0


def _instant(said: str) -> datetime:
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        return _NEVER
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _address(full: str) -> str:
    """The server of an absolute address: one id on two servers is two resources."""
    return full.rpartition("/")[0] if "://" in full else ""


def _short(entry: Entry) -> str:
    return f"{entry.kind}/{text(entry.source, 'id')}"


def _deleted(document: Any) -> Iterator[tuple[str, datetime]]:
    """Type and id of what a Bundle says was deleted, and when; what names no time was deleted last of all."""
    waiting = [document]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, dict) and node.get("resourceType") == "Bundle":
            for _, entry in objects(node, "entry"):
                request = obj(entry, "request")
                if text(request, "method") == "DELETE":
                    address = text(request, "url") or text(entry, "fullUrl")
                    ended = text(obj(entry, "response"), "lastModified")
                    yield (
                        "/".join(address.split("/")[-2:]),
                        _instant(ended) if ended else datetime.max.replace(tzinfo=UTC),
                    )
                elif "resource" in entry:
                    waiting.append(entry["resource"])
