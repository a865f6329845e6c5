"""Rules and facts of the finding kinds: copies that fit their change, tested and not found, what each kind says."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from adapter.case import facts_of, read_case
from adapter.case.findings.locus import locus
from adapter.case.rules import case_issues
from adapter.errors import CaseError
from adapter.formats.document import read_json
from adapter.normalise import normalise
from adapter.terms import load

SAMPLES = Path(__file__).parents[2] / "samples"
TERMS = load()


def case(*findings, **more):
    return read_case({"case_format": "1", "id": "x", "findings": list(findings)} | more)


def facts(finding, **more):
    return list(facts_of(normalise(case(finding, **more), TERMS), TERMS))


def refused(finding, sex=None):
    """Codes of what is wrong with a finding of a person of that sex."""
    more = {"subject": {"sex": sex}} if sex else {}
    try:
        case(finding, **more)
    except CaseError as error:
        return [fault.pointer.removeprefix("/findings/0") + " " + fault.code for fault in error.faults]
    return []


def warnings(*findings, **more):
    return [
        (i.path, i.category)
        for i in case_issues(normalise(case(*findings, **more), TERMS), TERMS)
        if i.level == "warning"
    ]


COPIES = ["/copies copies"]


@pytest.mark.parametrize(
    ("change", "copies", "where", "sex", "wrong"),
    [
        ("amplification", "6~18", "KMT2A", "male", []),
        ("amplification", "amp", "KMT2A", None, []),
        ("amplification", 2, "KMT2A", "male", COPIES),
        ("gain", "1~2", "KMT2A", None, COPIES),
        ("gain", "2~3", "KMT2A", None, []),
        ("gain", "<=2", "17p", None, COPIES),
        ("gain", ">=3", "8", None, []),
        ("loss", 1, "CDKN2A", "male", []),
        ("loss", 2, "CDKN2A", None, COPIES),
        ("loss", ">=2", "CDKN2A", None, COPIES),
        ("loss", "amp", "CDKN2A", None, COPIES),
        ("deletion", "1~2", "CDKN2A", None, []),
        ("deletion", "<2", "CDKN2A", None, []),
        ("homozygous deletion", 0, "CDKN2A", None, []),
        ("homozygous deletion", "<1", "CDKN2A", None, []),
        ("homozygous deletion", 1, "CDKN2A", None, COPIES),
        ("homozygous deletion", ">0", "CDKN2A", None, COPIES),
        ("homozygous deletion", "0~1", "CDKN2A", None, []),
        ("normal", 2, "KMT2A", None, []),
        ("normal", 3, "KMT2A", None, COPIES),
        ("copy-neutral LOH", 2, "17p", None, []),
        # X and Y: the baseline follows the stated sex
        ("gain", 2, "Xp11.4", "male", []),
        ("gain", 2, "Xp11.4", "female", COPIES),
        ("gain", 2, "Xp11.4", None, []),
        ("gain", 1, "Xp11.4", None, COPIES),
        ("loss", 1, "Xp11.4", "female", []),
        ("loss", 1, "Xp11.4", "male", COPIES),
        ("loss", 1, "Xp11.4", None, []),
        ("normal", 1, "chrX", "male", []),
        ("normal", 1, "chrX", "female", COPIES),
        ("loss", 0, "Y", "male", []),
        ("gain", 1, "Y", "female", []),
        ("gain", 1, "Y", None, []),
        ("gain", 2, "BCOR", "male", []),
        ("gain", 2, "BCOR", "female", COPIES),
        # in the pseudoautosomal region of X and Y two copies are normal in both
        ("gain", 2, "CRLF2", "male", COPIES),
        ("gain", 3, "CRLF2", "male", []),
        ("gain", 2, "no such gene", None, COPIES),
    ],
)
def test_copies_fit_their_change(change, copies, where, sex, wrong):
    field = "gene" if (where.isupper() and len(where) > 2) or " " in where else "region"
    assert refused({"kind": "copy-number", field: where, "change": change, "copies": copies}, sex) == wrong


@pytest.mark.parametrize(
    ("stated", "wrong"),
    [
        ({"cells": "0/200"}, []),
        ({"cells": "<1 %"}, []),
        ({"cells": "1.5 %", "cutoff": "3 %"}, []),
        ({"cells": "1.5 %", "cutoff": ">3 %"}, []),
        ({"cells": "3.5 %", "cutoff": "3 %"}, ["/cells absent"]),
        ({"cells": "1/200"}, ["/cells absent"]),
        ({"copies": 2}, []),
        ({"copies": "1~3"}, []),
        ({"copies": 3}, ["/copies absent"]),
        ({"copies": "amp"}, ["/copies absent"]),
        ({"copies": "<2"}, ["/copies absent"]),
        ({"copies": ">2"}, ["/copies absent"]),
        ({"copies": "<=2"}, []),
    ],
)
def test_tested_and_not_found_allows_what_is_normal(stated, wrong):
    assert refused({"kind": "copy-number", "gene": "KMT2A", "result": "absent"} | stated) == wrong


@pytest.mark.parametrize(
    ("stated", "wrong"),
    [
        ({"vaf": "0 %"}, []),
        ({"vaf": "<1 %"}, []),
        ({"vaf": "0.4 %", "cutoff": "1 %"}, []),
        ({"vaf": "0.4 %"}, ["/vaf absent"]),
    ],
)
def test_an_allele_fraction_contradicts_absence(stated, wrong):
    assert refused({"kind": "sequence-variant", "gene": "TP53", "result": "absent"} | stated) == wrong


@pytest.mark.parametrize("kind", ["karyotype", "copy-number", "sequence-variant", "rearrangement", "normal"])
def test_a_finding_says_something(kind):
    assert refused({"kind": kind}) == [" missing"]
    assert refused({"kind": kind, "said": "as in the report"}) == []


def test_with_a_stated_ploidy_copies_are_only_odd():
    odd = {"kind": "copy-number", "gene": "KMT2A", "change": "gain", "copies": 2, "ploidy": 1}
    assert refused(odd) == []
    assert warnings(odd) == [("/findings/0/copies", "copies")]


@pytest.mark.parametrize(
    ("copies", "odd"),
    [(4, True), ("<5", True), ("3~4", True), (5, False), ("4~6", False), ("amp", False), (">=3", False)],
)
def test_an_amplification_of_few_copies_is_odd(copies, odd):
    found = warnings({"kind": "copy-number", "gene": "KMT2A", "change": "amplification", "copies": copies})
    assert found == ([("/findings/0/copies", "copies")] if odd else [])


def test_unknown_and_ambiguous_terms_travel_as_text_with_a_warning():
    finding = {
        "kind": "sequence-variant",
        "gene": "XYZ99",
        "method": ["NGS", "a new assay"],
        "zygosity": "heterozygous",
    }
    other = {"kind": "normal", "genes": ["NPM1", "MLL2"]}
    lab = {"kind": "measurement", "test": "LOINC:26446-5", "value": 3}
    found = warnings(finding, other, lab, diagnoses=[{"entity": "B-ALLL"}], specimens=[{"id": "s", "material": "BM"}])
    assert found == [
        ("/diagnoses/0/entity", "unknown-term"),
        ("/findings/0/method/1", "unknown-term"),
        ("/findings/0/gene", "unknown-term"),
        ("/findings/1/genes/1", "ambiguous-term"),
    ]


def test_an_abbreviation_of_two_diagnoses_is_not_decided():
    karyotype = {"kind": "karyotype", "complex": True, "iscn": "46,XY[20]"}
    assert warnings(karyotype, diagnoses=[{"entity": "MCL"}]) == [("/diagnoses/0/entity", "ambiguous-term")]


def test_the_warning_names_the_table_and_the_nearest_keys():
    issue = next(case_issues(case(specimens=[{"id": "s", "material": "bone marow"}]), TERMS))
    assert "mappings/specimens" in issue.message
    assert "bone-marrow" in issue.message


@pytest.mark.parametrize(
    ("entity", "complex_", "iscn", "odd"),
    [
        ("AML", True, "46,XY,t(8;21)(q22;q22)[20]", True),
        ("AML", False, "46,XY,t(8;21)(q22;q22)[20]", False),
        ("AML", True, "43,XY,-5,-7,-17,+8,-18[20]", False),
        ("AML", False, "43,XY,-5,-7,-17,+8,-18[20]", True),
        ("CML", True, "46,XY,t(8;21)(q22;q22)[20]", False),
        ("an unlisted leukaemia", True, "46,XY[20]", False),
        ("AML", True, "no karyotype at all", False),
    ],
)
def test_a_stated_complexity_is_held_against_the_rules_for_the_diagnosis(entity, complex_, iscn, odd):
    finding = {"kind": "karyotype", "complex": complex_, "iscn": iscn}
    found = warnings(finding, diagnoses=[{"entity": entity}])
    assert (("/findings/0/complex", "complex") in found) is odd


def test_no_diagnosis_no_rule_of_complexity():
    assert warnings({"kind": "karyotype", "complex": True, "iscn": "46,XY[20]"}) == []


def test_an_engines_remarks_point_at_the_text_and_do_not_repeat_it():
    finding = {"kind": "karyotype", "iscn": "46,XY,t(22;9)(q11.2;q34)[20]"}
    issues = [i for i in case_issues(normalise(case(finding), TERMS), TERMS) if i.validator == "iscn"]
    assert issues
    assert {i.path for i in issues} == {"/findings/0/iscn"}
    assert not any("22;9" in i.message for i in issues)


def test_a_karyotype_has_a_child_for_each_abnormality():
    parent, *children = facts(
        {"kind": "karyotype", "iscn": "46,XY,t(22;9)(q11.2;q34),-7,+8[15]/46,XY[5]", "method": "karyotyping"}
    )
    assert parent.sort == "karyotype"
    assert (parent.expressions[0].value, parent.expressions[0].verbatim) == (
        "46,XY,t(9;22)(q34;q11.2),-7,+8[15]/46,XY[5]",
        False,
    )
    said = [
        (c.id, c.derived_from, c.expressions[0].value, c.change, c.cells.text, c.place and c.place.text)
        for c in children
    ]
    assert said == [
        ("karyotype-1-1", "karyotype-1", "t(9;22)(q34;q11.2)", "", "15/20", "9q34;22q11.2"),
        ("karyotype-1-2", "karyotype-1", "-7", "loss", "15/20", "7"),
        ("karyotype-1-3", "karyotype-1", "+8", "gain", "15/20", "8"),
    ]
    assert all(child.at("cells") == "" and child.methods == ("karyotyping",) for child in children)


@pytest.mark.parametrize(
    ("iscn", "cells"),
    [
        ("45,XX,-7", [None]),
        ("45,XX,-7[10]/46,XX", [None]),
        ("45,XX,-7[cp10]", [None]),
        ("46,XX,-7,+8[10]/46,XX,-7,+21[5]/46,XX[5]", ["15/20", "10/20", "5/20"]),
        ("45,XX,-7[10]/46,idem,+8[10]", ["20/20", "10/20"]),
        ("45,XX,-7[10]/46,XX[5]/nonclonal[5]", ["10/20"]),
        ("46,XX,-7[10]//46,XY[10]", []),
        ("45,XX,-7[10]//46,XY[10]", [None]),
    ],
)
def test_cells_of_an_abnormality_are_counted_only_where_all_are_stated(iscn, cells):
    children = facts({"kind": "karyotype", "iscn": iscn})[1:]
    assert sorted(c.cells.text if c.cells else "" for c in children) == sorted(text or "" for text in cells)


def test_a_constitutional_abnormality_is_germline():
    child = facts({"kind": "karyotype", "iscn": "47,XX,+21c[20]", "origin": "somatic"})[1]
    assert (child.origin, child.at("origin")) == ("germline", "")
    assert facts({"kind": "karyotype", "iscn": "47,XX,+8[20]", "origin": "somatic"})[1].origin == "somatic"


@pytest.mark.parametrize(
    ("iscn", "told"),
    [
        # Down syndrome: the person has three, and a clone that gains another one has four
        ("48,XX,+8,+21c[9]/47,XX,+21c[11]", {"+8": ("3", ""), "+21c": ("3", "germline")}),
        ("48,XX,+21c,+21[6]/47,XX,+21c[14]", {"+21c": ("3", "germline"), "+21": ("4", "")}),
        ("46,XX,+21c,-21[3]/47,XX,+21c[10]", {"+21c": ("3", "germline"), "-21": ("2", "")}),
        ("48,XXYc,+X[10]", {"+X": ("3", "")}),
    ],
)
def test_copies_are_counted_from_what_the_person_was_born_with(iscn, told):
    children = facts({"kind": "karyotype", "iscn": iscn})[1:]
    assert {c.expressions[0].text: (c.copies.text, c.origin) for c in children} == told


def test_a_text_that_is_no_karyotype_has_no_children():
    (only,) = facts({"kind": "karyotype", "iscn": "complex, see report"})
    assert (only.expressions[0].text, only.expressions[0].value, only.expressions[0].grade) == (
        "complex, see report",
        None,
        "D",
    )


def test_a_place_of_an_abnormality_is_its_band():
    child = facts({"kind": "karyotype", "iscn": "46,XX,del(5)(q13q33)[20]"})[1]
    assert (child.change, child.place.chromosome, child.place.text) == ("deletion", "5", "5q13q33")


def test_the_gene_of_a_copy_number_gives_its_band_as_derived():
    (amplified,) = facts({"kind": "copy-number", "gene": "KMT2A", "change": "amplification", "copies": "6~18"})
    assert (amplified.place.chromosome, amplified.place.band, amplified.place.path) == ("11", "11q23.3", "")
    assert amplified.at("place") == ""
    assert (amplified.at("copies"), amplified.genes[0].path) == ("/findings/0/copies", "/findings/0/gene")


def test_a_pseudoautosomal_gene_has_no_chromosome():
    assert locus("CRLF2") is locus("P2RY8") is locus("ASMTL") is None
    assert locus("BCOR").chromosome == "X"
    assert locus("OR4F5").band == "1p36.33"
    assert locus("NOSUCH1") is None


@pytest.mark.parametrize(
    ("region", "place"),
    [
        ("11q23.3", ("11", "11q23.3", None, None)),
        ("17p", ("17", "17p", None, None)),
        ("8", ("8", "", None, None)),
        ("chrX", ("X", "", None, None)),
        ("11:118436490-118526832", ("11", "", 118436490, 118526832)),
        ("chr11:118,436,490-118,526,832", ("11", "", 118436490, 118526832)),
        ("somewhere", ("", "", None, None)),
    ],
)
def test_a_region_is_a_band_an_arm_a_chromosome_or_an_interval(region, place):
    (found,) = facts({"kind": "copy-number", "region": region, "assembly": "GRCh38", "change": "gain"})
    assert (found.place.chromosome, found.place.band, found.place.start, found.place.end) == place
    assert (found.place.text, found.place.path, found.place.assembly) == (region, "/findings/0/region", "GRCh38")


def test_a_copy_number_says_how_it_was_seen():
    (found,) = facts(read_json((SAMPLES / "maximal.json").read_bytes())["findings"][1] | {"specimen": None})
    assert {d.name: d.path.rpartition("/findings/0")[2] for d in found.details} == {
        "form": "/form", "ploidy": "/ploidy", "probe": "/probe", "signals": "/signals", "exons": "/exons",
        "control-probe": "/control/probe", "control-copies": "/control/copies",
    }  # fmt: skip
    assert [g.path for g in found.genes] == ["/findings/0/gene", "/findings/0/genes/0", "/findings/0/genes/1"]


def test_an_hgvs_text_is_understood_with_its_gene():
    (found,) = facts({"kind": "sequence-variant", "gene": "TP53", "hgvs": "c.524G>A, p.Arg175His"})
    assert (found.allele.c, found.allele.p) == ("NM_000546.6:c.524G>A", "NP_000537.3:p.(Arg175His)")
    assert found.allele.vcf == ("17", 7675088, "C", "T")
    assert (found.expressions[0].text, found.expressions[0].verbatim, found.expressions[0].grade) == (
        "c.524G>A, p.Arg175His",
        False,
        "A",
    )


def test_each_of_several_expressions_has_its_own_canonical_form():
    (found,) = facts(
        {
            "kind": "sequence-variant",
            "gene": "TP53",
            "hgvs": ["c.524G>A", "p.Arg175His", "NC_000017.11:g.7675088C>T", "R175H"],
        }
    )
    assert [(e.value, e.verbatim) for e in found.expressions] == [
        ("NM_000546.6:c.524G>A", False),
        ("NP_000537.3:p.(Arg175His)", False),
        ("NC_000017.11:g.7675088C>T", True),
        (None, False),
    ]
    assert [e.path for e in found.expressions] == [f"/findings/0/hgvs/{n}" for n in range(4)]


def test_before_it_is_understood_an_expression_is_text():
    (found,) = facts_of(case({"kind": "sequence-variant", "gene": "TP53", "hgvs": "c.524G>A"}), TERMS)
    assert (found.allele, found.expressions[0].value, found.expressions[0].grade) == (None, None, "D")


@pytest.mark.parametrize(
    ("stated", "ids"),
    [
        (["rs28934578", "VCV000012374", "CA000251", "COSV52661580", "X1"],
         [("dbsnp", "rs28934578"), ("clinvar", "VCV000012374"), ("caid", "CA000251"), ("cosmic", "COSV52661580"),
          ("", "X1")]),
        ({"cosmic": "COSV52661580"}, [("cosmic", "COSV52661580")]),
        (["ClinVar:12356", "dbSNP: rs11540652", "LRG:1"],
         [("clinvar", "12356"), ("dbsnp", "rs11540652"), ("", "LRG:1")]),
    ],
)  # fmt: skip
def test_identifiers_are_recognised_by_their_form(stated, ids):
    (found,) = facts({"kind": "sequence-variant", "variant_ids": stated})
    assert list(found.ids) == ids
    assert found.at("ids") == "/findings/0/variant_ids"


def test_an_itd_has_measures_and_no_invented_expression():
    itd = {"kind": "sequence-variant", "gene": "FLT3", "length": "24 bp", "ratio": "0.52", "insertion_point": 600}
    (found,) = facts(itd)
    assert found.expressions == ()
    assert [(d.name, getattr(d.value, "low", d.value)) for d in found.details] == [
        ("length", Decimal(24)),
        ("ratio", Decimal("0.52")),
        ("insertion-point", 600),
    ]


@pytest.mark.parametrize(
    ("stated", "genes"),
    [
        ({"genes": ["CRLF2"]}, [("CRLF2", "", "/genes/0")]),
        ({"genes": ["BCR", "ABL1"]}, [("BCR", "five-prime", "/genes/0"), ("ABL1", "three-prime", "/genes/1")]),
        ({"fusion": "P2RY8::CRLF2"}, [("P2RY8", "five-prime", "/fusion"), ("CRLF2", "three-prime", "/fusion")]),
        ({"fusion": "BCR-ABL1"}, [("BCR", "five-prime", "/fusion"), ("ABL1", "three-prime", "/fusion")]),
        ({"fusion": "BCR/ABL1"}, [("BCR", "five-prime", "/fusion"), ("ABL1", "three-prime", "/fusion")]),
        ({"fusion": "MLL-AF4"}, [("KMT2A", "five-prime", "/fusion"), ("AFF1", "three-prime", "/fusion")]),
        (
            {"genes": ["KMT2A"], "fusion": "KMT2A::AFF1"},
            [("KMT2A", "five-prime", "/genes/0"), ("AFF1", "three-prime", "/fusion")],
        ),
        ({"genes": ["JAK2"], "fusion": "KMT2A::AFF1"}, [("JAK2", "", "/genes/0")]),
        ({"fusion": "some fusion"}, []),
        ({"iscn": "nuc ish(BCRx3)[100]"}, []),
    ],
)
def test_a_fusion_names_its_partners_in_order(stated, genes):
    (found,) = facts({"kind": "rearrangement"} | stated)
    assert [(g.gene.symbol, g.role, g.path.removeprefix("/findings/0")) for g in found.genes] == genes
    assert found.place is None


def test_a_normal_panel_is_one_negative_per_gene():
    found = facts({"kind": "normal", "genes": ["NPM1", "CEBPA"], "of": "sequencing panel", "panel": "myeloid"})
    assert [(f.id, f.sort, f.result, f.genes[0].text, f.genes[0].path) for f in found] == [
        ("normal-1-1", "variant", "absent", "NPM1", "/findings/0/genes/0"),
        ("normal-1-2", "variant", "absent", "CEBPA", "/findings/0/genes/1"),
    ]
    assert [d.name for d in found[0].details] == ["of", "panel"]


@pytest.mark.parametrize(
    ("stated", "sort", "result"),
    [
        ({"of": "karyotype"}, "karyotype", "absent"),
        ({"of": "FISH panel"}, "variant", "absent"),
        ({"genes": ["NPM1"]}, "variant", "absent"),
        ({"genes": ["NPM1"], "result": "no call"}, "variant", "no call"),
    ],
)
def test_a_normal_result_is_one_negative_for_the_whole(stated, sort, result):
    (found,) = facts({"kind": "normal"} | stated)
    assert (found.id, found.sort, found.result) == ("normal-1", sort, result)


def test_observations_say_what_was_measured():
    mrd, expressed, flow, wbc, bare, nothing = (
        facts(finding)[0]
        for finding in (
            {"kind": "mrd", "value": "0.003 % IS", "level": "positive", "sensitivity": "10^-5"},
            {"kind": "expression", "gene": "CRLF2", "level": "high", "value": {"value": 12, "unit": "TPM"}},
            {"kind": "immunophenotype", "markers": {"CD19": "dim", "a/b~": "85 %"}, "blasts": "92 %"},
            {"kind": "measurement", "test": "LDH", "value": ">1000", "unit": "U/L", "reference": "135-225"},
            {"kind": "measurement", "test": "LDH", "unit": "U/L"},
            {"kind": "mrd"},
        )
    )
    assert (mrd.test, mrd.value.unit, mrd.value.unit_path, [d.name for d in mrd.details]) == (
        "mrd",
        "%{IS}",
        "",
        ["level", "sensitivity"],
    )
    assert (expressed.value.path, expressed.value.unit_path) == ("/findings/0/value/value", "/findings/0/value/unit")
    assert [(p.name, p.value.text, p.value.unit, p.path) for p in flow.parts] == [
        ("CD19", "dim", "", "/findings/0/markers/CD19"),
        ("a/b~", "85 %", "%", "/findings/0/markers/a~1b~0"),
    ]
    assert (wbc.test, wbc.value.bounds.low, wbc.value.unit, wbc.value.unit_path) == (
        "LDH",
        1000,
        "U/L",
        "/findings/0/unit",
    )
    assert (bare.value, bare.details[0].path) == (None, "/findings/0/unit")
    assert (nothing.value, nothing.details) == (None, ())


def test_common_facts_are_those_stated():
    stated = {
        "kind": "measurement",
        "test": "LDH",
        "value": 1,
        "specimen": "s",
        "method": ["a", "b"],
        "age": "58 y",
        "date": "2020",
        "said": "x",
        "status": "amended",
    }
    (found,) = facts(stated, specimens=[{"id": "s"}])
    assert (found.specimen, found.methods, found.age.low.iso, found.date.text, found.said, found.status) == (
        "s",
        ("a", "b"),
        "P58Y",
        "2020",
        "x",
        "amended",
    )
    assert found.at("methods") == "/findings/0/method"
