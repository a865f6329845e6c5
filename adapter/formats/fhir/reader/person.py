"""The Patient, what only Observations can hold of the person, and the outcome."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from adapter.formats.fhir.datatypes import ABSENT
from adapter.formats.fhir.reader.node import obj, objects, take, take_text, text
from adapter.formats.fhir.reader.values import value_of

if TYPE_CHECKING:
    from adapter.formats.fhir.reader.entries import Entry
    from adapter.formats.fhir.reader.scene import Scene
    from adapter.report import Json

VITAL = ("alive", "deceased", "unknown")
_SEXES = ("male", "female", "other", "unknown")
_NO_ID = re.compile(r"[^A-Za-z0-9._-]+")


def patient(s: Scene) -> None:
    """Read the Patient: case id, identifiers, sex, birth, vital status."""
    found = next(s.of("Patient"), None)
    s.case["id"] = case_id(s, found)
    if found is None:
        return
    s.done.add(found)
    resource, subject = found.resource, s.case.setdefault("subject", {})
    identifiers(s, found, subject)
    if found.own:
        resource.pop("name", None)  # masked: our writer never gives one
    sex = text(resource, "gender")
    if _absent(resource.get("_gender")):
        resource.pop("_gender"), resource.pop("gender", None)
    elif sex in _SEXES:
        subject["sex"] = sex
        take(resource, "gender")
    if birth := s.day(resource, "birthDate"):
        subject["birth"] = birth
    deceased(s, resource)


def case_id(s: Scene, found: Entry | None) -> str:
    """Id of the case: our own writer's, else the Patient's id, else a digest of what the document calls the person."""
    own = next((e.own for e in s.entries if e.own), "")
    if own:
        return own
    said = _NO_ID.sub("-", text(found.resource, "id"))[:64] if found else ""
    if said.strip("-"):
        return said
    seed = repr([(e.path, text(obj(e.resource, "subject"), "reference")) for e in s.entries])
    return f"fhir-{hashlib.sha256(seed.encode()).hexdigest()[:16]}"


def _absent(node: object) -> bool:
    return any(text(e, "url") == ABSENT for _, e in objects(node, "extension"))


def identifiers(s: Scene, entry: Entry, subject: Json) -> None:
    """Identifiers of the person; the secondary one under the publication's address is the person's name in it."""
    stated = s.words.codes.terms.base + "/identifier/stated"
    for n, one in list(objects(entry.resource, "identifier")):
        value, system, kind = text(one, "value"), text(one, "system"), text(obj(one, "type"), "text")
        if not value or one.keys() - {"use", "type", "system", "value"} or obj(one, "type").keys() - {"text"}:
            continue
        if entry.own and text(one, "use") == "secondary":
            s.case.setdefault("source", {})["label"] = value
        elif "use" in one or (kind and not entry.own):
            continue
        else:
            where = {"system": kind} if kind else {} if system in ("", stated) else {"system": system}
            subject.setdefault("identifiers", []).append(where | {"value": value})
        take(entry.resource, "identifier", n)


def deceased(s: Scene, resource: Json) -> None:
    """Vital status: a date of death, whether deceased, or a reason why it is not known."""
    outcome = s.case.setdefault("outcome", {})
    if date := s.day(resource, "deceasedDateTime"):
        outcome |= {"vital_status": "deceased", "date": date}
    elif isinstance(resource.get("deceasedBoolean"), bool):
        outcome["vital_status"] = "deceased" if resource.pop("deceasedBoolean") else "alive"
    elif _absent(resource.get("_deceasedBoolean")):
        resource.pop("_deceasedBoolean")
        outcome["vital_status"] = "unknown"


def described(s: Scene, entry: Entry, field: str) -> None:
    """Ancestry or constitutional karyotype from an Observation of ours."""
    said = take_text(entry.resource, "valueString")
    if said:
        s.case.setdefault("subject", {})[field] = said


def interval(s: Scene, entry: Entry, *, measured: bool) -> None:
    """The interval to the outcome (``measured``), or what else an Observation of the outcome says."""
    resource, outcome = entry.resource, s.case.setdefault("outcome", {})
    if date := s.day(resource, "effectiveDateTime"):
        outcome.setdefault("date", date)
    kind, value = value_of(resource)
    if measured and (after := s.time(kind, value)):
        outcome["after"] = after
        take(resource, f"value{kind}")
    elif kind == "String" and value:
        outcome["said"] = take_text(resource, "valueString")
    elif isinstance(value, dict) and (status := s.words.choice(value, "outcomes", VITAL)):
        outcome.setdefault("vital_status", status)
    for part in s.parts(resource):
        kind, value = value_of(part.node)
        if "since" in part.names and (event := since(s, value)):
            outcome["since"] = event
        elif "age-at-event" in part.names and (age := s.time(kind, value)):
            outcome["age"] = age
        else:
            continue
        take(resource, "component", part.n)
    s.say(resource, outcome)


def cause(s: Scene, entry: Entry) -> None:
    """Cause of death, in words."""
    outcome = s.case.setdefault("outcome", {})
    kind, value = value_of(entry.resource)
    if isinstance(value, dict) and (words := s.words.words(value, "outcomes")):
        outcome["cause"] = words
    elif kind == "String" and value:
        outcome["cause"] = take_text(entry.resource, "valueString")
    s.say(entry.resource, outcome)


def since(s: Scene, value: object) -> str:
    """The event an interval counts from, "" for none that the case knows."""
    if not isinstance(value, dict):
        return ""
    keys = s.words.names(value)
    return next((key.removeprefix("since-") for key in sorted(keys) if key.startswith("since-")), "")


def noted(s: Scene, entry: Entry) -> None:
    """Notes of the case."""
    if said := take_text(entry.resource, "valueString"):
        s.case["notes"] = said
