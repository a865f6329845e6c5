"""The case: what is read, what is refused and where, what is dumped, what loss accounting covers."""

from __future__ import annotations

import copy
import json
import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from adapter.case import Case, case_schema, facts_of, read_case, refused
from adapter.errors import CaseError, Fault
from adapter.formats.document import dump, lines, read_json, read_yaml
from adapter.normalise import normalise
from adapter.terms import load
from tests.strategies import cases

SAMPLES = Path(__file__).parents[2] / "samples"
SOUND = sorted(path for path in SAMPLES.rglob("*.json") if path.parent.name != "broken")
BROKEN = [line.split("\t") for line in (SAMPLES / "broken/expected.tsv").read_text().splitlines()[1:]]
QUIET = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def document(name):
    return read_json((SAMPLES / name).read_bytes())


def faults(stated):
    with pytest.raises(CaseError) as refused:
        read_case(stated)
    return [(fault.pointer, fault.code) for fault in refused.value.faults]


def spoilt(pointer, value, name="maximal.json"):
    """A sample with one place changed; ``...`` takes the place away."""
    stated = document(name)
    *way, last = pointer.strip("/").split("/")
    node = stated
    for step in way:
        node = node[int(step)] if isinstance(node, list) else node[step]
    key = int(last) if isinstance(node, list) else last
    if value is ...:
        del node[key]
    else:
        node[key] = value
    return stated


@pytest.mark.parametrize("path", SOUND, ids=lambda path: path.stem)
def test_a_sample_is_dumped_as_it_was_stated(path):
    stated = read_json(path.read_bytes())
    case = read_case(stated)
    assert case.to_json() == stated
    assert read_case(read_json(dump(case.to_json()))) == case


@pytest.mark.parametrize("name", sorted({row[0] for row in BROKEN}))
def test_a_broken_sample_is_refused_at_its_place(name):
    expected = [(pointer, code) for file, pointer, code in BROKEN if file == name]
    assert faults(document(f"broken/{name}")) == expected


def test_every_broken_sample_is_expected():
    assert {path.name for path in (SAMPLES / "broken").glob("*.json")} == {row[0] for row in BROKEN}


def test_the_maximal_sample_states_every_field():
    schema = case_schema()
    stated = {json.dumps(sorted(fields)) for fields in _objects(document("maximal.json"))}
    for name, shape in schema["$defs"].items():
        for field in shape.get("properties", {}):
            assert any(field in json.loads(fields) for fields in stated), f"{name}.{field}"


def _objects(node):
    if isinstance(node, dict):
        yield list(node)
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _objects(value)


@pytest.mark.parametrize(
    ("pointer", "value", "expected"),
    [
        ("/case_format", "2", [("/case_format", "value")]),
        ("/case_format", 1, [("/case_format", "value")]),
        ("/case_format", ..., [("/case_format", "missing")]),
        ("/id", "a b", [("/id", "text")]),
        ("/id", "a" * 65, [("/id", "text")]),
        ("/id", ..., [("/id", "missing")]),
        ("/titel", "x", [("/titel", "unknown")]),
        ("/source/journal", "x", [("/source/journal", "unknown")]),
        ("/source", "a paper", [("/source", "type")]),
        ("/subject/sex", "F", [("/subject/sex", "value")]),
        ("/subject/birth", "May 1962", [("/subject/birth", "quantity")]),
        ("/subject/identifiers/1/value", ..., [("/subject/identifiers/1/value", "missing")]),
        ("/diagnoses", {}, [("/diagnoses", "type")]),
        ("/diagnoses/0/entity", " ", [("/diagnoses/0/entity", "text")]),
        ("/diagnoses/0/entity", "B\u0000ALL", [("/diagnoses/0/entity", "text")]),
        ("/diagnoses/0/entity", 7, [("/diagnoses/0/entity", "type")]),
        ("/diagnoses/0/age", "58", [("/diagnoses/0/age", "quantity")]),
        ("/diagnoses/0/age", True, [("/diagnoses/0/age", "type")]),
        ("/diagnoses/0/age", [58], [("/diagnoses/0/age", "type")]),
        ("/diagnoses/0/risk/class", ..., [("/diagnoses/0/risk/class", "missing")]),
        ("/diagnoses/0/code/system", ..., [("/diagnoses/0/code/system", "missing")]),
        ("/diagnoses/0/role", "main", [("/diagnoses/0/role", "value")]),
        ("/diagnoses/0/sites", "CNS", [("/diagnoses/0/sites", "type")]),
        ("/diagnoses/0/sites/0", 1, [("/diagnoses/0/sites/0", "type")]),
        ("/features/0/result", "maybe", [("/features/0/result", "value")]),
        ("/specimens/0/id", ..., [("/specimens/0/id", "missing"), ("/findings/0/specimen", "reference")]),
        ("/specimens/1/id", "bm", [("/specimens/1/id", "unique"), ("/findings/7/specimen", "reference")]),
        ("/specimens/0/at", "later", [("/specimens/0/at", "value")]),
        ("/findings/0/kind", ..., [("/findings/0", "missing")]),
        ("/findings/0/kind", "FISH", [("/findings/0/kind", "value")]),
        ("/findings/0/complex", "true", [("/findings/0/complex", "type")]),
        ("/findings/0/cells_counted", True, [("/findings/0/cells_counted", "count")]),
        ("/findings/0/cells_counted", Decimal("20.5"), [("/findings/0/cells_counted", "count")]),
        ("/findings/0/method", [], [("/findings/0/method", "missing")]),
        ("/findings/0/method", 3, [("/findings/0/method", "type")]),
        ("/findings/0/source/doi", 10, [("/findings/0/source/doi", "type")]),
        ("/findings/1/id", "karyotype", [("/findings/1/id", "unique")]),
        ("/findings/1/copies", "18~6", [("/findings/1/copies", "quantity")]),
        ("/findings/1/copies", {"low": 6}, [("/findings/1/copies", "type")]),
        ("/findings/1/cells", Decimal("0.685"), [("/findings/1/cells", "quantity")]),
        ("/findings/1/cells/scored", "200", [("/findings/1/cells", "quantity")]),
        ("/findings/1/form", "episome", [("/findings/1/form", "value")]),
        ("/findings/1/control/copies", "two", [("/findings/1/control/copies", "quantity")]),
        ("/findings/2/copies", 1, [("/findings/2/copies", "copies")]),
        ("/findings/3/vaf", 43, [("/findings/3/vaf", "quantity")]),
        ("/findings/3/phase", "trans with nothing", [("/findings/3/phase", "reference")]),
        ("/findings/3/phase", "trans with tp53", [("/findings/3/phase", "reference")]),
        ("/findings/3/phase", "in trans", [("/findings/3/phase", "phase")]),
        ("/findings/4/id", "tp53-c", [("/findings/3/phase", "reference")]),
        ("/findings/6/in_frame", 1, [("/findings/6/in_frame", "type")]),
        ("/findings/7/level", "low", [("/findings/7/level", "value")]),
        ("/findings/7/id", "mrd", [("/responses/0/mrd", "reference")]),
        ("/findings/8/gene", ..., [("/findings/8/gene", "missing")]),
        ("/findings/8/value/value", "", [("/findings/8/value/value", "type")]),
        ("/findings/9/markers/CD19", "yes", [("/findings/9/markers/CD19", "quantity")]),
        ("/findings/10/value", "10-5", [("/findings/10/value", "quantity")]),
        ("/findings/12/of", "exome", [("/findings/12/of", "value")]),
        ("/treatments/0/kind", "pills", [("/treatments/0/kind", "value")]),
        ("/treatments/0/start", "soon", [("/treatments/0/start", "quantity")]),
        ("/treatments/1/id", "induction", [("/treatments/1/id", "unique"), ("/responses/1/to", "reference")]),
        ("/responses/0/status", "CR", [("/responses/0/status", "value")]),
        ("/responses/0/mrd", "flow", [("/responses/0/mrd", "reference")]),
        ("/responses/0/since", "birth", [("/responses/0/since", "value")]),
        ("/outcome/after", 4, [("/outcome/after", "quantity")]),
        ("/outcome/vital_status", "dead", [("/outcome/vital_status", "value")]),
        ("/notes", ["a"], [("/notes", "type")]),
        ("/carried/0/path", ..., [("/carried/0/path", "missing")]),
    ],
)
def test_one_spoilt_place_is_refused_there(pointer, value, expected):
    found = faults(spoilt(pointer, value))
    assert found[: len(expected)] == expected
    assert all(at.startswith(("/findings", "/specimens")) for at, _ in found[len(expected) :])


def test_a_document_that_is_no_object_is_no_case():
    for stated in ([], "case", None, 3, [{}]):
        assert faults(stated) == [("", "type")]


def test_several_faults_come_together_in_the_order_of_the_document():
    stated = {
        "outcome": {"after": "zwei Monate"},
        "findings": [{"kind": "copy-number", "gene": "KMT2A", "change": "gain", "copies": 1, "specimen": "bm"}],
        "id": "x",
        "titel": "y",
    }
    assert faults(stated) == [
        ("/outcome/after", "quantity"),
        ("/findings/0/copies", "copies"),
        ("/findings/0/specimen", "reference"),
        ("/titel", "unknown"),
        ("/case_format", "missing"),
    ]


def test_messages_do_not_repeat_what_was_stated():
    name = "Zbigniew"
    stated = {"case_format": name, "id": name + " ", "subject": {"sex": name, "birth": name}, "notes": [name]}
    stated["findings"] = [
        {"kind": name},
        {"kind": "copy-number", "copies": name, "cells": name, "change": name},
    ]
    with pytest.raises(CaseError) as refused:
        read_case(stated)
    assert len(refused.value.faults) >= 8
    assert name not in str(refused.value)


def test_null_means_left_out():
    with_null = document("minimal.json") | {"subject": {"sex": None, "birth": None}, "findings": None, "notes": None}
    case = read_case(with_null | {"specimens": [{"id": "a", "material": None}]})
    assert case.to_json() == document("minimal.json") | {"subject": {}, "specimens": [{"id": "a"}]}
    assert faults(document("minimal.json") | {"diagnoses": [None]}) == [("/diagnoses/0", "type")]


def test_what_a_reader_carried_keeps_its_nulls():
    carried = [{"format": "fhir", "path": "/a", "value": [None, {"b": None}]}]
    assert read_case(document("minimal.json") | {"carried": carried}).to_json()["carried"] == carried


def test_numbers_keep_their_digits():
    text = b'{"case_format":"1","id":"n","findings":[{"kind":"measurement","test":"LDH","value":6.50}]}\n'
    assert dump(read_case(read_json(text)).to_json()) == text


def test_an_integral_number_is_a_count():
    assert read_case(spoilt("/findings/0/cells_counted", Decimal("20.0"))).findings[0].cells_counted == 20


def test_json_and_yaml_of_one_case_give_the_same_bytes():
    case = read_case(read_yaml((SAMPLES / "patient.yaml").read_bytes()))
    again = read_case(read_json(dump(case.to_json())))
    assert dump(again.to_json()) == dump(case.to_json())
    assert b'"value":812.50' in dump(case.to_json())
    assert case.subject.birth.text == "1957-03"


def test_a_cohort_is_a_case_a_line():
    with (SAMPLES / "cohort.ndjson").open("rb") as stream:
        ids = [read_case(read_json(line)).id for _, line in lines(stream)]
    assert ids == ["karyotype", "copy-number", "sequence-variant"]


def test_default_ids_count_the_kind_and_skip_what_is_taken():
    wbc = {"kind": "measurement", "test": "leukocytes"}
    stated = document("minimal.json") | {
        "findings": [wbc, {**wbc, "id": "measurement-2"}, wbc, {"kind": "normal", "of": "karyotype"}]
    }
    assert read_case(stated).finding_ids == ("measurement-1", "measurement-2", "measurement-3", "normal-1")


def test_a_default_id_can_be_referred_to():
    stated = document("minimal.json") | {
        "findings": [{"kind": "mrd", "value": "0.01 %"}],
        "responses": [{"mrd": "mrd-1"}],
    }
    assert read_case(stated).responses[0].mrd == "mrd-1"


def test_what_only_links_is_no_leaf():
    leaves = set(read_case(document("kinds/mrd.json")).leaves())
    assert not leaves & {
        "/case_format",
        "/findings/0/kind",
        "/findings/0/id",
        "/findings/0/specimen",
        "/specimens/0/id",
    }
    assert not leaves & {"/treatments/0/id", "/responses/0/to", "/responses/0/mrd"}
    assert {"/id", "/findings/0/value", "/treatments/0/kind", "/specimens/0/material", "/notes"} <= leaves


def test_what_was_understood_is_no_part_of_equality_or_dumps():
    case = read_case(document("maximal.json"))
    understood = normalise(case, load())
    assert understood.findings[3].understood.grade == "A"
    assert understood == case
    assert understood.to_json() == case.to_json()
    assert list(understood.leaves()) == list(case.leaves())


def test_a_case_differs_from_another_and_from_what_is_no_case():
    case = read_case(document("minimal.json"))
    assert case != read_case(document("minimal.json") | {"id": "other"})
    assert case != document("minimal.json")


def test_a_case_cannot_be_changed():
    case = read_case(document("minimal.json"))
    with pytest.raises(ValueError, match="frozen"):
        case.id = "other"


def test_ten_thousand_findings_are_read_in_linear_time():
    finding = {"kind": "copy-number", "gene": "KMT2A", "change": "gain", "copies": "3", "specimen": "bm"}

    def seconds(n):
        stated = document("minimal.json") | {"specimens": [{"id": "bm"}], "findings": [finding] * n}
        start = time.process_time()
        read_case(stated)
        return time.process_time() - start

    seconds(100)
    assert min(seconds(10_000) for _ in range(3)) < 30 * min(seconds(1_000) for _ in range(3))


def test_ten_thousand_faults_are_reported_in_linear_time():
    stated = document("minimal.json") | {"findings": [{"kind": "copy-number", "copies": "x"}] * 2_000}
    start = time.process_time()
    assert len(faults(stated)) == 2_000
    assert time.process_time() - start < 10


@QUIET
@given(cases())
def test_every_generated_case_reads_back(stated):
    before = copy.deepcopy(stated)
    case = read_case(stated)
    assert stated == before
    assert case.to_json() == stated
    assert read_case(read_json(dump(case.to_json()))) == case


@settings(QUIET, max_examples=25)
@given(cases())
def test_normalising_twice_is_normalising_once(stated):
    terms = load()
    case = read_case(stated)
    once = normalise(case, terms)
    twice = normalise(once, terms)
    assert twice == case == once
    assert [f.understood for f in twice.findings] == [f.understood for f in once.findings]
    assert list(facts_of(twice, terms)) == list(facts_of(once, terms))
    assert all(f.understood is None for f in case.findings)


@settings(QUIET, max_examples=25)
@given(cases())
def test_the_published_schema_accepts_every_generated_case(stated):
    assert VALIDATOR.is_valid(json.loads(dump(stated)))


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/titel", "x"),
        ("/subject/sex", "F"),
        ("/diagnoses/0/age", "58"),
        ("/diagnoses/0/age", 58),
        ("/findings/1/copies", "many"),
        ("/findings/1/cells", 0.685),
        ("/findings/0/cells_counted", 20.5),
        ("/notes", ""),
        ("/findings/0/complex", "true"),
        ("/subject/birth", "May 1962"),
        ("/findings/9/markers/CD19", "yes"),
        ("/outcome/after", "later"),
        ("/findings/0/kind", "FISH"),
    ],
)
def test_the_published_schema_refuses_what_is_refused(pointer, value):
    assert not VALIDATOR.is_valid(json.loads(dump(spoilt(pointer, value))))


def test_the_published_schema_is_closed_and_takes_null_where_a_field_may_be_left_out():
    for shape in case_schema()["$defs"].values():
        if "properties" in shape:
            assert shape["additionalProperties"] is False
    assert VALIDATOR.is_valid(document("minimal.json") | {"notes": None, "findings": None, "subject": {"sex": None}})
    assert not VALIDATOR.is_valid(document("minimal.json") | {"id": None})


def _validator():
    import jsonschema_rs

    return jsonschema_rs.validator_for(case_schema())


VALIDATOR = _validator()


def test_a_case_is_read_from_its_own_words_too():
    assert Case.model_validate(document("minimal.json")) == read_case(document("minimal.json"))


def test_what_has_to_be_taken_out_is_told_from_the_end():
    document = {
        "case_format": "1",
        "id": "two-faults",
        "subject": {"sex": "neither"},
        "findings": [
            {"kind": "sequence-variant", "gene": "TP53", "vaf": "lots"},
            {"kind": "rearrangement", "cells": "most"},
            {"kind": "sequence-variant", "gene": "FLT3", "cells": "60 %"},
        ],
    }
    with pytest.raises(CaseError) as error:
        read_case(document)

    assert refused(error.value.faults, document) == [
        ("subject", "sex"),
        ("findings", "1", "cells"),
        ("findings", "0", "vaf"),
    ]


def test_two_faults_of_one_finding_take_out_that_finding_and_no_other():
    findings = [{"gene": "TP53"}, {"gene": "FLT3", "vaf": "lots"}, {"gene": "NPM1", "vaf": "40 %"}]
    faults = (
        Fault("/findings/1/kind", "missing", "expected a kind"),
        Fault("/findings/1/vaf", "invalid", "expected a fraction"),
        Fault("/findings/0/cells/positive", "invalid", "expected a count"),
    )

    # The place that is not there stands for the finding that should hold it.
    assert refused(faults, {"findings": findings}) == [("findings", "1"), ("findings", "0")]
