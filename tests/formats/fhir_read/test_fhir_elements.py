"""Take any one element out of a document: what is read changes, or the element states nothing for a stated reason."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[3] / "scripts"))
from account_fhir import BESIDE, CARRIED, FIELD, LOST, account
from test_fhir_foreign import EXAMPLES, OFFICIAL, PATIENTS, component, example, variant
from writing import read


def lost(document, each=1):
    return ["/".join(map(str, at)) for at, what in account(document, each).items() if what == LOST]


@pytest.mark.parametrize("path", [p for p in EXAMPLES if p.stem not in PATIENTS], ids=lambda p: p.stem)
def test_no_element_of_an_example_is_lost(path):
    assert lost(read(path)) == []


def test_an_element_is_told_apart_by_where_it_went():
    gene = component("48018-6", valueCodeableConcept={
        "coding": [{"system": "http://www.genenames.org", "code": "HGNC:11998", "display": "TP53"}]})  # fmt: skip
    share = component("81258-6", valueQuantity={"value": 0.4, "unit": "decimal"})
    found = account(variant(component=[gene, share], issued="2020-01-01T00:00:00Z"))
    assert found["component", 0, "valueCodeableConcept", "coding", 0, "code"] == FIELD
    assert found["component", 1, "valueQuantity", "unit"] == BESIDE
    assert found[("issued",)] == CARRIED
    assert found["code", "coding", 0, "code"] == FIELD


@pytest.mark.nightly
@pytest.mark.parametrize("name", sorted(PATIENTS))
def test_no_element_of_a_whole_patient_is_lost(name):
    assert lost(example(name), 5) == []


@pytest.mark.nightly
@pytest.mark.skipif(not OFFICIAL, reason="the official packages are not installed")
def test_no_element_of_any_official_example_is_lost():
    found = {p.name: lost(read(p), 20 if p.name.startswith("Bundle") else 1) for p in OFFICIAL}
    assert {name: places for name, places in found.items() if places} == {}
