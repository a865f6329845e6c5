"""Chromosomal statements: g., SPDI and VCF style, on both assemblies, in and outside of embedded bases."""

from __future__ import annotations

import pytest

from adapter.nomenclature.hgvs import read
from adapter.nomenclature.hgvs.genomic import build

TP53 = ("NM_000546.6:c.524G>A", "NC_000017.11:g.7675088C>T", "NC_000017.10:g.7578406C>T")
NPM1 = ("NM_002520.7:c.860_863dup", "NC_000005.10:g.171410540_171410543dup", "NC_000005.9:g.170837544_170837547dup")
DNMT3A = ("NM_022552.5:c.2645G>A", "NC_000002.12:g.25234373C>T", "NC_000002.11:g.25457242C>T")


@pytest.mark.parametrize(
    ("text", "assembly", "grade", "expected"),
    [
        ("NC_000017.11:g.7675088C>T", None, "A", TP53),
        ("NC_000017.10:g.7578406C>T", None, "A", TP53),
        ("NC_000017.11:7675087:1:T", None, "A", TP53),
        ("NC_000017.11:7675087:C:T", None, "A", TP53),
        ("chr17:g.7578406C>T", "hg19", "A", TP53),
        ("17-7675088-C-T", "GRCh38", "A", TP53),
        ("hg19 17-7578406-C-T", None, "A", TP53),
        ("TP53 17-7675088-C-T", "GRCh38", "A", TP53),
        ("17-7675087-GC-GT", "GRCh38", "A", TP53),
        ("5-171410539-C-CTCTG", "GRCh38", "A", NPM1),
        ("NC_000005.9:g.170837543_170837544insTCTG", None, "A", NPM1),
        ("NC_000002.12:g.25234373C>T p.R882H", None, "B", DNMT3A),
        ("NC_000002.11:g.25457242C>T", None, "B", DNMT3A),
    ],
)
def test_one_change_has_one_answer_however_its_place_is_written(text, assembly, grade, expected):
    variant = read(text, assembly=assembly)

    assert (variant.grade, variant.c, variant.g["GRCh38"], variant.g["GRCh37"]) == (grade, *expected)
    assert variant.gene.hgnc is not None


@pytest.mark.parametrize(
    ("text", "assembly", "code"),
    [
        ("17-7675088-C-T", None, "ASSEMBLY-NOT-STATED"),
        ("chr17:g.7675088_7675089del", None, "ASSEMBLY-NOT-STATED"),
        ("NC_012920.1:m.8993T>G", None, "REFERENCE-UNKNOWN"),
        ("NG_007400.1:g.8638G>T", None, "REFERENCE-UNKNOWN"),
        ("g.8638G>T", None, "REFERENCE-UNKNOWN"),
        ("NM_000546.6:523:G:A", None, "SPDI"),
        ("NC_000017.11:g.7675088+1C>T", None, "GENOMIC-OFFSET"),
    ],
)
def test_a_place_on_a_sequence_that_is_not_certain_has_no_coordinates(text, assembly, code):
    variant = read(text, assembly=assembly)

    assert (variant.status, variant.grade, variant.g, variant.c) == ("unmapped", "C", {}, None)
    assert code in {d.code for d in variant.diagnostics}


@pytest.mark.parametrize(
    ("text", "assembly", "code"),
    [
        ("NC_000017.11:7675087::", None, "SYNTAX"),
        ("17-7675088-C-C", None, "SYNTAX"),
        ("17-83257442-A-T", "GRCh38", "OUTSIDE-CHROMOSOME"),
        ("chr23:g.5A>T", "GRCh38", None),
    ],
)
def test_a_place_that_does_not_exist_or_a_change_of_nothing_is_refused(text, assembly, code):
    variant = read(text, assembly=assembly)

    assert variant.g == {}
    assert code is None or (variant.status == "rejected" and code in {d.code for d in variant.diagnostics})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("NC_000017.11:g.7675088G>A", "REFERENCE-MISMATCH"),
        ("NC_000017.11:g.7675088C>A p.Arg175His", "PROTEIN-MISMATCH"),
        ("NC_000002.12:g.25234373C>T p.R883H", "PROTEIN-MISMATCH"),
        ("NC_000009.12:g.21971000_21971001insA p.A5fs", "PROTEIN-MISMATCH"),
        ("KRAS NC_000017.11:g.7675088C>T", "GENE-CONFLICT"),
        ("TP53 NC_000017.11:g.50000000C>T", "GENE-CONFLICT"),
    ],
)
def test_what_contradicts_the_place_is_a_conflict(text, code):
    variant = read(text)

    assert (variant.status, variant.g, variant.c) == ("conflict", {}, None)
    assert code in {d.code for d in variant.diagnostics}


@pytest.mark.parametrize(
    ("text", "assembly", "g"),
    [
        ("NC_000002.12:g.25234373del", None, {"GRCh38": "NC_000002.12:g.25234373del"}),
        ("2-25234373-CG-C", "GRCh38", {}),
        ("NC_000016.10:g.2048000_2048010inv", None, {"GRCh38": "NC_000016.10:g.2048000_2048010inv"}),
        ("NC_000017.11:g.7675088=", None, {"GRCh38": "NC_000017.11:g.7675088="}),
    ],
)
def test_an_indel_without_known_bases_stays_as_it_was_stated(text, assembly, g):
    variant = read(text, assembly=assembly)

    assert (variant.g, variant.spdi, variant.vrs) == (g, None, {})


def test_a_place_in_several_genes_is_given_and_no_coding_description_is_chosen():
    variant = read("NC_000009.12:g.21971121G>A", gene="CDKN2A")
    assert variant.c == "NM_000077.5:c.238C>T"
    plain = read("NC_000017.11:g.7687400A>C")
    assert plain.c is None or not plain.alternatives


def test_a_gene_named_beside_a_place_in_front_of_it_is_believed():
    variant = read("TERT NC_000005.10:g.1296000G>A")
    assert (variant.status, variant.c, variant.gene.symbol) == ("ok", None, "TERT")


@pytest.mark.parametrize(
    ("name", "known"),
    [("hg19", "GRCh37"), ("GRCh38.p14", "GRCh38"), ("hg18", None), (None, None), ("", None)],
)
def test_assemblies_have_two_names(name, known):
    assert build(name) == known


@pytest.mark.parametrize(
    ("text", "known", "c", "g38", "g37"),
    [
        (
            "17-7675088-CG-CA",
            {"assembly": "GRCh38"},
            "NM_000546.6:c.523C>T",
            "NC_000017.11:g.7675089G>A",
            "NC_000017.10:g.7578407G>A",
        ),
        (
            "5-171410536-T-TCTCT",
            {"assembly": "GRCh38"},
            "NM_002520.7:c.855_856insTCTC",
            "NC_000005.10:g.171410535_171410536insTCTC",
            "NC_000005.9:g.170837539_170837540insTCTC",
        ),
        ("NC_000017.11:g.7675088C>T", {"transcript": "NM_000546.6"}, *TP53),
        ("NC_000017.11:g.7675088C>T p.?", {}, *TP53),
        ("NC_000009.12:g.21974695G>A", {"gene": "MTAP"}, None, "NC_000009.12:g.21974695G>A", None),
        # part of CRLF2 that GRCh37 does not have
        ("NC_000023.11:g.1190490A>G", {}, "NM_022148.4:c.*407T>C", "NC_000023.11:g.1190490A>G", None),
    ],
)
def test_a_place_is_kept_and_what_is_known_beside_it_chooses_the_transcript(text, known, c, g38, g37):
    variant = read(text, **known)
    assert (variant.status, variant.c, variant.g["GRCh38"], variant.g.get("GRCh37")) == ("ok", c, g38, g37)


def test_where_two_genes_overlap_each_reading_is_named_and_none_is_asserted():
    variant = read("NC_000012.12:g.57748617C>A")
    assert (variant.c, variant.gene, variant.g) == (None, None, {"GRCh38": "NC_000012.12:g.57748617C>A"})
    assert {reading.c for reading in variant.alternatives} == {"NM_005981.5:c.*1327C>A", "NM_000075.4:c.820G>T"}
    assert read("CDK4 NC_000012.12:g.57748617C>A").c == "NM_000075.4:c.820G>T"
