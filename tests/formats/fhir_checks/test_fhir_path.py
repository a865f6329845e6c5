"""The subset of FHIRPath that invariants use, and each invariant our documents can break, met and not met."""

import pytest

from adapter.formats.fhir.checks.definitions import Definitions
from adapter.formats.fhir.checks.fhirpath import Unsupported, compiled, path
from adapter.formats.fhir.checks.nodes import Env, Item
from adapter.terms import DEFAULT_BASE

PATIENT = {
    "resourceType": "Patient",
    "active": True,
    "name": [{"family": "A", "given": ["B", "C"]}, {"text": "D"}],
    "_birthDate": {"extension": [{"url": "u", "valueCode": "masked"}]},
    "deceasedDateTime": "2020",
    "multipleBirthInteger": 2,
}
VALUES = [
    ("name.given", ["B", "C"]),
    ("Patient.active", [True]),
    ("name[1].text", ["D"]),
    ("name.first().family", ["A"]),
    ("name.tail().text", ["D"]),
    ("name.count()", [2]),
    ("name.where(text.exists()).text", ["D"]),
    ("name.exists(family = 'A')", [True]),
    ("name.all(family.exists())", [False]),
    ("name.select(given.count())", [2, 0]),
    ("name.given.isDistinct()", [True]),
    ("name.given | name.given", ["B", "C"]),
    ("name.given.combine(name.family)", ["B", "C", "A"]),
    ("name.given.intersect(name.given.first())", ["B"]),
    ("name.empty()", [False]),
    ("telecom.empty()", [True]),
    ("active.not()", [False]),
    ("telecom.not()", []),
    ("birthDate.exists()", [True]),
    ("birthDate.hasValue()", [False]),
    ("birthDate.extension('u').value", ["masked"]),
    ("active.hasValue()", [True]),
    ("deceased is dateTime", [True]),
    ("deceased.is(boolean)", [False]),
    ("deceased.as(boolean)", []),
    ("deceased as dateTime", ["2020"]),
    ("deceased.ofType(FHIR.dateTime)", ["2020"]),
    ("'a' is string", [True]),
    ("%resource.is(Patient)", [True]),
    ("multipleBirth > 1", [True]),
    ("multipleBirth <= 1", [False]),
    ("multipleBirth >= 2 and multipleBirth < 3", [True]),
    ("multipleBirth > 'a'", []),
    ("deceased.toString().length()", [4]),
    ("multipleBirth.toString().contains('.')", [False]),
    ("name.length()", []),
    ("name.toString()", []),
    ("deceased.startsWith('20')", [True]),
    ("deceased.endsWith('20')", [True]),
    ("deceased.matches('^[0-9]+$')", [True]),
    ("telecom.matches('x')", []),
    ("'a' in name.given", [False]),
    ("telecom in name", []),
    ("name.given contains 'B'", [True]),
    ("'a' & 'b'", ["ab"]),
    ("name.first() = 'A'", []),
    ("active != false", [True]),
    ("active ~ true", [True]),
    ("telecom = 1", []),
    ("true and telecom.not()", []),
    ("false and telecom.not()", [False]),
    ("true or telecom.not()", [True]),
    ("false or telecom.not()", []),
    ("telecom.not() or true", [True]),
    ("true xor false", [True]),
    ("true xor telecom.not()", []),
    ("false implies false", [True]),
    ("true implies telecom.not()", []),
    ("true implies false", [False]),
    ("telecom.not() implies true", [True]),
    ("children().count()", [6]),
    ("name.descendants().count()", [4]),
    ("name.trace('x').count()", [2]),
    ("%ucum", ["http://unitsofmeasure.org"]),
    ("$this.active", [True]),
    ("`active`", [True]),
    ("'it\\'s'", ["it's"]),
    ("resolve()", []),
]


@pytest.mark.parametrize(("expression", "expected"), VALUES, ids=[v[0] for v in VALUES])
def test_an_expression_gives_what_the_specification_says(expression, expected):
    assert [item.value for item in path(expression)([Item(PATIENT)], Env(PATIENT))] == expected


@pytest.mark.parametrize(
    "expression",
    [
        "name.nonsense()",
        "1 + 2",
        "%context",
        "name.",
        "(name",
        "name name",
        "name.exists(a, b)",
        "{}",
        "iif(a, b, c)",
        ";",
    ],
)
def test_what_is_outside_the_subset_is_refused_when_it_is_compiled(expression):
    with pytest.raises(Unsupported):
        compiled(expression)


def test_a_reference_is_resolved_by_the_document():
    target = {"resourceType": "Observation"}
    env = Env({}, {"urn:1": target}.get)
    assert path("subject.resolve()")([Item({"subject": {"reference": "urn:1"}})], env) == [Item(target)]


QUANTITY = {"value": 6, "system": "http://unitsofmeasure.org", "code": "1"}
STOPPED = {"statusReason": [{"coding": [{"system": "http://snomed.info/sct", "code": "419620001"}]}]}
OTHER = {"statusReason": [{"coding": [{"system": "http://snomed.info/sct", "code": "1"}]}]}
SNOMED = "http://snomed.info/sct"
MODALITY = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-radiotherapy-modality"
TECHNIQUE = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-radiotherapy-technique"


def radiotherapy(modality, technique):
    """A procedure with the codes of a modality and a technique."""
    return {
        "extension": [
            {"url": url, "valueCodeableConcept": {"coding": [{"system": SNOMED, "code": code}]}}
            for url, code in ((MODALITY, modality), (TECHNIQUE, technique))
        ]
    }


INVARIANTS = [
    ("cnt-3", QUANTITY, QUANTITY | {"value": 6.5}),
    ("cnt-3", {"code": "1", "value": 6}, {"value": 6}),
    ("us-core-2", {"valueString": "a"}, {"status": "final"}),
    ("us-core-3", {"valueQuantity": QUANTITY}, {"valueQuantity": {"system": "x"}}),
    ("us-core-7", {"status": "completed", "performedDateTime": "2020"}, {"status": "completed"}),
    ("us-core-21", {"intent": "plan"}, {"intent": "order"}),
    ("mcode-reason-required", {"reasonCode": [{"text": "a"}]}, {"status": "unknown"}),
    ("termination-reason-invariant", STOPPED | {"status": "stopped"}, STOPPED | {"status": "unknown"}),
    ("termination-reason-code-invariant", STOPPED | {"status": "stopped"}, OTHER | {"status": "stopped"}),
    ("must-have-focus-or-specimen-invariant", {"focus": [{}]}, {"focus": [{}], "specimen": {}}),
    ("mcode-description-or-id-required", {"description": "a"}, {"status": "a"}),
    ("TechniquesForProtonBeamModality", radiotherapy("10611004", "1156529004"), radiotherapy("10611004", "113120007")),
    ("TechniquesForPulsedDoseRate", radiotherapy("1156384006", "113120007"), radiotherapy("1156384006", "1")),
    ("con-1", {"summary": {}}, {"type": {}}),
    ("con-2", {"detail": [{}]}, {"id": "a"}),
    ("con-3", {"category": [{"text": "a"}]}, None),
    ("obs-3", {"text": "a"}, {"type": {}}),
    ("pat-1", {"name": {}}, {"gender": "male"}),
    ("mad-1", {"dose": {}}, {"text": "a"}),
    ("grp-1", {"actual": True, "member": [{}]}, {"actual": False, "member": [{}]}),
    ("bdl-1", {"type": "searchset", "total": 1}, {"type": "collection", "total": 1}),
    ("bdl-2", {"type": "collection", "entry": [{}]}, {"type": "collection", "entry": [{"search": {"mode": "match"}}]}),
    ("bdl-8", {"fullUrl": "urn:uuid:1"}, {"fullUrl": "https://example.org/Patient/1/_history/2"}),
    ("bdl-9", {"type": "collection"}, {"type": "document"}),
    ("bdl-10", {"type": "document", "timestamp": "2020-01-01T00:00:00Z"}, {"type": "document"}),
    ("bdl-11", {"type": "document", "entry": [{"resource": {"resourceType": "Composition"}}]},
     {"type": "document", "entry": [{"resource": {"resourceType": "Patient"}}]}),
    ("bdl-12", {"type": "message", "entry": [{"resource": {"resourceType": "MessageHeader"}}]},
     {"type": "message", "entry": [{"resource": {"resourceType": "Patient"}}]}),
    ("sqty-1", {"value": 1}, {"value": 1, "comparator": "<"}),
]  # fmt: skip


@pytest.mark.parametrize(("key", "good", "bad"), INVARIANTS, ids=[i[0] for i in INVARIANTS])
def test_an_invariant_holds_or_not(key, good, bad):
    rules = [row[2] for row in Definitions(DEFAULT_BASE).invariants() if row[0] == key]
    assert rules
    for rule in rules:
        assert compiled(rule)(Item(good), Env(good)) is True
        if bad is not None:
            assert compiled(rule)(Item(bad), Env(bad)) is False


def test_every_packed_invariant_compiles_and_judges_an_empty_object_without_an_error():
    for _, severity, rule in Definitions(DEFAULT_BASE).invariants():
        assert severity in {"error", "warning"}
        assert compiled(rule)(Item({}), Env({})) in {True, False}
