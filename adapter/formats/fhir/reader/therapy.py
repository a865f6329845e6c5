"""Treatments and the responses to them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, get_args

from adapter.case.model import ResponseStatus, Treatment
from adapter.formats.fhir.datatypes import ABSENT
from adapter.formats.fhir.reader.node import copied, left, obj, objects, take, take_text, text
from adapter.formats.fhir.reader.person import since
from adapter.formats.fhir.reader.values import value_of
from adapter.sssom import fold

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapter.formats.fhir.reader.entries import Entry
    from adapter.formats.fhir.reader.scene import Scene
    from adapter.report import Json

STATUSES: tuple[str, ...] = get_args(ResponseStatus)
KINDS: tuple[str, ...] = get_args(get_args(Treatment.model_fields["kind"].annotation)[0])
_PHASES: tuple[str, ...] = get_args(get_args(Treatment.model_fields["phase"].annotation)[0])
_FIELDS = {
    "treatment-kind": "kind", "treatment-phase": "phase", "treatment-regimen": "regimen", "donor": "donor",
    "graft": "graft", "treatment-intent": "intent", "ended-because": "ended_because",
}  # fmt: skip
_PROSE = re.compile(r"(?:site|after|since): .+")


_NOT_GIVEN = frozenset({"cancelled", "entered-in-error", "not-done", "draft", "not-taken", "preparation", "intended"})
_NOT_ORDERED = frozenset({"proposal", "plan", "option"})  # intents of a request that nobody has ordered yet
# Members that deny what was done: of R4, of STU3, of DSTU2; "taken" of STU3 says so in a code.
_DENIALS = ("doNotPerform", "notDone", "notGiven", "wasNotGiven", "wasNotTaken", "notPerformed")
_INTENT = "/mcode-treatment-intent"
# mCODE's profiles of procedures that treat, with the kind of treatment they are of
_PROFILES = {"surgical-procedure": "surgery", "radiotherapy-course-summary": "radiation"}


def _kind_of(entry: Entry) -> str:
    """Kind of treatment by the mCODE profile that a Procedure claims, "" for any other."""
    claims = str(obj(entry.resource, "meta").get("profile", ""))
    return next((kind for name, kind in _PROFILES.items() if name in claims), "")


def _treats(s: Scene, entry: Entry) -> bool:
    """Whether a resource is about a treatment: a drug, or a Procedure that a table or its profile calls one."""
    if entry.kind != "Procedure":
        return True
    return bool(_kind_of(entry) or s.words.keys("treatments", obj(entry.resource, "code")))


def _is_given(entry: Entry) -> bool:
    """Whether a resource may tell of a treatment that was given: not one that was refused, planned or put off."""
    resource = entry.resource
    status, intent = text(resource, "status"), text(resource, "intent")
    denied = any(resource.get(member, False) is not False for member in _DENIALS) or text(resource, "taken") == "n"
    return not (status in _NOT_GIVEN or intent in _NOT_ORDERED or denied)


def treatments(s: Scene) -> None:
    """Read drugs and procedures; the resources of one treatment of ours, one an agent, become one again."""
    by_role: dict[str, Json] = {}
    for entry in list(s.of("MedicationAdministration", "MedicationStatement", "MedicationRequest", "Procedure")):
        if not _is_given(entry) or not (entry.own or _treats(s, entry)):
            continue
        if entry.kind == "MedicationRequest":
            s.warn(entry, "order", "an order was read as a treatment; it does not say that the drug was given")
        s.done.add(entry)
        name = entry.role.split("/")[1] if entry.own and "/" in entry.role else ""
        made = by_role.get(name) if name else None
        if made is None:
            made = {"id": name or s.local(entry, "treatments", "treatment")}
            s.listed("treatments").append(made)
            s.taken("treatments").add(made["id"])
            by_role[made["id"]] = made
        entry.name = made["id"]
        _treatment(s, entry, made)


def _treatment(s: Scene, entry: Entry, made: Json) -> None:
    resource = entry.resource
    if entry.kind == "Procedure":
        _procedure(s, entry, made)
    else:
        _drug(s, entry, made)
    if entry.own:
        for member in ("status", "performedString"):
            resource.pop(member, None)
    _period(s, resource, made)
    _why(s, resource, made)
    s.say(resource, made)


def _why(s: Scene, resource: Json, made: Json) -> None:
    """The intent as mCODE has it, and the reason for which what was given was stopped."""
    for n, extension in list(objects(resource, "extension")):
        if text(extension, "url").endswith(_INTENT):
            concept = obj(extension, "valueCodeableConcept")
            if words := s.words.words(concept, "treatments"):
                made["intent"] = words
                _emptied(resource, "extension", n, concept)
    if text(resource, "status") != "stopped":
        return
    place, concept = next(objects(resource, "statusReason"), (None, obj(resource, "statusReason")))
    if words := s.words.words(concept, "treatments"):  # of a drug the first of several, of a procedure the one
        made["ended_because"] = words
        _emptied(resource, "statusReason", place, concept)


def _emptied(resource: Json, member: str, n: int | None, concept: Json) -> None:
    """Take an element of which all that the concept in it says was read."""
    if left(concept) is None:
        take(resource, member, n)


def _procedure(s: Scene, entry: Entry, made: Json) -> None:
    code = obj(entry.resource, "code")
    said = text(code, "text")
    kind = next(
        (k for key in s.words.keys("treatments", code) for k in KINDS if key == k or key.startswith(f"{k}-")), ""
    )
    if not kind and entry.own:
        kind = next((k for k in KINDS if said in (k, *(f"{phase} {k}" for phase in _PHASES))), "")
    if kind:
        made["kind"] = kind
        s.words.choice(code, "treatments", (kind,))
    if entry.own:
        take_text(code, "text")
        _named(made, said, _notes(entry.resource))
    elif words := s.words.words(code, "treatments"):
        made["said" if kind and fold(words) in _labels(s, kind) else "regimen"] = words
    if "kind" not in made and (claimed := _kind_of(entry)):
        made["kind"] = claimed


def _labels(s: Scene, kind: str) -> set[str]:
    """What a kind of treatment is called in the table and by its codes: no name of a regimen."""
    codes = s.words.codes.codes("treatments", kind)
    return {fold(s.terms.label("treatments", kind)), *(fold(text(code.coding, "display")) for code in codes)}


def _drug(s: Scene, entry: Entry, made: Json) -> None:
    drug = obj(entry.resource, "medicationCodeableConcept") or _referred(s, entry)
    said = text(drug, "text")
    if entry.own and not _is_agent(s, entry, said, drug):
        take_text(drug, "text")
        _named(made, said, _notes(entry.resource))
    elif words := s.words.words(drug, "treatments"):
        made.setdefault("agents", []).append(words)


def _referred(s: Scene, entry: Entry) -> Json:
    """The drug of the Medication that is referred to, in the document or in the resource: a copy, both are carried.

    Of one that is not there the words of the reference are read.
    """
    reference = obj(entry.resource, "medicationReference")
    found = s.index.find(reference, entry)
    if found is not None and found.kind == "Medication" and text(found.resource, "status") != "entered-in-error":
        return copied(obj(found.source, "code")) or {"text": text(reference, "display")}
    return {"text": text(reference, "display")} if found is None else {}


def _is_agent(s: Scene, entry: Entry, said: str, drug: Json) -> bool:
    """Whether our own writer wrote an agent, and not the name of a treatment of which none is known."""
    if any(objects(drug, "coding")) or entry.role.count("/") > 1:
        return True
    words = _detailed(s, entry)
    called = " ".join(filter(None, (words.get("treatment-phase", ""), words.get("treatment-kind", ""))))
    return said not in (words.get("treatment-regimen", ""), called or "treatment", *_notes(entry.resource))


def _detailed(s: Scene, entry: Entry) -> dict[str, str]:
    """Words of the Observation about a treatment of ours."""
    parts = [p for e in s.entries if e.role == f"{entry.role}/details" for p in s.parts(e.resource)]
    return {name: text(obj(p.node, "valueCodeableConcept"), "text") for p in parts for name in p.names}


def _named(made: Json, said: str, notes: list[str]) -> None:
    """What a treatment is called: by its regimen, unless phase and kind, its own words, or nothing."""
    made["_called"] = (said, notes)


def _notes(resource: Json) -> list[str]:
    return [text(one, "text") for _, one in objects(resource, "note")]


def _period(s: Scene, resource: Json, made: Json) -> None:
    for member in ("effectivePeriod", "performedPeriod"):
        period = obj(resource, member)
        for end in ("start", "end"):
            if day := s.day(period, end):
                made[end] = day
        if any(text(e, "url") == ABSENT for _, e in objects(period, "extension")):
            period.pop("extension")
    for member in ("effectiveDateTime", "performedDateTime"):  # the day of an order is no start
        if day := s.day(resource, member):
            made.setdefault("start", day)


def details(s: Scene, entry: Entry) -> None:
    """What only an Observation holds of a treatment."""
    of = next((e for e in s.index.linked(entry, "partOf") if e.name), None)
    made = s.named("treatments", of.name) if of is not None else None
    if made is None:
        return
    take(entry.resource, "partOf")
    for part in s.parts(entry.resource):
        kind, value = value_of(part.node)
        field = next((field for name, field in _FIELDS.items() if name in part.names), "")
        if field and isinstance(value, dict):
            made[field] = text(value, "text") or s.words.words(value, "treatments")
        elif "treatment-agent" in part.names and isinstance(value, dict):
            made.setdefault("agents", []).append(s.words.words(value, "treatments"))
        elif "cycles" in part.names and isinstance(value, int):
            made["cycles"] = value
        elif "since" in part.names and (event := since(s, value)):
            made["since"] = event
        elif part.names & {"treatment-start", "treatment-end"} and (said := s.time(kind, value)):
            made["start" if "treatment-start" in part.names else "end"] = said
        else:
            continue
        take(entry.resource, "component", part.n)


def settled(s: Scene) -> None:
    """Decide, once kind and phase are known, whether what a treatment is called is its regimen."""
    for n, made in enumerate(s.case.get("treatments", []), start=1):
        said, notes = made.pop("_called", ("", []))
        called = " ".join(filter(None, (made.get("phase"), made.get("kind"))))
        if said and "regimen" not in made and said != (called or (notes[0] if notes else "treatment")):
            made["regimen"] = said
        if made["id"] == str(n):
            del made["id"]


def response(s: Scene, entry: Entry) -> None:
    """A response to treatment, or a relapse."""
    made: Json = {}
    s.listed("responses").append(made)
    resource = entry.resource
    if to := _linked(s, entry, "partOf", lambda of: s.named("treatments", of.name) is not None):
        made["to"] = to
    if mrd := _linked(s, entry, "derivedFrom", lambda of: (s.named("findings", of.name) or {}).get("kind") == "mrd"):
        made["mrd"] = mrd
    if entry.own:
        resource.pop("focus", None)
    if day := s.day(resource, "effectiveDateTime"):
        made["date"] = day
    value = obj(resource, "valueCodeableConcept")
    if found := s.words.choice(value, "responses", STATUSES):
        made["status"] = found
    elif words := s.words.words(value):
        made["said"] = words
    for part in s.parts(resource):
        kind, value = value_of(part.node)
        if "response-site" in part.names and (site := s.words.words(value, "sites")):
            made.setdefault("sites", []).append(site)
        elif "response-interval" in part.names and (after := s.time(kind, value)):
            made["after"] = after
        elif "since" in part.names and (event := since(s, value)):
            made["since"] = event
        else:
            continue
        take(resource, "component", part.n)
    for said in s.note(resource):
        _noted(made, said, own=bool(entry.own))


def _linked(s: Scene, entry: Entry, member: str, fits: Callable[[Entry], bool]) -> str:
    """Name of the first part of the case that a link leads to and that ``fits``, the link taken; "" for none."""
    for n, link in objects(entry.resource, member):
        of = s.index.find(link, entry)
        if of is not None and of.name and of in s.members and fits(of):
            take(entry.resource, member, n)
            return of.name
    return ""


def _noted(made: Json, said: str, *, own: bool) -> None:
    """A note: the source's words, or sites, interval and its start as our own writer words them for mCODE."""
    pieces = said.split("; ")
    if not own or not all(_PROSE.fullmatch(piece) for piece in pieces):
        made["said"] = f"{made['said']}\n{said}" if "said" in made else said
        return
    read: dict[str, Any] = {}
    for piece in pieces:
        field, _, value = piece.partition(": ")
        if field == "site":
            read.setdefault("sites", []).append(value)
        else:
            read[field] = value
    made |= read
