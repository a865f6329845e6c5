"""What the parts of one packet share while it is read: terms, comments, and tolerant access to its members."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from adapter.formats.phenopacket.reader.comments import Comments
from adapter.formats.phenopacket.view import child, text
from adapter.formats.phenopacket.writing import BY, Writing
from adapter.report import Issue, Json, Level
from adapter.terms import Terms

VALIDATOR = "phenopacket-reader"
_SPAN = re.compile(r"P(?:(\d+(?:\.\d+)?)Y|(\d+(?:\.\d+)?)M|(\d+(?:\.\d+)?)W|(\d+(?:\.\d+)?)D)")
_UNITS = ("y", "mo", "wk", "d")


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet of a document, in the form of schema 2.

    ``path`` is its pointer in the document, ``issues`` what was odd about the whole document (with its first packet).
    ``old`` tells a packet of schema 1; ``residue`` is what that said and schema 2 has no field for, with its pointers.
    ``people`` are the ids of everybody the document is about.
    """

    path: str
    document: Json
    issues: tuple[Issue, ...] = ()
    old: bool = False
    residue: tuple[tuple[str, Any], ...] = ()
    people: frozenset[str] = frozenset()


@dataclass(slots=True)
class Reading:
    """One packet being read.

    ``issues`` collect what is odd about it. What the case has no place for is nowhere noted: it is found at the end by
    writing the case again (``reader/carrying.py``).
    """

    document: Json
    terms: Terms
    case_id: str
    comments: Comments
    issues: list[Issue] = field(default_factory=list)
    people: frozenset[str] = frozenset()  # ids of everybody the document is about

    @property
    def ours(self) -> bool:
        """Whether a writer of this package made the packet."""
        return text(child(self.document, "metaData"), "createdBy") == BY

    @property
    def subject_id(self) -> str:
        """Id of the subject, "" where there is none."""
        return text(child(self.document, "subject"), "id")

    def is_anothers(self, sample: Json) -> bool:
        """Whether a biosample is said to be of somebody else: a donor, a parent."""
        owner = text(sample, "individualId")
        return bool(owner and self.subject_id and owner != self.subject_id)

    def owner_of(self, identifier: str) -> str:
        """Whose an id of a subject or biosample is: "subject", "another" or, where it names nothing, ""."""
        samples = [one for _, one in objects(self.document, "biosamples")]
        named = [one for one in samples if text(one, "id") == identifier]
        if identifier == self.subject_id or any(not self.is_anothers(one) for one in named):
            return "subject"
        others = self.people | {text(one, "individualId") for one in samples}
        return "another" if named or (identifier and identifier in others) else ""

    def writing(self) -> Writing:
        """A writer's state, to ask how the writer would code a text."""
        return Writing(self.terms, "", self.case_id)

    def odd(self, path: str, category: str, message: str, level: Level = "warning") -> None:
        """Note something odd about the packet."""
        self.issues.append(Issue(validator=VALIDATOR, level=level, category=category, path=path, message=message))

    def words(self, table: str, node: Any, where: str, name: str) -> str | None:
        """The words for an OntologyClass: those of the comment beside it, else its label, else its id.

        A label that the table does not know is given up for the words of the row that has the code.
        """
        said = self.comments.first(where, name)
        if said is not None or not isinstance(node, dict):
            return said
        label, curie = text(node, "label"), text(node, "id")
        if label and self.writing().key(table, label) is None:
            keys = self.terms.keys_of(table, curie)
            label = self.terms.label(table, keys[0]) if len(keys) == 1 else label
        return label or curie or None


def objects(node: Any, member: str) -> Iterator[tuple[int, Json]]:
    """The objects of the list at ``member``, each with its position."""
    value = node.get(member) if isinstance(node, dict) else None
    for n, one in enumerate(value if isinstance(value, list) else ()):
        if isinstance(one, dict):
            yield n, one


def stated(**fields: Any) -> Json:
    """The fields that hold something."""
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}


def own_id(case_id: str, identifier: str) -> str:
    """An id without the case's id that the writer puts before it."""
    return identifier.removeprefix(f"{case_id}-")


def moment(node: Any) -> Json:
    """``age`` or ``date`` of a TimeElement; {} for one that a case cannot state."""
    if age := text(child(node, "age"), "iso8601duration") or text(node, "age"):
        return {"age": age}
    if rng := child(node, "ageRange"):
        return stated(
            age=age_range(text(child(rng, "start"), "iso8601duration"), text(child(rng, "end"), "iso8601duration"))
        )
    if stamp := text(node, "timestamp"):
        return stated(date=day(stamp))
    if interval := child(node, "interval"):
        return stated(date=period(text(interval, "start"), text(interval, "end")))
    return {}


def when(r: Reading, node: Any, member: str, where: str) -> Json:
    """``age`` or ``date`` of a member of ``node``; an age in words, "about 60 y", stands in the comment beside it."""
    found = moment(child(node, member))
    words = r.comments.first(where, member)
    return {"age": words, **({"date": found["date"]} if "date" in found else {})} if words else found


def age_range(start: str, end: str) -> str | None:
    """Two ages of one unit as ``50-59 y``; None for others, which no case field can hold.

    >>> age_range("P50Y", "P59Y")
    '50-59 y'
    """
    low, high = _SPAN.fullmatch(start), _SPAN.fullmatch(end)
    if low is None or high is None or low.lastindex != high.lastindex or low.lastindex is None:
        return None
    return f"{low[low.lastindex]}-{high[low.lastindex]} {_UNITS[low.lastindex - 1]}"


def day(stamp: str) -> str | None:
    """The date of a timestamp at midnight UTC, or of a date; None for one with a time of day, which a case has not."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)(?:T00:00:00(?:\.0+)?Z)?", stamp)
    return found[1] if found else None


def period(start: str, end: str) -> str | None:
    """The year or month that an interval covers wholly; None for any other interval.

    >>> period("2020-02-01T00:00:00Z", "2020-02-29T23:59:59Z")
    '2020-02'
    """
    from adapter.formats.phenopacket.writing import date_element
    from adapter.nomenclature.quantities import Date

    if re.fullmatch(r"\d{4}-\d\d-01T00:00:00Z", start) is None:
        return None
    for length, precision in ((4, "year"), (7, "month")):
        found = Date(start[:length], "year" if precision == "year" else "month")
        if date_element(found) == {"interval": {"start": start, "end": end}}:
            return found.text
    return None
