"""What an ISCN string gives as findings: abnormalities, FISH results, array regions, and flags by rule set."""

import json

import pytest

from adapter.case import facts_of, read_case
from adapter.cli import main
from adapter.convert import write
from adapter.normalise import normalise
from adapter.terms import load

TERMS = load()


def case(iscn, diagnosis="AML", kind="karyotype", **fields):
    finding = {"kind": kind, "iscn": iscn, "specimen": "bm", **fields}
    stated = {"case_format": "1", "id": "p", "specimens": [{"id": "bm", "material": "bone marrow"}]}
    return stated | ({"diagnoses": [{"entity": diagnosis}]} if diagnosis else {}) | {"findings": [finding]}


def facts(iscn, diagnosis="AML", **fields):
    return list(facts_of(normalise(read_case(case(iscn, diagnosis, **fields)), TERMS), TERMS))


def genes(one):
    return [gene.text for gene in one.genes]


AMPLIFIED = [
    ("nuc ish(KMT2Ax6~18)[137/200]", "6~18", "137/200"),
    ("nuc ish(KMT2A amp)[137/200]", None, "137/200"),
    ("nuc ish(5'KMT2A,3'KMT2A)x6~18(5'KMT2A con 3'KMT2Ax6~18)[137/200]", "6~18", "137/200"),
    ("46,XX.ish hsr(11)(q23)(KMT2A amp)", None, None),
    ("46,XX,hsr(11)(q23.3)", None, None),
    ("arr[GRCh38] 11q23.3(118436490_118526832)amp", None, None),
]


@pytest.mark.parametrize(("iscn", "copies", "cells"), AMPLIFIED)
def test_every_form_of_kmt2a_amplification_is_one_finding_of_a_case(iscn, copies, cells):
    found = [one for one in facts(iscn, "B-ALL") if one.change == "amplification"]
    assert [genes(one) for one in found] == [["KMT2A"]] * len(found)
    assert found
    assert {one.copies.text if one.copies else None for one in found} == {copies}
    assert {one.cells.text if one.cells else None for one in found} == {cells}
    assert all(one.derived_from == "karyotype-1" and one.at("genes") == one.at("change") == "" for one in found)


@pytest.mark.parametrize(("iscn", "copies", "cells"), AMPLIFIED)
def test_every_form_of_kmt2a_amplification_is_one_on_the_command_line(iscn, copies, cells, capsys):
    assert main(["iscn", iscn]) == 0
    said = json.loads(capsys.readouterr().out)
    states = [s for s in said["summary"]["loci"] if s["state"] == "amplification"]
    assert {s["gene"] for s in states} == {"KMT2A"}
    if copies:
        assert {(s["copies"]["low"], s["copies"]["high"]) for s in states} == {(6, 18)}
    assert [pattern["percent"] for pattern in said["fish"]] == (["68.5"] if cells else [None] * len(said["fish"]))


def test_a_copy_number_that_is_only_a_string_has_what_the_string_says():
    (one,) = facts("nuc ish(KMT2Ax6~18)[137/200]", kind="copy-number")
    assert (genes(one), one.change, one.copies.text, one.cells.text) == (["KMT2A"], "amplification", "6~18", "137/200")
    assert [one.at(fact) for fact in ("genes", "change", "copies", "cells")] == [""] * 4


def test_what_a_copy_number_states_is_not_overwritten_by_its_string():
    (one,) = facts("nuc ish(KMT2Ax6~18)[137/200]", kind="copy-number", gene="RUNX1", copies=7)
    assert (genes(one), one.copies.text, one.cells) == (["RUNX1"], "7", None)
    (two,) = facts("nuc ish(KMT2Ax6~18)[137/200]", kind="copy-number", copies="8~11", cells="50 %", method="FISH")
    assert (genes(two), two.copies.text, two.cells.text) == (["KMT2A"], "8~11", "50 %")


def test_a_copy_number_of_the_gene_its_string_is_about_takes_copies_and_cells_from_it():
    (one,) = facts("nuc ish(KMT2Ax6~18)[137/200]", kind="copy-number", gene="MLL")
    assert (one.copies.text, one.change, one.cells.text) == ("6~18", "amplification", "137/200")
    assert [one.derived.get(name) for name in ("copies", "change", "cells", "genes")] == ["iscn"] * 3 + [None]
    (other,) = facts("nuc ish(KMT2Ax6~18)[137/200]", kind="copy-number", gene="RUNX1")
    assert (genes(other), other.copies, other.change, other.cells) == (["RUNX1"], None, "", None)


def test_a_string_that_contradicts_the_copy_number_says_nothing_of_it():
    for stated in ({"copies": 3}, {"change": "gain"}, {"copies": 3, "change": "gain"}):
        (one,) = facts("nuc ish(TP53x1)[120/200]", kind="copy-number", gene="TP53", **stated)
        assert (one.copies and one.copies.text, one.change) == (
            str(stated["copies"]) if "copies" in stated else None,
            stated.get("change", ""),
        )
        assert one.cells is None
    (same,) = facts("nuc ish(TP53x1)[120/200]", kind="copy-number", gene="TP53", change="deletion")
    assert (same.copies.text, same.change, same.cells.text) == ("1", "deletion", "120/200")


def test_a_copy_number_whose_string_is_a_normal_result_is_absent():
    for stated in ({}, {"gene": "TP53"}, {"gene": "TP53", "copies": 2}):
        (one,) = facts("nuc ish(TP53x2)[200]", kind="copy-number", **stated)
        assert (genes(one), one.result, one.copies.text) == (["TP53"], "absent", "2")
        assert one.derived["result"] == "iscn"
    for stated in ({"result": "present"}, {"copies": 3}, {"change": "loss"}, {"cells": "40 %"}, {"gene": "ATM"}):
        (one,) = facts("nuc ish(TP53x2)[200]", kind="copy-number", **stated)
        assert one.result == "present"


def test_a_string_of_several_results_says_nothing_of_one_copy_number():
    (one,) = facts("nuc ish(KMT2Ax6~18,RUNX1x3)[137/200]", kind="copy-number")
    assert (genes(one), one.copies) == ([], None)


def test_a_recurrent_rearrangement_carries_the_genes_of_the_table():
    (one,) = facts("46,XY,t(8;21)(q22;q22)[20]")[1:]
    assert (genes(one), one.structure, one.place.band) == (["RUNX1", "RUNX1T1"], "t", "8q22;21q22")
    assert "recurrent" in one.derived["genes"]


def test_an_abnormality_of_a_sideline_is_in_the_cells_of_its_own_clones():
    found = facts("47,XX,+8[10]/48,sl,+21[4]/46,sl,-8[2]/46,XX[4]")[1:]
    assert [(one.expressions[0].text, one.cells.text, one.details[0].value) for one in found] == [
        ("+8", "16/20", "1, 2, 3"),
        ("+21", "4/20", "2"),
        ("-8", "2/20", "3"),
    ]


@pytest.mark.parametrize(
    ("iscn", "said"),
    [
        ("47,XX,+8[20]", [("gain", "3")]),
        ("45,X,-Y[20]", [("loss", "0")]),
        ("47,XX,+X[20]", [("gain", "3")]),
        ("27<1n>,X,+X,+14,+18,+21[20]", [("", None), ("", "2"), ("", "2"), ("", "2")]),
        ("46,XX,-7,+mar[20]", [("loss", "1"), ("", None)]),
        ("48,XX,+8,+8[20]", [("gain", "4")]),
        ("47,XX,+8[10]/48,XX,+8,+8[10]", [("gain", None)]),
        ("46,XX,+1,der(1;16)(q10;p10)[20]", [("gain", None), ("", None)]),
    ],
)
def test_copies_of_whole_chromosomes(iscn, said):
    found = facts(iscn)[1:]
    assert [(one.change, one.copies.text if one.copies else None) for one in found] == said


@pytest.mark.parametrize(
    ("iscn", "said"),
    [
        ("48,XX,+8,+21c[10]/47,XX,+21c[10]", {"+8": ("gain", "3"), "+21c": ("gain", "3")}),
        ("48,XX,+21,+21c[20]", {"+21": ("gain", "4")}),
        ("46,XX,-21,+21c[5]/47,XX,+21c[5]", {"-21": ("", "2")}),
        ("47,XY,+i(21)(q10)c,+21[20]", {"+i(21)(q10)c": ("", None), "+21": ("gain", None)}),
        ("48,XX,+21,+?21c[20]", {"+21": ("gain", None)}),
        ("48,XXYc,+X[3]/47,XXYc[17]", {"+X": ("gain", "3")}),
    ],
)
def test_copies_count_what_the_person_was_born_with(iscn, said):
    found = {one.expressions[0].text: (one.change, one.copies and one.copies.text) for one in facts(iscn)[1:]}
    assert found | said == found


@pytest.mark.parametrize("iscn", ["46,XX,?del(5)(q31)[20]", "45,XX,-?21[20]", "46,XX,add(19)(p13) or add(19)(q13)[20]"])
def test_a_doubtful_abnormality_is_not_called_present(iscn):
    assert facts(iscn)[1].result == "indeterminate"


def test_normal_signals_are_a_negative_result_unless_they_are_the_normal_cells():
    found = facts("nuc ish(BCR,ABL1)x2[200]")[1:]
    assert [(genes(one), one.result, one.copies.text) for one in found] == [
        (["BCR"], "absent", "2"),
        (["ABL1"], "absent", "2"),
    ]
    assert [one.details[0].value for one in found] == [200, 200]
    (amplified,) = facts("nuc ish(KMT2Ax6~18)[137/200]/(KMT2Ax2)[63/200]")[1:]
    assert amplified.result == "present"


@pytest.mark.parametrize(
    ("iscn", "named", "structure"),
    [
        ("nuc ish(5'KMT2A sep 3'KMT2Ax1)[100/200]", ["KMT2A"], "sep"),
        ("nuc ish(ABL1,BCR)x3(ABL1 con BCRx2)[180/200]", ["ABL1", "BCR"], "con"),
    ],
)
def test_split_and_fused_signals_are_rearrangements_and_no_copies(iscn, named, structure):
    found = [one for one in facts(iscn)[1:] if one.structure]
    assert [(genes(one), one.structure, one.copies, one.methods) for one in found] == [
        (named, structure, None, ("interphase FISH",))
    ]


def test_a_probe_that_is_no_gene_is_a_probe():
    (one,) = facts("nuc ish 13q14(D13S319x1)[150/200]")[1:]
    assert (genes(one), one.details[0].name, one.details[0].value, one.place.band) == ([], "probe", "D13S319", "13q14")


@pytest.mark.parametrize(
    ("iscn", "said"),
    [
        (
            "arr[GRCh38] 13q14.2(48800000_49100000)x1[0.45]",
            ("loss", "1", "45 %", "13q14.2", 48_800_000, "GRCh38"),
        ),
        ("arr[GRCh38] 8q24.21(127000000_128000000)x3~4", ("gain", "3~4", None, "8q24.21", 127_000_000, "GRCh38")),
        ("arr[GRCh38] 9p21.3(21900000_22100000)x0", ("homozygous deletion", "0", None, "9p21.3", 21_900_000, "GRCh38")),
        ("arr[GRCh38] 17p13.3p13.1(150000_8000000)x2 hmz",
         ("copy-neutral LOH", "2", None, "17p13.3p13.1", 150_000, "GRCh38")),
        ("arr (8)x3", ("gain", "3", None, "", None, "")),
        ("arr[GRCh38] Xp22.33(100000_200000)x1", ("", "1", None, "Xp22.33", 100_000, "GRCh38")),
        ("arr[GRCh38] 8q24.21(127000000_128000000)x3[0.2~0.3]",
         ("gain", "3", "20-30 %", "8q24.21", 127_000_000, "GRCh38")),
    ],
)  # fmt: skip
def test_a_region_of_an_array_is_a_copy_number_with_its_coordinates(iscn, said):
    (one,) = facts(iscn)[1:]
    cells = one.cells.text if one.cells else None
    copies = one.copies.text if one.copies else None
    assert (one.change, copies, cells, one.place.band, one.place.start, one.place.assembly) == said


def test_a_normal_array_gives_no_finding():
    assert facts("arr (X,1-22)x2")[1:] == []
    assert facts("arr (1-22)x2,(X,Y)x1")[1:] == []


def test_a_sequenced_translocation_has_its_genes():
    (one,) = facts("sseq[GRCh38] t(9;22)(q34;q11.2)")[1:]
    assert (genes(one), one.structure, one.methods) == (["ABL1", "BCR"], "t", ("sequencing",))


@pytest.mark.parametrize(
    ("diagnosis", "iscn", "said"),
    [
        ("AML", "44,XX,-5,-7,add(17)(p13),-18,+mar[20]",
         {"eln2017": True, "eln2022": True, "mrc": True, "Breems 2008": True}),
        ("AML", "46,XX,t(8;21)(q22;q22)[20]", {"eln2017": False, "eln2022": False, "mrc": False, "Breems 2008": False}),
        ("B-ALL", "36,XX,-2,-3,-4,-7,-9,-13,-15,-16,-17,-20[20]",
         {"all5": False,
          "B-ALL ploidy classes, WHO 2022, by chromosome number": "low-hypodiploid"}),
        (None, "45,XX,-7[20]", {}),
    ],
)  # fmt: skip
def test_flags_are_those_of_the_rule_sets_of_the_diagnosis(diagnosis, iscn, said):
    parent = facts(iscn, diagnosis)[0]
    assert {flag.rule.partition(":")[0]: flag.value for flag in parent.flags} == said


def test_a_string_whose_count_contradicts_it_travels_verbatim_with_a_warning():
    read = normalise(read_case(case("46,XX,+8[20]")), TERMS)
    (only,) = facts_of(read, TERMS)
    assert (only.expressions[0].text, only.expressions[0].value) == ("46,XX,+8[20]", None)
    issues = read.findings[0].understood.issues
    assert [(issue.level, issue.category, issue.path) for issue in issues] == [("warning", "COUNT", "/iscn")]


def test_a_phenopacket_has_copies_of_whole_chromosomes_and_cells_of_the_sample():
    packet = write(read_case(case("47,XX,+8[12]/46,XX[8]")), "phenopacket", at="2026-01-01T00:00:00Z").document
    called = packet["interpretations"][0]["diagnosis"]["genomicInterpretations"][1]
    variation = called["variantInterpretation"]["variationDescriptor"]["variation"]
    assert variation["copyNumber"]["number"] == {"value": "3"}
    location = variation["copyNumber"]["derivedSequenceExpression"]["location"]
    assert location["sequenceInterval"]["endNumber"] == {"value": "145138636"}
    (measured,) = packet["biosamples"][0]["measurements"]
    assert measured["value"]["quantity"]["value"] == 60


@pytest.mark.parametrize(("iscn", "told"), [("//46,XY[20]", False), ("46,XX[3]//46,XY[17]", True), ("46,XX[20]", True)])
def test_a_donors_karyotype_says_nothing_of_the_patients(iscn, told):
    (only,) = facts(iscn)
    assert (bool(only.flags), "normal" in only.derived) == (told, told)


@pytest.mark.parametrize(
    "iscn", ["nuc ish(ETV6,RUNX1)x2(ETV6 con RUNX1x0)[200]", "nuc ish(KMT2Ax2)(5'KMT2A sep 3'KMT2Ax0)[200]"]
)
def test_no_fused_and_no_split_signal_is_a_negative_result(iscn):
    found = [one for one in facts(iscn) if one.derived_from]
    assert found
    assert {one.result for one in found} == {"absent"}


def test_a_probe_called_after_a_chromosome_or_a_segment_is_no_gene_and_a_sex_chromosome_no_loss():
    assert [one for one in facts("nuc ish(X,Y)x1[200]") if one.derived_from] == []
    [lost] = [one for one in facts("nuc ish(D7Z1x2,D7S486x1)[120/200]") if one.derived_from]
    assert (genes(lost), lost.change) == ([], "loss")


def test_signals_of_the_donor_are_no_findings():
    [own] = [one for one in facts("nuc ish(TP53x1)[4/500]//(TP53x3)[496/500]") if one.derived_from]
    assert (genes(own), own.change, own.cells.text) == (["TP53"], "loss", "4/500")


def test_an_open_number_of_signals_is_a_lower_bound_in_both_outputs():
    [one] = [one for one in facts("nuc ish(KMT2Ax>10)[137/200]", "B-ALL") if one.derived_from]
    assert (one.copies.low, one.copies.high, one.change) == (11, None, "amplification")


def test_two_readings_of_one_deletion_are_a_deletion_of_the_chromosome_without_bands():
    [lost] = [one for one in facts("46,XX,del(5)(q13-q33)[20]") if one.derived_from]
    assert (lost.change, lost.result, lost.place.chromosome, lost.place.band) == ("deletion", "present", "5", "")
