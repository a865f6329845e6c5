"""Good phenopackets with one place spoiled: each is named with its rule and its path (tests/data/phenopacket)."""

import copy
import csv
import json
from pathlib import Path

import orjson
import pytest

from adapter.formats.phenopacket.rules import RULES
from adapter.terms import load
from adapter.validate import check

ROOT = Path(__file__).parents[3]
TABLE = ROOT / "tests" / "data" / "phenopacket" / "spoiled.tsv"


def rows():
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def good(name):
    return orjson.loads((ROOT / "tests" / "golden" / f"{name}.phenopacket.json").read_bytes())


def spoiled(row):
    """The packet of a row with its one change."""
    document = copy.deepcopy(good(row["packet"]))
    steps = [step.replace("~1", "/").replace("~0", "~") for step in row["pointer"].split("/")[1:]]
    node = document
    for step in steps[:-1]:
        node = node[int(step)] if isinstance(node, list) else node[step]
    last = int(steps[-1]) if isinstance(node, list) else steps[-1]
    if row["value"]:
        node[last] = json.loads(row["value"])
    else:
        del node[last]
    return document


@pytest.mark.parametrize("row", rows(), ids=lambda r: f"{r['rule']}-{r['pointer'].rpartition('/')[2]}")
def test_a_spoiled_place_is_named_with_rule_and_path(row):
    report = check(spoiled(row), source="phenopacket", terms=load())
    assert (row["rule"], row["path"], row["level"]) in {(i.category, i.path, i.level) for i in report.issues}
    assert report.valid == (not any(i.level == "error" for i in report.issues))


@pytest.mark.parametrize("name", sorted({row["packet"] for row in rows()}))
def test_the_unspoiled_packet_has_no_issue(name):
    assert check(good(name), tier="all", source="phenopacket", terms=load()).issues == ()


def test_the_table_is_large_and_knows_every_rule():
    named = {row["rule"] for row in rows()}
    rules = {rule.__name__.replace("_", "-") for rule in RULES}
    told = {
        "resource-entry": {"resource-twice", "resource-id", "resource-iri"},
        "label-of-code": {"label", "obsolete"},
    }
    assert len(rows()) >= 100
    assert {rule for rule in rules if not (told.get(rule, {rule}) <= named)} == set()


def test_messages_hold_no_value_of_the_document():
    for row in rows():
        report = check(spoiled(row), source="phenopacket", terms=load())
        value = json.loads(row["value"]) if row["value"] else None
        if isinstance(value, str) and len(value) > 6:
            assert all(value not in issue.message for issue in report.issues)
