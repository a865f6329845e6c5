"""Rows of the tables in ``tests/data/hgvs`` and, where it stands beside the checkout, of the whole corpus."""

from __future__ import annotations

import csv
from pathlib import Path

DATA = Path(__file__).parents[2] / "data" / "hgvs"
CORPORA = Path(__file__).parents[4] / "shared" / "corpora"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def table(name: str) -> list[dict[str, str]]:
    return rows(DATA / name)
