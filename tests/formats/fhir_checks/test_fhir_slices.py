"""Each kind of discriminator assigns a value to its slice."""

import pytest

from adapter.formats.fhir.checks.definitions import Node, definitions
from adapter.formats.fhir.checks.document import Member
from adapter.formats.fhir.checks.matching import bound, sliced
from adapter.terms import DEFAULT_BASE

KNOWN = definitions(DEFAULT_BASE)
GENDERS = "http://hl7.org/fhir/ValueSet/administrative-gender"
SYSTEM = "http://hl7.org/fhir/administrative-gender"


def slicing(how, at, *slices):
    return Node(discriminators=((how, at),), slices=slices)


def member(value, suffix=""):
    return Member("/a", value, None, suffix)


def name_of(node, value, suffix="", conforms=lambda *_: False):
    found = sliced(node, member(value, suffix), KNOWN, conforms)
    return found.name if found else ""


def kid(element, node, **fields):
    return Node(kids=((element, False, node),), **fields)


FIXED = slicing("value", "system", kid("system", Node(fixed="phone"), name="phone"))
PATTERN = slicing("pattern", "$this", Node(name="red", pattern={"coding": [{"code": "r"}]}))
DEEP = slicing("value", "type.coding.code", kid("type", kid("coding", kid("code", Node(fixed="x"))), name="deep"))
WHOLE = slicing("value", "type", kid("type", kid("text", Node(fixed="x")), name="whole"))
BOUND = slicing("value", "$this", Node(name="gender", binding=("required", GENDERS)))
EXISTS = slicing(
    "exists", "period", kid("period", Node(least=1), name="dated"), kid("period", Node(most=0), name="undated")
)
TYPE = slicing("type", "$this", Node(name="text", types=("String",)), Node(name="number", types=("Quantity",)))
HELD = slicing("type", "resource", kid("resource", Node(types=("Patient",)), name="patient"))
PROFILE = slicing("profile", "resolve()", Node(name="variant", targets=("a",)))


@pytest.mark.parametrize(
    ("node", "value", "suffix", "expected"),
    [
        (FIXED, {"system": "phone"}, "", "phone"),
        (FIXED, {"system": "fax"}, "", ""),
        (FIXED, "phone", "", ""),
        (PATTERN, {"coding": [{"code": "b"}, {"code": "r", "display": "red"}]}, "", "red"),
        (PATTERN, {"coding": "r"}, "", ""),
        (PATTERN, "r", "", ""),
        (DEEP, {"type": {"coding": [{"code": "y"}, {"code": "x"}]}}, "", "deep"),
        (DEEP, {"type": {"text": "x"}}, "", ""),
        (WHOLE, {"type": {"text": "x"}}, "", "whole"),
        (WHOLE, {"type": "x"}, "", ""),
        (BOUND, "male", "", "gender"),
        (BOUND, "M", "", ""),
        (BOUND, {"coding": [{"system": SYSTEM, "code": "male"}]}, "", "gender"),
        (BOUND, {"coding": [{"system": "x", "code": "male"}]}, "", ""),
        (EXISTS, {"period": {"start": "2020"}}, "", "dated"),
        (EXISTS, {"use": "old"}, "", "undated"),
        (TYPE, "a", "String", "text"),
        (TYPE, {"value": 1}, "Quantity", "number"),
        (TYPE, True, "Boolean", ""),
        (HELD, {"resource": {"resourceType": "Patient"}}, "", "patient"),
        (HELD, {"resource": {"resourceType": "Group"}}, "", ""),
        (HELD, "a", "", ""),
    ],
)
def test_a_value_belongs_to_the_slice(node, value, suffix, expected):
    assert name_of(node, value, suffix) == expected


@pytest.mark.parametrize(("conforming", "expected"), [(True, "variant"), (False, "")])
def test_a_reference_belongs_to_the_slice_of_what_it_leads_to(conforming, expected):
    assert name_of(PROFILE, {"reference": "urn:uuid:1"}, conforms=lambda *_: conforming) == expected
    assert name_of(PROFILE, "urn:uuid:1", conforms=lambda *_: conforming) == ""


def test_what_is_no_object_has_no_slice_by_code():
    component = Node(index={("http://loinc.org", "1"): Node(name="a")})
    assert name_of(component, {"code": {"coding": [{"system": "http://loinc.org", "code": "1"}]}}) == "a"
    assert name_of(component, 5) == ""
    assert bound(5, KNOWN.value_set(GENDERS)) is False
