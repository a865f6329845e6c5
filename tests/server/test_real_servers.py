"""HAPI and Medplum: samples are valid, cases arrive whole, a second run changes nothing, a killed run is taken up."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from adapter.bench import synthetic
from adapter.convert import convert
from adapter.formats.document import dump, read_json
from adapter.server import upload, validate
from adapter.server.difference import EXPLAINED
from tests.server.conftest import Real

pytestmark = pytest.mark.judge
SAMPLES = sorted(Path("samples").glob("*.json")) + sorted(Path("samples/kinds").glob("*.json"))
AT = "2026-01-01T00:00:00Z"
KINDS = (
    "Patient",
    "Condition",
    "Specimen",
    "Observation",
    "DiagnosticReport",
    "MedicationAdministration",
    "Procedure",
    "Provenance",
)
CASES = int(os.environ.get("ADAPTER_UPLOAD_CASES", "20"))
NIGHTLY_CASES = 1000


def bundles(profile_set: str) -> list[tuple[str, dict[str, Any]]]:
    return [
        (path.stem, one.document)
        for path in SAMPLES
        for one in convert(read_json(path.read_bytes()), "fhir", at=AT, profile_set=profile_set, bundle="transaction")
    ]


def generated(number: int, folder: Path) -> Path:
    """Synthetic cases, each tenth of them a sample under an id of its own."""
    file = folder / "cases.ndjson"
    samples = [read_json(path.read_bytes()) for path in SAMPLES]
    with file.open("wb") as out:
        for n, case in enumerate(synthetic.cases(number)):
            out.write(dump(case if n % 10 else {**samples[n // 10 % len(samples)], "id": f"generated-{n}"}))
    return file


def run(real: Real, folder: Path, cases: Path, *options: str, out: int = subprocess.PIPE) -> subprocess.Popen[str]:
    """`adapter upload` in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "adapter", "upload", str(cases), "--server", real.id, "--at", AT, *options],
        stdout=out,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "ADAPTER_SERVERS": str(real.registry(folder))},
    )


def table(process: subprocess.Popen[str]) -> list[dict[str, Any]]:
    out, _ = process.communicate(timeout=3000)
    return [json.loads(line) for line in out.splitlines()]


def states(rows: list[dict[str, Any]]) -> Counter[str]:
    return Counter(entry["state"] for row in rows for entry in row["entries"])


@pytest.mark.parametrize("profile_set", ["gr3", "mcode4"])
def test_samples_have_no_error_by_the_validate_of_hapi(profile_set: str, running_hapi: Real) -> None:
    with running_hapi.client() as client:
        for name, bundle in bundles(profile_set):
            report = validate(bundle, client)
            assert [(name, i.path, i.message) for i in report.issues if i.level == "error"] == []
            assert report.valid, name


@pytest.mark.parametrize(
    ("broken", "category"),
    [
        ({"status": "zzz"}, "processing"),
        ({"status": None}, "processing"),
        ({"meta": {"profile": ["https://example.org/fhir/StructureDefinition/unknown"]}}, "not-checked"),
    ],
)
def test_hapi_is_not_taken_for_content_with_a_broken_resource(
    broken: dict[str, Any], category: str, running_hapi: Real
) -> None:
    good = {"resourceType": "Observation", "status": "final", "code": {"text": "karyotype"}}
    resource = {k: v for k, v in {**good, **broken}.items() if v is not None}
    with running_hapi.client() as client:
        assert validate(good, client).valid
        report = validate(resource, client)
    assert not report.valid
    assert category in {i.category for i in report.issues}


def test_cases_arrive_whole_and_a_second_run_creates_nothing(hapi: Real, tmp_path: Path) -> None:
    _arrives(hapi, tmp_path, CASES)


@pytest.mark.nightly
def test_a_thousand_cases_arrive_whole_and_a_second_run_creates_nothing(hapi: Real, tmp_path: Path) -> None:
    _arrives(hapi, tmp_path, NIGHTLY_CASES)


def _arrives(hapi: Real, folder: Path, number: int) -> None:
    cases = generated(number, folder)
    first = table(run(hapi, folder, cases))
    assert len(first) == number
    assert all(row["uploaded"] for row in first)
    assert set(states(first)) == {"created"}
    assert _unexplained(first) == []
    held = hapi.totals(*KINDS)
    assert sum(held.values()) == sum(len(row["entries"]) for row in first)
    second = table(run(hapi, folder, cases))
    assert set(states(second)) == {"existing"}
    assert _unexplained(second) == []
    assert hapi.totals(*KINDS) == held
    print("cases", number, "entries", held, "differences", _kinds(first))  # noqa: T201


def test_a_killed_run_is_taken_up_to_the_same_final_state(hapi: Real, tmp_path: Path) -> None:
    _taken_up(hapi, tmp_path, CASES)


@pytest.mark.nightly
def test_a_killed_run_of_a_thousand_cases_is_taken_up_to_the_same_final_state(hapi: Real, tmp_path: Path) -> None:
    _taken_up(hapi, tmp_path, NIGHTLY_CASES)


def _taken_up(hapi: Real, folder: Path, number: int) -> None:
    """Killed after about a seventh, a third and three fifths of the documents, then run to the end."""
    cases = generated(number, folder)
    expected = sum(len(bundle["entry"]) for bundle in _bundles_of(cases))
    journal = folder / "journal"
    for done in (number // 7, number // 3, number * 3 // 5):
        process = run(hapi, folder, cases, "--resume", str(journal), out=subprocess.DEVNULL)
        deadline = time.monotonic() + 60 + number
        while (not journal.exists() or journal.read_bytes().count(b"\n") <= done) and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    rows = table(run(hapi, folder, cases, "--resume", str(journal)))
    assert len(rows) == number
    assert all(row["uploaded"] for row in rows)
    assert sum(row["resumed"] for row in rows) >= number * 3 // 5
    assert sum(hapi.totals(*KINDS).values()) == expected
    again = table(run(hapi, folder, cases))
    assert set(states(again)) == {"existing"}
    assert _unexplained(again) == []
    print("cases", number, "entries", expected, "resumed", sum(row["resumed"] for row in rows))  # noqa: T201


def _bundles_of(cases: Path) -> list[dict[str, Any]]:
    parsed = [read_json(line) for line in cases.read_bytes().splitlines()]
    return [one.document for case in parsed for one in convert(case, "fhir", at=AT, bundle="transaction")]


def _unexplained(rows: list[dict[str, Any]]) -> list[Any]:
    return [d for row in rows for e in row["entries"] for d in e["differences"] if not d["explained"]]


def _kinds(rows: list[dict[str, Any]]) -> dict[str, int]:
    kinds = Counter(d["kind"] for row in rows for e in row["entries"] for d in e["differences"])
    assert set(kinds) <= EXPLAINED
    return dict(kinds)


def test_put_replaces_what_is_there(hapi: Real) -> None:
    resource = {
        "resourceType": "Observation",
        "identifier": [{"system": "urn:example", "value": "a|b,$c\\d"}],
        "status": "preliminary",
        "code": {"text": "FISH"},
    }
    with hapi.client() as client:
        assert [r.state for r in upload(resource, client).rows] == ["created"]
        changed = {**resource, "status": "final"}
        assert [r.state for r in upload(changed, client).rows] == ["differs"]
        assert [(r.state, r.version) for r in upload(changed, client, mode="put").rows] == [("updated", "2")]
        assert upload(changed, client).uploaded
    assert hapi.totals("Observation") == {"Observation": 1}


def test_what_hapi_drops_silently_is_listed(hapi: Real) -> None:
    resource = {
        "resourceType": "Observation",
        "identifier": [{"system": "urn:example", "value": "dropped"}],
        "status": "final",
        "code": {"text": "FISH"},
        "madeUp": 1,
        "valueQuantity": {"value": read_json(b"1e3")},
    }
    with hapi.client() as client:
        result = upload(resource, client)
    assert not result.uploaded
    assert [(d.path, d.kind) for d in result.rows[0].differences if not d.explained] == [
        ("/madeUp", "dropped"),
        ("/valueQuantity/value", "digits"),
    ]


def test_a_refused_bundle_leaves_nothing_behind(hapi: Real) -> None:
    _, bundle = bundles("gr3")[0]
    entries = [*bundle["entry"]]
    entries[0] = {**entries[0], "resource": {**entries[0]["resource"], "gender": "zzz"}}
    with hapi.client() as client:
        result = upload({**bundle, "entry": entries}, client)
    assert {row.state for row in result.rows} == {"failed"}
    assert sum(hapi.totals(*KINDS).values()) == 0


def test_medplum_takes_the_samples_in_transactions_of_its_own_size(medplum: Real) -> None:
    with medplum.client() as client:
        for name, bundle in bundles("gr3"):
            first = upload(bundle, client)
            # Medplum's numbers lose trailing zeros, which the read-back shows; nothing else may change.
            unexplained = {d.kind for row in first.rows for d in row.differences if not d.explained}
            assert unexplained <= {"digits"}, name
            assert {row.state for row in first.rows} <= {"created", "altered"}, name
            assert {row.state for row in upload(bundle, client).rows} <= {"existing", "differs"}, name


def test_a_server_without_validate_has_checked_nothing(medplum: Real) -> None:
    with medplum.client() as client:
        report = validate(bundles("gr3")[0][1], client)
    assert not report.valid
    assert {i.category for i in report.issues if i.level == "error"} == {"not-checked"}
