"""What is no document, or one made to do harm, through both doors: located on the command line, 4xx over HTTP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from adapter.cli import main
from adapter.web import create_app

CLIENT = create_app().test_client()
META = '"metaData": {"created": "2026-01-01T00:00:00Z", "createdBy": "x", "phenopacketSchemaVersion": "2.0"}'
BROKEN = {
    "NaN": '{"id": NaN, ' + META + "}",
    "infinity": '{"id": -Infinity, ' + META + "}",
    "duplicate key": '{"id": "a", "id": "b", ' + META + "}",
    "lone surrogate": '{"id": "\\ud800", ' + META + "}",
    "huge number": '{"id": ' + "9" * 5000 + ", " + META + "}",
    "huge exponent": '{"id": 1e99999, ' + META + "}",
    "deep": '{"resourceType": ' + '{"a": ' * 100_000 + "1" + "}" * 100_000 + "}",
    "deep contained": '{"resourceType": "Patient", "contained": ' + '[{"resourceType": "Patient", "contained": ' * 70
    + "[]" + "}]" * 70 + "}",
    "cut off": '{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Pat',
    "no bytes": "",
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_the_command_line_says_where(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "in.json").write_text(BROKEN[name])

    assert main(["convert", str(tmp_path / "in.json"), "--to", "case"]) == 1

    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"{tmp_path / 'in.json'}:1:")


@pytest.mark.parametrize("name", BROKEN)
def test_the_service_refuses_it(name: str) -> None:
    answer = CLIENT.post("/v1/convert?to=case", data=BROKEN[name].encode(), content_type="application/json")

    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"


def entry(n: int, **members: Any) -> Any:
    return {"fullUrl": f"urn:uuid:{n}", "resource": members}


def chained(*resources: Any) -> Any:
    return {"resourceType": "Bundle", "type": "collection", "entry": [entry(n, **r) for n, r in enumerate(resources)]}


def panel(to: int) -> Any:
    member = [{"reference": f"urn:uuid:{to}"}]
    code = {"coding": [{"system": "http://loinc.org", "code": "69548-6"}]}
    return {"resourceType": "Observation", "status": "final", "code": code, "hasMember": member, "derivedFrom": member}


CYCLES = {
    "a result of itself": chained(panel(0)),
    "two results of each other": chained(panel(1), panel(0)),
    "a ring of a hundred": chained(*(panel((n + 1) % 100) for n in range(100))),
    "a specimen of itself": chained({"resourceType": "Specimen", "parent": [{"reference": "urn:uuid:0"}]}),
    "a patient linked to itself": chained(
        {"resourceType": "Patient", "link": [{"other": {"reference": "urn:uuid:0"}, "type": "seealso"}]}
    ),
    "contained that refers to its holder": {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "x"},
        "specimen": {"reference": "#s"},
        "contained": [{"resourceType": "Specimen", "id": "s", "parent": [{"reference": "#"}, {"reference": "#s"}]}],
    },
    "a biosample derived from itself": {
        "id": "x",
        "biosamples": [{"id": "s", "derivedFromId": "s", "individualId": "s"}],
        "metaData": {},
    },
}


@pytest.mark.parametrize("name", CYCLES)
@pytest.mark.parametrize("target", ["case", "fhir", "phenopacket"])
def test_a_cycle_is_read_once_or_refused(name: str, target: str) -> None:
    body = json.dumps(CYCLES[name]).encode()

    answer = CLIENT.post(f"/v1/convert?to={target}&check=none", data=body, content_type="application/json")

    assert answer.status_code in (200, 422)
