"""What the HGVS engine worked out of a sequence variant, as components that say so.

Slices of Genomics Reporting 3.0.0: 48004-6, 48005-3, 81290-9 (bound to HGVS codes), 51958-7, 62374-4, 48000-4,
48019-4; further assemblies and computed identifiers as 81252-9 and under our own codes. Each component carries the
extension ``derivation`` with the grade, so that a reader can tell it from what was reported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.formats.fhir.datatypes import HGVS, REFSEQ
from adapter.report import Json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapter.case.facts import Allele, Facts
    from adapter.formats.fhir.draft import Draft

_FIRST = "GRCh38"  # 81290-9 may stand once; the older assembly goes to 81252-9
_ONCE = ("hgvs-c", "hgvs-p", "genomic-hgvs", "transcript", "assembly", "chromosome", "change-type")
_OF_EXPRESSION = "of the expression"
_OF_MEASURES = "length, ratio and insertion point are those of an internal tandem duplication"
_OF_GENOMIC = "of the genomic expression"

Made = tuple[str, str, object, str]  # component, kind of value, value, rule


def allele_parts(d: Draft, parts: list[Json], facts: Facts) -> None:
    """Add the derived components of ``facts.allele``; slices that the input filled already are left alone."""
    allele = facts.allele
    if allele is None:
        return
    taken = {part["code"]["coding"][0]["code"] for part in parts}
    free = {name for name in _ONCE if d.names[name].coding["code"] not in taken}
    if facts.transcripts:
        free.discard("transcript")
    said = {expression.value for expression in facts.expressions}
    places = _places(d, allele, free, _OF_EXPRESSION if facts.expressions else _OF_MEASURES)
    for name, kind, value, rule in (*_expressions(allele, free, said), *places, *_computed(allele)):
        node: Json = {"code": d.names[name].concept, f"value{kind}": value}
        parts.append(d.derived(node, allele.grade, rule))


def _expressions(allele: Allele, free: set[str], said: set[str | None]) -> Iterator[Made]:
    """The HGVS expressions and the transcript; a genomic one whose slice is taken goes to 81252-9.

    One that was ``said`` stands in it already.
    """
    why = allele.transcript_why or "parsed"
    for name, text in (("hgvs-c", allele.c), ("hgvs-p", allele.p)):
        if text and ":" in text and name in free:  # without its reference it is no code of the HGVS system
            yield name, "CodeableConcept", {"coding": [{"system": HGVS, "code": text}]}, why
    if allele.transcript and "transcript" in free:
        yield "transcript", "CodeableConcept", {"coding": [{"system": REFSEQ, "code": allele.transcript}]}, why
    for assembly, text in allele.g.items():
        if text in said:
            continue
        name = "genomic-hgvs" if assembly == _FIRST and "genomic-hgvs" in free else "variation-code"
        yield name, "CodeableConcept", {"coding": [{"system": HGVS, "code": text}]}, assembly


def _places(d: Draft, allele: Allele, free: set[str], why: str) -> Iterator[Made]:
    """Assembly of the genomic expression, chromosome, and type of the change with the rule ``why`` it is that."""
    if allele.g.get(_FIRST) and {"genomic-hgvs", "assembly"} <= free:
        yield "assembly", "CodeableConcept", d.words("assemblies", _FIRST)[0], _OF_GENOMIC
    chromosome = d.codes.codes("chromosomes", allele.vcf[0]) if allele.vcf and "chromosome" in free else ()
    if chromosome:
        yield "chromosome", "CodeableConcept", {"coding": [chromosome[0].coding.copy()]}, _OF_GENOMIC
    change = d.codes.codes("change-types", allele.kind) if "change-type" in free else ()
    if change:
        yield "change-type", "CodeableConcept", {"coding": [code.coding.copy() for code in change]}, why


def _computed(allele: Allele) -> Iterator[Made]:
    """SPDI and the VRS identifiers, under our own codes."""
    if allele.spdi:
        yield "spdi", "String", allele.spdi, _OF_GENOMIC
    for version, identifier in allele.vrs.items():
        yield "vrs-id", "String", identifier, f"VRS {version}"
