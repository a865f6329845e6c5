"""Profiles, slices, references and parts, one property each, on small resources."""

from time import perf_counter

import pytest

from adapter.formats.fhir.checks.definitions import Definitions, ValueSet, definitions
from adapter.terms import DEFAULT_BASE, load
from adapter.validate import check

GR = "http://hl7.org/fhir/uv/genomics-reporting/StructureDefinition/"
MC = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-"
LOINC = "http://loinc.org"


def observation(**fields):
    return {"resourceType": "Observation", "status": "final", "code": {"text": "a"}, "valueString": "b"} | fields


def issues(document, level="error", tier="profile"):
    report = check(document, tier=tier, source="fhir", terms=load())
    return [(i.category, i.path) for i in report.issues if i.level == level]


def bundle(*resources):
    entries = [{"fullUrl": f"urn:uuid:{n}", "resource": r} for n, r in enumerate(resources)]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def test_a_profile_that_is_not_known_is_said_not_to_be_checked():
    found = observation(meta={"profile": ["https://example.org/StructureDefinition/x"]})
    assert issues(found, "information") == [("profile-unknown", "/meta/profile/0")]
    assert issues(found) == []


def test_a_profile_may_name_its_version():
    found = observation(meta={"profile": [f"{GR}variant|3.0.0"]})
    assert ("pattern", "/code") in issues(found)


def test_our_own_profile_moves_with_the_canonical_base():
    moved = Definitions("https://example.org/fhir")
    assert moved.profile("https://example.org/fhir/StructureDefinition/measurable-residual-disease") is not None
    assert moved.profile(f"{DEFAULT_BASE}/StructureDefinition/measurable-residual-disease") is None


def test_our_own_profile_is_enforced_from_its_differential():
    url = f"{DEFAULT_BASE}/StructureDefinition/measurable-residual-disease"
    assert issues(observation(meta={"profile": [url]})) == [("pattern", "/code"), ("cardinality", "")]


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ({"reference": "Patient/1"}, []),
        ({"reference": "https://example.org/fhir/Patient/1/_history/2"}, []),
        ({"reference": "Medication/1"}, [("reference-target", "/subject")]),
        ({"type": "Medication", "identifier": {"value": "1"}}, [("reference-target", "/subject")]),
        ({"display": "somebody"}, []),
        ({"reference": "https://example.org/what"}, []),
        ({"reference": "#p"}, []),
        ({"reference": "#m"}, [("reference-target", "/subject")]),
    ],
)
def test_a_reference_leads_to_a_type_that_the_element_allows(reference, expected):
    contained = [{"resourceType": "Patient", "id": "p"}, {"resourceType": "Medication", "id": "m"}]
    held = {"contained": contained, "focus": [{"reference": "#p"}, {"reference": "#m"}]}
    assert issues(observation(subject=reference, **held)) == expected


def test_a_result_is_sliced_by_the_profile_of_what_it_refers_to():
    """mCODE's report takes one overall interpretation at most; other results are not counted as one."""
    code = {"coding": [{"system": LOINC, "code": "51968-6"}]}
    report = {
        "resourceType": "DiagnosticReport",
        "meta": {"profile": [f"{MC}genomics-report"]},
        "status": "final",
        "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "GE"}]}],
        "code": {"coding": [{"system": LOINC, "code": "51969-4"}]},
        "subject": {"reference": "https://example.org/Patient/1"},
        "result": [{"reference": "urn:uuid:1"}, {"reference": "urn:uuid:2"}],
    }
    twice = bundle(report, observation(code=code), observation(code=code))
    assert ("cardinality", "/entry/0/resource/result") in issues(twice)
    once = bundle(report, observation(code=code), observation())
    assert ("cardinality", "/entry/0/resource/result") not in issues(once)


@pytest.mark.parametrize(
    ("unit", "good"),
    [
        ("1", True), ("%", True), ("10*9/L", True), ("10^9/L", True), ("mg/m2", True), ("[in_i]", True),
        ("/[HPF]", True), ("{copies}", True), ("kg.m/s2", True), ("mL/min/{1.73_m2}", True),
        ("m^2", False), ("per cent", False), ("", False),
    ],
)  # fmt: skip
def test_a_unit_has_the_form_of_ucum(unit, good):
    quantity = {"value": 1, "system": "http://unitsofmeasure.org", "code": unit}
    found = [rule for rule, _ in issues({"resourceType": "Observation", "valueQuantity": quantity}) if rule == "ucum"]
    assert found == ([] if good else ["ucum"])


def test_an_extensible_binding_that_is_not_met_is_a_warning():
    interpretation = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
    known = observation(interpretation=[{"coding": [{"system": interpretation, "code": "N"}]}])
    absent = observation(dataAbsentReason={"coding": [{"system": interpretation, "code": "N"}]})
    del absent["valueString"]
    assert issues(known, "warning") == []
    assert [rule for rule, _ in issues(absent, "warning")] == []
    wrong = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
    assert issues(observation(interpretation=[{"coding": [{"system": wrong, "code": "masked"}]}]), "warning") == []


def test_an_extension_stands_where_its_definition_allows():
    dose = {"url": "http://hl7.org/fhir/StructureDefinition/condition-assertedDate", "valueDateTime": "2020"}
    assert issues(observation(extension=[dose])) == [("extension-context", "/extension/0")]


def test_an_inner_extension_stands_as_often_as_it_may():
    race = {
        "url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-race",
        "extension": [{"url": "text", "valueString": "a"}, {"url": "text", "valueString": "b"}],
    }
    assert issues({"resourceType": "Patient", "extension": [race]}) == [("extension-value", "/extension/0")]


def test_parameters_hold_resources_that_are_judged():
    held = {"resourceType": "Parameters", "parameter": [{"name": "a", "resource": observation(status="final")}]}
    assert issues(held) == []
    held["parameter"][0]["resource"]["meta"] = {"profile": [f"{GR}variant"]}
    assert ("pattern", "/parameter/0/resource/code") in issues(held)


def test_codes_of_an_open_system_are_members_and_others_are_not():
    values = ValueSet({"a": frozenset({"1"})}, frozenset({"b"}))
    assert values.holds("a", "1")
    assert values.holds("b", "anything")
    assert not values.holds("a", "2")
    assert values.holds_code("2")
    assert not ValueSet({"a": frozenset({"1"})}, frozenset()).holds_code("2")


def test_fhir_resources_says_which_types_it_does_not_have():
    found = {"resourceType": "MedicinalProduct", "name": [{"productName": "a"}]}
    assert issues(found, "information", "all") == [("model-unknown", "")]


def test_fhir_resources_refuses_what_it_cannot_read():
    assert ("model", "/status") in issues(
        {"resourceType": "Observation", "status": [], "code": {"text": "a"}}, tier="all"
    )


def test_the_definitions_load_once_and_in_bounded_time():
    begin = perf_counter()
    Definitions(DEFAULT_BASE).profile(f"{GR}variant")
    assert perf_counter() - begin < 30  # a walk without bounds would not end
    assert definitions(DEFAULT_BASE) is definitions(DEFAULT_BASE)
