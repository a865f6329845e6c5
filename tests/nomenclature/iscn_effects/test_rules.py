"""Counts and classes under named rules."""

import csv
from pathlib import Path

import pytest

from adapter.nomenclature.iscn import parse
from adapter.nomenclature.iscn.render import abnormality_text
from adapter.nomenclature.iscn.rules import assess, rule_sets, rules_for

RISK = Path(__file__).parents[2] / "data" / "iscn_effects" / "karyotype-risk.tsv"


def complex_under(text):
    return {v.rule for v in assess(parse(text)).verdicts if v.complex}


def counted(text):
    return [abnormality_text(one.item) for one in assess(parse(text)).counted]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("46,XX[20]", []),
        ("46,XX,t(9;22)(q34;q11.2)[10]/46,XX[10]", ["t(9;22)(q34;q11.2)"]),
        # the same item in several clones counts once
        ("46,XX,del(5)(q13q33)[5]/47,sl,+8[5]", ["del(5)(q13q33)", "+8"]),
        ("46,XX,del(5)(q13q33)[5]/47,XX,del(5)(q13q33),+8[5]", ["del(5)(q13q33)", "+8"]),
        # constitutional items, variants and the donor's cells do not count
        ("48,XX,+8,+21c[20]", ["+8"]),
        ("46,XX,inv(9)(p12q13)c,9qh+[20]", []),
        ("46,XX,del(7)(q22)[3]//46,XY[17]", ["del(7)(q22)"]),
        # a gain needs two cells, a loss three
        ("47,XX,+8[1]/46,XX[19]", []),
        ("47,XX,+8[2]/46,XX[18]", ["+8"]),
        ("45,XX,-7[2]/46,XX[18]", []),
        ("45,XX,-7[3]/46,XX[17]", ["-7"]),
        ("45,XX,-7", ["-7"]),
        # a derivative that only shows a counted translocation again
        ("47,XX,t(9;22)(q34;q11.2),+der(22)t(9;22)[20]", ["t(9;22)(q34;q11.2)"]),
        # markers and double minutes are one each
        ("49,XX,+8,+mar1,+mar2,3~12dmin[20]", ["+8", "+mar1", "+mar2", "3~12dmin"]),
        # a derivative that a sideline takes away is not the sideline's
        ("46,XX,del(1)(q21)[4]/46,sl,-del(1)(q21),+mar[3]", ["del(1)(q21)", "+mar"]),
        # doubling of the whole stemline adds nothing
        ("47,XY,+13[5]/94,idemx2[3]", ["+13"]),
    ],
)
def test_counted_items(text, expected):
    assert counted(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("47,XX,del(5)(q13q33),+8[20]", set()),
        ("45,XX,del(5)(q13q33),-7,+8,-12[20]", {"eln2017", "eln2022", "mrc", "ipssr", "cll"}),
        ("46,XX,del(5)(q13q33),-7,+8[20]", {"eln2017", "eln2022", "ipssr", "cll"}),
        # three trisomies and nothing else: left out by ELN 2022 only
        ("49,XX,+8,+11,+13[20]", {"eln2017", "ipssr", "cll"}),
        # class-defining rearrangements
        ("47,XX,t(8;21)(q22;q22),del(9)(q22),+4[20]", {"ipssr", "cll"}),
        ("47,XX,t(9;11)(p21.3;q23.3),del(12)(p12),+8[20]", {"ipssr", "cll"}),
        # UK MRC counts an unbalanced translocation as two
        ("46,XX,der(1)t(1;3)(p32;q21),del(5)(q13q33),add(12)(p13)[20]", {"eln2017", "eln2022", "mrc", "ipssr", "cll"}),
        # five in ALL
        (
            "46,XX,del(1)(p32),del(5)(q13),add(9)(p22),-7,+21[20]",
            {"eln2017", "eln2022", "mrc", "ipssr", "cll", "all5"},
        ),
        ("46,XX,del(1)(p32),t(9;22)(q34;q11.2),add(9)(p22),-7,+21[20]", {"mrc", "ipssr", "cll"}),
        # a chromosome gained twice: two in IPSS-R, one elsewhere
        ("48,XX,+8,+8,del(20)(q11)[20]", {"ipssr"}),
    ],
)
def test_complex_karyotype_under_each_rule_set(text, expected):
    assert complex_under(text) == expected


@pytest.mark.parametrize(
    ("diagnosis", "names"),
    [
        ("aml", ["eln2017", "eln2022", "mrc"]),
        ("mds", ["ipssr"]),
        ("cll", ["cll"]),
        ("b-all", ["all5"]),
        ("b-all-bcr-abl1-like", ["all5"]),
        ("t-all", ["all5"]),
        ("cml", []),
    ],
)
def test_rule_sets_are_chosen_by_the_diagnosis(diagnosis, names):
    assert [rule.name for rule in rules_for(diagnosis)] == names
    verdicts = assess(parse("46,XX[20]"), diagnosis).verdicts
    assert [verdict.rule for verdict in verdicts] == names


def test_every_rule_set_names_its_source():
    assert all(rule.source for rule in rule_sets().values())


def test_highly_complex_is_told_apart():
    text = "46,XX,del(5)(q13q33),-7,+8,del(20)(q11),add(3)(q21)[20]"
    high = {v.rule for v in assess(parse(text)).verdicts if v.high}
    assert high == {"ipssr", "cll"}


def test_the_rearrangement_that_exempts_is_named():
    verdicts = {v.rule: v.exempt_by for v in assess(parse("46,XX,inv(16)(p13.1q22),+22,+8,+9[20]")).verdicts}
    assert verdicts["eln2022"] == "CBFB::MYH11"
    assert verdicts["cll"] is None


@pytest.mark.parametrize(
    ("text", "present", "disputed"),
    [
        ("45,XX,-7[20]", False, False),
        ("44,XX,-5,-7[20]", True, False),
        ("45,XX,-7,del(5)(q13q33)[20]", True, False),
        ("45,X,-Y,del(5)(q13q33)[20]", False, False),
        ("45,XY,-7,t(8;21)(q22;q22)[20]", False, False),
        ("45,XX,-7,inv(16)(p13.1q22)[20]", False, False),
        ("46,XX,-7,+mar[20]", False, True),
        ("45,XX,-7,der(12)t(7;12)(q22;p13)[20]", True, True),
        ("45,XX,-7[10]/46,XX,del(5)(q13q33)[10]", False, False),
        ("46,XX,-7,+8[20]", False, False),
        ("92,XXXX,-7,del(5)(q13)[20]", False, False),
    ],
)
def test_monosomal_karyotype(text, present, disputed):
    found = assess(parse(text)).monosomal
    assert (found.present, found.disputed) == (present, disputed)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("46,XX[20]", None),
        ("47,XX,+8[20]", None),
        ("27<1n>,X,+X,+14,+18,+21[12]", "near-haploid"),
        ("36,XX,-3,-4,-5,-7,-9,-13,-15,-16,-17,-20[12]", "low-hypodiploid"),
        ("42,XX,-3,-7,-13,-17[12]", "high-hypodiploid"),
        ("55,XX,+X,+4,+6,+8,+10,+14,+17,+18,+21[15]", "high-hyperdiploid"),
        # the number and the sex chromosomes state the sets, without any item
        ("69,XXX[10]", "near-triploid"),
        ("92,XXYY[4]/46,XY[16]", "near-tetraploid"),
        ("69,XXX[1]/46,XX[19]", None),
        ("mos 69,XXX[10]/46,XX[20]", None),
        ("69,XXXc[20]", None),
        ("46,XX[3]//92,XXYY[17]", None),
        ("69,XX[10]", None),
        ("70,XXX,+1[10]", "near-triploid"),
        ("92,XXXX,del(5)(q13)[10]", "near-tetraploid"),
        # doubled near-haploid: every autosome twice or four times
        ("54,XX,+14,+14,+18,+18,+21,+21,+8,+8[15]", "masked-near-haploid"),
        ("54,XX,+4,+6,+8,+10,+14,+17,+18,+21[15]", "high-hyperdiploid"),
        ("72<4n>,XX,-X,-X,-2,-2,-3,-3,-4,-4,-7,-7,-9,-9,-13,-13,-15,-15,-17,-17[9]", "masked-low-hypodiploid"),
        # the undoubled clone decides
        ("27,X,+X,+14,+18,+21[5]/54,slx2[9]", "near-haploid"),
        # numbers of two classes say nothing
        ("43~52,XX,+8[cp5]", None),
    ],
)
def test_ploidy_class(text, expected):
    assert assess(parse(text)).ploidy == expected


def cohort():
    with RISK.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def test_cohort_classes_agree():
    """80 karyotypes of TCGA LAML with the authors' class: complex there is complex here, and nothing else is.

    Two of the authors' complex karyotypes have a class-defining 11q23 rearrangement, or cannot be read in full.
    """
    missed, extra = [], []
    for row in cohort():
        document = parse(row["text"])
        stated = row["tcga_class_risk"].startswith("Complex")
        found = {v.rule: v for v in assess(document, "aml").verdicts}["eln2017"]
        if stated and not found.complex:
            missed.append((row["text"], found.exempt_by, document.status))
        if found.complex and not stated:
            extra.append(row["text"])
    assert extra == []
    assert all(exempt == "KMT2A" or status != "ok" for _, exempt, status in missed)
    assert len(missed) <= 2


def test_cohort_fusions_agree():
    expected = {"RUNX1-RUNX1T1": "RUNX1::RUNX1T1", "PML-RARA": "PML::RARA", "BCR-ABL1": "BCR::ABL1"}
    missed = [
        row["text"]
        for row in cohort()
        for name, key in expected.items()
        if row["tcga_class_risk"].startswith(name) and key not in assess(parse(row["text"])).recurrent
    ]
    assert missed == ["46,XX,t(8;21)[15]/46,idem,del(9)(q12q22)[5]"]  # states no bands


@pytest.mark.parametrize(
    "text",
    [
        "56,XX,+X,+4,+6,+8,+10,+14,+17,+18,+21,+21[10]",
        "35,XX,-2,-3,-4,-5,-7,-9,-12,-13,-15,-16,-17[10]",
        "54<2n>,XX,+X,+X,+14,+14,+18,+18,+21,+21[10]",
    ],
)
def test_a_ploidy_class_is_no_complex_karyotype_of_all(text):
    (verdict,) = assess(parse(text), "b-all").verdicts
    assert (verdict.complex, verdict.number >= 4) == (False, True)
    assert verdict.exempt_by == assess(parse(text)).ploidy
