"""Conditions: one per diagnosis, the relapse of a disease among them.

Profile: mCODE 4.0.0 ``primary-cancer-condition`` for primary diagnoses and other malignancies. Age goes to onset, the
date to the asserted date, phase to the clinical status where FHIR has a word for it. What a Condition has no element
for (classification, ontogeny, role, other phases, risk) stands in an Observation whose focus is the Condition.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.formats.fhir.datatypes import ASSERTED, CLINICAL, RELATED_CONDITION
from adapter.formats.fhir.observation import Parts, plain

if TYPE_CHECKING:
    from adapter.case.model import Diagnosis
    from adapter.formats.fhir.draft import Draft
    from adapter.report import Json
    from adapter.terms import Code

# A published diagnosis stands on nobody's problem list, and an item of one would need a clinical status (con-3).
_CONCERN = {
    "system": "http://hl7.org/fhir/us/core/CodeSystem/condition-category",
    "code": "health-concern",
    "display": "Health Concern",
}
_PHASES = {
    "relapse": {"system": CLINICAL, "code": "relapse", "display": "Relapse"},
    "remission": {"system": CLINICAL, "code": "remission", "display": "Remission"},
}


def conditions(d: Draft) -> None:
    """Add a Condition for every diagnosis, each followed by what only an Observation can hold of it."""
    for n, diagnosis in enumerate(d.case.diagnoses):
        d.add(condition(d, diagnosis, n))
        details(d, diagnosis, n)
        risk(d, diagnosis, n)


def condition(d: Draft, diagnosis: Diagnosis, n: int) -> Json:
    """The Condition of the n-th diagnosis."""
    path, malignant = f"/diagnoses/{n}", _is_cancer(d, diagnosis, n)
    phase = f" ({diagnosis.phase})" if diagnosis.phase and diagnosis.phase != "diagnosis" else ""
    made = d.head("Condition", f"condition/{n}", called(diagnosis) + phase, "primary-condition" if malignant else "")
    if extension := extensions(d, diagnosis, n):
        made["extension"] = extension
    made["identifier"] = [d.ids.identifier(f"condition/{n}")]
    if diagnosis.phase in _PHASES:
        made["clinicalStatus"] = {"coding": [_PHASES[diagnosis.phase].copy()]}
        d.ledger.put(made, f"{path}/phase", member="clinicalStatus")
    if d.mcode and malignant:
        made["category"] = [{"coding": [_CONCERN.copy()]}]
    made["code"] = coded(d, diagnosis, path)
    if diagnosis.sites:
        made["bodySite"] = [site(d, text, f"{path}/sites/{i}") for i, text in enumerate(diagnosis.sites)]
    made["subject"] = d.subject
    if diagnosis.age is not None:
        kind, value = d.time(diagnosis.age)
        member = f"onset{'Age' if kind == 'Quantity' else kind}"
        made[member] = value
        d.ledger.put(made, f"{path}/age", member=member)
    if diagnosis.said:
        made["note"] = [d.ledger.put({"text": diagnosis.said}, f"{path}/said", member="text")]
    return made


def _is_cancer(d: Draft, diagnosis: Diagnosis, n: int) -> bool:
    """Whether a diagnosis is a cancer for sure: by its role, which is primary for the first where none is stated.

    Without a role a further one is it where it is the relapse of one before, or a disease of the tables: hypertension
    beside a leukaemia is no cancer because nobody called it a comorbidity.
    """
    if diagnosis.role is not None or n == 0:
        return diagnosis.role not in ("comorbidity", "antecedent")
    known = any(d.codes.key("diagnoses", words) for words in (diagnosis.entity, diagnosis.subtype) if words)
    return known or relapsed(d.case.diagnoses, n) is not None


def called(diagnosis: Diagnosis) -> str:
    """What a diagnosis is called: entity and subtype, else the source's own words."""
    return ", ".join(filter(None, (diagnosis.entity, diagnosis.subtype))) or diagnosis.said or "diagnosis"


def extensions(d: Draft, diagnosis: Diagnosis, n: int) -> list[Json]:
    """Date of the diagnosis, and the disease that a relapse is of."""
    made: list[Json] = []
    if diagnosis.date is not None:
        node: Json = {"url": ASSERTED, "valueDateTime": diagnosis.date.text}
        made.append(d.ledger.put(node, f"/diagnoses/{n}/date"))
    first = relapsed(d.case.diagnoses, n)
    if first is not None:
        made.append({"url": RELATED_CONDITION, "valueReference": d.reference(f"condition/{first}")})
    return made


def relapsed(diagnoses: tuple[Diagnosis, ...], n: int) -> int | None:
    """Index of the diagnosis whose disease the n-th, a relapse or a further phase, is; None where it is none."""
    if diagnoses[n].phase in (None, "diagnosis"):
        return None
    entity = diagnoses[n].entity
    return next((i for i, other in enumerate(diagnoses[:n]) if entity is None or other.entity == entity), None)


def only_disease(diagnoses: tuple[Diagnosis, ...]) -> int | None:
    """Index of the one disease that a response can be of; None where there are several: the case does not say which."""
    own = [n for n, one in enumerate(diagnoses) if one.role != "comorbidity" and relapsed(diagnoses, n) is None]
    return own[0] if len(own) == 1 and diagnoses[own[0]].role != "antecedent" else None


def coded(d: Draft, diagnosis: Diagnosis, path: str) -> Json:
    """Condition.code: codes of the entity, then of the subtype as classified, then the stated one; words as stated."""
    entity = d.codes.codes("diagnoses", diagnosis.entity) if diagnosis.entity else ()
    subtype = d.codes.codes("diagnoses", diagnosis.subtype) if diagnosis.subtype else ()
    codings = [code.coding.copy() for code in _once((*entity, *subtype, *phase_codes(d, diagnosis)))]
    made: Json = {}
    stated = diagnosis.code
    words = [text for text in (diagnosis.entity, diagnosis.subtype) if text]
    if stated is not None:
        coding = d.codes.coding(stated.system, stated.code, stated.display)
        if coding:
            codings.append(d.ledger.put(coding, f"{path}/code"))
        else:
            words.append(" ".join(filter(None, (stated.system, stated.code, stated.display))))
            d.ledger.moved(f"{path}/code", "its system is no URI: system and code stand in the words", made, "text")
    if codings:
        made["coding"] = codings
    made["text"] = ", ".join(words) or diagnosis.said or "diagnosis not stated"
    if diagnosis.entity:
        d.ledger.put(made, f"{path}/entity", entity[0].rule if entity else "")
    if diagnosis.subtype:
        d.ledger.put(made, f"{path}/subtype", subtype[0].rule if subtype else "")
    return made


def phase_codes(d: Draft, diagnosis: Diagnosis) -> tuple[Code, ...]:
    """Codes that a disease has in its phase (ICD-10-CM C91.02 for a relapse of ALL), for mCODE."""
    entity = d.codes.key("diagnoses", diagnosis.entity) if diagnosis.entity and d.mcode else ""
    return d.codes.codes("phases", f"{entity}-in-{diagnosis.phase}") if entity and diagnosis.phase in _PHASES else ()


def _once(codes: tuple[Code, ...]) -> list[Code]:
    return list({code.curie: code for code in codes}.values())


def site(d: Draft, text: str, source: str) -> Json:
    """A body site with the words as said."""
    node, rule = d.words("sites", text)
    return d.ledger.put(node, source, rule)


def details(d: Draft, diagnosis: Diagnosis, n: int) -> None:
    """Add the Observation of what a Condition has no element for, if anything is stated."""
    parts: Parts = []
    path = f"/diagnoses/{n}"
    stated = {
        "role": diagnosis.role,
        "classification": diagnosis.classification,
        "ontogeny": diagnosis.ontogeny,
        "phase": None if diagnosis.phase in _PHASES else diagnosis.phase,
    }
    for field, text in stated.items():
        if text:
            d.part(
                parts, f"diagnosis-{field}" if field in ("role", "phase") else field, "String", text, f"{path}/{field}"
            )
    if parts:
        told = ", ".join(f"{field} {text}" for field, text in stated.items() if text)
        made = plain(d, f"condition/{n}/details", "diagnosis-details", f"Details of {called(diagnosis)}: {told}")
        made["focus"] = [d.reference(f"condition/{n}")]
        made["component"] = parts
        d.add(made)


def risk(d: Draft, diagnosis: Diagnosis, n: int) -> None:
    """Add the risk group as an Observation whose focus is the Condition; coded where a vocabulary has the class."""
    if diagnosis.risk is None:
        return
    stated, path = diagnosis.risk, f"/diagnoses/{n}/risk"
    scheme = f" ({stated.scheme})" if stated.scheme else ""
    made = plain(d, f"condition/{n}/risk", "risk", f"Risk of {called(diagnosis)}: {stated.class_}{scheme}")
    made["focus"] = [d.reference(f"condition/{n}")]
    node, rule = d.words("risks", stated.class_) if is_acute(d, diagnosis) else ({"text": stated.class_}, "")
    made["valueCodeableConcept"] = d.ledger.put(node, f"{path}/class", rule)
    if stated.scheme:
        d.part(made.setdefault("component", []), "risk-scheme", "String", stated.scheme, f"{path}/scheme")
    d.add(made)


def is_acute(d: Draft, diagnosis: Diagnosis) -> bool:
    """Whether a diagnosis is an acute leukaemia, as the codes of the risk classes say ("High Risk Acute Leukemia")."""
    keys = (d.codes.key("diagnoses", text) for text in (diagnosis.entity, diagnosis.subtype) if text)
    return any("acute" in d.terms.label("diagnoses", key) for key in keys if key)
