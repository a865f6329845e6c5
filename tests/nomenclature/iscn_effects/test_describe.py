"""The published JSON of an ISCN text."""

import csv
import json
from pathlib import Path

import pytest

from adapter.nomenclature.iscn import describe, parse
from adapter.terms import load

CORPUS = Path(__file__).parents[2] / "data" / "iscn" / "karyotypes.tsv"

PUBLISHED = json.loads("""
{"input": "46,XX,t(9;22)(q34;q11.2)[10]/46,XX[10]",
 "status": "ok",
 "canonical": "46,XX,t(9;22)(q34;q11.2)[10]/46,XX[10]",
 "diagnostics": [],
 "unclassified": [],
 "segments": [{"kind": "karyotype", "start": 0, "end": 38}],
 "clones": [{"index": 1, "start": 0, "end": 28, "relation": null, "population": null,
   "count": {"low": 46, "high": 46}, "counted": {"low": 46, "high": 46}, "ploidy": 2, "sex": "XX", "normal": false,
   "cells": {"n": 10, "composite": false},
   "abnormalities": [{"text": "t(9;22)(q34;q11.2)", "start": 6, "end": 24, "kind": "t", "sign": null,
       "multiplier": {"low": 1, "high": 1}, "chromosomes": ["9", "22"], "breakpoints": ["9q34", "22q11.2"],
       "constitutional": false, "certain": true}],
   "net": [], "junctions": [["9q34", "22q11.2"], ["22q11.2", "9q34"]], "amplified": []},
  {"index": 2, "start": 29, "end": 38, "relation": null, "population": null,
   "count": {"low": 46, "high": 46}, "counted": {"low": 46, "high": 46}, "ploidy": 2, "sex": "XX", "normal": true,
   "cells": {"n": 10, "composite": false}, "abnormalities": [], "net": [], "junctions": [], "amplified": []}],
 "fish": [], "arrays": [],
 "summary": {"abnormalities": 1, "complex": {"eln2022": false}, "monosomal": false, "ploidy_class": null,
   "genes": ["ABL1", "BCR"]}}
""")


def said(text, **options):
    return describe(parse(text), **options)


def holds(found, published):
    """Whether the published value stands in the found one, with its keys in the published order."""
    if isinstance(published, dict):
        order = [key for key in found if key in published]
        return order == list(published) and all(holds(found[key], value) for key, value in published.items())
    if isinstance(published, list):
        return len(found) == len(published) and all(map(holds, found, published))
    return found == published


def test_the_published_example_is_met():
    assert holds(said(PUBLISHED["input"]), PUBLISHED)


def test_terminals_are_listed_on_demand():
    found = said("46,XX,+8[10]", tokens=True)["tokens"]
    assert all(len(token) == 3 and 0 <= token[0] < token[1] <= 12 for token in found)
    assert "tokens" not in said("46,XX,+8[10]")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("46,XX,inv(9)(p12q13)c", {"constitutional": True, "certain": True}),
        ("46,XX,del(1)(q2?)", {"certain": False}),
        ("46,XX,?del(1)(q21)", {"certain": False}),
        ("45,XX,-?21", {"certain": False, "sign": "-"}),
        ("47,XX,+8", {"kind": "chromosome", "sign": "+", "chromosomes": ["8"], "breakpoints": []}),
        ("47~50,XX,+1~4mar", {"multiplier": {"low": 1, "high": 4}}),
        (
            "46,XX,der(1)t(1;3)(p32;q21)",
            {
                "breakpoints": ["1p32", "3q21"],
                "parts": [{"kind": "t", "chromosomes": ["1", "3"], "breakpoints": ["1p32", "3q21"]}],
            },
        ),
    ],
)
def test_an_abnormality_says(text, part):
    [item] = said(text)["clones"][0]["abnormalities"]
    assert {key: item[key] for key in part} == part


@pytest.mark.parametrize(
    ("text", "sex", "normal"),
    [
        ("46,XX", "XX", True),
        ("46,XY[20]", "XY", True),
        ("45,X", "X", False),
        ("46,X?", "X?", False),
        ("46,U", "U", False),
        ("48,XXYc,+X", "XXYc", False),
        ("92,XXYY", "XXYY", False),
    ],
)
def test_sex_and_normality(text, sex, normal):
    [clone] = said(text)["clones"]
    assert (clone["sex"], clone["normal"]) == (sex, normal)


def test_a_sideline_names_its_stem_and_lists_everything_it_carries():
    clone = said("46,XX,del(1)(q21)[4]/47,sl,-del(1)(q21),+mar,+8[3]")["clones"][1]
    assert clone["relation"] == {"kind": "sl", "number": None, "clone": 1, "multiplier": 1}
    assert clone["expanded"] == ["-1", "+mar", "+8"]
    assert clone["sex"] is None


KMT2A_AMPLIFIED = [
    "nuc ish(KMT2Ax6~18)[137/200]",
    "nuc ish(KMT2A amp)[137/200]",
    "nuc ish(5'KMT2A,3'KMT2A)x6~18(5'KMT2A con 3'KMT2Ax6~18)[137/200]",
    "46,XX.ish hsr(11)(q23)(KMT2A amp)",
    "46,XX,hsr(11)(q23.3)",
    "arr[GRCh38] 11q23.3(118436490_118526832)amp",
]


@pytest.mark.parametrize("text", KMT2A_AMPLIFIED)
def test_every_form_of_kmt2a_amplification_is_one(text):
    summary = said(text)["summary"]
    assert [(s["gene"], s["state"]) for s in summary["loci"]] == [("KMT2A", "amplification")]
    assert summary["genes"] == ["KMT2A"]


@pytest.mark.parametrize("text", [KMT2A_AMPLIFIED[0], KMT2A_AMPLIFIED[2]])
def test_copies_and_share_of_nuclei_are_given(text):
    found = said(text)
    [pattern] = found["fish"]
    assert pattern["probes"] == ["KMT2A"]
    assert pattern["signals"]["KMT2A"] == {"low": 6, "high": 18}
    assert pattern["cells"] == {"positive": 137, "scored": 200}
    assert pattern["percent"] == "68.5"
    assert found["summary"]["loci"][0]["copies"] == {"low": 6, "high": 18}


@pytest.mark.parametrize(
    ("text", "junctions"),
    [
        ("46,XX,der(1)del(1)(p36)dup(1)(q21q32)", [["1q32", "1q21"]]),
        ("46,XX,der(1)ins(1;?)(p36;?)", []),
        ("46,XX,ider(21)(q10)dup(21)(q21q22)", [["21q22", "21q21"], ["21q10", "21q10"]]),
        ("46,XX,i(17)(q10)", [["17q10", "17q10"]]),
    ],
)
def test_a_chromosome_that_goes_on_is_no_junction(text, junctions):
    assert said(text)["clones"][0]["junctions"] == junctions


def test_every_place_of_a_stained_region_is_amplified():
    [clone] = said("46,XX,hsr(1)(p22q21)")["clones"]
    assert [place["band"] for place in clone["amplified"]] == ["p22", "q21"]


def test_an_amplification_that_cannot_be_counted_has_no_number():
    [pattern] = said(KMT2A_AMPLIFIED[1])["fish"]
    assert (pattern["signals"], pattern["amplified"], pattern["percent"]) == ({}, ["KMT2A"], "68.5")
    [clone] = said(KMT2A_AMPLIFIED[4])["clones"]
    assert holds(clone["amplified"], [{"chromosome": "11", "band": "q23.3", "genes": ["KMT2A"]}])
    assert clone["net"] == []


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("nuc ish(KMT2Ax2)[200]", [("KMT2A", "normal")]),
        ("nuc ish(KMT2Ax1)[20/200]", [("KMT2A", "loss")]),
        ("nuc ish(KMT2Ax3)[20/200]", [("KMT2A", "gain")]),
        ("nuc ish(KMT2Ax2~4)[20/200]", [("KMT2A", "uncertain")]),
        # the same number of chromosome 11 centromeres: no amplification
        ("nuc ish(D11Z1,KMT2A)x3[20/200]", [("KMT2A", "whole-chromosome-gain")]),
        ("nuc ish(D11Z1x2,KMT2Ax8)[20/200]", [("KMT2A", "amplification")]),
        ("47,XX,+11[20]", [("KMT2A", "whole-chromosome-gain")]),
        ("nuc ish(KMT2Ax2)(5'KMT2A sep 3'KMT2Ax1)[120/200]", [("KMT2A", "rearrangement")]),
        ("46,XX,t(4;11)(q21;q23)[20]", [("AFF1", "rearrangement"), ("KMT2A", "rearrangement")]),
        (
            "ogm[GRCh38] t(4;11)(q21.3;q23.3)(87071412;118483524)",
            [("AFF1", "rearrangement"), ("KMT2A", "rearrangement")],
        ),
        ("nuc ish(ABL1,BCR)x3(ABL1 con BCRx2)[180/200]", [("ABL1::BCR", "fusion")]),
        ("nuc ish 11q23(MLLx2)", [("KMT2A", "normal")]),
        ("nuc ish(D13S319x1)[80/200]", [("D13S319", "loss")]),
        # called after a chromosome or an anonymous segment: no gene, although genes have such other names
        ("nuc ish(X,Y)x1[200]", []),
        ("nuc ish(D7Z1x2,D7S486x1)[120/200]", [("D7S486", "loss")]),
        # the number 0 says that no fusion and no split was seen
        (
            "nuc ish(ETV6,RUNX1)x2(ETV6 con RUNX1x0)[200]",
            [("ETV6::RUNX1", "not-fused"), ("ETV6", "normal"), ("RUNX1", "normal")],
        ),
        (
            "nuc ish(KMT2Ax2)(5'KMT2A sep 3'KMT2Ax0)[200]",
            [("KMT2A", "not-rearranged"), ("KMT2A", "normal")],
        ),
        # one result over commas, as in the older form: the signals of a fused probe are no copies
        ("nuc ish 12p13(TELx1),21q22(AML1x3)(TEL con AML1x1)[150/200]", [("ETV6::RUNX1", "fusion")]),
        ("nuc ish(ABL1x3),(BCRx3),(ABL1 con BCRx2)[90/100]", [("ABL1::BCR", "fusion")]),
        ("nuc ish(BCRx3)[9/100],(ABL1 con BCRx2)[90/100]", [("BCR", "gain"), ("ABL1::BCR", "fusion")]),
        # genes of one band are seen together in any cell
        (
            "nuc ish(FIP1L1,CHIC2,PDGFRA)x2(FIP1L1 con CHIC2 con PDGFRAx2)[200]",
            [("FIP1L1", "normal"), ("CHIC2", "normal"), ("PDGFRA", "normal")],
        ),
        # a half is lost or moved, which the numbers do not tell
        ("nuc ish(5'KMT2Ax2,3'KMT2Ax1)(5'KMT2A con 3'KMT2Ax1)[80/200]", [("KMT2A", "uncertain")]),
        ("nuc ish(5'CRLF2x1,3'CRLF2x2)[110/200]", [("CRLF2", "uncertain")]),
        ("nuc ish(5'KMT2Ax2,3'KMT2Ax1)(5'KMT2A sep 3'KMT2Ax1)[80/200]", [("KMT2A", "rearrangement")]),
        # of the donor nothing is said
        ("nuc ish(TP53x1)[4/500]//(TP53x3)[496/500]", [("TP53", "loss")]),
    ],
)
def test_states_of_loci(text, states):
    assert [(s["gene"], s["state"]) for s in said(text)["summary"]["loci"]] == states


def test_signals_on_several_chromosomes_are_told_chromosome_by_chromosome():
    [pattern] = said("ish t(9;22)(ABL1-;BCR+,ABL1+)")["fish"]
    assert pattern["places"] == [["ABL1-"], ["BCR+", "ABL1+"]]
    [one] = said("ish del(11)(q23q23)(KMT2A-)")["fish"]
    assert "places" not in one


@pytest.mark.parametrize(
    ("text", "warned"), [("nuc ish(KMT2AX6)[137/200]", True), ("nuc ish(RUNX1,SOX11)x2[9]", False)]
)
def test_a_name_that_ends_like_a_number_of_signals_is_told(text, warned):
    assert ("FISH-N" in {d["code"] for d in said(text)["diagnostics"]}) is warned


def test_a_former_symbol_keeps_what_was_written():
    [pattern] = said("nuc ish 11q23(MLLx2)", terms=load())["fish"]
    assert (pattern["probes"], pattern["written"], pattern["locus"]) == (["KMT2A"], {"KMT2A": "MLL"}, ["11q23"])


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("nuc ish(RUNX1x5~15)[180/200]", False),
        ("46,XX,add(21)(q22)[10].nuc ish(RUNX1x5~15)[180/200]", True),
        ("arr[GRCh38] 21q11.2q22.3(15000000_46000000)cth", True),
        ("50,XX,+4,+21,+21,+21[10].nuc ish(RUNX1x5)[180/200]", None),
        ("nuc ish(RUNX1x4)[180/200]", None),
    ],
)
def test_iamp21(text, sure):
    found = said(text)["summary"]["iamp21"]
    assert (found and found["sure"]) == sure


def test_patterns_and_their_shares():
    patterns = said("nuc ish(CDKN2Ax0,D9Z1x2)[111/200]/(CDKN2Ax1,D9Z1x2)[44/200]")["fish"]
    assert [p["signals"]["CDKN2A"]["low"] for p in patterns] == [0, 1]
    assert [p["percent"] for p in patterns] == ["55.5", "22"]
    [pattern] = said("nuc ish(ABL1,BCR)x3(ABL1 con BCRx2)[180/200]")["fish"]
    assert pattern["fused"] == [{"probes": ["ABL1", "BCR"], "copies": {"low": 2, "high": 2}}]
    [pattern] = said("nuc ish(ETV6x1,ETV6 dimx1,RUNX1x2)[112/200]")["fish"]
    assert pattern["states"] == {"ETV6": "diminished"}


@pytest.mark.parametrize(
    ("text", "regions"),
    [
        (
            "arr[GRCh38] 13q14.2(48800000_49100000)x1[0.45]",
            [{"build": "GRCh38", "chromosome": "13", "band": "q14.2", "start": 48800000, "end": 49100000,
              "copies": {"low": 1, "high": 1}, "amplified": False, "mosaic": "0.45", "neutral_loh": False}],
        ),
        (
            "arr[GRCh38] (5,8)x3,7q22.1q36.3(98000000_159345973)x1",
            [{"chromosome": "5", "copies": {"low": 3, "high": 3}}, {"chromosome": "8", "copies": {"low": 3, "high": 3}},
             {"chromosome": "7", "band": "q22.1q36.3", "copies": {"low": 1, "high": 1}}],
        ),
        (
            "arr[GRCh38] 9p24.3p13.1(204738_38741440)x2 hmz[0.6]",
            [{"chromosome": "9", "mosaic": "0.6", "neutral_loh": True}],
        ),
        ("arr[GRCh38] 11q23.3(118436490_118526832)amp", [{"copies": None, "amplified": True}]),
    ],
)  # fmt: skip
def test_array_regions(text, regions):
    found = said(text)["arrays"]
    assert len(found) == len(regions)
    assert all(holds(one, region) for one, region in zip(found, regions, strict=True))


def test_a_diagnosis_chooses_the_rule_sets():
    assert list(said("44,XX,-5,-7[20]", diagnosis="mds")["summary"]["complex"]) == ["ipssr"]


def test_text_that_is_no_nomenclature_has_nothing():
    found = said("no metaphases")
    assert (found["status"], found["canonical"], found["clones"]) == ("not-iscn", None, [])


def test_what_is_not_read_in_full_has_no_canonical_text():
    found = describe(parse("46,XX,foo(9;22)(q34;q11.2)[20]"))
    assert (found["status"], found["canonical"], len(found["clones"])) == ("partial", None, 1)
    assert found["summary"]["abnormalities"] == 0


def corpus():
    with CORPUS.open(encoding="utf-8") as lines:
        return [row["text"] for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]


def test_every_corpus_text_is_described_as_json_with_sound_bounds():
    for text in corpus()[::3]:
        found = said(text)
        json.dumps(found)
        for clone in found["clones"]:
            assert clone["counted"]["low"] <= clone["counted"]["high"]
            assert all(run["low"] <= run["high"] and (run["low"], run["high"]) != (0, 0) for run in clone["net"]), text
