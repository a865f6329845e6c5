"""Terms with a directory of the user's own tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapter.terms import Terms, load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def overlay(tmp_path: Path) -> Callable[..., Terms]:
    """Terms overlaid with tables given by name: SSSOM rows, or the text of ``genes``, ``resources``, ``profiles``."""

    def terms(**tables: str) -> Terms:
        for name, text in tables.items():
            plain = name in {"genes", "resources", "profiles"}
            tail = ".tsv" if plain else ".sssom.tsv"
            (tmp_path / (name.replace("_", "-") + tail)).write_text(text, encoding="utf-8", newline="")
        return load(tmp_path)

    return terms
