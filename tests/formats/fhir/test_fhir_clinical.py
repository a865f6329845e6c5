"""What a haematologist reads in a document: narratives, and facts that stand where a receiver looks for them."""

import sys
from decimal import Decimal
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from writing import SETS, codes, component, observation, resources, written

from adapter.cli import main
from adapter.convert import convert

AT = "2026-01-01T00:00:00Z"


def case(**parts):
    return {"case_format": "1", "id": "c", **parts}


def bundle(profile_set="gr3", **parts):
    return written(case(**parts), profile_set).document


def of_finding(profile_set="gr3", **finding):
    return bundle(profile_set, findings=[finding])


def told(document, kind="Observation"):
    """The narratives of the resources of a kind, without their markup."""
    divs = [resource["text"]["div"] for resource in resources(document, kind)]
    return [div.partition(">")[2].rpartition("<")[0].replace("&gt;", ">").replace("&lt;", "<") for div in divs]


def again(document, profile_set="gr3"):
    """The case that the document is read back as."""
    converted = convert(document, "case", at=AT, profile_set=profile_set)
    return converted[0].document


# ----------------------------------------------------------------------------------------- narratives


@pytest.mark.parametrize(
    ("finding", "words"),
    [
        ({"kind": "copy-number", "genes": ["CDKN2A", "CDKN2B"], "change": "homozygous deletion", "copies": 0},
         "CDKN2A, CDKN2B homozygous deletion, 0 copies: present"),
        ({"kind": "copy-number", "gene": "KMT2A", "change": "amplification", "copies": "6~18", "cells": "137/200"},
         "KMT2A amplification, 6~18 copies, in 68.5 % of cells: present"),
        ({"kind": "copy-number", "gene": "KMT2A", "change": "amplification", "copies": "amp"},
         "KMT2A amplification, copies: amp: present"),
        ({"kind": "copy-number", "gene": "PAX5", "change": "normal", "copies": 2}, "PAX5 normal, 2 copies"),
        ({"kind": "copy-number", "region": "12", "change": "gain", "result": "absent"},
         "chromosome 12 gain: absent"),
        ({"kind": "copy-number", "gene": "IKZF1", "change": "deletion", "copies": 1},
         "IKZF1 deletion, 1 copy: present"),
        ({"kind": "rearrangement", "genes": ["BCR", "ABL1"]}, "BCR::ABL1: present"),
        ({"kind": "rearrangement", "fusion": "BCR::ABL1", "result": "absent"}, "BCR::ABL1: absent"),
        ({"kind": "rearrangement", "probe": "ABL2 break-apart", "result": "absent"},
         "ABL2 break-apart: nothing found"),
        ({"kind": "normal", "of": "sequencing panel", "panel": "myeloid panel"},
         "sequencing panel, myeloid panel: nothing found"),
        ({"kind": "sequence-variant", "gene": "TP53", "result": "absent"}, "TP53: nothing found"),
        ({"kind": "sequence-variant", "variant_ids": ["VCV000013961"]}, "VCV000013961: present"),
        ({"kind": "sequence-variant", "gene": "FLT3", "length": 39, "said": "FLT3-ITD of 39 bp"},
         "FLT3: present (FLT3-ITD of 39 bp)"),
        ({"kind": "mrd", "value": "0.012 %", "level": "positive", "marker": "NPM1 mutA"},
         "NPM1 mutA mrd: 0.012 %, positive"),
        ({"kind": "mrd", "level": "negative"}, "mrd: negative"),
        ({"kind": "expression", "gene": "WT1", "level": "low"}, "WT1 expression: low"),
        ({"kind": "immunophenotype", "markers": {"CD19": "negative", "CD22": "positive"}, "blasts": "88 %"},
         "immunophenotype: CD19 negative, CD22 positive, blasts 88 %"),
        ({"kind": "measurement", "test": "Hb", "value": "7.90", "unit": "g/dL"}, "Hb: 7.90 g/dL"),
        ({"kind": "measurement", "test": "blasts in blood", "value": "34 %"}, "blasts in blood: 34 %"),
        ({"kind": "karyotype", "complex": False}, "Karyotype: not complex"),
        ({"kind": "normal", "of": "karyotype"}, "Karyotype: normal"),
        ({"kind": "karyotype", "said": "culture failure", "result": "no call"},
         "Karyotype: culture failure, no call"),
    ],
)  # fmt: skip
def test_a_finding_is_told_in_one_readable_line(finding, words):
    assert told(of_finding(**finding))[0] == words


def test_the_partners_of_a_translocation_are_no_fusion_in_the_order_of_the_chromosomes():
    document = of_finding(kind="karyotype", iscn="46,XY,t(9;22)(q34;q11.2)[20]")
    assert told(document)[1] == "ABL1, BCR t(9;22)(q34;q11.2), in 100 % of cells: present"


def test_an_implication_tells_of_which_variant():
    document = of_finding(kind="sequence-variant", gene="TP53", hgvs="c.524G>A", significance="pathogenic")
    assert told(document)[1] == "Clinical significance of TP53 c.524G>A: pathogenic"


def test_the_person_is_told_as_stated_and_no_more():
    subject = {"sex": "female", "birth": "1962-05", "identifiers": [{"value": "A-001"}]}
    document = bundle(subject=subject, outcome={"vital_status": "deceased", "date": "2023"})
    assert told(document, "Patient") == ["Patient: female, born 1962-05, deceased 2023"]
    assert told(bundle(), "Patient") == ["Patient"]


def test_diagnosis_specimen_response_and_outcome_are_told_with_what_belongs_to_them():
    document = bundle(
        diagnoses=[
            {
                "entity": "AML",
                "phase": "relapse",
                "ontogeny": "secondary",
                "risk": {"class": "adverse", "scheme": "ELN"},
            }
        ],
        specimens=[{"id": "s", "at": "relapse", "age": "3 months"}],
        responses=[{"status": "relapse", "sites": ["CNS"], "after": "within 6 months", "since": "transplant"}],
        outcome={"vital_status": "alive", "after": "2 y", "since": "transplant", "age": "60 y"},
    )
    assert told(document, "Condition") == ["AML (relapse)"]
    assert told(document) == [
        "Details of AML: ontogeny secondary",
        "Risk of AML: adverse (ELN)",
        "Specimen taken at relapse, at age 3 months",
        "Response: relapse, CNS, within 6 months since transplant",
        "Outcome: alive, 2 y since transplant, at age 60 y",
    ]


# ---------------------------------------------------------------------------------------------- homes


@pytest.mark.parametrize(
    ("entity", "coded"),
    [("B-ALL", True), ("APL", True), ("CLL", False), ("MDS", False), ("CML", False), ("odd disease", False)],
)
def test_the_risk_classes_of_acute_leukaemia_are_codes_of_acute_leukaemias_alone(entity, coded):
    risk = observation(bundle(diagnoses=[{"entity": entity, "risk": {"class": "high"}}]), "risk")
    assert risk["valueCodeableConcept"]["text"] == "high"
    assert codes(risk["valueCodeableConcept"]) == (["C122458"] if coded else [])


@pytest.mark.parametrize(
    ("diagnoses", "focus"),
    [
        ([{"entity": "AML"}], 0),
        ([{"entity": "AML", "phase": "diagnosis"}, {"entity": "AML", "phase": "relapse"}], 0),
        ([{"entity": "Down syndrome", "role": "comorbidity"}, {"entity": "AML"}], 1),
        ([{"entity": "MDS", "role": "antecedent"}, {"entity": "AML"}], None),
        ([{"entity": "AML"}, {"entity": "CLL", "role": "other malignancy"}], None),
        ([{"entity": "MDS", "role": "antecedent"}], None),
    ],
)
def test_a_response_is_of_the_disease_only_where_there_is_one(diagnoses, focus):
    document = bundle("mcode4", diagnoses=diagnoses, responses=[{"status": "refractory"}])
    conditions = [f"urn:uuid:{one['id']}" for one in resources(document, "Condition")]
    wanted = None if focus is None else [{"reference": conditions[focus]}]
    assert observation(document, "97509-4").get("focus") == wanted


def test_genes_amplified_together_have_no_place_of_one_of_them():
    one = observation(of_finding(kind="copy-number", gene="KMT2A", change="amplification"), "69548-6")
    both = of_finding(kind="copy-number", gene="KMT2A", genes=["MYC"], change="amplification")
    assert component(one, "48001-2") == {"text": "11q23.3"}
    assert [component(observation(both, "69548-6"), code) for code in ("48001-2", "48000-4")] == [None, None]


@pytest.mark.parametrize(
    ("reference", "ends"),
    [
        ("4.0-10.0", {"low": Decimal("4.0"), "high": Decimal("10.0")}),
        (">=150", {"low": Decimal(150)}),
        ("<250", {}),
        (">=98 % unmutated", {}),
        ("235-225", {}),
    ],
)
def test_a_reference_range_stands_where_fhir_has_it(reference, ends):
    document = of_finding(kind="measurement", test="WBC", value="45.6", unit="10*9/L", reference=reference)
    (stated,) = observation(document, "26464-8")["referenceRange"]
    assert stated["text"] == reference
    assert {end: stated[end]["value"] for end in ("low", "high") if end in stated} == ends
    assert {stated[end]["code"] for end in ends} <= {"10*9/L"}
    assert again(document)["findings"][0]["reference"] == reference


def test_a_number_with_its_unit_beside_it_is_not_said_twice():
    seen = observation(of_finding(kind="measurement", test="WBC", value="45.60", unit="10*9/L"), "26464-8")
    assert seen["valueQuantity"].keys() == {"value", "unit", "system", "code"}
    share = observation(
        of_finding(kind="measurement", test="ring sideroblasts", value="34", unit="%"), "ring sideroblasts"
    )
    assert share["valueQuantity"]["extension"][0]["valueString"] == "34"


@pytest.mark.parametrize(("unit", "code"), [("°C", "Cel"), ("INR", "{INR}"), ("G/l", "10*9/L"), ("cm", "cm")])
def test_units_of_the_ward_have_their_ucum_code(unit, code):
    seen = observation(of_finding(kind="measurement", test="x", value=1, unit=unit), "x")
    assert (seen["valueQuantity"]["unit"], seen["valueQuantity"]["code"]) == (unit, code)


def test_residual_disease_on_the_international_scale_has_its_unit():
    seen = observation(of_finding(kind="mrd", value="0.08 % IS", marker="BCR::ABL1"), "mrd")
    assert (seen["valueQuantity"]["value"], seen["valueQuantity"]["code"]) == (Decimal("0.08"), "%{IS}")


@pytest.mark.parametrize(
    ("said", "result"), [("culture failure", "no call"), ("no abnormality", "absent"), ("45 chromosomes", "present")]
)
def test_words_of_a_karyotype_without_a_string_are_its_value_and_said_once(said, result):
    document = of_finding(id="k", kind="karyotype", said=said, result=result)
    seen = observation(document, "karyotype")
    assert (seen["valueString"], "note" in seen) == (said, False)
    (back,) = again(document)["findings"]
    assert (back.get("result", "present"), back["said"]) == (result, said)


def test_an_outcome_of_which_only_age_or_day_is_known_says_what_it_was():
    document = bundle(outcome={"vital_status": "alive", "age": "73 y", "date": "2021"})
    assert observation(document, "outcome")["valueCodeableConcept"]["text"] == "alive"
    assert again(document)["outcome"] == {"vital_status": "alive", "age": "73 y", "date": "2021"}


@pytest.mark.parametrize("profile_set", SETS)
def test_a_response_in_words_alone_has_them_as_its_value(profile_set):
    document = bundle(profile_set, responses=[{"said": "responded well"}])
    seen = observation(document, "97509-4")
    assert (seen["valueCodeableConcept"], "note" in seen) == ({"text": "responded well"}, False)
    assert again(document, profile_set)["responses"] == [{"said": "responded well"}]


def test_a_hemizygous_variant_has_the_answer_of_the_list():
    state = component(
        observation(of_finding(kind="sequence-variant", gene="TP53", zygosity="hemizygous"), "69548-6"), "53034-5"
    )
    assert codes(state) == ["LA6707-9"]


# ------------------------------------------------------------------------- internal tandem duplications


@pytest.mark.parametrize(("stated", "words"), [(39, "39"), ("39 bp", None), ("39 nt", None), ("24-60", "24-60")])
def test_the_measures_of_a_duplication_say_that_it_is_one(stated, words):
    document = of_finding(id="itd", kind="sequence-variant", gene="FLT3", length=stated, ratio="0.78")
    seen = observation(document, "69548-6")
    change = next(c for c in seen["component"] if codes(c["code"]) == ["48019-4"])
    assert codes(change["valueCodeableConcept"]) == ["SO:1000173"]
    assert change["extension"][0]["url"].endswith("/derivation")
    length = component(seen, "length")
    assert {end["code"] for end in (length.get("low"), length.get("high"), length) if end and "code" in end} == {"{bp}"}
    assert length.get("extension", [{}])[0].get("valueString") == words
    assert again(document)["findings"][0]["length"] == str(stated)


def test_a_duplication_written_out_keeps_the_change_of_its_expression():
    hgvs = "NM_004119.3:c.1780_1800dup"
    seen = observation(of_finding(kind="sequence-variant", gene="FLT3", hgvs=hgvs, length=21), "69548-6")
    assert codes(component(seen, "48019-4")) == ["SO:1000035"]


# ------------------------------------------------------------------------------------- derived methods


def test_the_method_that_a_string_tells_is_marked_as_worked_out():
    children = resources(
        of_finding(kind="karyotype", iscn="46,XY,del(5)(q13q33)[20].nuc ish(KMT2Ax3)[100/200]"), "Observation"
    )
    methods = {told_: one.get("method") for told_, one in zip(("all", "del", "fish"), children, strict=True)}
    assert methods["all"] is methods["del"] is None
    assert methods["fish"]["text"] == "interphase FISH"
    assert methods["fish"]["extension"][0]["url"].endswith("/derivation")


def test_a_string_of_one_technique_leaves_the_stated_method_to_its_results():
    iscn = "arr[GRCh38] 17p13.3p11.2(1_21500000)x2 hmz"
    whole, child = resources(of_finding(kind="karyotype", iscn=iscn, method="SNP array"), "Observation")
    assert whole["method"]["text"] == child["method"]["text"] == "SNP array"
    assert "extension" not in child["method"]
    both = "46,XY,del(5)(q13q33)[20].nuc ish(KMT2Ax3)[100/200]"
    found = resources(of_finding(kind="karyotype", iscn=both, method="karyotyping"), "Observation")
    assert [one["method"]["text"] for one in found] == ["karyotyping", "karyotyping", "interphase FISH"]


def test_the_written_document_passes_its_own_checks(tmp_path, capsys):
    from adapter.formats.document import dump

    stated = case(
        id="clinical",
        subject={"sex": "female"},
        diagnoses=[{"entity": "AML", "risk": {"class": "adverse"}}],
        findings=[
            {"kind": "measurement", "test": "WBC", "value": "45.6", "unit": "10*9/L", "reference": "4.0-10.0"},
            {"kind": "sequence-variant", "gene": "FLT3", "length": "39 bp", "ratio": "0.78"},
            {"kind": "karyotype", "iscn": "48,XX,+8,+21c[10]/47,XX,+21c[10]"},
        ],
        responses=[{"said": "responded"}],
        outcome={"vital_status": "alive", "age": "73 y"},
    )
    for profile_set in SETS:
        path = tmp_path / f"{profile_set}.json"
        path.write_bytes(dump(written(stated, profile_set).document))
        assert main(["check", str(path), "--tier", "basic"]) == 0, capsys.readouterr().out


# ------------------------------------------------------------------------------------- tests not made


@pytest.mark.parametrize(
    ("words", "reason"),
    [("not done", "not-performed"), ("Not tested", "not-performed"), ("not applicable", "not-applicable")],
)
@pytest.mark.parametrize(
    ("finding", "field"),
    [
        ({"kind": "measurement", "test": "LDH"}, "value"),
        ({"kind": "mrd"}, "value"),
        ({"kind": "karyotype"}, "said"),
    ],
)
def test_a_test_that_was_not_made_has_no_value_and_says_why(finding, field, words, reason):
    document = of_finding(id="f", **finding, **{field: words})
    seen = resources(document, "Observation")[0]
    assert [member for member in seen if member.startswith("value")] == []
    assert (codes(seen["dataAbsentReason"]), seen["dataAbsentReason"]["text"]) == ([reason], words)
    assert again(document)["findings"] == [{"id": "f", **finding, field: words}]


@pytest.mark.parametrize("words", ["n/a", "nd", "undetectable", "high"])
def test_words_that_may_be_a_value_stay_one(words):
    seen = observation(of_finding(kind="measurement", test="LDH", value=words), "LDH")
    assert seen["valueCodeableConcept"] == {"text": words}


def test_an_identifier_of_cosmic_is_a_coding_of_its_system():
    document = of_finding(id="v", kind="sequence-variant", gene="TP53", variant_ids=["COSV52661580"])
    (coding,) = component(observation(document, "69548-6"), "81252-9")["coding"]
    assert coding == {"system": "http://cancer.sanger.ac.uk/cancergenome/projects/cosmic", "code": "COSV52661580"}
    assert again(document)["findings"][0]["variant_ids"] == ["COSV52661580"]


def test_a_marker_that_is_not_there_is_coded_as_one_that_is():
    document = of_finding(id="flow", kind="immunophenotype", markers={"CD19": "positive", "CD10": "negative"})
    seen = observation(document, "101119-6")
    assert [codes(component(seen, marker)) for marker in ("CD19", "CD10")] == [["LA9633-4"], ["LA9634-2"]]
    assert again(document)["findings"][0]["markers"] == {"CD19": "positive", "CD10": "negative"}


def test_what_is_counted_is_named():
    karyotype = observation(of_finding(kind="karyotype", iscn="46,XX[20]", cells_counted=20), "62356-1")
    control = {"probe": "CEP11", "copies": "2~3"}
    fish = observation(of_finding(kind="copy-number", gene="KMT2A", copies=6, control=control), "69548-6")
    counted = component(karyotype, "62361-1"), component(fish, "control-copies")["low"]
    assert [(one["unit"], one["code"]) for one in counted] == [("cells", "1"), ("copies", "1")]


@pytest.mark.parametrize(("result", "code"), [("absent", "N"), ("indeterminate", "IND"), ("no call", None)])
def test_the_result_of_a_karyotype_is_its_interpretation(result, code):
    document = of_finding(id="k", kind="karyotype", said="45 chromosomes?", result=result)
    (interpretation,) = observation(document, "karyotype")["interpretation"]
    assert codes(interpretation) == ([code] if code else [])
    assert again(document)["findings"][0]["result"] == result


@pytest.mark.parametrize(
    ("second", "claimed"),
    [
        ({"entity": "hypertension"}, False),
        ({"entity": "breast cancer", "role": "other malignancy"}, True),
        ({"entity": "AML"}, True),
        ({"entity": "MDS", "role": "antecedent"}, False),
        ({"phase": "relapse"}, True),
    ],
)
def test_a_further_diagnosis_is_a_cancer_of_mcode_only_where_that_is_known(second, claimed):
    document = bundle("mcode4", diagnoses=[{"entity": "ALL"}, second])
    first, other = (e["resource"] for e in document["entry"] if e["resource"]["resourceType"] == "Condition")
    profile = ["http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-primary-cancer-condition"]

    assert first["meta"]["profile"] == profile
    assert (other.get("meta", {}).get("profile"), "category" in other) == (
        (profile, True) if claimed else (None, False)
    )
