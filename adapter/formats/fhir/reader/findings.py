"""Genomic findings: variants of any kind, and karyotypes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.case.findings.engines import read_iscn
from adapter.formats.fhir.datatypes import INTERPRETATION, ISCN
from adapter.formats.fhir.reader import habits
from adapter.formats.fhir.reader.answers import RESULTS, UNCLEAR, answer_of, zygosity_of
from adapter.formats.fhir.reader.components import MEASURED, SIGNIFICANCES, Found
from adapter.formats.fhir.reader.kinds import kind_of
from adapter.formats.fhir.reader.node import copied, left, obj, objects, take, take_text, text
from adapter.formats.fhir.reader.observed import begun, ended, take_code
from adapter.formats.fhir.reader.placing import are_negatives, as_negative, is_named, joins, kind_beside, place
from adapter.formats.fhir.reader.results import unvalued
from adapter.formats.fhir.reader.values import value_of

if TYPE_CHECKING:
    from adapter.formats.fhir.reader.entries import Entry
    from adapter.formats.fhir.reader.scene import Scene
    from adapter.report import Json


def variant(s: Scene, entry: Entry) -> None:
    """Read a variant Observation as the kind of finding that its components tell.

    One whose answer is not understood is left to be carried: it may be a negative.
    """
    result = "" if entry.own else answer_of(s, entry.resource)
    if result == UNCLEAR:
        s.warn(entry, "answer", "whether the variant is there is not understood: carried, not read as a finding")
        return
    if not entry.own:
        habits.warned(s, entry)
    made = begun(s, entry, "sequence-variant")
    resource = entry.resource
    take_code(s, entry)
    _answered(s, resource, made, result)
    found = Found(s, entry, made)
    for part in s.parts(resource):
        if not part.rule or part.rule in MEASURED:
            found.read(part)
        else:
            take(resource, "component", part.n)  # worked out by our own writer, and worked out anew by the next one
    made |= {field: said for field, said in found.meant.items() if field not in made}
    made["kind"] = kind_of(entry, made, found.seen)
    if made["kind"] == "sequence-variant" and not entry.own and (kind := kind_beside(found)):
        made["kind"] = kind
    elif made["kind"] == "sequence-variant" and joins(found):
        made["kind"] = "rearrangement"
        s.warn(entry, "partners", "two genes of a structural change: read as partners whose order is not stated")
    elif made["kind"] == "sequence-variant" and not entry.own and are_negatives(found):
        made["kind"] = "normal"
    place(found)
    if not is_named(found):
        made["said"] = text(obj(resource, "code"), "text") or described(s, entry)
        s.warn(entry, "unnamed", "a variant without gene, expression or place: its components as words")
    s.say(resource, made)
    if not entry.own:
        s.variants[entry] = None
    ended(s, entry, made)


def _answered(s: Scene, resource: Json, made: Json, understood: str) -> None:
    """Present, absent, indeterminate or no call: the answer of our own writer, else what was ``understood``."""
    answer = obj(resource, "valueCodeableConcept")
    if s.rule(answer):
        take(resource, "valueCodeableConcept")  # follows from the change, which says that the copies are normal
        return
    zygosity = zygosity_of(s, resource) if understood else ""
    result = s.words.choice(answer, "results", RESULTS) or understood
    if result and result != "present":
        made["result"] = result
    if zygosity:
        made["zygosity"] = zygosity
    for member in ("valueBoolean", "valueString"):
        resource.pop(member, None)  # it says what the result says


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
    """Read the Observation of a karyotype; another's that says nothing of it is left to be carried."""
    resource = entry.resource
    if not entry.own and not (value_of(resource)[0] or resource.get("component") or resource.get("note")):
        return
    made = begun(s, entry, "karyotype")
    names = s.words.names(obj(resource, "code"))
    take_code(s, entry)
    if "complex-karyotype" in names and isinstance(resource.get("valueBoolean"), bool):
        made["complex"] = resource.pop("valueBoolean")
    _string(s, entry, made, result="karyotype-result" in names)
    if not ({"iscn", "said"} & made.keys()) and (said := unvalued(resource)):
        made["said"] = said
    found = Found(s, entry, made)
    for part in s.parts(resource):
        if not part.rule or part.rule in MEASURED:
            found.read(part)
        else:
            take(resource, "component", part.n)
    _interpreted(resource, made)
    s.say(resource, made)
    if found.genes or "of" in made or "panel" in made:
        made["kind"] = "normal"
        as_negative(found)
    ended(s, entry, made)


def _string(s: Scene, entry: Entry, made: Json, *, result: bool) -> None:
    """The ISCN string that is the value of a ``result``, as string or concept; other words are what was said."""
    resource = entry.resource
    said = take_text(resource, "valueString")
    concept = obj(resource, "valueCodeableConcept")
    if not said and result and not entry.own:
        codes = [text(coding, "code") for _, coding in objects(concept, "coding") if text(coding, "system") == ISCN]
        said = text(concept, "text") or next(iter(codes), "") or s.words.words(copied(concept))
        if (
            text(concept, "text") in ("", said)
            and codes in ([], [said])
            and len(list(objects(concept, "coding"))) == len(codes)
        ):
            resource.pop("valueCodeableConcept", None)
    if not said:
        return
    if result and (entry.own or read_iscn(said)[0].document.status != "not-iscn"):
        made["iscn"] = said
        return
    made["said"] = said
    if key := s.words.key("answers", said) if not entry.own else "":
        made["result"] = s.terms.label("answers", key)


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
    """Clinical significance of the finding an implication derives from; False where that is not in the case.

    What is said of several variants together is said of none of them alone.
    """
    made = _implied_of(s, entry)
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
        if left(obj(part.node, "valueCodeableConcept")) is None:
            take(entry.resource, "component", part.n)
    return True


def _implied_of(s: Scene, entry: Entry) -> Json | None:
    """The finding that an implication derives from, its link taken; None for none of the case, or several."""
    sources = [(n, one, s.index.find(one, entry)) for n, one in objects(entry.resource, "derivedFrom")]
    kinds = [found.kind if found is not None else text(one, "reference").split("/")[0] for _, one, found in sources]
    named = [(n, found) for n, _, found in sources if found is not None and found.name and found in s.members]
    if len(named) != 1 or kinds.count("Observation") != 1:
        return None
    ((n, of),) = named
    made = s.named("findings", of.name)
    if made is not None:
        take(entry.resource, "derivedFrom", n)
    return made
