"""The Bundle: a case's resources in an order in which each is preceded by what it refers to.

``collection`` for files (mCODE's patient bundle demands it), ``transaction`` for servers, each entry created unless
its identifier is already there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.case import facts_of
from adapter.formats.base import Options, Written
from adapter.formats.fhir.carried import carried
from adapter.formats.fhir.condition import conditions
from adapter.formats.fhir.draft import Draft
from adapter.formats.fhir.feature import features
from adapter.formats.fhir.implication import implications
from adapter.formats.fhir.karyotype import karyotype
from adapter.formats.fhir.observation import plain, result
from adapter.formats.fhir.outcome import outcome
from adapter.formats.fhir.patient import patient
from adapter.formats.fhir.provenance import provenance
from adapter.formats.fhir.report import Reports
from adapter.formats.fhir.response import responses
from adapter.formats.fhir.specimen import specimens
from adapter.formats.fhir.treatment import treatments
from adapter.formats.fhir.variant import variant

if TYPE_CHECKING:
    from adapter.case import Case
    from adapter.report import Json
    from adapter.terms import Terms


def write(case: Case, terms: Terms, options: Options) -> Written:
    """The bundle of one case, and how it came about."""
    d = Draft(case, terms, options)
    patient(d)
    conditions(d)
    specimens(d)
    features(d)
    findings(d)
    treatments(d)
    responses(d)
    outcome(d)
    notes(d)
    carried(d)
    provenance(d)
    bundle: Json = {"resourceType": "Bundle", "id": d.ids.uuid("bundle")}
    if options.bundle == "collection" and "bundle" in d.claims:
        bundle["meta"] = {"profile": [*d.claims["bundle"]]}
    bundle["type"] = options.bundle
    bundle["timestamp"] = options.at
    bundle["entry"] = d.entries
    return Written(bundle, d.ledger)


def findings(d: Draft) -> None:
    """Add every finding's Observations and the reports over the genomic ones."""
    reports = Reports()
    for facts in facts_of(d.case, d.terms):
        if facts.sort == "observation":
            result(d, facts)
            continue
        (karyotype if facts.sort == "karyotype" else variant)(d, facts)
        reports.take(facts, [f"finding/{facts.id}", *implications(d, facts)])
    reports.add_to(d)


def notes(d: Draft) -> None:
    """Add the notes on the case, which no resource about something else can hold."""
    if d.case.notes:
        made = plain(d, "notes", "note", "Notes on the case")
        made["valueString"] = d.case.notes
        d.add(d.ledger.put(made, "/notes", member="valueString"))
