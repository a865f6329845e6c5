"""Responses to treatment and relapses, as Observations of disease status.

Profile: mCODE 4.0.0 ``cancer-disease-status`` (LOINC 97509-4): its value set knows complete and partial remission
only; every other response keeps its words, never "stable" or "worsened". It takes no component, so an interval, what
it counts from and the sites of a relapse stand in a note there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.formats.fhir.condition import only_disease
from adapter.formats.fhir.observation import Parts, plain
from adapter.formats.fhir.treatment import roles
from adapter.formats.fhir.words import interval_of

if TYPE_CHECKING:
    from adapter.case.model import Response
    from adapter.formats.fhir.draft import Draft
    from adapter.report import Json

_PROSE = "mCODE's disease status has no component: it stands in a note"


def responses(d: Draft) -> None:
    """Add every response."""
    if not d.case.responses:
        return
    treatments = roles(d)
    for n, stated in enumerate(d.case.responses):
        response(d, stated, n, treatments)


def response(d: Draft, stated: Response, n: int, treatments: dict[str, list[str]]) -> None:
    """Add the n-th response."""
    path, role = f"/responses/{n}", f"response/{n + 1}"
    made = plain(d, role, "disease-status", words_of(stated), claim="disease-status", cited=d.cited)
    if stated.to:
        made["partOf"] = [d.reference(one) for one in treatments[stated.to]]
    if d.mcode and (disease := only_disease(d.case.diagnoses)) is not None:
        made["focus"] = [d.reference(f"condition/{disease}")]
    if stated.date is not None:
        made["effectiveDateTime"] = stated.date.text
        d.ledger.put(made, f"{path}/date", member="effectiveDateTime")
    if stated.status:
        codes = [code for code in d.codes.codes("responses", stated.status) if code.curie.startswith("SNOMED:")]
        value: Json = {"coding": [code.coding.copy() for code in codes]} if codes else {}
        value["text"] = stated.status
        made["valueCodeableConcept"] = d.ledger.put(value, f"{path}/status", codes[0].rule if codes else "")
    elif stated.said:  # words alone are the value, not a note on one that is missing
        made["valueCodeableConcept"] = d.ledger.put({"text": stated.said}, f"{path}/said", member="text")
    notes: list[Json] = []
    if stated.said and stated.status:
        notes.append(d.ledger.put({"text": stated.said}, f"{path}/said", member="text"))
    parts: Parts = []
    (in_words if d.mcode else in_parts)(d, stated, path, notes if d.mcode else parts)
    if notes:
        made["note"] = notes
    if stated.mrd:
        made["derivedFrom"] = [d.reference(f"finding/{stated.mrd}")]
    if parts:
        made["component"] = parts
    d.add(made)


def words_of(stated: Response) -> str:
    """One line about a response for its narrative: status, sites, interval with its start."""
    told = (stated.status or stated.said, *stated.sites, interval_of(stated))
    return f"Response: {', '.join(filter(None, told)) or 'not stated'}"


def in_parts(d: Draft, stated: Response, path: str, parts: Parts) -> None:
    """Sites, interval and its start as components."""
    for i, site in enumerate(stated.sites):
        node, rule = d.words("sites", site)
        d.part(parts, "response-site", "CodeableConcept", node, f"{path}/sites/{i}", rule)
    if stated.after is not None:
        d.part(parts, "response-interval", *d.time(stated.after), f"{path}/after")
    if stated.since:
        d.part(parts, "since", "CodeableConcept", d.since(stated.since), f"{path}/since")


def in_words(d: Draft, stated: Response, path: str, notes: list[Json]) -> None:
    """Sites, interval and its start as a note."""
    said = [(f"{path}/sites/{i}", f"site: {site}") for i, site in enumerate(stated.sites)]
    if stated.after is not None:
        said.append((f"{path}/after", f"after: {stated.after.text}"))
    if stated.since:
        said.append((f"{path}/since", f"since: {stated.since}"))
    if said:
        note = {"text": "; ".join(words for _, words in said)}
        notes.append(note)
        for source, _ in said:
            d.ledger.moved(source, _PROSE, note, "text")
