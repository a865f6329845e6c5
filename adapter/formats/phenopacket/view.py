"""A tolerant view of a packet for the rules: every object with its pointer, found by the member it stands in."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import chain
from typing import Any

from adapter.formats.phenopacket.schema import escape
from adapter.report import Issue, Json, Level
from adapter.terms import Terms

VALIDATOR = "phenopacket-rules"


class Packet:
    """One packet of a document.

    ``path`` is its pointer, ``meta`` the MetaData that counts for it (the top-level one of a Family or Cohort, then
    ``outer`` is true). Nothing is assumed of its shape: what is no object or no text is passed over, since the schema
    names it.
    """

    def __init__(self, document: Json, path: str, meta: Any, terms: Terms, *, outer: bool = False) -> None:
        self.document, self.path, self.terms, self.outer = document, path, terms, outer
        self.meta: Json = meta if isinstance(meta, dict) else {}
        self.meta_path = "/metaData"

    @cached_property
    def objects(self) -> list[tuple[str, str, Json]]:
        """(pointer, member, object) of every object of the packet, MetaData of a Family's members left out."""
        found: list[tuple[str, str, Json]] = []
        _collect(self.document, self.path, "", found)
        if self.outer:
            _collect(self.meta, self.meta_path, "metaData", found)
        return found

    @cached_property
    def _by_member(self) -> dict[str, list[tuple[str, Json]]]:
        found: dict[str, list[tuple[str, Json]]] = {}
        for path, member, node in self.objects:
            found.setdefault(member, []).append((path, node))
        return found

    def named(self, *members: str) -> Iterator[tuple[str, Json]]:
        """Objects that stand in one of ``members``, themselves or in a list; in the order of ``members``."""
        return chain.from_iterable(self._by_member.get(member, ()) for member in members)

    @cached_property
    def classes(self) -> list[tuple[str, Json]]:
        """Every OntologyClass: an object of an id and a label and nothing else."""
        return [
            (path, node) for path, _, node in self.objects if node and node.keys() <= {"id", "label"} and "id" in node
        ]

    @cached_property
    def subject(self) -> str:
        """Id of the subject, "" where there is none."""
        return text(self.document.get("subject"), "id")

    @cached_property
    def biosamples(self) -> list[tuple[str, Json]]:
        """The biosamples with their pointers."""
        return list(self.named("biosamples"))

    @cached_property
    def resources(self) -> list[tuple[str, Json]]:
        """The resources that count for this packet."""
        listed = self.meta.get("resources")
        return [
            (f"{self.meta_path}/resources/{n}", one)
            for n, one in enumerate(listed if isinstance(listed, list) else ())
            if isinstance(one, dict)
        ]

    @cached_property
    def calls(self) -> list[tuple[str, Json]]:
        """The genomic interpretations with their pointers."""
        return list(self.named("genomicInterpretations"))


def _collect(node: Any, path: str, member: str, found: list[tuple[str, str, Json]]) -> None:
    """Add every object at and below ``node``; a list's items stand in the list's member."""
    stack: list[tuple[Any, str, str]] = [(node, path, member)] if isinstance(node, (dict, list)) else []
    while stack:
        value, at, name = stack.pop()
        if isinstance(value, dict):
            found.append((at, name, value))
            below = [(k, v) for k, v in value.items() if isinstance(v, (dict, list))]
            stack += [(v, f"{at}/{escape(str(k))}", str(k)) for k, v in reversed(below)]
        else:
            items = [(n, v) for n, v in enumerate(value) if isinstance(v, (dict, list))]
            stack += [(v, f"{at}/{n}", name) for n, v in reversed(items)]


def text(node: Any, member: str) -> str:
    """The text at ``member`` of an object; "" where there is none."""
    value = node.get(member) if isinstance(node, dict) else None
    return value if isinstance(value, str) else ""


def texts(node: Json, member: str) -> Iterator[tuple[int, str]]:
    """The texts of the list at ``member`` with their positions."""
    value = node.get(member)
    for n, one in enumerate(value if isinstance(value, list) else ()):
        if isinstance(one, str):
            yield n, one


def child(node: Any, *members: str) -> Json:
    """The object reached by ``members``; {} where there is none."""
    for member in members:
        node = node.get(member) if isinstance(node, dict) else None
    return node if isinstance(node, dict) else {}


def issue(rule: str, path: str, message: str, level: Level = "error") -> Issue:
    """An issue of this tier; messages hold no values of the document."""
    return Issue(validator=VALIDATOR, level=level, category=rule, path=path, message=message)
