"""The five renderings of a change (c., g., SPDI, VCF, VRS) agree, by the second engine: ``adapter.nomenclature.spdi``.

The HGVS engine writes them from the bases of the transcript; here each is read again and worked out anew from the
plus strand of the chromosome, by code that knows no transcripts.
"""

from __future__ import annotations

import pytest
from hgvs_rows import table
from hypothesis import given, settings
from hypothesis import strategies as st
from known_bases import exons_on

from adapter.nomenclature import spdi
from adapter.nomenclature.hgvs import read
from adapter.nomenclature.hgvs.transcripts import by_accession, with_sequence


def bases_of(accession, assembly):
    def bases(_sequence, start, end):
        runs = exons_on(accession, assembly)
        return next((run[start - at : end - at] for at, run in runs if at <= start <= end <= at + len(run)), None)

    return bases


def renderings_agree(variant):
    """Every rendering of a change of grade A, made again from the SPDI, and the SPDI made again from each."""
    bases = bases_of(variant.transcript.used, "GRCh38")
    form = spdi.read(variant.spdi)
    record = spdi.Record(variant.vcf.assembly, variant.vcf.chrom, variant.vcf.pos, variant.vcf.ref, variant.vcf.alt)
    assert spdi.justified(form, bases) == form
    assert spdi.to_hgvs(form, bases) == variant.g["GRCh38"]
    assert spdi.to_record(form, bases) == record
    assert spdi.identifiers(form, bases) == variant.vrs
    assert spdi.justified(spdi.from_hgvs(variant.g["GRCh38"], bases), bases) == form
    assert spdi.justified(spdi.from_record(record), bases) == form
    if variant.g["GRCh37"]:
        older = bases_of(variant.transcript.used, "GRCh37")
        there = spdi.justified(spdi.from_hgvs(variant.g["GRCh37"], older), older)
        assert (there.deleted, there.inserted) == (form.deleted, form.inserted)
    again = read(variant.g["GRCh38"], transcript=variant.transcript.used)
    assert (again.c, again.g, again.vrs) == (variant.c, variant.g, variant.vrs)


def placed(variant):
    return variant.grade == "A" and variant.spdi is not None and variant.kind != "identity"


def test_the_renderings_of_real_variants_agree():
    variants = [read(f"{row['transcript_as_given']}:{row['hgvs_c']}") for row in table("variants.tsv") if row["hgvs_c"]]
    compared = [variant for variant in variants if placed(variant)]
    for variant in compared:
        renderings_agree(variant)
    assert len(compared) >= 200
    assert {"deletion", "duplication", "insertion", "delins"} <= {variant.kind for variant in compared}


@given(st.sampled_from(sorted(with_sequence())), st.data())
@settings(max_examples=100, deadline=None)
def test_the_renderings_of_any_replacement_agree(accession, data):
    transcript = by_accession(accession)
    coding = transcript.sequence.read(*transcript.coding)
    start = data.draw(st.integers(3, len(coding) - 12))
    end = start + data.draw(st.integers(1, 6))
    alt = data.draw(st.text("ACGT", max_size=5) | st.just(coding[start:end] * 2))
    variant = read(f"{accession}:c.{start + 1}_{end}delins{alt}" if alt else f"{accession}:c.{start + 1}_{end}del")
    if placed(variant):
        renderings_agree(variant)


@pytest.mark.parametrize(
    ("text", "vcf"),
    [
        ("NM_000546.6:c.524G>A", ("17", 7675088, "C", "T")),
        ("NM_000546.6:c.526_528del", ("17", 7675083, "GGCA", "G")),
        ("NM_000546.6:c.524_525delinsAT", ("17", 7675087, "GC", "AT")),
        ("NM_000546.6:c.524_525delinsA", ("17", 7675087, "GC", "T")),
        ("NM_000546.6:c.524_525delinsTTTT", ("17", 7675087, "GC", "AAAA")),
        ("NM_002520.7:c.860_863dup", ("5", 171410539, "C", "CTCTG")),
    ],
)
def test_a_vcf_record_has_the_base_before_only_where_an_allele_would_be_empty(text, vcf):
    found = read(text).vcf
    assert (found.chrom, found.pos, found.ref, found.alt) == vcf
