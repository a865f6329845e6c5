"""Benches that only show what they measure: one short round."""

from __future__ import annotations

import pytest

from adapter.bench import measure


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every ratio from one round of one pass."""
    monkeypatch.setattr(measure, "ROUNDS", 1)
    monkeypatch.setattr(measure, "ROUND_SECONDS", 0.001)
