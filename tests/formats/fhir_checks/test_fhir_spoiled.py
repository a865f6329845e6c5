"""One change to a good document breaks one rule: the report names the rule and the place."""

import csv
from functools import cache
from pathlib import Path

import orjson
import pytest

from adapter.cli import main
from adapter.terms import load
from adapter.validate import check

ROOT = Path(__file__).parents[3]
DATA = ROOT / "tests" / "data" / "fhir_spoiled"
GOLDEN = sorted((ROOT / "tests" / "golden").glob("*.fhir*.json"))
BASIC = {
    "schema", "obs-6", "obs-7", "bdl-3", "bdl-5", "bdl-7", "fullurl", "reference", "txt-1", "txt-2", "dom-2",
    "dom-3", "dom-4", "dom-5", "profile-claim", "component-absence", "gr-category", "gr-assessment",
    "gr-chromosome", "gr-hgvs", "hgvs-reference", "gr-component-once", "vaf-range", "rng-2", "per-1", "qty-3",
    "ext-1", "gr-report-code", "gr-report-category", "check-digit", "mcode-patient", "us-core-6", "mcode-specimen",
    "mcode-copy-number",
}  # fmt: skip


@cache
def table():
    lines = [line for line in (DATA / "spoiled.tsv").read_text().splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def document(name):
    return orjson.loads((DATA / f"{name}.json").read_bytes())


def spoiled(row):
    whole = held = document(row["document"])
    *above, last = row["pointer"].split("/")[1:]
    for part in above:
        held = held[int(part) if isinstance(held, list) else part]
    key = int(last) if isinstance(held, list) else last
    if row["op"] == "remove":
        del held[key]
    else:
        held[key] = orjson.loads(row["value"])
    return whole


def errors(found, tier):
    report = check(found, tier=tier, source="fhir", terms=load())
    return [(i.category, i.path) for i in report.issues if i.level == "error"]


@pytest.mark.parametrize("row", table(), ids=lambda r: f"{r['rule']}:{r['why']}")
def test_a_spoiled_document_names_the_rule_and_the_place(row):
    tier = "basic" if row["rule"] in BASIC else "profile"
    assert (row["rule"], row["where"]) in errors(spoiled(row), tier)


def test_the_table_has_at_least_150_rows_and_none_twice():
    assert len({tuple(row.values()) for row in table()}) == len(table()) >= 150


@pytest.mark.parametrize("name", ["collection-gr3", "collection-mcode4", "transaction-gr3"])
def test_the_documents_of_the_table_are_good_before_they_are_spoiled(name):
    assert errors(document(name), "all") == []


@pytest.mark.parametrize("path", GOLDEN, ids=lambda p: p.stem)
def test_a_golden_document_has_no_error(path):
    # A transaction holds the resources of the collection beside it; its requests are judged by the basic tier.
    tier = "profile" if path.stem.endswith("collection") else "basic"
    assert errors(orjson.loads(path.read_bytes()), tier) == []


@pytest.mark.parametrize("path", [p for p in GOLDEN if p.stem.endswith("gr3.collection")], ids=lambda p: p.stem)
def test_fhir_resources_agrees_on_the_golden_documents(path):
    assert errors(orjson.loads(path.read_bytes()), "all") == []


def test_the_command_names_rule_and_place_and_ends_with_1(tmp_path, capsys):
    row = next(r for r in table() if r["rule"] == "reference-profile")
    path = tmp_path / "spoiled.json"
    path.write_bytes(orjson.dumps(spoiled(row)))
    assert main(["check", str(path), "--json", "--tier", "profile"]) == 1
    report = orjson.loads(capsys.readouterr().out)
    assert report["valid"] is False
    assert (row["rule"], row["where"]) in [(i["category"], i["path"]) for i in report["issues"]]


def test_no_message_holds_a_value_of_the_document():
    found = document("collection-gr3")
    found["entry"][0]["resource"] |= {"gender": "SECRET", "birthDate": "SECRET", "SECRET": 1, "id": "SECRET !"}
    report = check(found, tier="all", source="fhir", terms=load())
    assert [i.message for i in report.issues if "SECRET" in i.message] == []
    assert not report.valid
