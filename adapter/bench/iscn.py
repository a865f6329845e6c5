"""What reading ISCN costs, over a plain ``re`` scan of the same text: a ratio that holds on any machine.

The texts are the karyotypes of the packaged samples and, where the development corpora are at hand (a checkout), those.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from adapter.bench.measure import Row, ratio
from adapter.formats.document import read_json
from adapter.nomenclature.iscn import describe, parse
from adapter.packaged import samples
from adapter.terms import load

CORPUS = Path(__file__).parents[2] / "tests" / "data" / "iscn" / "karyotypes.tsv"
MEASURED = 300
"""Strings of a corpus that one round reads: every n-th, so that a round takes a fraction of a second."""

GOAL = "<= 82"
"""2,000 strings a second on a core that scans as many in 6.1 microseconds each."""

_SCAN = re.compile(r"[A-Za-z]+|[0-9]+|\s+|.")


def texts() -> list[str]:
    """The strings to read."""
    if CORPUS.exists():
        with CORPUS.open(encoding="utf-8", newline="") as file:
            found = [row["text"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]
        return found[:: max(1, len(found) // MEASURED)]
    cases = [read_json(path.read_bytes()) for path in sorted(samples().glob("**/*.json"))]
    return [f["iscn"] for case in cases if isinstance(case, dict) for f in case.get("findings", ()) if "iscn" in f]


def rows() -> Iterator[Row]:
    """Parser alone, and with expansion, effects, rules and JSON, each per string."""
    terms, read = load(), texts()

    def scan() -> None:
        for text in read:
            _SCAN.findall(text)

    def syntax() -> None:
        for text in read:
            parse(text)

    def everything() -> None:
        for text in read:
            describe(parse(text), terms)

    for name, work, goal in (("parser", syntax, ""), ("parser, effects, rules and JSON", everything, GOAL)):
        row = ratio(
            "iscn", f"{name} over a plain scan", work, scan, left_items=len(read), right_items=len(read), goal=goal
        )
        yield replace(row, note=f"{1 / row.left:,.0f} strings a second on this core, {len(read)} strings")
