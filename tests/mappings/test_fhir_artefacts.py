"""Our own CodeSystem, ValueSets and StructureDefinitions, and their agreement with the tables."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from adapter.terms import DEFAULT_BASE, load

ROOT = Path(__file__).parent.parent.parent
FILES = sorted((ROOT / "mappings/fhir").glob("*.json"))
JUDGE = ROOT.parent / "shared/judges/fhir/judge.sh"
SYSTEM = f"{DEFAULT_BASE}/CodeSystem/haem"
CODE_SYSTEM = json.loads((ROOT / "mappings/fhir/CodeSystem-haem.json").read_text())
CODES = {concept["code"]: concept["display"] for concept in CODE_SYSTEM["concept"]}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_artefact_is_at_its_canonical(path):
    resource = json.loads(path.read_text())
    assert path.name == f"{resource['resourceType']}-{resource['id']}.json"
    assert resource["url"] == f"{DEFAULT_BASE}/{resource['resourceType']}/{resource['id']}"
    assert {"version", "name", "title", "status", "description", "publisher"} <= resource.keys()
    assert re.fullmatch(r"[A-Z][A-Za-z0-9_]*", resource["name"])
    ET.fromstring(resource["text"]["div"])  # noqa: S314 - our own file


def test_code_system_is_complete_and_defined():
    concepts = CODE_SYSTEM["concept"]
    assert CODE_SYSTEM["content"] == "complete"
    assert CODE_SYSTEM["count"] == len(concepts) == len(CODES)
    assert all(len(concept["definition"]) > 15 and concept["definition"].endswith(".") for concept in concepts)
    assert [code for code in CODES if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)] == []


def test_own_code_of_a_table_is_in_the_code_system_under_its_display():
    terms = load()
    own = {
        (row.object_id.removeprefix("HAEM:"), row.object_label)
        for table in terms.tables()
        for row in terms.rows(table)
        if not row.is_alias and row.prefix == "HAEM"
    }
    assert {pair for pair in own if CODES.get(pair[0]) != pair[1]} == set()


def test_value_sets_and_profiles_use_only_codes_that_exist():
    used = []

    def walk(node):
        if isinstance(node, dict):
            if node.get("system") == SYSTEM:
                used.extend([node["code"]] if "code" in node else [c["code"] for c in node.get("concept", [])])
            for child in node.values():
                walk(child)
        elif isinstance(node, list):
            for child in node:
                walk(child)

    for path in FILES:
        walk(json.loads(path.read_text()))
    assert len(used) > 10
    assert set(used) <= CODES.keys()


def interval(anchor: str, code: str = "survival-interval") -> dict:
    """Survival interval of at most four days, as patient 2 of the seed report has it but for the anchor."""
    return {
        "resourceType": "Observation",
        "meta": {"profile": [f"{DEFAULT_BASE}/StructureDefinition/survival-interval"]},
        "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">within four days</div>'},
        "status": "final",
        "code": {"coding": [{"system": SYSTEM, "code": code}]},
        "subject": {"reference": "Patient/p"},
        "performer": [{"display": "authors of the report"}],
        "effectiveDateTime": "2020-01-01",
        "valueQuantity": {"value": 4, "comparator": "<=", "system": "http://unitsofmeasure.org", "code": "d"},
        "component": [
            {
                "code": {"coding": [{"system": SYSTEM, "code": "since"}]},
                "valueCodeableConcept": {"coding": [{"system": SYSTEM, "code": anchor}]},
            }
        ],
    }


@pytest.mark.judge
@pytest.mark.nightly
def test_profile_accepts_an_interval_and_refuses_another_code(tmp_path):
    if not JUDGE.exists():
        pytest.skip("the FHIR judge is not here")
    for name, body in {"good": interval("since-diagnosis"), "bad": interval("nope", code="mrd")}.items():
        (tmp_path / f"{name}.json").write_text(json.dumps({"id": name, **body}))
    own = [str(path) for path in FILES if not path.name.startswith("StructureDefinition")]
    done = subprocess.run(
        [
            "bash",
            str(JUDGE),
            "--level",
            "warning",
            "--extra",
            str(ROOT / "mappings/fhir"),
            "good.json",
            "bad.json",
            *own,
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    if done.returncode == 2:
        pytest.skip("the FHIR judge is not prepared")
    issues = [json.loads(line) for line in done.stdout.splitlines()]
    files = {issue["file"] for issue in issues if "file" in issue}
    assert files == {"bad.json"}
    assert issues[-1]["error"] == 2
