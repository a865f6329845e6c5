"""MedicalAction: regimens, drugs and procedures with the first response to each; the rest as comments."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from adapter.formats.phenopacket.writing import Writing, date_element
from adapter.nomenclature.quantities import Date
from adapter.report import Json

if TYPE_CHECKING:
    from adapter.case import Case, Response, Treatment

TABLE = "treatments"
VOCABULARIES = ("NCIT", "RXNORM", "SNOMED")
# A state of the disease that is no response to a treatment.
NO_RESPONSE = {"relapse", "not assessed"}


def actions(w: Writing, case: Case) -> list[Json]:
    """The medical actions in the order of the treatments: a regimen, then a treatment per drug.

    No treatmentTarget: a case does not say which of its diagnoses a treatment was for.
    """
    found: list[Json] = []
    first: dict[str, int] = {}
    for n, treatment in enumerate(case.treatments):
        if treatment.id:
            first[treatment.id] = len(found)
        found += _of_treatment(w, treatment, f"/treatments/{n}", len(found))
    start = len(w.updates)
    _responses(w, case.responses, found, first)
    w.in_order(start)
    for node in found:
        for member in ("treatmentIntent", "responseToTreatment", "treatmentTerminationReason"):
            if member in node:
                node[member] = node.pop(member)
    return found


def _of_treatment(w: Writing, treatment: Treatment, path: str, start: int) -> list[Json]:
    where, before = f"/medicalActions/{start}", len(w.updates)
    nodes = [_regimen(w, treatment, path, where)] if treatment.regimen or not treatment.agents else []
    if not nodes:
        w.said(where, treatment.kind, f"{path}/kind", "kind")
        w.said(where, treatment.phase, f"{path}/phase", "phase")
        _times(w, {}, treatment, path, where)
    for n, agent in enumerate(treatment.agents):
        place = f"/medicalActions/{start + len(nodes)}"
        nodes.append(_drug(w, agent, f"{path}/agents/{n}", place))
    _rest(w, nodes[0], treatment, path, where)
    if start and nodes[0].keys() == {"treatment"} and not _is_told_of(where, w.updates[before:]):
        w.comment(where, "treatment", "another one", "", moved=False)
    return nodes


def _is_told_of(where: str, updates: list[Json]) -> bool:
    """Whether a comment on a drug shows that it begins a treatment: one on the name of the drug does not."""
    told = (update["comment"] for update in updates)
    return any(one.startswith(f"{where} ") and not one.startswith(f"{where} agent: ") for one in told)


def _regimen(w: Writing, treatment: Treatment, path: str, where: str) -> Json:
    """A therapeuticRegimen: the named one, else the phase of a chemotherapy, else the kind of treatment."""
    node: Json = {}
    if treatment.regimen:
        code = w.coded(TABLE, treatment.regimen, *VOCABULARIES)
        w.stated(node, "ontologyClass", code, treatment.regimen, f"{path}/regimen", where, "regimen")
        w.said(where, treatment.kind, f"{path}/kind", "kind")
        w.said(where, treatment.phase, f"{path}/phase", "phase")
    elif treatment.phase and treatment.kind in (None, "chemotherapy"):
        code = w.coded(TABLE, treatment.phase, *VOCABULARIES)
        w.stated(node, "ontologyClass", code, treatment.phase, f"{path}/phase", where, "phase")
        w.said(where, treatment.kind, f"{path}/kind", "kind")
    elif treatment.kind:
        code = w.coded(TABLE, treatment.kind, *VOCABULARIES)
        w.stated(node, "ontologyClass", code, treatment.kind, f"{path}/kind", where, "kind")
        w.said(where, treatment.phase, f"{path}/phase", "phase")
    else:
        reference = {"description": treatment.said or "treatment"}
        node["externalReference"] = w.put(reference, f"{path}/said")
    _times(w, node, treatment, path, where)
    node["regimenStatus"] = "UNKNOWN_STATUS"
    return {"therapeuticRegimen": node}


def _drug(w: Writing, agent: str, path: str, where: str) -> Json:
    node: Json = {}
    w.stated(node, "agent", w.coded(TABLE, agent, *VOCABULARIES), agent, path, where, "agent")
    node["drugType"] = "UNKNOWN_DRUG_TYPE"
    return {"treatment": node}


def _times(w: Writing, node: Json, treatment: Treatment, path: str, where: str) -> None:
    """Start and end as dates of a regimen; intervals since an event, and dates of anything else, as comments."""
    for field, member in (("start", "startTime"), ("end", "endTime")):
        stated: Any = getattr(treatment, field)
        if stated is None:
            continue
        if isinstance(stated, Date) and node:
            node[member] = w.put(date_element(stated), f"{path}/{field}")
        else:
            w.said(where, stated.text, f"{path}/{field}", field)
    w.said(where, treatment.since, f"{path}/since", "since")


def _rest(w: Writing, node: Json, treatment: Treatment, path: str, where: str) -> None:
    if treatment.intent:
        code = w.coded(TABLE, treatment.intent, *VOCABULARIES)
        w.stated(node, "treatmentIntent", code, treatment.intent, f"{path}/intent", where, "intent")
    if treatment.ended_because:
        code = w.coded(TABLE, treatment.ended_because, *VOCABULARIES)
        w.stated(
            node,
            "treatmentTerminationReason",
            code,
            treatment.ended_because,
            f"{path}/ended_because",
            where,
            "ended_because",
        )
    for field in ("cycles", "donor", "graft"):
        value = getattr(treatment, field)
        if value is not None:
            w.said(where, str(value), f"{path}/{field}", field)
    described = "externalReference" in node.get("therapeuticRegimen", {})
    w.said(where, None if described else treatment.said, f"{path}/said")


def _responses(w: Writing, responses: tuple[Response, ...], found: list[Json], first: dict[str, int]) -> None:
    """What is said of each response stands on the action it is to; a second and further one say which they are."""
    all_to = Counter(response.to for response in responses)
    met: Counter[str | None] = Counter()
    for n, response in enumerate(responses):
        met[response.to] += 1
        name = "response" if met[response.to] == 1 else f"response {met[response.to]}"
        index = first.get(response.to or "", -1)
        _respond(w, response, f"/responses/{n}", found, index, name, alone=all_to[response.to] == 1)


def _respond(
    w: Writing, response: Response, path: str, found: list[Json], index: int, name: str, *, alone: bool
) -> None:
    """The first response to a treatment in its field; further ones, and those to no stated treatment, as comments.

    Where there are several, a comment repeats the status in the field, which does not say whose it is.
    """
    node = found[index] if index >= 0 else None
    where = f"/medicalActions/{index}" if index >= 0 else "/subject"
    status = response.status
    if node is not None and "responseToTreatment" not in node and status and status not in NO_RESPONSE:
        code = w.coded("responses", status, "NCIT")
        w.term(node, "responseToTreatment", code, f"{path}/status")
        if not alone or status != code.label:
            w.comment(where, f"{name}.status", status, f"{path}/status", moved=False)
    else:
        w.said(where, status, f"{path}/status", f"{name}.status")
    if response.mrd:
        w.comment(where, f"{name}.mrd", response.mrd, f"{path}/mrd", moved=False)
    for field in ("after", "date"):
        stated = getattr(response, field)
        w.said(where, stated.text if stated else None, f"{path}/{field}", f"{name}.{field}")
    w.said(where, response.since, f"{path}/since", f"{name}.since")
    for n, site in enumerate(response.sites):
        w.comment(where, f"{name}.site", site, f"{path}/sites/{n}")
    w.said(where, response.said, f"{path}/said", f"{name}.said")
    if not response.model_fields_set - {"to"}:
        w.comment(where, name, "nothing further stated", "", moved=False)
