"""The comments a writer of this package left for what version 2 has no field for, found again by pointer and name."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from adapter.formats.phenopacket.writing import BY

_FORM = re.compile(r"(?P<where>/\S*) (?P<name>[^:]+): (?P<text>.*)", re.DOTALL)


class Comment(NamedTuple):
    """``<pointer into the packet> <name>: <text>`` of one ``metaData.updates[].comment``."""

    where: str
    name: str
    text: str


class Comments:
    """The comments of one packet by the place they speak of, each in the order written."""

    def __init__(self, updates: Any) -> None:
        self._found: dict[str, list[Comment]] = {}
        for update in updates if isinstance(updates, list) else ():
            if comment := parsed(update):
                self._found.setdefault(comment.where, []).append(comment)

    def at(self, where: str) -> list[Comment]:
        """The comments on ``where``."""
        return self._found.get(where, [])

    def first(self, where: str, name: str) -> str | None:
        """Text of the first comment of that name on ``where``."""
        return next((c.text for c in self.at(where) if c.name == name), None)

    def all(self, where: str, name: str) -> list[str]:
        """Texts of all comments of that name on ``where``."""
        return [c.text for c in self.at(where) if c.name == name]

    def places(self) -> list[str]:
        """Every place that is commented on."""
        return list(self._found)


def parsed(update: Any) -> Comment | None:
    """The comment of an update that a writer of this package made; None for another's."""
    if not isinstance(update, dict) or update.get("updatedBy") != BY or not isinstance(update.get("comment"), str):
        return None
    found = _FORM.fullmatch(update["comment"])
    return Comment(*found.group("where", "name", "text")) if found else None


def grouped(comments: list[Comment], order: tuple[str, ...]) -> list[list[Comment]]:
    """Comments on one place parted into the things they speak of.

    A writer says the fields of one thing in a fixed ``order``, so a field that comes again, or too early, begins the
    next thing. The last but one of ``order`` may repeat where it names sites, which stand in a row.
    """
    groups: list[list[Comment]] = []
    last = len(order)
    for comment in comments:
        if comment.name not in order:
            continue
        rank = order.index(comment.name)
        again = rank == last and comment.name.endswith("site")
        if not groups or (rank <= last and not again):
            groups.append([])
        groups[-1].append(comment)
        last = rank
    return groups
