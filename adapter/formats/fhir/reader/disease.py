"""Diagnoses, presenting features and specimens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapter.formats.fhir.datatypes import ASSERTED, CLINICAL, RELATED_CONDITION
from adapter.formats.fhir.reader.answers import RESULTS as _RESULTS
from adapter.formats.fhir.reader.answers import UNCLEAR, answer_of
from adapter.formats.fhir.reader.lexicon import known
from adapter.formats.fhir.reader.node import copied, obj, objects, take, take_text, text
from adapter.formats.fhir.reader.values import value_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapter.formats.fhir.reader.entries import Entry
    from adapter.formats.fhir.reader.scene import Scene
    from adapter.report import Json

_PHASES = ("relapse", "remission")
_DENIED = frozenset({"refuted", "entered-in-error"})
_UNCERTAIN = frozenset({"unconfirmed", "provisional", "differential"})
_PRIMARY = "mcode-primary-cancer-condition"
_WORDS = {
    "diagnosis-role": "role",
    "diagnosis-phase": "phase",
    "classification": "classification",
    "ontogeny": "ontogeny",
}


def conditions(s: Scene) -> None:
    """Read every Condition as a diagnosis; of another's, the disease that a case is about goes first."""
    for entry in sorted(s.of("Condition"), key=lambda entry: _rank(s, entry)):
        verified = {text(c, "code") for _, c in objects(obj(entry.resource, "verificationStatus"), "coding")}
        verified.add(text(entry.resource, "verificationStatus"))  # a code, before R4
        verified.add(text(obj(entry.resource, "verificationStatus"), "text").lower())
        if verified & _UNCERTAIN:
            s.warn(entry, "unconfirmed", "a condition that is not confirmed is carried, not read as a diagnosis")
        if verified & (_UNCERTAIN | _DENIED):
            continue
        s.done.add(entry)
        made: Json = {}
        s.listed("diagnoses").append(made)
        entry.name = str(len(s.case["diagnoses"]) - 1)
        condition(s, entry, made)


def _rank(s: Scene, entry: Entry) -> int:
    """Place of a Condition: what mCODE calls the primary cancer, then what the tables know, then comorbidities."""
    claims = str(obj(entry.resource, "meta").get("profile", ""))
    if entry.own or _PRIMARY in claims:
        return 0
    code = obj(entry.resource, "code")
    return 1 if s.words.keys("diagnoses", code) or s.words.key("diagnoses", text(code, "text")) else 2


def condition(s: Scene, entry: Entry, made: Json) -> None:
    """Read one Condition into ``made``."""
    resource = entry.resource
    for code in _PHASES:
        if any(known(c) == (CLINICAL, code) for _, c in objects(obj(resource, "clinicalStatus"), "coding")):
            made["phase"] = code
            take(resource, "clinicalStatus")
            break
    notes = s.note(resource)
    coded(s, entry, made, notes)
    if not entry.own and (said := take_text(obj(resource, "code"), "text")):
        notes.insert(0, said)  # the entity is called otherwise: by the table's name for a code
    for _, site in list(objects(resource, "bodySite")):
        if words := s.words.words(site, "sites"):
            made.setdefault("sites", []).append(words)
    for kind in ("Age", "Range", "String"):
        if (value := resource.get(f"onset{kind}")) is not None and (age := s.time(kind, value)):
            made["age"] = age
            take(resource, f"onset{kind}")
    asserted(s, resource, made, own=bool(entry.own))
    if entry.own:
        resource.pop("category", None)
    if notes:
        made["said"] = "\n".join(notes)


def asserted(s: Scene, resource: Json, made: Json, *, own: bool) -> None:
    """Date of the diagnosis: asserted, else of its onset; our link to the disease a relapse is of is made anew."""
    for n, extension in list(objects(resource, "extension")):
        if text(extension, "url") == ASSERTED and (day := s.day(extension, "valueDateTime")):
            made["date"] = day
            if "valueDateTime" not in extension:
                resource["extension"][n] = None
        elif text(extension, "url") == RELATED_CONDITION and own:
            resource["extension"][n] = None
    if "date" not in made and (day := s.day(resource, "onsetDateTime")):
        made["date"] = day


def coded(s: Scene, entry: Entry, made: Json, notes: list[str]) -> None:
    """Entity, subtype and stated code of Condition.code.

    Our own writer puts a comma between the words of entity and subtype; the codings tell which comma it is, where
    the tables have codes for either.
    """
    node = obj(entry.resource, "code")
    said = text(node, "text")
    codings = [known(c) for _, c in objects(node, "coding")]
    if entry.own and (said == "diagnosis not stated" or (said in notes and len(codings) < 2)):
        take_text(node, "text")
        _first_code(node, made, codings[0] if codings else None)
        return
    for entity, subtype in _splits(said) if entry.own else ():
        for expected in _looked_up(s, entity, subtype, made.get("phase", "")):
            if codings[: len(expected)] == expected and len(codings) <= len(expected) + 1:
                made |= {"entity": entity} | ({"subtype": subtype} if subtype else {})
                take_text(node, "text")
                _first_code(node, made, codings[-1] if len(codings) > len(expected) else None)
                _take_codings(node, expected)
                return
    named = s.words.key("diagnoses", said)
    if named and not entry.own and named not in s.words.keys("diagnoses", node):
        made["entity"] = take_text(node, "text")  # another disease than that of the codes: the words are what was meant
    elif words := s.words.words(node, "diagnoses"):
        made["entity"] = words
    rest = [known(c) for _, c in objects(node, "coding") if text(c, "code")]
    _first_code(node, made, rest[0] if rest else None)


def _splits(said: str) -> Iterator[tuple[str, str]]:
    """Readings of the words of a code as entity and subtype: the whole, where the tables decide, comes first."""
    places = [n for n in range(len(said)) if said.startswith(", ", n)]
    halves = [(said[:n], said[n + 2 :]) for n in places if said[:n].strip() and said[n + 2 :].strip()]
    yield from (*halves, (said, "")) if said else ()


def _looked_up(s: Scene, entity: str, subtype: str, phase: str) -> Iterator[list[tuple[str, str]]]:
    """Codings that the writer gives the words, with and without those of the disease's phase."""
    found = [*s.words.codes.codes("diagnoses", entity), *(s.words.codes.codes("diagnoses", subtype) if subtype else ())]
    key = s.words.codes.key("diagnoses", entity)
    of_phase = s.words.codes.codes("phases", f"{key}-in-{phase}") if key and phase in _PHASES else ()
    for codes in ((*found, *of_phase), found) if of_phase else (found,):
        yield list(dict.fromkeys(known(code.coding) for code in codes if code.coding["system"]))


def _take_codings(node: Json, expected: list[tuple[str, str]]) -> None:
    for n, coding in list(objects(node, "coding")):
        if known(coding) in expected:
            take(node, "coding", n)


def _first_code(node: Json, made: Json, wanted: tuple[str, str] | None) -> None:
    """Take the last coding ``wanted`` as the code the source states."""
    found = [(n, c) for n, c in objects(node, "coding") if known(c) == wanted]
    for n, coding in found[-1:]:
        fields = {key: text(coding, key) for key in ("system", "code", "display")}
        if fields["system"] and fields["code"] and not coding.keys() - fields.keys():
            made["code"] = {key: value for key, value in fields.items() if value}
            take(node, "coding", n)


def details(s: Scene, entry: Entry) -> None:
    """What only an Observation holds of a diagnosis."""
    made = _diagnosis(s, entry)
    if made is None:
        return
    for part in s.parts(entry.resource):
        field = next((field for name, field in _WORDS.items() if name in part.names), "")
        if field and (said := text(part.node, "valueString")):
            made[field] = said
            take(entry.resource, "component", part.n)


def risk(s: Scene, entry: Entry) -> None:
    """The risk group of a diagnosis."""
    made = _diagnosis(s, entry)
    value = obj(entry.resource, "valueCodeableConcept")
    if made is None or not (words := s.words.words(value, "risks")):
        return
    made["risk"] = {"class": words}
    for part in s.parts(entry.resource):
        if "risk-scheme" in part.names and (scheme := text(part.node, "valueString")):
            made["risk"]["scheme"] = scheme
            take(entry.resource, "component", part.n)


def _diagnosis(s: Scene, entry: Entry) -> Json | None:
    """The diagnosis that an Observation is about: its focus, else the only one."""
    found: list[Json] = s.case.get("diagnoses", [])
    for n, focus in objects(entry.resource, "focus"):
        of = s.index.find(focus, entry)
        if of is not None and of.kind == "Condition" and of.name and of in s.members:
            take(entry.resource, "focus", n)
            return found[int(of.name)]
    return found[0] if len(found) == 1 else None


def specimens(s: Scene) -> None:
    """Read every Specimen; ids before links, so that every finding can name its own."""
    for entry in list(s.of("Specimen")):
        if text(entry.resource, "status") == "entered-in-error":
            continue
        s.done.add(entry)
        made: Json = {"id": s.local(entry, "specimens", "specimen")}
        entry.name = made["id"]
        s.listed("specimens").append(made)
        resource = entry.resource
        kind = obj(resource, "type")
        if words := s.words.words(kind, "specimens"):
            made["material"] = words
        elif entry.own:
            resource.pop("type", None)
        if day := s.day(obj(resource, "collection"), "collectedDateTime"):
            made["date"] = day
        s.say(resource, made)


def of_specimen(s: Scene, entry: Entry) -> None:
    """Age and time point of a specimen."""
    name = specimen_of(s, entry)
    made = s.named("specimens", name)
    if made is None:
        return
    for part in s.parts(entry.resource):
        kind, value = value_of(part.node)
        if "age-at-event" in part.names and (age := s.time(kind, value)):
            made["age"] = age
        elif part.names & {"timepoint", "at"} and isinstance(value, str):
            made["at"] = value
        else:
            continue
        take(entry.resource, "component", part.n)


def specimen_of(s: Scene, entry: Entry) -> str:
    """Id of the specimen an Observation was made on, taken; "" for none in the document."""
    found = next((e for e in s.index.linked(entry, "specimen") if e.name and e in s.members), None)
    if found is None:
        return ""
    take(entry.resource, "specimen")
    return found.name


def is_feature(s: Scene, entry: Entry) -> bool:
    """Whether another's Observation says that a feature was there or not: a phenotype of HPO, a sign the table has."""
    resource, code = entry.resource, obj(entry.resource, "code")
    phenotype = any(s.words.vocabulary(coding) == "HP" for _, coding in objects(code, "coding"))
    answered = value_of(resource)[0] in ("", "Boolean", "CodeableConcept", "String") and "component" not in resource
    return bool(answered and (phenotype or s.words.keys("features", code))) and answer_of(s, resource) != UNCLEAR


def seen(s: Scene, entry: Entry) -> None:
    """A feature in another's Observation; what it has beside words, code, answer, site and note is carried."""
    made: Json = {}
    resource, code = entry.resource, obj(entry.resource, "code")
    s.listed("features").append(made)
    s.done.add(entry)
    if (result := answer_of(s, resource)) != "present":
        made["result"] = result
    for member in ("valueBoolean", "valueString"):
        resource.pop(member, None)  # it says what the result says
    s.words.choice(obj(resource, "valueCodeableConcept"), "results", _RESULTS)
    first = next((known(one) for _, one in objects(code, "coding") if text(one, "code")), None)
    shown = next((text(one, "display") for _, one in objects(code, "coding")), "")
    made["term"] = text(code, "text") or shown or s.words.words(copied(code), "features")
    _first_code(code, made, first)
    if text(code, "text") == made["term"]:
        take_text(code, "text")
    if words := s.words.words(obj(resource, "bodySite"), "sites"):
        made["site"] = words
    s.say(resource, made)


def feature(s: Scene, entry: Entry) -> None:
    """A presenting feature: whether it was there, where, at what age."""
    made: Json = {}
    s.listed("features").append(made)
    resource = entry.resource
    code, codings = obj(resource, "code"), [known(c) for _, c in objects(obj(resource, "code"), "coding")]
    said = text(code, "text")
    looked_up = [known(c.coding) for c in s.words.codes.codes("features", said)] if said else []
    own = {known(c) for _, c in objects(s.words.codes.name("feature").concept, "coding")}
    if said:
        made["term"] = take_text(code, "text")
    stated = codings[len(looked_up) :] if codings[: len(looked_up)] == looked_up else codings
    stated = [c for c in stated if c not in own]
    if stated:
        _first_code(code, made, stated[-1])
    _take_codings(code, [*looked_up, *own])
    answer: Any = obj(resource, "valueCodeableConcept")
    if (result := s.words.choice(answer, "results", _RESULTS)) and result != "present":
        made["result"] = result
    if words := s.words.words(obj(resource, "bodySite"), "sites"):
        made["site"] = words
    for part in s.parts(resource):
        if "age-at-event" in part.names and (age := s.time(*value_of(part.node))):
            made["age"] = age
            take(resource, "component", part.n)
    s.say(resource, made)
