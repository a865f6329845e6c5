"""The basic tier where the spoiled documents do not reach: odd shapes, warnings, and time."""

from time import process_time

import pytest

from adapter.formats.fhir.checks import schema
from adapter.terms import load
from adapter.validate import check

VARIANT = {"system": "http://loinc.org", "code": "69548-6"}
DIV = '<div xmlns="http://www.w3.org/1999/xhtml">%s</div>'


def observation(**fields):
    return {"resourceType": "Observation", "status": "final", "code": {"text": "a"}, "valueString": "b"} | fields


def component(code, **value):
    return {"code": {"coding": [{"system": "http://loinc.org", "code": code}]}} | value


def issues(document):
    report = check(document, tier="basic", source="fhir", terms=load())
    return [(i.level, i.category, i.path) for i in report.issues]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (observation(), []),
        ({"resourceType": "Nothing"}, ("error", "schema", "/resourceType")),
        ({"resourceType": "Observation"}, ("error", "schema", "")),
        (
            {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": []}]},
            ("error", "schema", "/entry/0/resource"),
        ),
        ({"resourceType": "Bundle", "type": "collection", "entry": [1]}, ("error", "schema", "/entry/0")),
        (observation(contained=["x"]), ("error", "schema", "/contained/0")),
        (observation(valueString=None, component=[]), ("error", "schema", "/component")),
        # R4 forbids the control characters and no other; printed titles have no-break and thin blanks.
        (observation(valueString="Novel\u00a0mutation in 68.5\u202f% of\u3000cells"), []),
        (observation(valueString="two\nlines\tand a tab"), []),
        (observation(valueString="a\x1fb"), ("error", "schema", "/valueString")),
        # Two members of a choice in the smallest object that can hold them.
        (
            {"resourceType": "Patient", "deceasedBoolean": True, "deceasedDateTime": "2020"},
            ("error", "schema", ""),
        ),
        (
            observation(extension=[{"url": "urn:a:b", "valueString": "c", "valueBoolean": True}]),
            ("error", "schema", "/extension/0"),
        ),
        (
            observation(component=[{"code": {"text": "c"}, "valueString": "d", "valueInteger": 1}]),
            ("error", "schema", "/component/0"),
        ),
        (
            observation(component=[{"_code": {"id": "c"}, "valueString": "d", "valueInteger": 1}]),
            ("error", "schema", "/component/0"),
        ),
        (
            {"resourceType": "Observation", "status": "final", "code": {"text": "a"}},
            ("warning", "observation-content", ""),
        ),
        (observation(text={"status": "generated", "div": DIV % '<img src="a.png"/>'}), []),
        (observation(code={"coding": [VARIANT]}), ("error", "gr-assessment", "")),
        (
            observation(
                component=[
                    component(
                        "48018-6",
                        valueCodeableConcept={"coding": [{"system": "http://www.genenames.org", "code": "7132"}]},
                    )
                ],
                code={"coding": [VARIANT]},
            ),
            ("warning", "hgnc-prefix", "/component/0/valueCodeableConcept/coding/0/code"),
        ),
        (
            observation(component=[component("82155-3", valueString="6")], code={"coding": [VARIANT]}),
            ("error", "gr-copy-number", "/component/0"),
        ),
        (
            observation(code={"coding": [{"system": "http://www.sequenceontology.org/", "code": "SO:1"}]}),
            ("warning", "system", "/code/coding/0/system"),
        ),
        (
            observation(code={"coding": [{"system": "http://loinc.org", "code": "69548-6", "display": "Nonsense"}]}),
            None,
        ),
        (
            {
                "resourceType": "Condition",
                "subject": {"display": "a"},
                "abatementString": "b",
                "clinicalStatus": {"coding": [{"system": "s", "code": "active"}]},
            },
            ("error", "con-4", "/clinicalStatus"),
        ),
        (
            {
                "resourceType": "Condition",
                "subject": {"display": "a"},
                "clinicalStatus": {"coding": [{"system": "s", "code": "active"}]},
                "verificationStatus": {"coding": [{"system": "s", "code": "entered-in-error"}]},
            },
            ("error", "con-5", "/clinicalStatus"),
        ),
        (
            {
                "resourceType": "DiagnosticReport",
                "status": "final",
                "code": {"text": "a"},
                "meta": {"profile": ["http://hl7.org/fhir/uv/genomics-reporting/StructureDefinition/genomic-report"]},
            },
            ("warning", "report-empty", ""),
        ),
        (
            {
                "resourceType": "Bundle",
                "type": "collection",
                "entry": [{"fullUrl": "urn:uuid:1", "resource": observation(subject={"reference": "Patient/9"})}],
            },
            ("warning", "reference", "/entry/0/resource/subject/reference"),
        ),
    ],
)
def test_a_document_has_the_issue(document, expected):
    found = issues(document)
    if expected == []:
        assert found == []
    elif expected is not None:
        assert expected in found


def test_a_resource_with_very_many_errors_is_cut_short():
    found = observation(component=[{"x": 1}] * 300)
    assert len(list(schema.issues(found))) <= 51


def test_an_invalid_document_is_located_without_the_choice_among_all_types():
    document = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": observation(x=1)}] * 20}
    list(schema.issues(document))
    begin = process_time()
    list(schema.issues(document))
    assert process_time() - begin < 10  # seconds: the whole schema would take minutes
