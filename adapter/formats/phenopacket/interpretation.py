"""Interpretation: one for the case, with a genomic interpretation per finding that is present.

Somatic findings, and those whose origin is not stated, point to a biosample; germline ones to the subject. The ACMG
field is for sequence variants only. Progress is never stated by a case: UNKNOWN_PROGRESS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.formats.phenopacket import extras, measurement
from adapter.formats.phenopacket.biosample import Samples
from adapter.formats.phenopacket.extras import Extra
from adapter.formats.phenopacket.variation import descriptor, hidden_kind, label
from adapter.formats.phenopacket.writing import Writing
from adapter.report import Json
from adapter.terms import Code

if TYPE_CHECKING:
    from adapter.case.facts import Facts

STATUSES = {
    "pathogenic": "CONTRIBUTORY",
    "likely pathogenic": "CONTRIBUTORY",
    "uncertain": "CANDIDATE",
    "likely benign": "REJECTED",
    "benign": "REJECTED",
}
ACMG = {
    "pathogenic": "PATHOGENIC",
    "likely pathogenic": "LIKELY_PATHOGENIC",
    "uncertain": "UNCERTAIN_SIGNIFICANCE",
    "likely benign": "LIKELY_BENIGN",
    "benign": "BENIGN",
}
GERMLINE = ("germline", "likely germline")


class Interpretations:
    """The genomic interpretations in the making, in the order of the findings.

    ``of_subject`` are the measurements of the subject: a germline result that is not present is one of them.
    """

    def __init__(self, samples: Samples, subject: str, of_subject: list[Json]) -> None:
        self.samples, self.subject, self.of_subject = samples, subject, of_subject
        self.calls: list[Json] = []
        self._ids: set[str] = set()

    def add(self, w: Writing, facts: Facts) -> None:
        """Write one genomic finding: a call, a measurement where it is not present, or a marker."""
        germline = facts.origin in GERMLINE and not facts.specimen
        words = label(w, facts)
        if facts.result != "present" or _is_denial(facts):
            self._absent(w, facts, words, germline=germline)
            return
        only_a_marker = _is_only_a_marker(facts)
        if facts.complex and not germline:
            marker = w.of_key("phenopackets", "complex-karyotype", "NCIT")
            where = self.samples.mark(w, facts.specimen, marker, facts.at("complex"))
            if only_a_marker:
                _beside_marker(w, facts, where)
                w.name(facts.path, where)
        if germline or not only_a_marker:
            self.calls.append(self._call(w, facts, words, germline=germline))
            if facts.cells and not germline:
                where = self.samples.where(facts.specimen)
                self.samples.measure(w, facts, measurement.of_cells(w, facts, facts.cells, words, where))

    def _absent(self, w: Writing, facts: Facts, words: list[Extra], *, germline: bool) -> None:
        where = f"/measurements/{len(self.of_subject)}" if germline else self.samples.where(facts.specimen)
        node = measurement.of_absence(w, facts, [*words, *hidden_kind(w, facts)], where)
        if germline:
            self.of_subject.append(node)
        else:
            where = self.samples.measure(w, facts, node)
        w.name(facts.path, where)

    def written(self, w: Writing, case_id: str, disease: Code | None) -> list[Json]:
        """The interpretation, when there is a finding to interpret."""
        if not self.calls:
            return []
        code = disease or w.of_key("phenopackets", "diagnosis-not-stated")
        diagnosis: Json = {"disease": w.use(code), "genomicInterpretations": self.calls}
        w.note((diagnosis, "", code.rule, "disease"))
        return [{"id": f"{case_id}-interpretation", "progressStatus": "UNKNOWN_PROGRESS", "diagnosis": diagnosis}]

    def _call(self, w: Writing, facts: Facts, words: list[Extra], *, germline: bool) -> Json:
        node: Json = {
            "subjectOrBiosampleId": self.subject if germline else self.samples.id(facts.specimen),
            "interpretationStatus": STATUSES.get(facts.significance, "UNKNOWN_STATUS"),
        }
        variant: Json = {
            "acmgPathogenicityClassification": "NOT_PROVIDED",
            "therapeuticActionability": "UNKNOWN_ACTIONABILITY",
        }
        extra = extras.of_finding(facts)
        if w.kind(facts.path) == "copy-number" and ("genes" in facts.derived or not facts.genes):
            extra += hidden_kind(w, facts)  # a gene or the type of a rearrangement tells it otherwise
        if facts.significance:
            extra += _significance(w, facts, node, variant)
        where = self._where()
        variant["variationDescriptor"] = described = descriptor(w, facts, words, extra, self._ids, where=where)
        w.name(facts.path, where, described["id"].removeprefix(f"{w.case_id}-"))
        node["variantInterpretation"] = variant
        return node

    def _where(self) -> str:
        call = f"/interpretations/0/diagnosis/genomicInterpretations/{len(self.calls)}"
        return f"{call}/variantInterpretation/variationDescriptor"


def _is_denial(facts: Facts) -> bool:
    """Whether all that is said is that the karyotype is not complex."""
    return facts.complex is False and not facts.expressions


def _is_only_a_marker(facts: Facts) -> bool:
    """Whether a diagnostic marker is all: a complex karyotype without a string that nobody classified."""
    return bool(facts.complex) and not facts.expressions and not facts.significance


def _beside_marker(w: Writing, facts: Facts, where: str) -> None:
    """What is said of a marker, which has no fields of its own."""
    for name, value, source, _ in extras.of_finding(facts):
        if name != "complex-karyotype" and source:
            w.comment(where, name, value, source)
    w.said(where, facts.said, facts.at("said"))


def _significance(w: Writing, facts: Facts, node: Json, variant: Json) -> list[Extra]:
    """Status and ACMG class of a stated significance; words of it where ACMG is not the place."""
    at, scheme, found = facts.at("significance"), facts.significance_by, []
    w.note((node, at, "profile:interpretation-status", "interpretationStatus"))
    if facts.sort == "variant" and _is_sequence_variant(facts) and (not scheme or "acmg" in scheme.lower()):
        variant["acmgPathogenicityClassification"] = ACMG[facts.significance]
        w.note((variant, at, "profile:acmg", "acmgPathogenicityClassification"))
        if not scheme:
            w.ledger.narrowed(
                at, "the ACMG field; the source names no scheme", variant, "acmgPathogenicityClassification"
            )
    else:
        found.append(("significance", facts.significance, at, ""))
    if scheme:
        found.append(("significance-by", scheme, facts.at("significance_by"), ""))
    return found


def _is_sequence_variant(facts: Facts) -> bool:
    """Whether the finding is stated by a sequence variant nomenclature."""
    return any(e.syntax.startswith(("hgvs", "spdi")) for e in facts.expressions)
