"""What a receiver understands: numbers in their unit, and a normal result that is no variant, in both targets."""

import pytest

from adapter import convert
from adapter.case import read_case
from adapter.formats import fhir, phenopacket
from adapter.formats.document import dump, read_json
from adapter.terms import load

AT = "2026-01-01T00:00:00Z"
UCUM = "http://unitsofmeasure.org"
ABSENT, PRESENT = "LA9634-2", "LA9633-4"


def written(finding, to):
    case = read_case({"case_format": "1", "id": "one", "findings": [finding]})
    return convert.write(case, to, at=AT, terms=load())


def observation(finding):
    done = written(finding, "fhir")
    found = [e["resource"] for e in done.document["entry"] if e["resource"]["resourceType"] == "Observation"]
    return found[0]


def back(finding, to):
    document = read_json(dump(written(finding, to).document))
    reader = {"fhir": fhir, "phenopacket": phenopacket}[to]
    (found,) = next(iter(reader.FORMAT.read(document, load()))).case.to_json()["findings"]
    return {name: value for name, value in read_json(dump(found)).items() if name != "id"}


IN_UNITS = [
    ({"kind": "immunophenotype", "blasts": "88 %"}, "blasts", "88", "%"),
    ({"kind": "immunophenotype", "blasts": "88.50%"}, "blasts", "88.50", "%"),
    ({"kind": "mrd", "value": "0.05 %", "sensitivity": "0.01 %"}, "mrd-sensitivity", "0.01", "%"),
    ({"kind": "mrd", "value": "0.05 %", "sensitivity": "0.001 % IS"}, "mrd-sensitivity", "0.001", "%{IS}"),
    ({"kind": "mrd", "value": "<10^-4", "sensitivity": "10^-5"}, "mrd-sensitivity", "0.00001", "1"),
    ({"kind": "sequence-variant", "gene": "FLT3", "hgvs": "FLT3-ITD", "ratio": "61 %"}, "ratio", "61", "%"),
    ({"kind": "sequence-variant", "gene": "FLT3", "hgvs": "FLT3-ITD", "ratio": "0.61"}, "ratio", "0.61", "1"),
]


@pytest.mark.parametrize(("finding", "name", "number", "unit"), IN_UNITS, ids=lambda part: str(part)[:60])
def test_a_number_beside_a_result_has_the_unit_it_was_stated_in(finding, name, number, unit):
    parts = {part["code"].get("coding", [{}])[0].get("code"): part for part in observation(finding)["component"]}

    quantity = parts[name]["valueQuantity"]
    assert f"{quantity['value']:f}" == number
    assert (quantity["system"], quantity["code"]) == (UCUM, unit)


@pytest.mark.parametrize("to", ["fhir", "phenopacket"])
@pytest.mark.parametrize("finding", [row[0] for row in IN_UNITS], ids=str)
def test_it_is_read_back_as_stated(finding, to):
    assert back(finding, to) == finding


NORMAL = {"kind": "copy-number", "gene": "KMT2A", "change": "normal", "copies": "2"}


@pytest.mark.parametrize(
    ("finding", "answer"),
    [
        (NORMAL, ABSENT),
        (NORMAL | {"result": "absent"}, ABSENT),
        (NORMAL | {"result": "indeterminate"}, "LA11884-6"),
        (NORMAL | {"change": "gain", "copies": "3"}, PRESENT),
        (NORMAL | {"change": "gain", "copies": "2", "result": "absent"}, ABSENT),
    ],
    ids=str,
)
def test_a_normal_number_of_copies_is_no_variant(finding, answer):
    assert observation(finding)["valueCodeableConcept"]["coding"][0]["code"] == answer
    packet = written(finding, "phenopacket").document
    assert ("interpretations" in packet) == (answer == PRESENT)
    assert back(finding, "fhir") == finding
    assert back(finding, "phenopacket") == finding


def reading(document, to):
    return next(iter({"fhir": fhir, "phenopacket": phenopacket}[to].FORMAT.read(document, load()))).case.to_json()


BY_CODE = [
    ("26515-7", "26515-7", "Platelets [#/volume] in Blood"),
    ("LOINC:26515-7", "26515-7", "Platelets [#/volume] in Blood"),
    ("1975-2", "1975-2", None),
    ("26515-8", None, None),  # a wrong check digit: words
]


@pytest.mark.parametrize(("test", "code", "display"), BY_CODE)
def test_a_test_stated_by_its_code_is_coded_and_read_back(test, code, display):
    finding = {"kind": "measurement", "test": test, "value": "185", "unit": "10*9/L"}

    concept = observation(finding)["code"]
    assert concept["text"] == test
    coding = {"system": "http://loinc.org", "code": code} | ({"display": display} if display else {})
    assert concept.get("coding", []) == ([coding] if code else [])
    (measurement,) = written(finding, "phenopacket").document["measurements"]
    assert measurement["assay"]["id"] == (f"LOINC:{code}" if code else "HAEM:26515-8")
    assert back(finding, "fhir") == finding
    assert back(finding, "phenopacket") == finding


@pytest.mark.parametrize("to", ["fhir", "phenopacket"])
def test_a_unit_beside_words_is_not_lost(to):
    finding = {"kind": "measurement", "test": "ferritin", "value": "1,200", "unit": "ng/mL"}

    assert written(finding, to).losses == ()
    assert back(finding, to) == finding


def test_a_diagnosis_stated_by_its_code_has_it_in_both_targets():
    case = read_case({"case_format": "1", "id": "one", "diagnoses": [{"entity": "MONDO:0011996"}]})

    packet = convert.write(case, "phenopacket", at=AT, terms=load()).document
    assert packet["diseases"][0]["term"]["id"] == "MONDO:0011996"
    bundle = convert.write(case, "fhir", at=AT, terms=load()).document
    (condition,) = [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == "Condition"]
    assert condition["code"]["coding"][0]["code"] == "MONDO:0011996"


@pytest.mark.parametrize("cells", ["68.5 %", ">90 %", "60-70 %", "137/200", "<1 %"])
def test_our_own_packet_leaves_nothing_over(cells):
    finding = {"kind": "copy-number", "gene": "KMT2A", "change": "gain", "copies": "3", "cells": cells}

    assert "carried" not in reading(read_json(dump(written(finding, "phenopacket").document)), "phenopacket")


def test_a_phenotype_of_hpo_keeps_its_code_both_ways():
    term = {"id": "HP:0001744", "label": "Splenomegaly"}
    packet = {
        "id": "one",
        "subject": {"id": "one"},
        "phenotypicFeatures": [{"type": term}],
        "metaData": {
            "created": AT,
            "createdBy": "curator",
            "phenopacketSchemaVersion": "2.0",
            "resources": [
                {
                    "id": "hp",
                    "name": "human phenotype ontology",
                    "url": "http://purl.obolibrary.org/obo/hp.owl",
                    "version": "2024-04-26",
                    "namespacePrefix": "HP",
                    "iriPrefix": "http://purl.obolibrary.org/obo/HP_",
                }
            ],
        },
    }
    (bundle,) = convert.convert(packet, "fhir", at=AT, source="phenopacket")
    (seen,) = [
        e["resource"] for e in bundle.document["entry"] if e["resource"].get("code", {}).get("text") == "Splenomegaly"
    ]
    coding = {"system": "http://human-phenotype-ontology.org", "code": "HP:0001744", "display": "Splenomegaly"}
    assert coding in seen["code"]["coding"]
    (again,) = convert.convert(read_json(dump(bundle.document)), "phenopacket", at=AT, source="fhir")
    assert again.document["phenotypicFeatures"][0]["type"] == term


def test_a_genomic_expression_that_was_stated_is_not_said_again():
    stated = ["NM_000546.6:c.524G>A", "NC_000017.11:g.7675088C>T"]
    parts = observation({"kind": "sequence-variant", "gene": "TP53", "hgvs": stated})["component"]

    genomic = [
        coding["code"]
        for part in parts
        for coding in part.get("valueCodeableConcept", {}).get("coding", [])
        if coding["code"].startswith("NC_")
    ]
    assert sorted(genomic) == ["NC_000017.10:g.7578406C>T", "NC_000017.11:g.7675088C>T"]
