"""The ledger: losses by subtraction, explanations by identity."""

from __future__ import annotations

import pytest

from adapter.clock import instant, now
from adapter.report import Checked, Issue, Ledger, Loss, Report, leaves

CASE = {
    "id": "one",
    "subject": {"sex": "male", "birth": None},
    "findings": [{"cells": {"positive": 137, "scored": 200}}],
}


def test_leaves_are_the_non_null_ends_in_document_order() -> None:
    assert list(leaves(CASE)) == ["/id", "/subject/sex", "/findings/0/cells/positive", "/findings/0/cells/scored"]


def test_leaves_escape_slash_and_tilde() -> None:
    assert list(leaves({"a/b": {"~": 1}})) == ["/a~1b/~0"]


def test_what_nobody_placed_is_lost() -> None:
    ledger = Ledger()
    document = {"gender": "male"}
    ledger.put(document, "/subject/sex", member="gender")
    assert [loss.path for loss in ledger.losses(document, leaves(CASE))] == [
        "/findings/0/cells/positive",
        "/findings/0/cells/scored",
        "/id",
    ]


def test_a_placed_quantity_covers_its_parts() -> None:
    ledger = Ledger()
    document = {"id": ledger.put({}, "/id"), "share": ledger.put({"value": 68.5}, "/findings/0/cells")}
    assert [loss.path for loss in ledger.losses(document, leaves(CASE))] == ["/subject/sex"]


def test_narrowed_and_moved_say_where() -> None:
    ledger = Ledger()
    quantity = {"value": 6}
    document = {"component": [{}, {"valueQuantity": quantity}], "comment": "two months"}
    ledger.put(quantity, "/findings/0/cells")
    ledger.narrowed("/findings/0/cells", "only the lower bound", quantity, "value")
    ledger.moved("/subject/sex", "stands in a comment", document, "comment")
    ledger.put(document, "/id")
    assert ledger.losses(document, leaves(CASE)) == (
        Loss("write", "/findings/0/cells", "narrowed", "only the lower bound", "/component/1/valueQuantity/value"),
        Loss("write", "/subject/sex", "moved", "stands in a comment", "/comment"),
    )


def test_explanations_follow_the_document() -> None:
    ledger = Ledger()
    first, second = {"a": 1}, {"b": 2}
    ledger.put(second, "/two", "mappings/x#2", "b")
    ledger.put(first, "/one", "mappings/x#1")
    ledger.put({"not": "in the document"}, "/three")
    assert ledger.explain({"list": [first, second]}) == [
        {"output": "/list/0", "input": "/one", "rule": "mappings/x#1"},
        {"output": "/list/1/b", "input": "/two", "rule": "mappings/x#2"},
    ]


@pytest.mark.parametrize(
    ("level", "category", "valid"),
    [("error", "vocabulary", False), ("warning", "vocabulary", True), ("warning", "not-checked", False)],
)
def test_a_report_is_valid_without_errors_and_with_every_check_run(level: str, category: str, valid: bool) -> None:
    issue = Issue(validator="v", level=level, category=category, path="/a", message="m")
    report = Report((Checked("v", "1", "all"),)) + Report((), (issue,))
    assert report.valid is valid
    assert report.to_json() == {
        "valid": valid,
        "checked": [{"validator": "v", "version": "1", "what": "all"}],
        "issues": [
            {"validator": "v", "level": level, "category": category, "path": "/a", "input_path": "", "message": "m"}
        ],
    }


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-22T12:00:00Z", "2026-11-22T12:00:00Z"),
        ("2026-11-22T12:00:00+02:00", "2026-11-22T10:00:00Z"),
        ("2026-11-22T12:00:00.250Z", "2026-11-22T12:00:00.250000Z"),
    ],
)
def test_an_instant_is_written_in_utc(text: str, utc: str) -> None:
    assert instant(text) == utc


@pytest.mark.parametrize(
    "text", ["", "2026-11-22", "2026-11-22T12:00:00", "2026-13-22T12:00:00Z", "0001-01-01T00:00:00+05:00"]
)
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="with zone"):
        instant(text)


def test_source_date_epoch_is_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert now() == "1970-01-01T00:00:00Z"


def test_without_it_now_has_whole_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert len(now()) == len("2026-11-22T12:00:00Z")
