"""Rules on variants: expressions that can be read, and forms of one variant that say the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import cast

from adapter.errors import NomenclatureError
from adapter.formats.phenopacket.view import Packet, child, issue, text
from adapter.nomenclature import refget, spdi, vrs
from adapter.report import Issue, Json

_BASES = re.compile(r"[ACGTN]+")
_ALT = re.compile(r"[ACGTN]+|<[A-Z0-9:]+>|\*|\.")
_CHROMOSOME = re.compile(r"(?:chr)?(?:[1-9]|1[0-9]|2[0-2]|X|Y|MT?)|NC_[0-9]{6}\.[0-9]+")
_ASSEMBLY = re.compile(r"(?:GRCh3[78]|hg19|hg38|NCBI36|hg18)(?:\.p[0-9]+)?")
_REFGET = re.compile(r"SQ\.[0-9A-Za-z_-]{32}")
_ASSEMBLIES = {"GRCh37": "GRCh37", "hg19": "GRCh37", "GRCh38": "GRCh38", "hg38": "GRCh38"}
_ACCESSION = r"[A-Z]{1,4}_?[0-9]+(?:\.[0-9]+)?(?:\([A-Za-z0-9_.-]+\))?"
_FORMS = {
    "hgvs.c": re.compile(rf"{_ACCESSION}:c\.\S.*"),
    "hgvs.g": re.compile(rf"{_ACCESSION}:g\.\S.*"),
    "hgvs.n": re.compile(rf"{_ACCESSION}:n\.\S.*"),
    "hgvs.p": re.compile(rf"{_ACCESSION}:p\.\S.*"),
    "hgvs.r": re.compile(rf"{_ACCESSION}:r\.\S.*"),
    "spdi": re.compile(r"[A-Z]{2}_[0-9]+\.[0-9]+:[0-9]+:(?:[ACGTN]*|[0-9]+):[ACGTN]*"),
}


def vcf_record(packet: Packet) -> Iterator[Issue]:
    """A VCF record names an assembly, a chromosome and alleles of bases."""
    checks = (("genomeAssembly", _ASSEMBLY), ("chrom", _CHROMOSOME), ("ref", _BASES), ("alt", _ALT))
    for path, record in packet.named("vcfRecord"):
        for member, form in checks:
            if text(record, member) and not form.fullmatch(text(record, member)):
                yield issue("vcf-record", f"{path}/{member}", "not of the form VCF 4 gives it")


def expression_form(packet: Packet) -> Iterator[Issue]:
    """An expression with a known syntax has that syntax's form; an ISCN one can be read."""
    for path, node in packet.named("expressions"):
        form = _FORMS.get(text(node, "syntax"))
        if form and text(node, "value") and not form.fullmatch(text(node, "value")):
            yield issue("expression-form", f"{path}/value", f"expected an expression of syntax {node['syntax']}")
        if text(node, "syntax") == "iscn" and text(node, "value") and not iscn_readable(text(node, "value")):
            yield issue("expression-form", f"{path}/value", "expected an ISCN string")


def iscn_readable(value: str) -> bool:
    """Whether the ISCN engine finds a karyotype, FISH or array result in a string."""
    from adapter.nomenclature.iscn import parse

    # An expression may be one abnormality, as in the documentation's own example; alone it is no karyotype.
    whole_status, part_status = parse(value).status, parse(f"46,XX,{value}").status
    return whole_status in ("ok", "repaired", "partial") or part_status in ("ok", "repaired")


def vrs_id(packet: Packet) -> Iterator[Issue]:
    """A computed id is that of the descriptor's own copy number or allele (VRS 1.2.1)."""
    for path, node in packet.named("variationDescriptor"):
        stated, variation = text(node, "id"), child(node, "variation")
        computed = copy_number_id(child(variation, "copyNumber")) or allele_id(child(variation, "allele"))
        if stated.startswith(("ga4gh:VCN.", "ga4gh:VA.")) and computed and computed != stated:
            yield issue("vrs-id", f"{path}/id", "not the id of this variation under VRS 1.2.1")


def copy_number_id(node: Json) -> str:
    """VRS 1.2.1 id of a copy number of a gene in its protobuf JSON; "" where it is not of this form."""
    gene = text(child(node, "gene"), "geneId")
    low, high = bounds(node)
    if not gene or (low is None and high is None) or (low is not None and high is not None and low > high):
        return ""
    subject = {"type": "Gene", "gene_id": gene}
    return vrs.identify(vrs.copy_number_count(subject, low, high, "1.2.1"), "1.2.1")


def bounds(node: Json) -> tuple[int | None, int | None]:
    """Lowest and highest copies of a copy number in its protobuf JSON, None where open or not to be read."""
    exact = whole(child(node, "number").get("value"))
    if exact is not None:
        return exact, exact
    bound = child(node, "indefiniteRange")
    value = whole(bound.get("value"))
    if value is not None:
        return (value, None) if bound.get("comparator") == ">=" else (None, value)
    both = child(node, "definiteRange")
    return whole(both.get("min")), whole(both.get("max"))


def whole(value: object) -> int | None:
    """A whole number, as JSON number or as protobuf's text; None for anything else."""
    return int(value) if isinstance(value, int | str) and str(value).isascii() and str(value).isdecimal() else None


def allele_id(node: Json) -> str:
    """VRS 1.2.1 id of an allele of literal bases on an interval; "" where it is not of this form."""
    location = child(node, "sequenceLocation")
    interval = child(location, "sequenceInterval")
    start, end = (whole(child(interval, f"{which}Number").get("value")) for which in ("start", "end"))
    sequence = child(node, "literalSequenceExpression").get("sequence")
    digest = text(location, "sequenceId").removeprefix("ga4gh:")
    if start is None or end is None or not isinstance(sequence, str) or not _REFGET.fullmatch(digest):
        return ""
    return vrs.allele_id(digest, start, end, sequence, "1.3") if _BASES.fullmatch(sequence) else ""


def same_variant(packet: Packet) -> Iterator[Issue]:
    """SPDI, hgvs.g, VCF record, VRS allele and reference bases of one descriptor name one allele."""
    for path, node in packet.named("variationDescriptor"):
        forms = list(_forms(path, node))
        for where, form in forms[1:]:
            if form.sequence == forms[0][1].sequence and form != forms[0][1]:
                yield issue("same-variant", where, "not the variant that the other forms of this descriptor name")
        reference = text(node, "vrsRefAlleleSeq")
        if forms and reference and reference != forms[0][1].deleted:
            yield issue("same-variant", f"{path}/vrsRefAlleleSeq", "not the reference bases of the other forms")


def _forms(path: str, node: Json) -> Iterator[tuple[str, spdi.Spdi]]:
    """Every genomic form of a descriptor that needs no bases around it, in its normal form."""
    listed = node.get("expressions")
    for n, expression in enumerate(listed if isinstance(listed, list) else ()):
        if form := _normal(_read(text(expression, "syntax"), text(expression, "value"))):
            yield f"{path}/expressions/{n}/value", form
    if form := _normal(_of_record(child(node, "vcfRecord"))):
        yield f"{path}/vcfRecord", form
    if form := _of_allele(child(node, "variation", "allele"), text(node, "vrsRefAlleleSeq")):
        yield f"{path}/variation/allele", form


def _read(syntax: str, value: str) -> spdi.Spdi | None:
    try:
        if syntax == "spdi":
            return spdi.read(value)
        return spdi.from_hgvs(value) if syntax == "hgvs.g" else None
    except NomenclatureError:
        return None


def _of_record(record: Json) -> spdi.Spdi | None:
    position, assembly = whole(record.get("pos")), _ASSEMBLIES.get(text(record, "genomeAssembly"))
    if position is None or assembly is None:
        return None
    chromosome, ref, alt = (text(record, member) for member in ("chrom", "ref", "alt"))
    try:
        return spdi.from_record(spdi.Record(cast(refget.Assembly, assembly), chromosome, position, ref, alt))
    except NomenclatureError:
        return None


def _of_allele(node: Json, reference: str) -> spdi.Spdi | None:
    """The SPDI of a VRS allele whose reference bases are stated beside it."""
    location = child(node, "sequenceLocation")
    accession = _accession(text(location, "sequenceId").removeprefix("ga4gh:"))
    start = whole(child(location, "sequenceInterval", "startNumber").get("value"))
    sequence = child(node, "literalSequenceExpression").get("sequence")
    if not accession or start is None or not reference or not isinstance(sequence, str):
        return None
    return _normal(spdi.Spdi(accession, start, reference, sequence))


@lru_cache(maxsize=64)
def _accession(digest: str) -> str:
    """RefSeq accession of a refget digest; "" for one that is no chromosome of GRCh38 or GRCh37."""
    rows = (refget.find(accession) for accession in refget.accessions())
    return next((row.accession for row in rows if row and row.refget == digest), "")


def _normal(form: spdi.Spdi | None) -> spdi.Spdi | None:
    return spdi.justified(form) if form else None
