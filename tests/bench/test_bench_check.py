"""The bench of validation has a row for each goal, and its budgets are shares of fixed seconds."""

from __future__ import annotations

import pytest

from adapter.bench import check, measure


def test_the_bench_has_a_row_for_each_goal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "ROUNDS", 1)
    monkeypatch.setattr(measure, "ROUND_SECONDS", 0.001)
    fhir, packet, profile, load = check.rows()
    assert [row.goal for row in (fhir, packet, profile, load)] == ["<= 2.5", "<= 2.5", "<= 1", "<= 1"]
    assert profile.ratio == profile.left / check.BUNDLE_SECONDS
    assert load.ratio == load.left / check.LOAD_SECONDS
    assert fhir.ratio > 0
    assert packet.note == fhir.note == check.BOTH_SIDES
