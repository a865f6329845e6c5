"""Corpora of ISCN strings, with the kind that their collectors gave each row."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).parents[2] / "data" / "iscn"


class Row(NamedTuple):
    text: str
    kind: str
    clinical: bool


def corpus() -> list[Row]:
    """The strings of karyotypes.tsv; what stands in `note` is kind, subset and origin."""
    with (DATA / "karyotypes.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [
            Row(row["text"], re.search(r"kind=([^;]+)", row["note"])[1], "subset=clinical" in row["note"])
            for row in rows
        ]


def constructs() -> list[tuple[str, str, str]]:
    """The probes of iscn-constructs.tsv: name, text, validity."""
    with (DATA / "iscn-constructs.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(row["construct"], row["text"], row["validity"]) for row in rows]
