"""The variant Observation: one per genomic finding.

Profile: Genomics Reporting 3.0.0 ``variant`` (http://hl7.org/fhir/uv/genomics-reporting/StructureDefinition/variant),
in the set ``mcode4`` also mCODE 4.0.0 ``mcode-genomic-variant``; in the set ``gr2`` that of 2.0.0. They disagree on the
copy number: a Range in the first, a whole Quantity in the others (invariant cnt-3), so the writer has two forms and
declares the narrower one. 2.0.0 has the molecular consequence as a component of the variant.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from adapter.formats.fhir.allele import allele_parts
from adapter.formats.fhir.datatypes import HGVS, ISCN, REFSEQ, quantity
from adapter.formats.fhir.implication import consequence_of
from adapter.formats.fhir.observation import Parts, answer, closed, of_finding, studied
from adapter.formats.fhir.words import of_variant
from adapter.report import Json

if TYPE_CHECKING:
    from adapter.case.facts import Expression, Facts, GeneFact, Place
    from adapter.formats.fhir.draft import Draft
    from adapter.nomenclature.quantities import Copies, Fraction, Share

_SLICES = {"c.": "hgvs-c", "p.": "hgvs-p", "g.": "genomic-hgvs"}
_REFSEQ = re.compile(r"[NX][MR]_[0-9]+(?:\.[0-9]+)?", re.ASCII)  # a transcript's accession
_FEW = "the profile takes one whole number: its lower bound; the range stands in a component of ours"
_WHOLE = "the profile takes whole numbers of copies only: the value stands in a component of ours"


def variant(d: Draft, facts: Facts) -> None:
    """Add the variant Observation of a finding."""
    made = of_finding(d, facts, d.names["variant"].concept, of_variant(facts), ("laboratory", "genetics"), "variant")
    made["valueCodeableConcept"] = answer(d, facts)
    parts: Parts = []
    genes(d, parts, facts)
    if facts.place is not None:
        place(d, parts, facts.place)
    if facts.change:
        node, rule = d.words("changes", facts.change)
        d.part(parts, "change-type", "CodeableConcept", node, facts.at("change"), rule)
    elif facts.structure:
        structure(d, parts, facts.structure)
    if d.stu2 and (meant := consequence_of(d, facts)):
        code, source = meant
        d.part(parts, "molecular-consequence", "CodeableConcept", {"coding": [code.coding.copy()]}, source, code.rule)
    if facts.copies is not None:
        copies(d, parts, facts.copies, facts.at("copies"))
    for expression in facts.expressions:
        written(d, parts, expression)
    if facts.fusion:
        d.part(parts, "variation-code", "CodeableConcept", {"text": facts.fusion}, facts.at("fusion"))
    if facts.allele is not None:
        allele_parts(d, parts, facts)
    identified(d, parts, facts)
    shares(d, parts, facts)
    words(d, parts, facts)
    d.add(closed(d, facts, made, parts))


def genes(d: Draft, parts: Parts, facts: Facts) -> None:
    """The genes with their roles; marked as derived where a text of another field or a table names them."""
    named = {f"{facts.path}/iscn": "named by the ISCN string"}
    if facts.fusion:
        named[facts.at("fusion")] = "named by the fusion"
    for gene in facts.genes:
        node = studied(d, parts, gene)
        rule = named.get(gene.path) or facts.derived.get("genes", d.basis)
        if rule != d.basis:
            d.derived(node, "C", rule)
        if gene.role:
            partner(d, parts, gene)


def partner(d: Draft, parts: Parts, gene: GeneFact) -> None:
    """Which end of a fusion a gene gives; no slice of the profile keeps the order."""
    node = d.names[gene.role].concept | {"text": gene.text}
    d.part(parts, "fusion-partner-role", "CodeableConcept", node, gene.path)


def place(d: Draft, parts: Parts, place: Place) -> None:
    """Chromosome as the required answer, band as words (no code system has them), interval as it was written.

    The slices for coordinates want exact, inner or outer ends of the variant; a region that was examined states none
    of the three, so it keeps its words under our own code.
    """
    if place.start is not None:
        d.part(parts, "region", "String", place.text, place.path)
    if place.band or (place.start is None and not place.chromosome):
        words = place.text if place.start is None else place.band
        d.part(parts, "cytogenetic-location", "CodeableConcept", {"text": words}, place.path)
    codes = d.codes.codes("chromosomes", place.chromosome) if place.chromosome else ()
    if codes:
        node: Json = {"coding": [codes[0].coding.copy()]}
        if place.path and not place.band and place.start is None:
            node["text"] = place.text
        d.part(parts, "chromosome", "CodeableConcept", node, place.path, codes[0].rule)
    if place.assembly:
        node, rule = d.words("assemblies", place.assembly)
        source = f"{place.path.rpartition('/')[0]}/assembly" if place.path else ""
        d.part(parts, "assembly", "CodeableConcept", node, source, rule)


def structure(d: Draft, parts: Parts, kind: str) -> None:
    """What a structural abnormality is, by its ISCN symbol: the Sequence Ontology's type where the table has one."""
    node, rule = d.words("iscn-karyotypes", kind)
    if d.codes.key("iscn-karyotypes", kind):
        node["text"] = d.terms.label("iscn-karyotypes", kind)
    d.part(parts, "change-type", "CodeableConcept", node, "", rule)


def copies(d: Draft, parts: Parts, stated: Copies, source: str) -> None:
    """The copy number: LOINC 82155-3 with Quantity or Range; where a guide refuses a Range, its bound and our range."""
    kind, value = d.number(stated, "copies", "1")
    if kind == "String":
        d.part(parts, "copy-number-range", kind, value, source)
        return
    if not (d.mcode or d.stu2):
        node = d.part(parts, "copy-number", kind, value, source)
        if stated.approximate:
            _narrowed(d, source, "an estimate is written as its number; the words stand beside it", node)
        return
    least = _whole(stated)
    if least is not None:
        number, comparator = least
        exact = kind == "Quantity" and not stated.approximate
        node = d.part(parts, "copy-number", "Quantity", quantity(number, "copies", "1", comparator), source)
        if exact:
            node["valueQuantity"] |= {k: v for k, v in value.items() if k == "extension"}
            return
        _narrowed(d, source, _FEW, node)
    node = d.part(parts, "copy-number-range", kind, value, source)
    if least is None:
        _narrowed(d, source, _WHOLE, node)


def _narrowed(d: Draft, source: str, reason: str, node: Json) -> None:
    """Declare the loss of a stated copy number; one that was worked out stands in the string it is from."""
    if source:
        d.ledger.narrowed(source, reason, node)


def _whole(stated: Copies) -> tuple[int, str] | None:
    """The whole number and comparator that stand for a copy number, None where it has none."""
    low, high = stated.low, stated.high
    bound, comparator = (low, "" if low == high else ">=" if stated.low_inclusive else ">")
    if low is None:
        bound, comparator = high, "<=" if stated.high_inclusive else "<"
    if bound is None or stated.approximate or bound != bound.to_integral_value():
        return None
    return int(bound), comparator


def written(d: Draft, parts: Parts, expression: Expression) -> None:
    """A nomenclature string, a code only where it is valid as it stands or an engine vouches for its canonical form.

    ISCN goes to 81291-7; an HGVS expression to the slice of its kind, and to 81252-9 as words while nothing vouches
    for it, since the slices are bound to codes.
    """
    valid = expression.text if expression.verbatim else expression.value or ""
    slot, system = _slot(expression, valid)
    if slot != "variation-code" and any(part["code"]["coding"][0] == d.names[slot].coding for part in parts):
        slot = "variation-code"  # the profile has one component of each kind
    node: Json = {"text": expression.text}
    if valid and system and valid == " ".join(valid.split()):
        node["coding"] = [{"system": system, "code": valid}]
    elif slot != "iscn":
        slot = "variation-code"
    component = d.part(parts, slot, "CodeableConcept", node, expression.path)
    if not expression.path:
        d.derived(component, expression.grade, d.basis)
    if expression.path and "coding" in node and not expression.verbatim:
        d.derived(component, expression.grade, "canonical form")


def _slot(expression: Expression, valid: str) -> tuple[str, str]:
    """Component and code system of an expression; an HGVS expression tells its kind itself."""
    if expression.syntax == "iscn":
        return "iscn", ISCN
    if not expression.syntax.startswith("hgvs"):
        return "variation-code", ""
    kind = valid.partition(":")[2][:2]
    return _SLICES.get(kind, "variation-code"), HGVS if kind else ""


def identified(d: Draft, parts: Parts, facts: Facts) -> None:
    """Identifiers of the variant in catalogues (81252-9), and transcripts as stated (51958-7, one; then ours)."""
    for source, text in facts.ids:
        coding = d.codes.coding(source, text, None) if source else None
        node = {"coding": [coding], "text": text} if coding else {"text": f"{source} {text}".lstrip()}
        d.part(parts, "variation-code", "CodeableConcept", node, facts.at("ids"))
    for n, transcript in enumerate(facts.transcripts):
        name = "transcript" if n == 0 else "further-transcript"
        node = {"text": transcript}
        if _REFSEQ.fullmatch(transcript):
            node = {"coding": [{"system": REFSEQ, "code": transcript}], "text": transcript}
        d.part(parts, name, "CodeableConcept", node, facts.at("transcripts"))


def shares(d: Draft, parts: Parts, facts: Facts) -> None:
    """Shares of cells and of reads, allelic state, origin."""
    if facts.cells is not None:
        cells(d, parts, facts.cells, facts.at("cells"))
    if facts.cutoff is not None:
        d.part(parts, "cutoff", *d.number(facts.cutoff, "%", "%", " %"), facts.at("cutoff"))
    if facts.vaf is not None:
        fraction(d, parts, facts.vaf, facts.at("vaf"))
    for name, table, said, source in (
        ("allelic-state", "zygosities", facts.zygosity, "zygosity"),
        ("source-class", "origins", facts.origin, "origin"),
    ):
        if said:
            node, rule = d.words(table, said)
            d.part(parts, name, "CodeableConcept", node, facts.at(source), rule)


def cells(d: Draft, parts: Parts, share: Share, source: str) -> None:
    """Share of abnormal cells: no profile or LOINC term has it, so it is ours; the cells counted where stated."""
    node = d.part(parts, "abnormal-cell-fraction", *d.number(share, "%", "%", " %"), source)
    if share.positive is not None and share.scored is not None:
        counts = {"numerator": _count(share.positive), "denominator": _count(share.scored)}
        d.part(parts, "abnormal-cell-count", "Ratio", counts, source)
        d.part(parts, "cells-counted", "Quantity", quantity(share.scored, "cells", "1"), source)
        d.derived(node, "A", "positive of scored cells")


def _count(number: int) -> Json:
    return quantity(number, "cells", "1")


def fraction(d: Draft, parts: Parts, vaf: Fraction, source: str) -> None:
    """Allele fraction of 0 to 1 (81258-6, one Quantity); a range of fractions only in a component of ours."""
    kind, value = d.number(vaf, "1", "1")
    node = d.part(parts, "vaf" if kind == "Quantity" else "vaf-range", kind, value, source)
    if vaf.reads is not None and vaf.depth is not None:
        counts = {"numerator": quantity(vaf.reads, "reads", "1"), "denominator": quantity(vaf.depth, "reads", "1")}
        d.part(parts, "allelic-read-count", "Ratio", counts, source)
        d.derived(node, "A", "reads of depth")


def words(d: Draft, parts: Parts, facts: Facts) -> None:
    """Complexity where stated, and the source's own sentence."""
    if facts.complex is not None:
        d.part(parts, "complex-karyotype", "Boolean", facts.complex, facts.at("complex"))
    if facts.said:
        d.part(parts, "conclusion-string", "String", facts.said, facts.at("said"))
