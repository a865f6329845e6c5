"""What reports write, and what it is read as: tests/data/hgvs/clinical.tsv, one row a string."""

from __future__ import annotations

import pytest
from hgvs_rows import table

from adapter.nomenclature.hgvs import describe, read

KEYS = [
    "input", "status", "grade", "kind", "gene", "c", "p", "g", "spdi", "vcf", "vrs", "transcript", "alternatives",
    "notes", "diagnostics",
]  # fmt: skip


@pytest.mark.parametrize("row", table("clinical.tsv"), ids=lambda row: row["input"] or "empty")
def test_a_clinical_string_is_read_as_what_it_says(row):
    said = describe(row["input"])

    assert {
        "status": said["status"],
        "grade": said["grade"],
        "kind": said["kind"] or "",
        "gene": (said["gene"] or {}).get("symbol", ""),
        "c": said["c"] or "",
        "p": said["p"] or "",
        "g38": said["g"].get("GRCh38") or "",
    } == {key: row[key] for key in ("status", "grade", "kind", "gene", "c", "p", "g38")}


@pytest.mark.parametrize("row", table("clinical.tsv"), ids=lambda row: row["input"] or "empty")
def test_the_text_is_kept_and_every_span_lies_in_it(row):
    said = describe(row["input"])

    assert said["input"] == row["input"]
    assert all(0 <= d["start"] <= d["end"] <= len(row["input"]) for d in said["diagnostics"])
    assert list(said)[: len(KEYS)] == KEYS


@pytest.mark.parametrize("row", table("clinical.tsv"), ids=lambda row: row["input"] or "empty")
def test_nothing_is_derived_at_grade_c_or_d_or_in_a_conflict(row):
    variant = read(row["input"])

    if variant.grade in "CD":
        assert (variant.g, variant.spdi, variant.vrs, variant.transcript.used) == ({}, None, {}, None)


def test_the_published_example_is_reproduced():
    assert describe("TP53 c.524G>A p.Arg175His") == {
        "input": "TP53 c.524G>A p.Arg175His",
        "status": "ok",
        "grade": "A",
        "kind": "substitution",
        "gene": {"symbol": "TP53", "hgnc": "HGNC:11998"},
        "c": "NM_000546.6:c.524G>A",
        "p": "NP_000537.3:p.(Arg175His)",
        "g": {"GRCh38": "NC_000017.11:g.7675088C>T", "GRCh37": "NC_000017.10:g.7578406C>T"},
        "spdi": "NC_000017.11:7675087:C:T",
        "vcf": {"assembly": "GRCh38", "chrom": "17", "pos": 7675088, "ref": "C", "alt": "T"},
        "vrs": {
            "1.3": "ga4gh:VA.USuRopuCOKU5X3KK9mTBoCBJp3PjBbiv",
            "2.0": "ga4gh:VA.PpKQfeUgZyRk1GiYjlcbikkJYKdYqpDR",
        },
        "transcript": {"used": "NM_000546.6", "stated": None, "why": "mane-select"},
        "alternatives": [],
        "notes": [],
        "diagnostics": [],
    }


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("C.524g>a", "'524g>a' was read as '524G>A'"),
        ("TP53 c.524G→A", "typographic characters were read as their plain forms"),
        ("TP53 p.R342X", "'R342X' was read as 'R342*'"),
        ("BRAF p.V600>E", "'V600>E' was read as 'Val600Glu'"),
        ("SRSF2 p.PPDSHHSR95del", "'PPDSHHSR95del' was read as 'P95_R102del'"),
        ("CEBPA p.310_311TQ>TWQ", "'310_311TQ>TWQ' was read as 'T310_Q311delinsTWQ'"),
        ("NPM1 p.WQ288fs", "'WQ288fs' was read as 'W288fs'"),
        ("TP53 p.r175h", "'r175h' was read as 'R175H'"),
        ("TP53 c.61 + 1G>T", "blanks inside the description were removed"),
        ("nm_000546.6:c.524G>A", "'nm_000546.6' was read as 'NM_000546.6'"),
        ("NM_000546.6:c.524_524delGinsA", "'524_524delGinsA' was read as '524G>A'"),
        ("MLL p.R1154W", "MLL"),
    ],
)
def test_every_rewrite_is_a_note(text, note):
    assert any(note in said for said in read(text).notes)


@pytest.mark.parametrize(
    ("text", "left"),
    [("KRAS G12D (VAF 40%)", "(VAF 40%)"), ("TP53 p.R175H exon 5", "exon"), ("FLT3 ITD positive", "positive")],
)
def test_what_is_not_read_is_named_with_its_place(text, left):
    found = [text[d.start : d.end] for d in read(text).diagnostics if d.code == "UNREAD-TEXT"]
    assert left in found


@pytest.mark.parametrize(
    ("text", "known", "code"),
    [
        ("c.524G>A", {"gene": "TP53", "protein": "p.R175L"}, "PROTEIN-MISMATCH"),
        ("TP53 c.524G>A p.R175H", {"protein": "p.R175L"}, "PROTEIN-CONFLICT"),
        ("TP53 p.R175H", {"protein": "NP_000537.3:p.(Arg175Leu)"}, "PROTEIN-CONFLICT"),
        ("TP53 c.524G>A", {"gene": "KRAS"}, "GENE-CONFLICT"),
        ("NM_000546.6:c.524G>A", {"transcript": "NM_004985.5"}, "TRANSCRIPT-CONFLICT"),
        ("NC_000017.11:g.7675088C>T", {"gene": "KRAS", "transcript": "NM_000546.6"}, "GENE-CONFLICT"),
    ],
)
def test_what_is_given_beside_the_text_is_held_against_it(text, known, code):
    variant = read(text, **known)

    assert variant.status == "conflict"
    assert code in {d.code for d in variant.diagnostics}
    assert (variant.g, variant.c, variant.p) == ({}, None, None)


def test_a_gene_name_that_no_table_knows_is_kept_and_does_not_contradict_a_transcript():
    variant = read("NM_000546.6:c.524G>A", gene="NEWNAME1")

    assert (variant.status, variant.gene.symbol, variant.gene.hgnc) == ("ok", "NEWNAME1", None)
    assert "UNKNOWN-GENE" in {d.code for d in variant.diagnostics}


def test_a_text_longer_than_any_variant_is_not_read():
    assert [d.code for d in read("c." + "1" * 20_000).diagnostics] == ["TOO-LONG"]


def test_a_line_of_json_says_what_is_known_beside_the_text():
    said = describe('{"text": "chr17:g.7578406C>T", "assembly": "hg19", "gene": null}')
    assert (said["c"], said["g"]["GRCh38"]) == ("NM_000546.6:c.524G>A", "NC_000017.11:g.7675088C>T")


@pytest.mark.parametrize(
    ("line", "pointer"),
    [
        ("{", ""),
        ('{"text": 3}', "/text"),
        ('{"text": "c.1A>G", "sex": "F"}', "/sex"),
        ('{"text": "a", "gene": 1}', "/gene"),
    ],
)
def test_a_line_that_is_no_such_object_is_refused_with_its_place(line, pointer):
    from adapter.errors import ReadError

    with pytest.raises(ReadError) as refused:
        describe(line)
    assert refused.value.pointer == pointer


def test_very_many_variants_in_one_text_are_not_taken_apart():
    variant = read("TP53 " + " ".join(f"c.{n}A>G" for n in range(1, 12)))

    assert (variant.kind, variant.members, variant.c) == ("several", (), None)
    assert "SEVERAL-VARIANTS" in {d.code for d in variant.diagnostics}


def test_members_of_a_text_are_variants_of_their_own():
    members = read("TP53 R175H and R248Q").members
    assert [member.p for member in members] == ["NP_000537.3:p.Arg175His", "NP_000537.3:p.Arg248Gln"]
