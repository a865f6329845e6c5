"""Genomic findings: variants of any kind, and karyotypes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.formats.fhir.datatypes import INTERPRETATION
from adapter.formats.fhir.reader import habits
from adapter.formats.fhir.reader.components import MEASURED, SIGNIFICANCES, Found
from adapter.formats.fhir.reader.kinds import kind_of
from adapter.formats.fhir.reader.node import copied, obj, objects, take, take_text, text
from adapter.formats.fhir.reader.observed import RESULTS, begun, ended
from adapter.formats.fhir.reader.placing import as_negative, is_named, joins, place
from adapter.formats.fhir.reader.results import unvalued
from adapter.formats.fhir.reader.values import value_of

if TYPE_CHECKING:
    from adapter.formats.fhir.reader.entries import Entry
    from adapter.formats.fhir.reader.scene import Scene
    from adapter.report import Json


def variant(s: Scene, entry: Entry) -> None:
    """Read a variant Observation as the kind of finding that its components tell."""
    if not entry.own:
        habits.warned(s, entry)
    made = begun(s, entry, "sequence-variant")
    resource = entry.resource
    take(resource, "code")
    _answered(s, resource, made)
    found = Found(s, entry, made)
    for part in s.parts(resource):
        if not part.rule or part.rule in MEASURED:
            found.read(part)
        else:
            take(resource, "component", part.n)  # worked out by our own writer, and worked out anew by the next one
    made |= {field: said for field, said in found.meant.items() if field not in made}
    made["kind"] = kind_of(entry, made, found.seen)
    if made["kind"] == "sequence-variant" and joins(found):
        made["kind"] = "rearrangement"
        s.warn(entry, "partners", "two genes of a structural change: read as partners whose order is not stated")
    place(found)
    if not is_named(found):
        made["said"] = described(s, entry)
        s.warn(entry, "unnamed", "a variant without gene, expression or place: its components as words")
    for said in s.note(resource):
        made.setdefault("said", said)
    if not entry.own:
        s.variants[entry] = None
    ended(s, entry, made)


def _answered(s: Scene, resource: Json, made: Json) -> None:
    """Present, absent, indeterminate or no call."""
    answer = obj(resource, "valueCodeableConcept")
    if s.rule(answer):
        take(resource, "valueCodeableConcept")  # follows from the change, which says that the copies are normal
        return
    result = s.words.choice(answer, "results", RESULTS)
    if result and result != "present":
        made["result"] = result


def described(s: Scene, entry: Entry) -> str:
    """The components that are left, in words: what each is called and its value."""
    words = []
    for part in s.parts(entry.resource):
        kind, value = value_of(copied(part.node))
        said = s.scalar(kind, value)
        called = s.words.words(copied(obj(part.node, "code")))
        if said is not None and called:
            words.append(f"{called}: {said}")
    return "; ".join(words) or "variant without name"


def karyotype(s: Scene, entry: Entry) -> None:
    """Read the Observation of a karyotype."""
    made = begun(s, entry, "karyotype")
    resource = entry.resource
    names = s.words.names(obj(resource, "code"))
    take(resource, "code")
    if "complex-karyotype" in names and isinstance(resource.get("valueBoolean"), bool):
        made["complex"] = resource.pop("valueBoolean")
    if said := take_text(resource, "valueString"):
        made["iscn" if "karyotype-result" in names else "said"] = said
    elif said := unvalued(resource):
        made["said"] = said
    found = Found(s, entry, made)
    for part in s.parts(resource):
        if not part.rule or part.rule in MEASURED:
            found.read(part)
        else:
            take(resource, "component", part.n)
    _interpreted(resource, made)
    for said in s.note(resource):
        made.setdefault("said", said)
    if found.genes or "of" in made or "panel" in made:
        made["kind"] = "normal"
        as_negative(found)
    ended(s, entry, made)


def _interpreted(resource: Json, made: Json) -> None:
    """A result that is not present stands in the interpretation; "normal" beside a string follows from the string."""
    for n, one in list(objects(resource, "interpretation")):
        said = text(one, "text")
        normal = any(text(c, "system") == INTERPRETATION and text(c, "code") == "N" for _, c in objects(one, "coding"))
        if said in RESULTS:
            made["result"] = said
        elif normal and "iscn" not in made:
            made["result"] = "absent"
        elif not normal:
            continue
        take(resource, "interpretation", n)


def implication(s: Scene, entry: Entry) -> bool:
    """Clinical significance of the finding an implication derives from; False where that is not in the case."""
    of = next((e for e in s.index.linked(entry, "derivedFrom") if e.name), None)
    made = s.named("findings", of.name) if of is not None else None
    if made is None:
        return False
    for part in s.parts(entry.resource):
        if "clinical-significance" in part.names and "significance" not in made:
            node = obj(part.node, "valueCodeableConcept")
            if found := s.words.choice(node, "significances", SIGNIFICANCES):
                made["significance"] = found
        elif "significance-by" in part.names and (said := text(part.node, "valueString")):
            made["significance_by"] = said
        else:
            continue
        if not (any(objects(obj(part.node, "valueCodeableConcept"), "coding"))):
            take(entry.resource, "component", part.n)
    return True
