"""The format "case": recognised, read, written with every leaf in its place, checked."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings

from adapter.convert import convert
from adapter.formats import form, recognise
from adapter.formats.document import dump, read_json
from adapter.terms import load
from tests.strategies import cases

SAMPLES = Path(__file__).parents[2] / "samples"
AT = "2026-01-01T00:00:00Z"


def document(name):
    return read_json((SAMPLES / name).read_bytes())


def issues(stated):
    return [issue for check in form("case").checks for issue in check.run(stated, load())]


def test_a_case_is_recognised():
    assert recognise(document("minimal.json")) is form("case")
    assert not form("case").recognises([])


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_a_case_is_written_as_it_was_stated_without_loss(stated):
    (converted,) = convert(stated, "case", at=AT, source="case")
    assert converted.document == stated
    assert converted.losses == ()


def test_every_leaf_is_explained_by_itself():
    (converted,) = convert(document("maximal.json"), "case", at=AT)
    rows = converted.explain()
    assert all(row["output"] == row["input"] for row in rows)
    assert set(converted.case.leaves()) <= {row["input"] for row in rows}


def test_dumping_is_deterministic():
    first, second = (dump(convert(document("maximal.json"), "case", at=AT)[0].document) for _ in range(2))
    assert first == second


def test_a_sound_case_has_no_issue_and_a_broken_one_located_errors():
    assert issues(document("fonc-2026-1656404-patient-1.json")) == []
    (error,) = issues(document("broken/bare-age.json"))
    assert (error.level, error.category, error.path) == ("error", "quantity", "/diagnoses/0/age")


def test_what_is_odd_is_a_warning():
    odd = document("minimal.json") | {"specimens": [{"id": "s", "material": "bone marow"}]}
    assert [(i.level, i.path) for i in issues(odd)] == [("warning", "/specimens/0/material")]
