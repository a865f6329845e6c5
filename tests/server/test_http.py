"""The service and registered servers: reports, operations, uploads behind the answer, and no connection without one."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from adapter.cli import main
from adapter.web import create_app
from adapter.web.settings import Settings
from tests.server.hostile import ALL
from tests.server.scripted import Good, Scripted, bundle, scripted

FHIR = "application/fhir+json"


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted(Good.serve) as running:
        yield running


def web(folder: Path, server: Scripted | None = None, **settings: Any) -> FlaskClient:
    """A client of the service, with `server` registered as "scripted"."""
    return create_app(Settings(servers=registry(folder, server), uploads=folder / "uploads", **settings)).test_client()


def registry(folder: Path, server: Scripted | None) -> Path:
    file = folder / "servers.toml"
    limits = "timeout = 0.5\nattempts = 1\n"
    file.write_text(f'[servers.scripted]\nurl = "{server.url}"\nnetwork = "loopback"\n{limits}' if server else "")
    return file


def ended(client: FlaskClient, place: str) -> dict[str, Any]:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        answer = client.get(place)
        if answer.status_code != 202:
            assert answer.status_code == 200, answer.text
            return answer.get_json()
        time.sleep(0.02)
    raise AssertionError("the upload did not end")


def test_validate_adds_what_the_server_finds(tmp_path: Path, server: Scripted) -> None:
    document = bundle()
    del document["entry"][1]["resource"]["status"]
    answer = web(tmp_path, server).post("/v1/validate?server=scripted", json=document)
    assert answer.status_code == 200
    report = answer.get_json()
    assert not report["valid"]
    assert "server:scripted" in {c["validator"] for c in report["checked"]}
    assert ("server:scripted", "/entry/1/resource") in {(i["validator"], i["path"]) for i in report["issues"]}


@pytest.mark.parametrize(
    ("behaviour", "status"),
    [
        ("never answers", 504),
        ("closes without an answer", 502),
        ("answers in HTML with 200", 502),
        ("is down for ever", 502),
    ],
)
def test_a_server_that_fails_is_a_problem_not_a_report(behaviour: str, status: int, tmp_path: Path) -> None:
    with scripted(ALL[behaviour][1]) as bad:
        answer = web(tmp_path, bad).post("/v1/validate?server=scripted", json=bundle())
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("name", ["other", "http://127.0.0.1:1/fhir", "https://fhir.example.org/r4"])
def test_only_a_registered_id_is_a_server(name: str, tmp_path: Path, server: Scripted) -> None:
    client = web(tmp_path, server)
    assert client.post("/v1/validate", query_string={"server": name}, json=bundle()).status_code == 404
    assert client.post("/v1/uploads", json={"server": name, "documents": [bundle()]}).status_code == 404
    assert client.post("/fhir/$validate", query_string={"server": name}, json=bundle()).status_code == 404
    assert server.good.requests == []


def test_an_upload_runs_behind_the_answer_and_tells_every_entry(tmp_path: Path, server: Scripted) -> None:
    client = web(tmp_path, server)
    asked = client.post("/v1/uploads", json={"server": "scripted", "documents": [bundle()]})
    assert asked.status_code == 202
    result = ended(client, asked.headers["Content-Location"])
    assert result["uploaded"]
    assert [e["state"] for e in result["documents"][0]["entries"]] == ["created"] * 3
    assert not list((tmp_path / "uploads").glob("*/request.json"))
    assert client.delete(asked.headers["Content-Location"]).status_code == 204
    assert client.get(asked.headers["Content-Location"]).status_code == 404


def test_a_case_is_uploaded_as_the_fhir_it_is(tmp_path: Path) -> None:
    with scripted(Good.serve) as running:
        client = web(tmp_path, running)
        case = {"case_format": "1", "id": "one", "diagnoses": [{"entity": "B-ALL"}]}
        documents = [case, {"case_format": "1"}, {"neither": "nor"}]
        asked = client.post("/v1/uploads", json={"server": "scripted", "documents": documents})
        result = ended(client, asked.headers["Content-Location"])
    assert not result["uploaded"]
    assert [row["uploaded"] for row in result["documents"]] == [True, False, False]
    assert all(row["faults"] for row in result["documents"][1:])


def test_a_dry_run_writes_nothing(tmp_path: Path, server: Scripted) -> None:
    client = web(tmp_path, server)
    asked = client.post("/v1/uploads", json={"server": "scripted", "documents": [bundle()], "dry_run": True})
    result = ended(client, asked.headers["Content-Location"])
    assert {e["state"] for e in result["documents"][0]["entries"]} == {"would-create"}
    assert not result["uploaded"]
    assert server.good.posts == 0


def test_an_upload_whose_process_died_is_taken_up_by_the_next_that_asks(tmp_path: Path, server: Scripted) -> None:
    """The folder as a killed process leaves it: the request, and nobody who works on it."""
    client = web(tmp_path, server)
    place = tmp_path / "uploads" / ("a" * 32)
    place.mkdir(parents=True)
    from adapter.formats.document import dump

    request = {
        "server": "scripted",
        "mode": "conditional",
        "dry_run": False,
        "profile_set": "gr3",
        "at": "2026-01-01T00:00:00Z",
    }
    (place / "request.json").write_bytes(dump({**request, "documents": [bundle()]}))
    assert client.get(f"/v1/uploads/{'a' * 32}").status_code == 202
    assert ended(client, f"/v1/uploads/{'a' * 32}")["uploaded"]


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"server": "scripted"},
        {"server": "scripted", "documents": []},
        {"server": "scripted", "documents": [{}], "url": "x"},
    ],
)
def test_an_upload_request_that_does_not_fit_is_refused(body: Any, tmp_path: Path, server: Scripted) -> None:
    assert web(tmp_path, server).post("/v1/uploads", json=body).status_code == 400


OBSERVATION = {"resourceType": "Observation", "status": "final", "code": {"text": "karyotype"}}


@pytest.mark.parametrize(
    ("path", "body", "worst", "code"),
    [
        ("/fhir/Observation/$validate", OBSERVATION, "warning", None),
        ("/fhir/$validate", OBSERVATION, "warning", None),
        ("/fhir/Observation/$validate", {**OBSERVATION, "status": "zzz"}, "error", None),
        ("/fhir/Patient/$validate", OBSERVATION, "error", "invalid"),
        ("/fhir/Observation/$validate?profile=urn:unheard-of", OBSERVATION, "error", "not-found"),
        (
            "/fhir/Observation/$validate",
            {
                "resourceType": "Parameters",
                "parameter": [{"name": "resource", "resource": OBSERVATION}, {"name": "mode", "valueCode": "create"}],
            },
            "warning",
            None,
        ),
        (
            "/fhir/Observation/$validate",
            {
                "resourceType": "Parameters",
                "parameter": [
                    {"name": "resource", "resource": OBSERVATION},
                    {"name": "profile", "valueUri": "urn:unheard-of"},
                ],
            },
            "error",
            "not-found",
        ),
        ("/fhir/Observation/$validate?server=scripted", {**OBSERVATION, "code": None}, "error", None),
    ],
)
def test_the_validate_operation_answers_200_with_an_outcome(
    path: str, body: Any, worst: str, code: str | None, tmp_path: Path, server: Scripted
) -> None:
    answer = web(tmp_path, server).post(path, json={k: v for k, v in body.items() if v is not None})
    assert answer.status_code == 200
    assert answer.mimetype == FHIR
    issues = answer.get_json()["issue"]
    order = ("error", "warning", "information")
    assert min(issues, key=lambda i: order.index(i["severity"]))["severity"] == worst
    assert code is None or code in {i["code"] for i in issues if i["severity"] == "error"}


@pytest.mark.parametrize(
    "body",
    [[], {}, {"resourceType": "Parameters"}, {"resourceType": "Parameters", "parameter": [{"name": "resource"}]}],
)
def test_a_body_without_a_resource_is_an_outcome_with_400(body: Any, tmp_path: Path) -> None:
    answer = web(tmp_path).post("/fhir/$validate", json=body)
    assert answer.status_code == 400
    assert answer.get_json()["resourceType"] == "OperationOutcome"


def test_without_a_server_no_connection_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Sockets that cannot connect or resolve change nothing: everything works, and nothing tries."""
    tried: list[str] = []

    def refuse(*args: Any, **_: Any) -> None:
        tried.append(str(args))
        raise AssertionError("a connection was tried")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    for name in ("getaddrinfo", "create_connection", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse)
    monkeypatch.delenv("ADAPTER_SERVERS", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    sample = "samples/minimal.json"
    assert main(["convert", sample, "--to", "fhir", "--check", "all"]) == 0
    assert main(["convert", sample, "--to", "phenopacket", "--check", "all"]) == 0
    assert main(["check", sample, "--tier", "all"]) == 0
    assert main(["check", sample, "--server", "clinic"]) == 2
    assert main(["upload", sample, "--server", "clinic"]) == 2
    client = web(tmp_path)
    case = Path(sample).read_bytes()
    for path in ("/v1/convert?to=fhir", "/v1/validate?tier=all"):
        assert client.post(path, data=case, content_type="application/json").status_code == 200
    assert client.post("/v1/validate?server=clinic", data=case, content_type="application/json").status_code == 404
    assert client.post("/v1/uploads", json={"server": "clinic", "documents": [{}]}).status_code == 404
    assert tried == []
    capsys.readouterr()
