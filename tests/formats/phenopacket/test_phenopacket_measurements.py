"""What a measurement of a packet has as its value, by what was reported, and that it is read back as reported."""

import pytest

from adapter import convert
from adapter.case import read_case
from adapter.formats.document import dump, read_json
from adapter.formats.phenopacket import read
from adapter.terms import load

AT = "2026-01-01T00:00:00Z"
NEGATIVE = ("NCIT:C38757", "Negative Finding")
PRESENT = ("LOINC:LA9633-4", "Present")

REPORTED = [
    # a level without a value is the value: "MRD negative" is not "present"
    ({"kind": "mrd", "level": "negative"}, NEGATIVE),
    ({"kind": "mrd", "level": "positive"}, PRESENT),
    ({"kind": "mrd", "level": "below quantification"}, ("HAEM:below-quantification", "below quantification")),
    ({"kind": "mrd", "level": "negative", "result": "absent"}, NEGATIVE),
    ({"kind": "expression", "gene": "CRLF2", "level": "high"}, ("HAEM:high", "high")),
    # nothing but that it was found
    ({"kind": "mrd", "marker": "IGH"}, PRESENT),
    ({"kind": "expression", "gene": "CRLF2", "result": "absent"}, NEGATIVE),
    ({"kind": "immunophenotype", "blasts": "0 %", "result": "absent"}, NEGATIVE),
    # a result that the value does not tell stands beside it
    ({"kind": "mrd", "value": "undetectable", "result": "absent"}, ("HAEM:undetectable", "undetectable")),
    # a value of 0 cannot pass as a number, and its digits stay
    ({"kind": "mrd", "value": "0 %"}, NEGATIVE),
    ({"kind": "mrd", "value": "0.00 %", "level": "negative"}, NEGATIVE),
    # words are the value, also beside a level that says the same
    ({"kind": "mrd", "value": "undetectable", "level": "negative"}, ("HAEM:undetectable", "undetectable")),
    ({"kind": "mrd", "value": "negative", "level": "negative"}, ("HAEM:negative", "negative")),
]


def written(finding):
    case = read_case({"case_format": "1", "id": "one", "findings": [finding]})
    return convert.write(case, "phenopacket", at=AT, terms=load())


@pytest.mark.parametrize(("finding", "value"), REPORTED, ids=lambda part: str(part) if isinstance(part, dict) else "")
def test_the_value_says_what_was_reported_and_is_read_back(finding, value):
    done = written(finding)

    (measurement,) = done.document["measurements"]
    seen = measurement["value"]["ontologyClass"]
    assert (seen["id"], seen["label"]) == value
    assert done.losses == ()
    (back,) = next(read(done.document, load())).case.to_json()["findings"]
    assert read_json(dump(back)) == finding


@pytest.mark.parametrize("unit", ["10*9/L", "10^9/L", "mg/dL", "/uL"])
def test_a_ucum_code_names_its_unit_as_its_words_do(unit):
    finding = {"kind": "measurement", "test": "wbc", "value": "45.2", "unit": unit}
    bundle = convert.write(
        read_case({"case_format": "1", "id": "one", "findings": [finding]}), "fhir", at=AT, terms=load()
    ).document

    (quantity,) = [e["resource"]["valueQuantity"] for e in bundle["entry"] if "valueQuantity" in e["resource"]]
    assert quantity["system"] == "http://unitsofmeasure.org"
    assert quantity["unit"] == unit
    assert quantity["code"] in {"10*9/L", "mg/dL", "/uL"}
