"""What every Observation of a finding says: status, day, method, specimen, source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.formats.fhir.reader.disease import specimen_of
from adapter.formats.fhir.reader.node import obj, objects, take, text

if TYPE_CHECKING:
    from adapter.formats.fhir.reader.entries import Entry
    from adapter.formats.fhir.reader.scene import Scene
    from adapter.report import Json

_STATUSES = ("final", "preliminary", "amended", "corrected", "unknown")


def begun(s: Scene, entry: Entry, kind: str) -> Json:
    """A finding with what every Observation says: id, status, time, method, specimen, source."""
    resource = entry.resource
    made: Json = {"id": s.local(entry, "findings", kind), "kind": kind}
    entry.name = made["id"]
    if (status := text(resource, "status")) in _STATUSES:
        take(resource, "status")
        if status != "final":
            made["status"] = status
    else:
        made["status"] = "unknown"
    if specimen := specimen_of(s, entry):
        made["specimen"] = specimen
    if day := s.day(resource, "effectiveDateTime"):
        made["date"] = day
    if words := s.words.words(obj(resource, "method"), "methods"):
        made["method"] = words
    s.citations[id(made)] = s.cited(resource)
    _usual(s, resource)
    return made


def take_code(s: Scene, entry: Entry) -> None:
    """Take the code that says what an Observation is; another's words and further codings stay to be carried."""
    if entry.own:
        take(entry.resource, "code")
        return
    code = obj(entry.resource, "code")
    for n, coding in list(objects(code, "coding")):
        if s.words.names({"coding": [coding]}) and not coding.keys() - {"system", "code", "display"}:
            take(code, "coding", n)


def _usual(s: Scene, resource: Json) -> None:
    """Take the categories that the writer gives every finding."""
    usual = {"laboratory", "genetics", "cytogenetics"}
    for n, category in list(objects(resource, "category")):
        if s.words.names(category) & usual and not category.keys() - {"coding"}:
            take(resource, "category", n)


def ended(s: Scene, entry: Entry, made: Json) -> None:
    """Add the finding to the case."""
    s.listed("findings").append(made)
    s.done.add(entry)
