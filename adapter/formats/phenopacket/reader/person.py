"""Subject, outcome, source and notes of a case, from the Individual and MetaData of a packet."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

from adapter.formats.phenopacket.individual import SEXES, STATUSES, VITAL
from adapter.formats.phenopacket.reader.comments import Comment, grouped
from adapter.formats.phenopacket.reader.reading import Reading, day, objects, stated, when
from adapter.formats.phenopacket.view import child, text, texts
from adapter.report import Json

OUTCOME = ("age", "date", "cause", "after", "since", "said")
# A diagnosis that has no name is written among the comments on the subject, after the outcome's.
DIAGNOSIS = ("classification", "role", "ontogeny", "phase", "risk.class", "risk.scheme", "site", "code")


def subject(r: Reading, label: str | None) -> Json:
    """The person; ``label`` is the name in the source, which stands last among the alternate ids."""
    node, comments = child(r.document, "subject"), r.comments
    sexes = {enum: word for word, enum in SEXES.items() if word != "unknown"}
    return stated(
        sex=sexes.get(text(node, "sex")),
        constitutional_karyotype=comments.first("/subject/karyotypicSex", "constitutional_karyotype"),
        birth=comments.first("/subject", "birth") or day(text(node, "dateOfBirth")),
        identifiers=[identifier(one) for one in _alternate_ids(node) if one != label],
        ancestry=comments.first("/subject", "ancestry"),
    )


def _alternate_ids(node: Json) -> list[str]:
    return [one for _, one in texts(node, "alternateIds")]


def identifier(written: str) -> Json:
    """An identifier written ``system|value``, or a value alone."""
    system, bar, value = written.partition("|")
    return stated(system=system, value=value) if bar and system and value else {"value": written}


def label_of(r: Reading) -> str | None:
    """The person's name in the source: our writer puts it last, and an identifier mostly as ``system|value``."""
    ids = _alternate_ids(child(r.document, "subject"))
    told = r.comments.first("/subject/alternateIds", "label")
    if told is not None or not r.ours or not ids:
        return told if told in ids else None
    return ids[-1] if "|" not in ids[-1] else None


def outcome(r: Reading, diagnoses: list[Json]) -> Json:
    """Vital status, when, why; a survival that follows from two dates is not read as stated."""
    node = child(r.document, "subject")
    vital = child(node, "vitalStatus")
    statuses = {enum: word for word, enum in STATUSES.items()}
    status = statuses.get(text(vital, "status")) if vital else None
    where = VITAL if vital else "/subject"
    deceased = status == "deceased"
    last = when(r, vital, "timeOfDeath", where) if deceased else when(r, node, "timeAtLastEncounter", "/subject")
    said = _said_of_outcome(r, where)
    cause = r.words("outcomes", vital.get("causeOfDeath"), where, "cause") if deceased else said.get("cause")
    found = stated(vital_status=status) | last | said | stated(cause=cause)
    # Beside a date at last encounter or of death the comment holds what the field does not.
    if not deceased and (late := r.comments.first("/subject", "date")) and "age" in last:
        found["date"] = late
    return found | _survival(vital, found, diagnoses)


def _said_of_outcome(r: Reading, where: str) -> Json:
    found = r.comments.at(where)
    if where == VITAL:
        return {c.name: c.text for c in found if c.name in OUTCOME}
    groups = grouped(found, OUTCOME)
    first = groups[0] if groups else []
    return {} if _speaks_of_diagnosis(found, first) else {c.name: c.text for c in first}


def _speaks_of_diagnosis(all_of: list[Comment], group: list[Comment]) -> bool:
    """Whether the words of ``group`` stand between the fields of a diagnosis without a name."""
    names = [c.name for c in group]
    return names in (["said"], ["age"], ["date"], ["age", "date"]) and any(c.name in DIAGNOSIS for c in all_of)


def _survival(vital: Json, found: Json, diagnoses: list[Json]) -> Json:
    """``after`` in days since the diagnosis, where the days are no mere difference of two stated dates."""
    days = str(vital.get("survivalTimeInDays", ""))
    if not days.isdecimal() or int(days) == 0 or "after" in found:
        return {}
    first = next(iter(diagnoses), {})
    if _between(first.get("date"), found.get("date")) == int(days):
        return {}
    return {"after": f"{days} d", "since": "diagnosis"}


def _between(first: Any, last: Any) -> int | None:
    """Days between two full dates."""
    try:
        return (date.fromisoformat(str(last)) - date.fromisoformat(str(first))).days
    except ValueError:
        return None


def notes(r: Reading) -> str | None:
    """The notes, which stand in a comment on the subject."""
    return r.comments.first("/subject", "notes")


class Sources:
    """The sources of a packet: the case's own, and those used for single findings, by the name the writer gave."""

    def __init__(self, r: Reading) -> None:
        self.r = r
        self.references = [one for _, one in objects(child(r.document, "metaData"), "externalReferences")]
        self.starts = {
            n: owner
            for n in range(len(self.references))
            if (owner := r.comments.first(f"/metaData/externalReferences/{n}", "used for"))
        }

    def of_case(self, label: str | None) -> Json:
        """The source of the case: the references before those of findings, and the comments on MetaData."""
        end = min(self.starts, default=len(self.references))
        found = self._source(0, end)
        place = "/metaData" if end == 0 else "/metaData/externalReferences/0"
        return found | stated(label=label) | self._comments(place)

    def of_findings(self) -> dict[str, Json]:
        """Source by "finding <id or position>"."""
        found: dict[str, Json] = {}
        for start, end in pairwise([*sorted(self.starts), len(self.references)]):
            source = self._source(start, end) | self._comments(f"/metaData/externalReferences/{start}")
            found[self.starts[start]] = source
        for comment in self.r.comments.at("/metaData"):
            name, of, owner = comment.name.partition(" of ")
            if of and name in ("title", "licence", "accessed"):
                found[owner] = found.get(owner, {}) | {name: comment.text}
        return found

    def _source(self, start: int, end: int) -> Json:
        found: Json = {}
        for n in range(start, end):
            for name, value in reference(self.references[n], first=n == start).items():
                found.setdefault(name, value)
        return found

    def _comments(self, place: str) -> Json:
        return {name: said for name in ("title", "licence", "accessed") if (said := self.r.comments.first(place, name))}


def reference(node: Json, *, first: bool = True) -> Json:
    """DOI, PMID or address of an ExternalReference; the first of a source holds its title."""
    prefix, _, local = text(node, "id").partition(":")
    named = {"DOI": "doi", "PMID": "pmid"}.get(prefix.upper())
    own = {named: local} if named and local else stated(url=text(node, "reference"))
    return own | (stated(title=text(node, "description")) if first else {})
