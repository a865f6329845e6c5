"""Fusions as reported, in every notation; what must not be read as one; what is refused."""

import csv
from importlib.resources import files
from pathlib import Path
from time import process_time

import pytest
from ga4gh.core import ga4gh_identify
from ga4gh.vrs import models
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.nomenclature.fusion import describe, read
from adapter.terms import load

TERMS = load()
DATA = Path(__file__).parents[1] / "data" / "fusion"
CORPUS = Path(__file__).parents[3] / "shared" / "corpora" / "fusions.tsv"


def rows(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def said(text):
    return describe(read(text, TERMS))


def codes(text):
    return [d["code"] for d in said(text)["diagnostics"]]


def symbols(text):
    return [gene["symbol"] for gene in said(text)["genes"]]


def table(name):
    text = files("adapter.nomenclature").joinpath(f"data/{name}").read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines()[1:]]


def test_the_contract_has_every_field_in_its_place():
    found = said("BCR::ABL1")
    assert list(found)[:8] == [
        "input",
        "status",
        "genes",
        "partner_known",
        "hgnc_form",
        "vicc_form",
        "regulatory",
        "diagnostics",
    ]
    assert {key: found[key] for key in list(found)[:8]} == {
        "input": "BCR::ABL1",
        "status": "ok",
        "genes": [{"symbol": "BCR", "hgnc": "HGNC:1014"}, {"symbol": "ABL1", "hgnc": "HGNC:76"}],
        "partner_known": True,
        "hgnc_form": "BCR::ABL1",
        "vicc_form": None,
        "regulatory": False,
        "diagnostics": [],
    }


@pytest.mark.parametrize("row", rows(DATA / "fusions.tsv"), ids=lambda row: row["input"][:40])
def test_expressions_of_the_corpus_say_what_they_say(row):
    found = said(row["input"])
    assert found["status"] == "ok"
    assert found["syntax"] == row["syntax"]
    assert [gene["symbol"] for gene in found["genes"]] == row["genes"].split()
    assert found["partner_known"] is (row["partner_known"] == "yes")
    assert found["hgnc_form"] == (row["hgnc_form"] or None)
    assert found["regulatory"] is (row["regulatory"] == "yes")
    assert found["vicc_form"] == (row["input"] if row["syntax"] == "vicc" else None)


@pytest.mark.skipif(not CORPUS.exists(), reason="the development corpus is not beside this checkout")
def test_every_expression_of_the_corpus_is_in_the_table_above():
    assert {row["input"] for row in rows(CORPUS)} == {row["input"] for row in rows(DATA / "fusions.tsv")}


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("BCR/ABL1", "BCR::ABL1"),
        ("BCR-ABL1", "BCR::ABL1"),
        ("BCR–ABL1", "BCR::ABL1"),
        ("BCR - ABL1", "BCR::ABL1"),
        ("BCR--ABL1", "BCR::ABL1"),
        ("BCR:ABL1", "BCR::ABL1"),
        ("BCR-ABL", "BCR::ABL1"),
        ("bcr/abl", "BCR::ABL1"),
        ("mtor/abl", None),
        ("bcr::abl1", "BCR::ABL1"),
        ("BCR-ABL1 fusion", "BCR::ABL1"),
        ("(BCR-ABL1)", "BCR::ABL1"),
        ("MLL-AF4", "KMT2A::AFF1"),
        ("MLL/AF9", "KMT2A::MLLT3"),
        ("TEL-AML1", "ETV6::RUNX1"),
        ("AML1-ETO", "RUNX1::RUNX1T1"),
        ("E2A-PBX1", "TCF3::PBX1"),
        ("E2A-PBX", "TCF3::PBX1"),
        ("NPM-ALK", "NPM1::ALK"),
        ("SIL-TAL1", "STIL::TAL1"),
        ("PML-RARα", "PML::RARA"),
        ("CBFβ-MYH11", "CBFB::MYH11"),
        ("IGH@-MYC", "IGH::MYC"),
        ("MLL::AFF1", "KMT2A::AFF1"),
    ],
)
def test_older_forms_and_names_are_rewritten_and_say_so(text, form):
    found = said(text)
    assert found["hgnc_form"] == form
    assert found["status"] == ("repaired" if form else "rejected")
    assert all(note for note in found["notes"])
    if form:
        assert found["notes"]
        assert found["partner_known"]


def test_a_rewritten_name_keeps_both_texts():
    first, second = said("MLL::AF4")["diagnostics"]
    assert (first["start"], first["end"], first["suggestion"]) == (0, 3, "KMT2A")
    assert first["message"] == "MLL is a previous symbol of KMT2A"
    assert (second["start"], second["end"], second["message"]) == (5, 8, "AF4 is an alias of AFF1")


@pytest.mark.parametrize(
    ("text", "genes"),
    [
        ("HLA-A-MYC", ["HLA-A", "MYC"]),
        ("MYC-HLA-A", ["MYC", "HLA-A"]),
        ("HLA-A/MYC", ["HLA-A", "MYC"]),
        ("HLA-DRB1-CIITA", ["HLA-DRB1", "CIITA"]),
        ("TRA-NKX2-1", ["TRA", "NKX2-1"]),
        ("TRB::NKX2-1", ["TRB", "NKX2-1"]),
        ("TRA/ERVK3-1", ["TRA", "ERVK3-1"]),
        ("H3-3A-KMT2A", ["H3-3A", "KMT2A"]),
    ],
)
def test_symbols_with_a_hyphen_stay_whole_in_a_fusion(text, genes):
    assert symbols(text) == genes


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        ("HLA-A", "HLA-A"),
        ("MIR-1", "FSD1"),
        ("NKX2-1", "NKX2-1"),
        ("ERVK3-1", "ERVK3-1"),
        ("H3-3A", "H3-3A"),
        ("c-MYC", "MYC"),
        ("BCR", "BCR"),
    ],
)
def test_one_gene_is_no_fusion(text, symbol):
    found = said(text)
    assert (found["status"], found["genes"]) == ("not-fusion", [])
    assert f"is the gene {symbol}" in found["diagnostics"][0]["message"]


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("BCL2L2-PABPN1", ("the gene BCL2L2-PABPN1", "BCL2L2::PABPN1")),
        ("MDS1-EVI1", ("the gene MECOM", "MDS1::EVI1")),
        ("PML-RAR", ("the gene PRAM1", "PML::RAR")),
    ],
)
def test_a_hyphen_with_two_readings_is_refused_with_both(text, readings):
    found = said(text)
    assert (found["status"], found["genes"], found["hgnc_form"]) == ("rejected", [], None)
    assert all(reading in found["diagnostics"][0]["message"] for reading in readings)


def test_two_splits_that_the_gene_table_supports_are_both_named():
    message = said("TSNAX-DISC1-IT1")["diagnostics"][0]["message"]
    assert message == "TSNAX-DISC1-IT1 can mean TSNAX::DISC1-IT1 or TSNAX-DISC1::IT1"


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("MLL2-AF4", ("KMT2B", "KMT2D")),
        ("MLL4::AFF1", ("KMT2B", "KMT2D")),
        ("KAT6A-CBP", ("CREBBP", "PAG1")),
        ("SIL-SCL", ("STIL", "PMEL")),
        ("TAL1::SCL", ("TAL1", "SCLY")),
        ("p16/IGH", ("CDKN2A", "H3P10")),
        ("MLL-MSF", ("SEPTIN9", "PRG4")),
        ("MLL2 rearrangement", ("KMT2B", "KMT2D")),
    ],
)
def test_ambiguous_names_are_refused_with_their_readings(text, readings):
    found = said(text)
    assert (found["status"], found["genes"], found["partner_known"]) == ("rejected", [], False)
    (refused,) = (d for d in found["diagnostics"] if d["code"] == "AMBIGUOUS-GENE" and readings[0] in d["message"])
    assert all(reading in refused["message"] for reading in readings)


@pytest.mark.parametrize("disease", ["ALL", "CML", "PHL"])
def test_names_of_diseases_are_never_genes(disease):
    assert said(f"BCR::{disease}")["status"] == "rejected"
    assert symbols(f"BCR::{disease}") == symbols(f"{disease}-BCR") == symbols(f"{disease} rearrangement") == []
    assert codes(f"BCR::{disease}") == ["UNKNOWN-GENE"]
    assert said(disease)["status"] == "not-fusion"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "hello world",
        "TP53 c.524G>A",
        "46,XX,t(9;22)(q34;q11.2)[20]",
        "t(9;22)(q34;q11.2)",
        "46,XX,t(9;22)(9pter->9q34::22q11.2->22qter)",
        "B-ALL",
        "T-ALL",
        "ALL-CML",
        "FLT3-ITD",
        "KMT2A-PTD",
        "UBTF-TD",
        "CD19-negative",
        "HLA-DR",
        "1-2",
        "MYC-" * 200,
        "t(8;14)(q24;q32) t(9;22)(q34;q11)",
    ],
)
def test_other_texts_are_no_fusions(text):
    found = said(text)
    assert (found["status"], found["genes"], found["hgnc_form"], found["regulatory"]) == ("not-fusion", [], None, False)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("BCR::FOO", "UNKNOWN-GENE"),
        ("FOOBAR-ABL1", "UNKNOWN-GENE"),
        ("BCR::ABL1-like", "UNKNOWN-GENE"),
        ("BCR-ABL1-like", "UNKNOWN-GENE"),
        ("FOOα::ABL1", "UNKNOWN-GENE"),
        ("BCR::ABL1 negative", "COMPONENT"),
        ("BCR::::ABL1", "COMPONENT"),
        ("BCR::", "COMPONENT"),
        ("::", "COMPONENT"),
        ("?::?", "NO-GENE"),
        ("ABL1::reg_e@IGH", "REGULATORY-ORDER"),
        ("reg_e::MYC", "REGULATORY-GENE"),
        ("BCR(hgnc:76)::ABL1", "GENE-ID"),
        ("NM_004327.3(ABL1):e.2::BCR", "TRANSCRIPT-GENE"),
        ("KMT2A-MLLT3-AFF1", "UNREAD"),
        ("KMT2A/MLLT3/AFF1", "UNREAD"),
    ],
)
def test_what_cannot_be_used_asserts_nothing_and_says_why(text, code):
    found = said(text)
    assert code in codes(text)
    assert (found["status"], found["genes"], found["partner_known"]) == ("rejected", [], False)
    assert (found["hgnc_form"], found["vicc_form"], found["regulatory"]) == (None, None, False)


@pytest.mark.parametrize(
    ("text", "vicc"),
    [
        ("?::CRLF2", "?::CRLF2(hgnc:14281)"),
        ("CRLF2::?", "CRLF2(hgnc:14281)::?"),
        ("?(::)CRLF2", "?(::)CRLF2(hgnc:14281)"),
        ("v::CRLF2", "v::CRLF2(hgnc:14281)"),
        ("CRLF2 rearrangement", None),
        ("CRLF2-rearranged", None),
        ("CRLF2r", None),
        ("CRLF2-r", None),
    ],
)
def test_an_unknown_partner_is_not_invented(text, vicc):
    found = said(text)
    assert (found["status"], symbols(text)) == ("ok", ["CRLF2"])
    assert (found["partner_known"], found["hgnc_form"], found["vicc_form"]) == (False, None, vicc)
    assert found["inferred"] is ("(::)" in text)


@pytest.mark.parametrize("locus", [row[0] for row in table("regulatory_loci.tsv")])
def test_antigen_receptor_loci_are_regulatory_partners(locus):
    hgnc = TERMS.gene(locus).hgnc.lower()
    for text in (f"{locus}::CRLF2", f"{locus}/CRLF2", f"CRLF2-{locus}"):
        found = said(text)
        assert found["regulatory"] is True
        assert found["vicc_form"] == f"reg_e@{locus}({hgnc})::CRLF2(hgnc:14281)"


@pytest.mark.parametrize("text", ["P2RY8::CRLF2", "IGH::TRA", "?::CRLF2", "BCR::ABL1"])
def test_other_fusions_are_not_said_to_be_regulatory(text):
    assert said(text)["regulatory"] is False


@pytest.mark.parametrize(
    ("text", "iscn", "genes"),
    [
        ("t(9;22)(q34;q11.2); BCR::ABL1", "t(9;22)(q34;q11.2)", ["BCR", "ABL1"]),
        ("BCR-ABL1 t(9;22)(q34;q11)", "t(9;22)(q34;q11)", ["BCR", "ABL1"]),
        ("t(12;21)(p13;q22)(ETV6-RUNX1)", "t(12;21)(p13;q22)", ["ETV6", "RUNX1"]),
        ("inv(16)(p13.1q22)/CBFB-MYH11", "inv(16)(p13.1q22)", ["CBFB", "MYH11"]),
        ("t(14;18) IGH::BCL2", "t(14;18)", ["IGH", "BCL2"]),
    ],
)
def test_an_iscn_string_beside_the_genes_is_kept(text, iscn, genes):
    assert (said(text)["iscn"], symbols(text)) == (iscn, genes)


@pytest.mark.parametrize("text", ["ABL1 con BCR", "ABL1 con BCRx2", "nuc ish(ABL1,BCR)x3(ABL1 con BCRx2)[180/200]"])
def test_fish_signals_name_two_genes_but_no_order(text):
    found = said(text)
    assert (symbols(text), found["partner_known"], found["ordered"]) == (["ABL1", "BCR"], True, False)
    assert (found["hgnc_form"], found["vicc_form"]) == (None, None)
    assert [text[c["start"] : c["end"]] for c in found["components"]] == ["ABL1", "BCR"]


def test_components_carry_what_their_notation_says():
    text = "reg_e_EH38E3121735@IGH(hgnc:5477)::NM_152263.3(TPM3):e.1_8::ACGT::ALK"
    parts = said(text)["components"]
    assert [part["kind"] for part in parts] == ["regulatory", "transcript-segment", "linker", "gene"]
    assert [text[part["start"] : part["end"]] for part in parts] == [part["text"] for part in parts]
    assert (parts[0]["regulatory"], parts[0]["place"]) == ("e", "EH38E3121735")
    assert (parts[1]["accession"], parts[1]["place"]) == ("NM_152263.3", "1_8")
    assert parts[2]["gene"] is None


def test_a_feature_of_the_genome_can_be_the_regulatory_element():
    text = "reg_response_element_NC_000008.11(chr 8):g.1200_1300::MYC(hgnc:7553)"
    found = said(text)
    assert (found["status"], found["vicc_form"], found["partner_known"]) == ("ok", text, False)
    assert found["components"][0]["regulatory"] == "response_element"


def test_a_transcript_without_a_gene_that_is_known_leaves_the_partner_open():
    found = said("NM_999999999.1:e.2::ABL1")
    assert (found["status"], found["partner_known"], symbols("NM_999999999.1:e.2::ABL1")) == ("ok", False, ["ABL1"])
    assert found["vicc_form"] == "NM_999999999.1:e.2::ABL1(hgnc:76)"


def test_bases_that_are_a_symbol_too_are_read_as_bases_with_a_warning():
    found = said("BCR::CAT::ABL1")
    assert (symbols("BCR::CAT::ABL1"), codes("BCR::CAT::ABL1")) == (["BCR", "ABL1"], ["LINKER-OR-GENE"])
    assert found["status"] == "ok"


def test_three_genes_have_no_hgnc_form():
    found = said("ETV6::RUNX1::KMT2A")
    assert (found["partner_known"], found["hgnc_form"]) == (True, None)
    assert found["vicc_form"] == "ETV6(hgnc:3495)::RUNX1(hgnc:10471)::KMT2A(hgnc:7132)"


@pytest.mark.parametrize("linker", ["", "ACT::"])
def test_known_breakpoints_are_a_vrs_adjacency(linker):
    found = said(f"NC_000022.11:g.pter_23290555::{linker}NC_000009.12:g.130713882_qter")
    chr22 = models.SequenceReference(refgetAccession="SQ.7B7SHsmchAR0dFcDCuSFjJAo7tX87krQ")
    chr9 = models.SequenceReference(refgetAccession="SQ.KEO-4XBcm1cxeo_DIQ8_ofqGUkp4iZhI")
    theirs = models.Adjacency(
        adjoinedSequences=[
            models.SequenceLocation(sequenceReference=chr22, end=23290555),
            models.SequenceLocation(sequenceReference=chr9, start=130713881),
        ],
        linker=models.LiteralSequenceExpression(sequence="ACT") if linker else None,
    )
    assert found["vrs"] == {"2.0": ga4gh_identify(theirs)}
    assert (found["syntax"], found["genes"]) == ("hgvs-g", [])


@pytest.mark.parametrize(
    "text",
    [
        "NC_000022.11:g.pter_99999999::NC_000009.12:g.130713882_qter",
        "NC_000022.99:g.pter_23290555::NC_000009.12:g.130713882_qter",
        "NC_000022.11:g.pter_(23290555_23290600)::NC_000009.12:g.130713882_qter",
    ],
)
def test_breakpoints_that_are_not_exact_or_not_known_give_no_adjacency(text):
    assert (said(text)["status"], said(text)["vrs"]) == ("ok", None)


@pytest.mark.parametrize(
    ("text", "form", "told"),
    [
        ("BCR-ABL1 e13a2", "BCR::ABL1", ["e13a2"]),
        ("BCR::ABL1 e14a2 (b3a2)", "BCR::ABL1", ["e14a2", "b3a2"]),
        ("e1a2 BCR-ABL", "BCR::ABL1", ["e1a2"]),
        ("BCR::ABL1 (p210)", "BCR::ABL1", ["p210"]),
        ("BCR-ABL1, p190", "BCR::ABL1", ["p190"]),
        ("BCR-ABL1 fusion transcript (e13a2)", "BCR::ABL1", ["e13a2"]),
        ("BCR(e13)::ABL1(a2)", "BCR::ABL1", ["(e13)", "(a2)"]),
        ("BCR exon 13 - ABL1 exon 2", "BCR::ABL1", ["exon 13", "exon 2"]),
        ("KMT2A exon 9::MLLT3 exon 6", "KMT2A::MLLT3", ["exon 9", "exon 6"]),
        ("PML-RARA (bcr3, S-form)", "PML::RARA", ["bcr3", "S-form"]),
        ("CBFB::MYH11 type A", "CBFB::MYH11", ["type A"]),
        ("BCR::ABL1", "BCR::ABL1", []),
    ],
)
def test_exons_and_transcripts_beside_the_genes_are_told_and_name_none(text, form, told):
    found = said(text)
    assert (found["hgnc_form"], found["forms"]) == (form, told)
    spans = [text[d["start"] : d["end"]] for d in found["diagnostics"] if d["code"] == "TRANSCRIPT-FORM"]
    assert spans == told


@pytest.mark.parametrize(
    "text", ["BCR-ABL1 e13", "BCR-ABL1 p53", "BCR-ABL1 T315I", "BCR-ABL1 negative", "BCR-ABL1 x13a2"]
)
def test_what_is_no_form_of_a_transcript_is_not_left_aside(text):
    assert said(text)["genes"] == []


@pytest.mark.parametrize("text", ["KMT2A fusion", "KMT2A translocation", "KMT2A-translocated", "KMT2A gene fusion"])
def test_one_gene_fused_with_nothing_stated_is_a_rearrangement(text):
    found = said(text)
    assert (found["status"], found["syntax"], symbols(text)) == ("ok", "rearrangement", ["KMT2A"])
    assert (found["partner_known"], found["hgnc_form"]) == (False, None)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("OTT-MAL", "RBM15::MRTFA"),
        ("CALM-AF10", "PICALM::MLLT10"),
        ("TEL/ARG", "ETV6::ABL2"),
        ("CBFbeta-MYH11", "CBFB::MYH11"),
    ],
)
def test_older_names_mean_what_they_mean_in_their_pair(text, form):
    assert (said(text)["status"], said(text)["hgnc_form"]) == ("repaired", form)


def test_short_names_of_pairs_are_approved_symbols_and_never_the_refused_names():
    refused = {"MLL2", "MLL4", "CBP", "SCL", "p16", "MSF", "ALL", "CML", "PHL"}
    for first, second, five_prime, three_prime in table("fusion_names.tsv"):
        assert {first, second}.isdisjoint(refused)
        assert [TERMS.gene(symbol).symbol for symbol in (five_prime, three_prime)] == [five_prime, three_prime]
        assert symbols(f"{first}/{second}") == [five_prime, three_prime]


@pytest.mark.parametrize(
    "piece", ["a", "-", " ", "::", "A::", "ish con ", "t(9;22)", "(", "NC_000022.11:g.[", "?(::)", "reg_a_"]
)
def test_long_texts_are_answered_at_once(piece):
    started = process_time()
    said(piece * (20_000 // len(piece)))
    assert process_time() - started < 2  # seconds: quadratic time would take minutes


# --- laws

SYMBOLS = st.sampled_from(
    ["BCR", "ABL1", "KMT2A", "AFF1", "IGH", "CRLF2", "P2RY8", "HLA-A", "NKX2-1", "ERVK3-1", "H3-3A"]
)


@settings(deadline=None)
@given(SYMBOLS, SYMBOLS)
def test_the_hgnc_form_reads_back_as_itself(first, second):
    found = said(f"{first}::{second}")
    assert (found["status"], found["hgnc_form"]) == ("ok", f"{first}::{second}")
    if found["vicc_form"]:
        again = said(found["vicc_form"])
        assert (again["vicc_form"], again["regulatory"]) == (found["vicc_form"], True)


@settings(deadline=None)
@given(SYMBOLS, SYMBOLS, st.sampled_from(["-", "/", "::", " / ", "–", ":"]))
def test_every_separator_names_the_same_genes_or_none(first, second, separator):
    assert symbols(f"{first}{separator}{second}") in ([first, second], [])


@settings(deadline=None)
@given(st.text(st.sampled_from("ABLCR1-/: ()?v@_.gre;con·αx\n"), max_size=30) | st.text(max_size=30))
def test_any_text_is_answered_and_diagnostics_lie_in_it(text):
    found = said(text)
    assert found["input"] == text
    assert found["status"] in {"ok", "repaired", "rejected", "not-fusion"}
    assert all(0 <= d["start"] <= d["end"] <= len(text) for d in found["diagnostics"])
    assert all(text[c["start"] : c["end"]].translate({8211: "-"}) == c["text"] for c in found["components"])
