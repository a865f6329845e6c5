"""What the readers of the resources share: the case in the making, the tables, the references."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from adapter.formats.fhir.datatypes import ARTIFACT, ARTIFACT_STU2
from adapter.formats.fhir.reader import values
from adapter.formats.fhir.reader.lexicon import lexicon
from adapter.formats.fhir.reader.node import obj, objects, take, text
from adapter.report import Issue, Json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapter.formats.fhir.reader.entries import Entry, Index
    from adapter.terms import Terms

_NO_ID = re.compile(r"[^A-Za-z0-9._-]+")


class Part(NamedTuple):
    """A component that nobody took yet: its place, the keys its code has, itself, and how its value was worked out."""

    n: int
    names: frozenset[str]
    node: Json
    rule: str


class Scene:
    """One person's case in the making."""

    def __init__(self, entries: list[Entry], index: Index, terms: Terms) -> None:
        self.entries, self.index, self.terms = entries, index, terms
        self.members = frozenset(entries)
        self.words = lexicon(terms)
        self.as_stated = f"{terms.base}/StructureDefinition/as-stated"
        self.derivation = f"{terms.base}/StructureDefinition/derivation"
        self.case: dict[str, Any] = {"case_format": "1", "id": ""}
        self.issues: list[Issue] = []
        self.citations: dict[int, Json] = {}  # of findings, by the id of the finding in the making
        self.done: set[Entry] = set()
        self.apart: set[Entry] = set()  # of another individual, to be carried whole
        self.variants: dict[Entry, None] = {}  # of other writers, read as genomic findings, in order
        self._taken: dict[str, set[str]] = {}  # ids given in a section of the case
        self._numbers: dict[tuple[str, str], int] = {}  # the last number given to an id of a section and kind
        self._named: dict[str, dict[str, Json]] = {}

    def listed(self, section: str) -> list[Json]:
        """The list of that name in the case, begun if need be."""
        found: list[Json] = self.case.setdefault(section, [])
        return found

    def of(self, *kinds: str) -> Iterator[Entry]:
        """Entries of these types that no reader dealt with yet."""
        return (e for e in self.entries if e.kind in kinds and e not in self.done and e not in self.apart)

    def warn(self, entry: Entry, category: str, message: str) -> None:
        """Say that the source has a bad habit that was read nonetheless."""
        self.issues.append(
            Issue(validator="fhir reader", level="warning", category=category, path=f"/{entry.path}", message=message)
        )

    def local(self, entry: Entry, section: str, kind: str) -> str:
        """An id for the part of the case made of ``entry``: its own id if that is one, else its number."""
        taken = self.taken(section)
        name = _NO_ID.sub("-", text(entry.resource, "id")).strip("-") if not entry.own else entry.role.partition("/")[2]
        while not name or name in taken:
            n = self._numbers[section, kind] = self._numbers.get((section, kind), 0) + 1
            name = f"{kind}-{n}"
        taken.add(name)
        return name

    def taken(self, section: str) -> set[str]:
        """The ids given in a section of the case."""
        return self._taken.setdefault(section, set())

    def named(self, section: str, name: str) -> Json | None:
        """The part of the case that has this id."""
        parts = self.case.get(section, [])
        if len(self._named.get(section, ())) != len(parts):
            self._named[section] = {one["id"]: one for one in reversed(parts)}
        return self._named.get(section, {}).get(name)

    # values

    def time(self, kind: str, value: Any) -> str:
        """An age or interval as text, "" for what is none."""
        return values.time(kind, value, self.as_stated)

    def amount(self, value: Any, sign: str = "") -> str:
        """A Quantity or Range as it was stated, or as number, bound or range followed by ``sign``."""
        return values.as_stated(value, self.as_stated) or values.plain(value, sign)

    def scalar(self, kind: str, value: Any, table: str = "") -> Any:
        """Value of a named fact: truth, count, number with its unit, or words; None for what is none of them."""
        if kind == "Boolean" and isinstance(value, bool):
            return value
        if kind == "Integer" and isinstance(value, int):
            return value
        if kind in ("String", "Code") and isinstance(value, str):
            return value or None
        if kind == "CodeableConcept" and isinstance(value, dict):
            return self.words.words(value, table) or None
        if kind in ("Quantity", "Range"):
            unit = values.unit_of(obj(value, "low") or value) if isinstance(value, dict) else ""
            return self.amount(value, f" {unit}" if unit else "") or None
        return None

    def parts(self, resource: Json) -> list[Part]:
        """Components with the keys of their codes."""
        return [
            Part(n, self.words.names(obj(node, "code")), node, self.rule(node))
            for n, node in objects(resource, "component")
        ]

    def rule(self, node: Json) -> str:
        """The rule by which our own writer worked a component out, "" for what was stated."""
        for _, extension in objects(node, "extension"):
            if text(extension, "url") == self.derivation:
                inner = (text(e, "valueString") for _, e in objects(extension, "extension"))
                return next(filter(None, inner), "derived")
        return ""

    def note(self, resource: Json) -> list[str]:
        """Texts of the notes, taken."""
        found = []
        for n, one in objects(resource, "note"):
            if said := text(one, "text"):
                found.append(said)
                _take_member(resource, "note", n, one, "text")
        return found

    def say(self, resource: Json, made: Json) -> None:
        """Add the texts of the notes, taken, to what ``made`` says was said; each once."""
        said = [made["said"]] if "said" in made else []
        said += [one for one in dict.fromkeys(self.note(resource)) if one not in said]
        if said:
            made["said"] = "\n".join(said)

    def day(self, resource: Json, member: str) -> str:
        """The day of a date or time, taken where it is no more than a day; a time of day stays to be carried."""
        said = text(resource, member)
        if re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", said, re.ASCII):
            take(resource, member)
            return said
        found = re.match(r"\d{4}-\d\d-\d\d(?=T)", said, re.ASCII)
        return found[0] if found else ""

    def cited(self, resource: Json) -> Json:
        """The publication that a resource cites, taken; {} where it cites none."""
        from adapter.formats.fhir.reader.citation import source_of

        found: list[Json] = []
        for n, extension in list(objects(resource, "extension")):
            artifact = obj(extension, "valueRelatedArtifact")
            plain = not artifact.keys() - {"type", "url", "display", "citation"}
            if text(extension, "url") in (ARTIFACT, ARTIFACT_STU2) and artifact.get("type") == "citation" and plain:
                found.append(artifact)
                resource["extension"][n] = None
        return source_of(found)


def _take_member(resource: Json, member: str, n: int, node: Json, key: str) -> None:
    if node.keys() == {key}:
        take(resource, member, n)
    else:
        del node[key]
