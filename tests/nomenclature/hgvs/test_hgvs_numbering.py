"""Which transcript is meant: MANE, stated versions, older numberings, and residues that fit several codons."""

from __future__ import annotations

import pytest

from adapter.nomenclature.hgvs import read
from adapter.nomenclature.hgvs.legacy import numberings
from adapter.nomenclature.hgvs.place import Position, locate
from adapter.nomenclature.hgvs.transcripts import by_accession, by_gene


@pytest.mark.parametrize(
    ("text", "alternatives"),
    [
        ("WT1 c.1142C>A", ["NM_024426.6:c.1142C>A", "NM_024426.6:c.1157C>A"]),
        ("NM_024426.4:c.1142C>A", ["NM_024426.6:c.1142C>A", "NM_024426.6:c.1157C>A"]),
        ("KDM6A c.3109C>T", ["NM_001291415.2:c.3109C>T", "NM_001291415.2:c.3265C>T"]),
        ("KMT2A c.3460C>T", ["NM_001197104.2:c.3460C>T", "NM_001197104.2:c.3469C>T"]),
        ("NM_005933.3:c.3460C>T", ["NM_001197104.2:c.3460C>T", "NM_001197104.2:c.3469C>T"]),
        ("CCDS31686.1:c.3460C>T", ["NM_001197104.2:c.3460C>T", "NM_001197104.2:c.3469C>T"]),
        ("WT1 c.1142_1143del", ["NM_024426.6:c.1142_1143del", "NM_024426.6:c.1157_1158del"]),
    ],
)
def test_several_numberings_that_fit_are_all_given_and_none_is_asserted(text, alternatives):
    variant = read(text)

    assert (variant.status, variant.c, variant.g) == ("unmapped", None, {})
    assert [reading.c for reading in variant.alternatives] == alternatives
    assert "TRANSCRIPT-AMBIGUOUS" in {d.code for d in variant.diagnostics}


def test_an_older_numbering_is_found_when_base_and_residue_refuse_mane():
    variant = read("RUNX1 c.521G>A p.R174Q")

    assert (variant.status, variant.c) == ("conflict", None)
    assert [(r.c, r.p) for r in variant.alternatives] == [("NM_001754.5:c.602G>A", "NP_001745.2:p.(Arg201Gln)")]


def test_mane_is_asserted_when_base_and_residue_refuse_the_older_numbering():
    variant = read("RUNX1 c.602G>A p.R201Q")
    assert (variant.status, variant.grade, variant.c) == ("ok", "A", "NM_001754.5:c.602G>A")


@pytest.mark.parametrize(
    ("text", "c"),
    [("NM_021140.3:c.3109C>T", "NM_001291415.2:c.3265C>T"), ("NM_001001890.2:c.521G>A", "NM_001754.5:c.602G>A")],
)
def test_a_stated_transcript_of_known_shift_is_read_on_mane_and_says_so(text, c):
    variant = read(text)

    assert (variant.c, variant.transcript.why) == (c, "legacy-numbering")
    assert any("numbering" in note for note in variant.notes)


def test_before_the_place_where_two_isoforms_part_there_is_one_reading():
    assert read("KDM6A c.514C>T").c == "NM_001291415.2:c.514C>T"


@pytest.mark.parametrize("row", numberings(), ids=lambda row: row.name)
def test_a_row_of_the_table_names_an_embedded_transcript_and_keeps_the_frame(row):
    assert by_accession(row.mane).symbol == row.gene
    assert row.shift % 3 == 0


def test_the_kdm6a_shift_is_the_exon_that_begins_where_the_table_says():
    transcript = by_gene("KDM6A")[0]
    exon = transcript.exons[13]
    assert (exon.offset - transcript.coding[0] + 1, exon.end - exon.start) == (1330, 156)


def test_braf_is_numbered_on_mane_select_not_on_plus_clinical():
    variant = read("BRAF c.1799T>A p.V600E")
    assert (variant.c, variant.g["GRCh37"]) == ("NM_004333.6:c.1799T>A", "NC_000007.13:g.140453136A>T")


@pytest.mark.parametrize("text", ["NM_000088.1:c.523C>A", "NM_001754.2:p.D171N", "RUNX1 p.D171N"])
def test_a_stated_base_or_residue_that_is_not_there_is_a_conflict(text):
    assert read(text).status == "conflict"


def test_the_residue_of_an_older_numbering_is_an_alternative():
    assert [r.p for r in read("RUNX1 p.D171N").alternatives] == ["NP_001745.2:p.Asp198Asn"]


def test_a_protein_change_has_every_coding_change_and_asserts_none_of_several():
    variant = read("TP53 p.R175H")

    assert (variant.c, variant.g, variant.p) == (None, {}, "NP_000537.3:p.Arg175His")
    assert [r.c for r in variant.alternatives] == ["NM_000546.6:c.524G>A", "NM_000546.6:c.524_525delinsAT"]


def test_a_protein_change_that_only_one_coding_change_makes_asserts_it():
    variant = read("TP53 p.R248W")
    assert (variant.c, variant.alternatives) == ("NM_000546.6:c.742C>T", ())


@pytest.mark.parametrize(("exon", "expected"), [(5, False), (6, True), (7, True)], ids=["exon 6", "exon 7", "exon 8"])
def test_crlf2_exons_7_and_8_are_said_to_have_no_place_on_grch37(exon, expected):
    transcript = by_gene("CRLF2")[0]
    base = transcript.exons[exon].offset + 20 - transcript.coding[0]
    stop = transcript.coding[1] - transcript.coding[0]
    position = f"*{base - stop}" if base > stop else str(base)

    variant = read(f"NM_022148.4:c.{position}A>G")

    assert variant.g["GRCh38"].startswith("NC_000023.11:g.")
    assert (variant.g["GRCh37"] is None) is expected
    assert any("GRCh37 has no known position" in note for note in variant.notes) is expected


def test_a_position_without_assembly_has_both_readings_and_asserts_none():
    variant = read("17-7675088-C-T")

    assert (variant.c, variant.g, variant.vcf.assembly) == (None, {}, None)
    assert [r.c for r in variant.alternatives] == ["NM_000546.6:c.524G>A", "NM_020877.5:c.4501+302C>T"]


@pytest.mark.parametrize(
    ("text", "assembly", "g37"),
    [
        ("chr17:g.7578406C>T", "GRCh37", "NC_000017.10:g.7578406C>T"),
        ("chr17:7675088 C>T", "hg38", "NC_000017.10:g.7578406C>T"),
        ("5-170837546-T-TCTGT", "GRCh37", None),
        ("NC_000005.9:g.170837543_170837544insTCTG", None, "NC_000005.9:g.170837544_170837547dup"),
        ("NC_000023.10:g.33229407_33999999del", None, "NC_000023.10:g.33229407_33999999del"),
    ],
)
def test_chromosomal_statements_are_read_on_their_assembly(text, assembly, g37):
    assert read(text, assembly=assembly).g.get("GRCh37") == g37 or g37 is None


def test_outside_of_transcripts_a_substitution_keeps_its_ids_and_says_that_nothing_was_checked():
    variant = read("NC_000001.11:g.1000A>G")

    assert (variant.grade, variant.c, variant.spdi) == ("B", None, "NC_000001.11:999:A:G")
    assert any("not checked" in note for note in variant.notes)


def test_an_intronic_offset_longer_than_the_intron_is_a_conflict():
    transcript = by_gene("TP53")[0]
    assert locate(Position(after_stop=False, base=375, offset=1), transcript).position == 7675992
    assert read("TP53 c.375+100000G>A").status == "conflict"


def test_positions_behind_the_stop_codon_are_the_same_in_every_numbering():
    variant = read("WT1 c.*5A>G")
    assert (variant.status, variant.c, variant.alternatives) == ("ok", "NM_024426.6:c.*5A>G", ())
