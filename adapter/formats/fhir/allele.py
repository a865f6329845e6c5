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
    from adapter.case.facts import Allele, Facts
    from adapter.formats.fhir.draft import Draft

_FIRST = "GRCh38"  # 81290-9 may stand once; the older assembly goes to 81252-9


def allele_parts(d: Draft, parts: list[Json], facts: Facts) -> None:
    """Add the derived components of ``facts.allele``; slices that the input filled already are left alone."""
    allele = facts.allele
    if allele is None:
        return
    taken = {id(part["code"]) for part in parts}
    for name, kind, value, rule in _derived(d, allele, stated_transcript=bool(facts.transcripts)):
        concept = d.codes.name(name).concept
        if id(concept) in taken and name not in _REPEATING:
            continue
        node: Json = {"code": concept, f"value{kind}": value}
        parts.append(d.derived(node, allele.grade, rule))


_REPEATING = frozenset({"variation-code", "chromosome", "assembly", "vrs-id"})


def _derived(d: Draft, allele: Allele, *, stated_transcript: bool) -> list[tuple[str, str, object, str]]:
    """(component, kind of value, value, rule) of everything the allele holds."""
    made: list[tuple[str, str, object, str]] = []
    why = allele.transcript_why or "parsed"
    for name, text in (("hgvs-c", allele.c), ("hgvs-p", allele.p), ("genomic-hgvs", allele.g.get(_FIRST, ""))):
        if text:
            made.append((name, "CodeableConcept", {"coding": [{"system": HGVS, "code": text}]}, why))
    if allele.transcript and not stated_transcript:
        made.append(("transcript", "CodeableConcept", {"coding": [{"system": REFSEQ, "code": allele.transcript}]}, why))
    if allele.g.get(_FIRST):
        made.append(("assembly", "CodeableConcept", d.words("assemblies", _FIRST)[0], "of the genomic expression"))
    for assembly, text in allele.g.items():
        if assembly != _FIRST:
            made.append(("variation-code", "CodeableConcept", {"coding": [{"system": HGVS, "code": text}]}, assembly))
    chromosome = d.codes.codes("chromosomes", allele.vcf[0]) if allele.vcf else ()
    if chromosome:
        made.append(("chromosome", "CodeableConcept", {"coding": [chromosome[0].coding]}, "of the genomic expression"))
    change = d.codes.codes("change-types", allele.kind)
    if change:
        made.append(("change-type", "CodeableConcept", {"coding": [c.coding for c in change]}, "of the expression"))
    if allele.spdi:
        made.append(("spdi", "String", allele.spdi, "of the genomic expression"))
    made += [("vrs-id", "String", identifier, f"VRS {version}") for version, identifier in allele.vrs.items()]
    return made
