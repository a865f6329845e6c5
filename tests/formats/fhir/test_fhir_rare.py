"""What few cases state: foreign codes, carried resources, regions, ranges of fractions, several methods."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from writing import codes, component, observation, resources, value, written


def bundle(**parts):
    return written({"case_format": "1", "id": "c", **parts})


def finding(kind, **fields):
    return bundle(findings=[{"id": "f", "kind": kind, **fields}]).document


@pytest.mark.parametrize(
    ("system", "coding", "moved"),
    [
        ("http://snomed.info/sct", "http://snomed.info/sct", False),
        ("SNOMED", "http://snomed.info/sct", False),
        ("hospital list", None, True),
    ],
)
def test_a_stated_code_is_a_coding_where_its_system_is_known(system, coding, moved):
    made = bundle(diagnoses=[{"entity": "odd disease", "code": {"system": system, "code": "12345"}}])
    node = resources(made.document, "Condition")[0]["code"]
    assert [c["system"] for c in node.get("coding", [])] == ([coding] if coding else [])
    assert [loss.reason for loss in made.losses] == (["moved"] if moved else [])
    assert ("12345" in node["text"]) is moved


def test_a_citation_that_no_resource_can_hold_is_declared():
    made = bundle(source={"doi": "10.5555/x", "title": "A title", "licence": "CC0-1.0"}, subject={"sex": "male"})
    assert {(loss.path, loss.reason) for loss in made.losses} == {
        ("/source/doi", "moved"),
        ("/source/title", "moved"),
        ("/source/licence", "moved"),
    }


def test_a_title_alone_stands_in_the_provenance():
    made = bundle(source={"title": "A title"})
    assert resources(made.document, "Provenance")[0]["entity"][0]["what"] == {"display": "A title"}


def test_a_carried_resource_is_written_back():
    kept = {"resourceType": "Basic", "identifier": [{"value": "1"}], "code": {"text": "kept"}}
    made = bundle(carried=[{"format": "fhir", "path": "/entry/9/resource", "value": kept}])
    assert resources(made.document, "Basic")[0]["code"] == {"text": "kept"}
    assert made.losses == ()


def test_an_interval_keeps_its_words_and_its_chromosome():
    document = finding("copy-number", region="11:118436490-118526832", assembly="GRCh38", change="gain")
    variant = observation(document, "69548-6")
    assert component(variant, "region") == "11:118436490-118526832"
    assert codes(component(variant, "48000-4")) == ["LA21264-9"]
    assert codes(component(variant, "62374-4")) == ["LA26806-2"]
    assert component(variant, "81254-5") is None


def test_a_chromosome_keeps_its_words():
    variant = observation(finding("copy-number", region="8", change="gain"), "69548-6")
    assert component(variant, "48000-4")["text"] == "8"
    assert component(variant, "48001-2") is None


def test_several_methods_are_no_synonyms():
    variant = observation(finding("copy-number", gene="MYC", change="gain", method=["FISH", "SNP array"]), "69548-6")
    assert "LA26404-6" in codes(variant["method"])
    assert component(variant, "further-method")["text"] == "SNP array"


@pytest.mark.parametrize(
    ("vaf", "code"),
    [
        ("43 %", "81258-6"),
        ("0.43", "81258-6"),
        ("43/100 reads", "81258-6"),
        (">40 %", "81258-6"),
        ("30-40 %", "vaf-range"),
    ],
)
def test_an_allele_fraction_is_one_quantity_and_a_range_is_ours(vaf, code):
    assert component(observation(finding("sequence-variant", gene="TP53", vaf=vaf), "69548-6"), code) is not None


@pytest.mark.parametrize(("unit", "code"), [("g/dL", "g/dL"), ("arbitrary units", None), (None, None)])
def test_a_unit_is_coded_only_where_the_table_knows_it(unit, code):
    fields = {"test": "haemoglobin", "value": "9.10"} | ({"unit": unit} if unit else {})
    measured = value(observation(finding("measurement", **fields), "718-7"))
    assert (str(measured["value"]), measured.get("unit"), measured.get("code")) == ("9.10", unit, code)


def test_a_test_the_tables_do_not_know_keeps_its_words():
    assert observation(finding("measurement", test="odd marker", value="high"), "odd marker")["code"] == {
        "text": "odd marker"
    }


def test_a_karyotype_in_words_has_our_own_code():
    karyotype = observation(finding("karyotype", said="karyotype failed"), "karyotype")
    assert value(karyotype) == "karyotype failed"
