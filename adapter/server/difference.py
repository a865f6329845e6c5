"""What a server made of a resource: the copy it gives back beside the one that was sent, path by path.

Values stay out of the messages, since they are a patient's.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from adapter.report import Json

Kind = Literal["assigned", "resolved", "narrative", "earlier", "digits", "added", "changed", "dropped"]
# What a server may do by the specification: its own ids and versions, references made its own, narrative re-spelled.
EXPLAINED: frozenset[Kind] = frozenset({"assigned", "resolved", "narrative", "earlier"})
_ASSIGNED = frozenset({"/id", "/meta/versionId", "/meta/lastUpdated", "/meta/source"})
_MESSAGES: dict[Kind, str] = {
    "assigned": "assigned by the server",
    "resolved": "the reference leads to the same resource under the server's id",
    "narrative": "the same narrative, spelled otherwise",
    "earlier": "the time of an earlier conversion",
    "digits": "the same number with other digits: its precision has changed",
    "added": "not sent; the server's copy has it",
    "changed": "not what was sent",
    "dropped": "sent; the server's copy does not have it",
}
_SETS = frozenset({"/meta/profile", "/meta/tag", "/meta/security"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the server's copy differs; ``path`` is a JSON pointer into the resource."""

    path: str
    kind: Kind

    @property
    def explained(self) -> bool:
        """Whether the specification has servers do this."""
        return self.kind in EXPLAINED

    def to_json(self) -> Json:
        """Path, kind and the kind in words."""
        return {"path": self.path, "kind": self.kind, "message": _MESSAGES[self.kind]}


def compare(sent: Json, got: Json, resolves: Callable[[str, str], bool]) -> tuple[Difference, ...]:
    """The differences of the server's copy ``got`` from ``sent``, in document order.

    ``resolves(reference sent, reference got)`` tells whether both mean the same resource.
    """
    found = _nodes(sent, got, "", resolves)
    if sent.get("resourceType") != "Provenance":
        return tuple(found)
    # The clock is no content: the same case converted again differs in nothing else.
    return tuple(Difference(d.path, "earlier") if d == Difference("/recorded", "changed") else d for d in found)


def _nodes(sent: Any, got: Any, path: str, resolves: Callable[[str, str], bool]) -> Iterator[Difference]:
    if isinstance(sent, dict) and isinstance(got, dict):
        for key in dict.fromkeys((*sent, *got)):
            yield from _members(sent, got, key, f"{path}/{_escape(key)}", resolves)
    elif isinstance(sent, list) and isinstance(got, list):
        yield from _lists(sent, got, path, resolves)
    elif (kind := _scalars(sent, got, path, resolves)) is not None:
        yield Difference(path, kind)


def _members(sent: Json, got: Json, key: str, path: str, resolves: Callable[[str, str], bool]) -> Iterator[Difference]:
    if key not in got:
        # The specification forbids empty containers, so leaving one out loses nothing.
        if sent[key] not in ({}, []):
            yield Difference(path, "dropped")
    elif key not in sent:
        yield from _additions(got[key], path)
    else:
        yield from _nodes(sent[key], got[key], path, resolves)


def _additions(value: Any, path: str) -> Iterator[Difference]:
    if path == "/meta" and isinstance(value, dict):
        for key in value:
            yield from _additions(value[key], f"{path}/{_escape(key)}")
        return
    yield Difference(path, "assigned" if path in _ASSIGNED else "added")


def _lists(sent: list[Any], got: list[Any], path: str, resolves: Callable[[str, str], bool]) -> Iterator[Difference]:
    if path in _SETS:
        yield from (Difference(f"{path}/{n}", "dropped") for n, item in enumerate(sent) if item not in got)
        yield from (Difference(f"{path}/{n}", "added") for n, item in enumerate(got) if item not in sent)
        return
    for n, (before, after) in enumerate(zip(sent, got, strict=False)):
        yield from _nodes(before, after, f"{path}/{n}", resolves)
    yield from (Difference(f"{path}/{n}", "dropped") for n in range(len(got), len(sent)))
    yield from (Difference(f"{path}/{n}", "added") for n in range(len(sent), len(got)))


def _scalars(sent: Any, got: Any, path: str, resolves: Callable[[str, str], bool]) -> Kind | None:
    """The kind of difference of two values that are not both objects or both arrays; None when there is none."""
    if _is_number(sent) and _is_number(got):
        if str(sent) == str(got):
            return None
        return "digits" if Decimal(sent) == Decimal(got) else "changed"
    if type(sent) is type(got) and sent == got:
        return None
    if path in _ASSIGNED:
        return "assigned"
    if isinstance(sent, str) and isinstance(got, str):
        if path.endswith("/reference") and resolves(sent, got):
            return "resolved"
        if path == "/text/div" and _words(sent) == _words(got):
            return "narrative"
    return "changed"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _words(div: str) -> str:
    """A narrative without the freedom XML has: blanks, entities, quotes."""
    return " ".join(re.sub(r"\s*([<>])\s*", r" \1 ", html.unescape(div).replace("'", '"')).split())


def _escape(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
