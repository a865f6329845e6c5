"""The phenopacket of a case: its parts in the order of the message, MetaData last."""

from __future__ import annotations

from adapter.case import Case, facts_of
from adapter.case.facts import Facts
from adapter.case.links import finding_ids
from adapter.formats.base import Options, Written
from adapter.formats.phenopacket import measurement
from adapter.formats.phenopacket.actions import actions
from adapter.formats.phenopacket.biosample import Samples
from adapter.formats.phenopacket.carried import write_back
from adapter.formats.phenopacket.disease import diseases
from adapter.formats.phenopacket.features import features
from adapter.formats.phenopacket.individual import individual
from adapter.formats.phenopacket.interpretation import Interpretations
from adapter.formats.phenopacket.metadata import meta_data
from adapter.formats.phenopacket.writing import Writing
from adapter.report import Json
from adapter.terms import Terms

# Kinds of finding of which a packet has one measurement per marker or gene.
_OF_LINES = ("immunophenotype", "normal")


def write(case: Case, terms: Terms, options: Options) -> Written:
    """``case`` as a Phenopacket, schema 2.0, in canonical JSON order."""
    kinds = tuple([finding.kind for finding in case.findings])
    w = Writing(terms, options.at, case.id, kinds, _referred(case, kinds))
    packet: Json = {"id": case.id, "subject": individual(w, case)}
    w.note((packet, "/id", "", "id"))
    start = len(w.updates)
    found, primary = diseases(w, case)
    if len(found) < len(case.diagnoses):
        w.in_order(start)
    samples = Samples(case)
    measured = _Measured()
    calls = Interpretations(samples, case.id, measured.of_subject)
    start = len(w.updates)
    for facts in facts_of(case, terms):
        measured.add(w, samples, facts) if facts.sort == "observation" else calls.add(w, facts)
    w.in_order(start)
    shown, doubtful = features(w, case, len(measured.of_subject))
    packet |= _given(
        {
            "phenotypicFeatures": shown,
            "measurements": measured.of_subject + doubtful,
            "biosamples": samples.written(w),
            "interpretations": calls.written(w, case.id, primary),
            "diseases": found,
            "medicalActions": actions(w, case),
        }
    )
    w.said("/subject", case.notes, "/notes", "notes")
    packet["metaData"] = meta_data(w, case)
    if case.carried:
        write_back(w, case, packet)
    return Written(packet, w.ledger)


def _referred(case: Case, kinds: tuple[str, ...]) -> dict[str, str]:
    """Ids of the findings, by pointer, that something else of the case or of the packet names.

    A second result of several lines is named so that its lines are not taken for further ones of the first.
    """
    several = {kind for kind in _OF_LINES if kinds.count(kind) > 1}
    # not getattr: most kinds of findings have no phase
    phases = [phase for finding in case.findings if (phase := finding.__dict__.get("phase"))]
    if not (several or phases or case.responses or any(finding.source for finding in case.findings)):
        return {}
    ids = finding_ids(case.findings)
    wanted = {response.mrd for response in case.responses} | {phase.split()[-1] for phase in phases}
    return {
        f"/findings/{n}": ids[n]
        for n, finding in enumerate(case.findings)
        if finding.source or ids[n] in wanted or finding.kind in several
    }


class _Measured:
    """Observations: of a specimen where one is stated, else of the subject."""

    def __init__(self) -> None:
        self.of_subject: list[Json] = []

    def add(self, w: Writing, samples: Samples, facts: Facts) -> None:
        where = samples.where(facts.specimen) if facts.specimen else f"/measurements/{len(self.of_subject)}"
        for node in measurement.of_observation(w, facts, where):
            if facts.specimen:
                w.name(facts.path, samples.measure(w, facts, node))
            else:
                self.of_subject.append(node)
                w.name(facts.path, where)


def _given(parts: Json) -> Json:
    """The parts that are not empty: version 2 has no empty lists."""
    return {name: part for name, part in parts.items() if part}
