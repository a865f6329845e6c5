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


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("DNMT3A R882H, IDH2 R140Q", [("DNMT3A", None), ("IDH2", None)]),
        ("DNMT3A c.2645G>A; IDH2 c.419G>A", [("DNMT3A", "NM_022552.5:c.2645G>A"), ("IDH2", "NM_002168.4:c.419G>A")]),
        (
            "TP53 c.524G>A (p.Arg175His) and KRAS c.35G>A (p.Gly12Asp)",
            [("TP53", "NM_000546.6:c.524G>A"), ("KRAS", "NM_004985.5:c.35G>A")],
        ),
        ("FLT3-ITD, NRAS G12D", [("FLT3", None), ("NRAS", None)]),
        ("R175H TP53, G12D KRAS", [(None, None), (None, None)]),
    ],
)
def test_every_variant_of_a_text_is_said_of_the_gene_named_before_it(text, members):
    said = read(text)

    assert [(m.gene.symbol if m.gene else None, m.c) for m in said.members] == members
    assert (said.kind, said.gene, said.c, said.g) == ("several", None, None, {})
    assert not any(member.status == "conflict" for member in said.members)


def test_a_residue_beside_the_bases_of_the_same_gene_is_held_against_them_in_each_member():
    good, bad = read("TP53 c.524G>A p.R175H, KRAS c.35G>A p.G12V").members

    assert (good.status, bad.status) == ("ok", "conflict")


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("TP53 IVS3+1G>A", ["NM_000546.6:c.96+1G>A"]),
        ("TP53 IVS3-2A>G", ["NM_000546.6:c.97-2A>G"]),
        ("IVS3+1G>A TP53", ["NM_000546.6:c.96+1G>A"]),
        ("TP53 IVS99+1G>A", []),
        ("IVS3+1G>A", []),
    ],
)
def test_an_intron_by_number_is_an_alternative_and_never_asserted(text, readings):
    said = read(text)

    assert [reading.c for reading in said.alternatives] == readings
    assert (said.status, said.grade, said.g, said.transcript.used) == ("unmapped", "C", {}, None)


@pytest.mark.parametrize(
    ("text", "told"),
    [("IDH1 G395A", True), ("IDH1 p.G395A", False), ("IDH1 R132H", False), ("KRAS Gly12Ala", False)],
)
def test_letters_that_name_bases_too_are_told_where_no_sequence_decides(text, told):
    assert ("RESIDUE-OR-BASE" in {d.code for d in read(text).diagnostics}) is told


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("JAK2 V617F negative", "negative"),
        ("JAK2 V617F: absent", "absent"),
        ("no JAK2 V617F", "no"),
        ("JAK2 V617F wild-type", "wild-type"),
        ("FLT3-ITD (not detected)", "not"),
    ],
)
def test_a_variant_that_was_not_found_is_not_read_as_one(text, word):
    said = read(text)

    assert (said.status, said.grade, said.p, said.event) == ("not-hgvs", "D", None, None)
    assert [text[d.start : d.end] for d in said.diagnostics if d.code == "NEGATED"] == [word]


@pytest.mark.parametrize("place", range(3))
def test_a_base_beside_the_stated_one_contradicts_the_residue_without_any_sequence(place):
    """c.34, c.35 and c.36 are codon 12 of KRAS; only G>A at its second base makes aspartate of glycine."""
    said = read(f"KRAS c.{34 + place}G>A p.Gly12Asp")

    assert said.status == ("ok" if place == 1 else "conflict")
