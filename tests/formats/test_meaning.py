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
