"""The Patient, de-identified: what is stated and, in ``mcode4``, why the rest is absent.

Profile: mCODE 4.0.0 ``cancer-patient``, which demands name and gender. A missing gender is ``unknown`` with a
data-absent-reason beside it, a missing name a family name with one (on the name itself it breaks references).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.formats.fhir.datatypes import absent
from adapter.formats.fhir.draft import addresses_of
from adapter.formats.fhir.observation import plain

if TYPE_CHECKING:
    from adapter.case.model import Subject
    from adapter.formats.fhir.draft import Draft
    from adapter.report import Json


def patient(d: Draft) -> None:
    """Add the Patient."""
    subject = d.case.subject
    made = d.head("Patient", "patient", words_of(d), "patient")
    known = d.ledger.put(d.ids.identifier("patient"), "/id", member="value")
    made["identifier"] = [known, *labels(d), *(identifiers(d, subject) if subject else ())]
    if d.mcode:
        made["name"] = [{"_family": absent("masked")}]
    sex = subject.sex if subject else None
    if sex:
        made["gender"] = sex
        d.ledger.put(made, "/subject/sex", member="gender")
    elif d.mcode:
        made["gender"], made["_gender"] = "unknown", absent("unknown")
    if subject and subject.birth:
        made["birthDate"] = subject.birth.text
        d.ledger.put(made, "/subject/birth", member="birthDate")
    deceased(d, made)
    d.add(made)
    if subject:
        described(d, subject)


def words_of(d: Draft) -> str:
    """What is stated of the person, for the narrative; that a case is published or de-identified nobody states."""
    subject, outcome = d.case.subject, d.case.outcome
    stated = [subject.sex or "", f"born {subject.birth.text}" if subject.birth else ""] if subject else []
    if outcome is not None and outcome.vital_status:
        died = outcome.date is not None and outcome.vital_status == "deceased"
        stated.append(f"deceased {outcome.date.text}" if died and outcome.date else outcome.vital_status)
    return f"Patient: {words}" if (words := ", ".join(filter(None, stated))) else "Patient"


def labels(d: Draft) -> list[Json]:
    """The person's name in the paper, an identifier within it."""
    source = d.case.source
    if source is None or not source.label:
        return []
    addresses = addresses_of(source)
    system = addresses[0][1] if addresses else d.ids.stated
    made: Json = {"use": "secondary", "system": system, "value": source.label}
    return [d.ledger.put(made, "/source/label", member="value")]


def identifiers(d: Draft, subject: Subject) -> list[Json]:
    """The person's identifiers as stated; a system that is no URI stands in the type's words, for mCODE demands one."""
    made: list[Json] = []
    for n, stated in enumerate(subject.identifiers):
        system = stated.system or ""
        known = ":" in system and " " not in system
        node: Json = {"type": {"text": system}} if system and not known else {}
        node["system"] = system if known else d.ids.stated
        node["value"] = stated.value
        made.append(d.ledger.put(node, f"/subject/identifiers/{n}"))
    return made


def deceased(d: Draft, made: Json) -> None:
    """deceased[x]: a date where one is stated, else whether; a stated "unknown" is a reason for absence."""
    outcome = d.case.outcome
    if outcome is None or outcome.vital_status is None:
        return
    status, member = outcome.vital_status, "deceasedBoolean"
    if status == "unknown":
        member = "_deceasedBoolean"
        made[member] = absent("unknown")
    elif status == "deceased" and outcome.date is not None:
        member = "deceasedDateTime"
        made[member] = outcome.date.text
        d.ledger.put(made, "/outcome/date", member=member)
    else:
        made[member] = status == "deceased"
    d.ledger.put(made, "/outcome/vital_status", member=member)


def described(d: Draft, subject: Subject) -> None:
    """Ancestry and constitutional karyotype, each an Observation of ours: the Patient has no element for them."""
    for code, text, field in (
        ("ancestry", subject.ancestry, "ancestry"),
        ("constitutional-karyotype", subject.constitutional_karyotype, "constitutional_karyotype"),
    ):
        if text:
            made = plain(d, f"subject/{code}", code, f"{code.replace('-', ' ')}: {text}", cited=d.cited)
            made["valueString"] = text
            d.add(d.ledger.put(made, f"/subject/{field}", member="valueString"))
