"""Treatments: drugs as MedicationAdministration, everything else as Procedure.

Profile: mCODE 4.0.0 ``cancer-related-medication-administration``, which demands a time: without one the period has a
data-absent-reason. The status is ``unknown``, since a report of a treatment says neither that it was completed nor
that it was not. Phase, regimen, cycles, donor, graft, interval and the reason of ending have no element in R4 and
stand in an Observation that is part of the treatment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.formats.fhir.datatypes import absent
from adapter.formats.fhir.observation import Parts, plain
from adapter.nomenclature.quantities import Date

if TYPE_CHECKING:
    from adapter.case.model import Treatment
    from adapter.formats.fhir.draft import Draft
    from adapter.report import Json

_DRUGS = frozenset({"chemotherapy", "targeted", "immunotherapy", "supportive"})


def roles(d: Draft) -> dict[str, list[str]]:
    """Roles of each treatment's resources by its id (or place): one per agent, else one."""
    made = {}
    for n, treatment in enumerate(d.case.treatments):
        role = f"treatment/{treatment.id or n + 1}"
        many = len(treatment.agents) > 1 and of_drugs(treatment)
        made[treatment.id or str(n)] = [f"{role}/{i + 1}" for i in range(len(treatment.agents))] if many else [role]
    return made


def of_drugs(treatment: Treatment) -> bool:
    """Whether a treatment is given as a drug: its kind says so, or it names agents and no other kind."""
    return treatment.kind in _DRUGS or (treatment.kind in (None, "other") and bool(treatment.agents))


def treatments(d: Draft) -> None:
    """Add every treatment."""
    at = roles(d)
    for n, treatment in enumerate(d.case.treatments):
        own = at[treatment.id or str(n)]
        for i, role in enumerate(own):
            write = medication if of_drugs(treatment) else procedure
            d.add(write(d, treatment, f"/treatments/{n}", role, i))
        details(d, treatment, f"/treatments/{n}", own[0].split("/")[1], own)


def words_of(treatment: Treatment) -> str:
    """What a treatment is called: its regimen, else phase and kind, else the source's own words."""
    return (
        treatment.regimen or " ".join(filter(None, (treatment.phase, treatment.kind))) or treatment.said or "treatment"
    )


def medication(d: Draft, treatment: Treatment, path: str, role: str, i: int) -> Json:
    """The administration of the i-th agent, or of a treatment that names none."""
    agent = treatment.agents[i] if treatment.agents else ""
    made = d.head("MedicationAdministration", role, agent or words_of(treatment), "medication-administration")
    made["identifier"] = [d.ids.identifier(role)]
    made["status"] = "unknown"
    if agent:
        node, rule = d.words("treatments", agent)
        made["medicationCodeableConcept"] = d.ledger.put(node, f"{path}/agents/{i}", rule)
    else:
        made["medicationCodeableConcept"] = {"text": words_of(treatment)}
        said_by(d, made["medicationCodeableConcept"], treatment, path)
    made["subject"] = d.subject
    period = dates(d, treatment, path)
    made["effectivePeriod"] = period or absent("unknown")  # required by R4 itself
    if treatment.said and i == 0:
        made["note"] = [d.ledger.put({"text": treatment.said}, f"{path}/said", member="text")]
    return made


def procedure(d: Draft, treatment: Treatment, path: str, role: str, _: int) -> Json:
    """A transplant, cell therapy, radiation or operation; also a treatment of which only words are known."""
    words = words_of(treatment)
    said = f": {treatment.said}" if treatment.said and treatment.said != words else ""
    made = d.head("Procedure", role, f"{words}{said}")
    made["identifier"] = [d.ids.identifier(role)]
    made["status"] = "unknown"
    node, rule = d.words("treatments", treatment.kind) if treatment.kind else ({}, "")
    node["text"] = words_of(treatment)
    made["code"] = node
    if treatment.kind:
        d.ledger.put(node, f"{path}/kind", rule)
    said_by(d, node, treatment, path)
    made["subject"] = d.subject
    period = dates(d, treatment, path)
    start = treatment.start
    if period:
        made["performedPeriod"] = period
    elif start is not None and not isinstance(start, Date):
        made["performedString"] = f"{start.text} after {treatment.since}" if treatment.since else start.text
        d.ledger.put(made, f"{path}/start", member="performedString")
        if treatment.since:
            d.ledger.put(made, f"{path}/since", member="performedString")
    if treatment.said:
        made["note"] = [d.ledger.put({"text": treatment.said}, f"{path}/said", member="text")]
    return made


def said_by(d: Draft, node: Json, treatment: Treatment, path: str) -> None:
    """Note which fields the words of a treatment come from."""
    fields = ["regimen"] if treatment.regimen else [f for f in ("phase", "kind") if getattr(treatment, f)]
    for field in fields:
        d.ledger.put(node, f"{path}/{field}", member="text")


def dates(d: Draft, treatment: Treatment, path: str) -> Json:
    """Period of the stated dates; {} without any."""
    made: Json = {}
    for member, stated in (("start", treatment.start), ("end", treatment.end)):
        if isinstance(stated, Date):
            made[member] = stated.text
            d.ledger.put(made, f"{path}/{member}", member=member)
    return made


def details(d: Draft, treatment: Treatment, path: str, name: str, own: list[str]) -> None:
    """Add the Observation of what the treatment's resource has no element for, if anything is stated."""
    parts: Parts = []
    drugs, said = of_drugs(treatment), treatment.kind or ""
    fields: dict[str, str | None] = {
        "kind": treatment.kind if drugs or (treatment.regimen and not d.codes.codes("treatments", said)) else None,
        "phase": treatment.phase,
        "regimen": treatment.regimen if drugs else None,
        "donor": treatment.donor,
        "graft": treatment.graft,
        "intent": treatment.intent,
        "ended_because": treatment.ended_because,
    }
    for field, text in fields.items():
        if text:
            node, rule = d.words("treatments", text)
            key = field.replace("_", "-") if field in ("donor", "graft", "ended_because") else f"treatment-{field}"
            d.part(parts, key, "CodeableConcept", node, f"{path}/{field}", rule)
    if not drugs:
        for i, agent in enumerate(treatment.agents):
            node, rule = d.words("treatments", agent)
            d.part(parts, "treatment-agent", "CodeableConcept", node, f"{path}/agents/{i}", rule)
    if treatment.cycles is not None:
        d.part(parts, "cycles", "Integer", treatment.cycles, f"{path}/cycles")
    intervals(d, parts, treatment, path)
    if not parts:
        return
    words = words_of(treatment) + (f" ({', '.join(treatment.agents)})" if treatment.agents else "")
    made = plain(d, f"treatment/{name}/details", "treatment-details", f"Details of {words}")
    made["partOf"] = [d.reference(role) for role in own]
    made["component"] = parts
    d.add(made)


def intervals(d: Draft, parts: Parts, treatment: Treatment, path: str) -> None:
    """Start and end as intervals, and what they count from where it is stated."""
    for member, stated in (("start", treatment.start), ("end", treatment.end)):
        if stated is not None and not isinstance(stated, Date):
            d.part(parts, f"treatment-{member}", *d.time(stated), f"{path}/{member}")
    if treatment.since:
        d.part(parts, "since", "CodeableConcept", d.since(treatment.since), f"{path}/since")
