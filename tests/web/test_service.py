"""What the service answers: the command line's bytes, reports, tables, and a document that is true."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from openapi_spec_validator import validate

from adapter.packaged import samples

AT = "2026-01-01T00:00:00Z"
JSON = "application/json"
SAMPLE = samples() / "fonc-2026-1656404-patient-1.json"


@pytest.mark.parametrize("options", [
    {"to": "case"},
    {"to": "fhir"},
    {"to": "fhir", "profile_set": "mcode4", "bundle": "transaction"},
    {"to": "phenopacket"},
    {"to": "phenopacket", "_pretty": "true"},
])  # fmt: skip
def test_the_answer_is_what_the_command_line_prints(client: FlaskClient, options: dict[str, str]) -> None:
    answer = client.post("/v1/convert", query_string={**options, "at": AT}, data=SAMPLE.read_bytes(), content_type=JSON)
    words = [f"--{k.replace('_', '-')}={v}" for k, v in options.items() if not k.startswith("_")]
    pretty = ["--pretty"] if "_pretty" in options else []
    printed = subprocess.run(
        [sys.executable, "-m", "adapter", "convert", str(SAMPLE), *words, *pretty, "--at", AT],
        check=True,
        capture_output=True,
    )
    assert (answer.status_code, answer.headers["Adapter-Valid"]) == (200, "true")
    assert answer.data == printed.stdout


def test_yaml_gives_the_bytes_of_json(client: FlaskClient) -> None:
    text = b'case_format: "1"\nid: one\nsubject: {birth: 1958-03-14}\n'
    body = b'{"case_format":"1","id":"one","subject":{"birth":"1958-03-14"}}'
    plain = client.post("/v1/convert?to=case", data=body, content_type=JSON)
    assert plain.status_code == 200
    assert client.post("/v1/convert?to=case", data=text, content_type="application/yaml").data == plain.data


def test_losses_come_inline(client: FlaskClient) -> None:
    answer = client.post(
        "/v1/convert?to=phenopacket&report=inline", data=SAMPLE.read_bytes(), content_type=JSON
    ).get_json()
    assert set(answer) == {"document", "losses", "issues"}
    assert {loss["stage"] for loss in answer["losses"]} <= {"read", "write"}


def test_a_stream_answers_each_line_and_a_summary(client: FlaskClient) -> None:
    good = b'{"case_format":"1","id":"one"}'
    answer = client.post(
        "/v1/convert/stream?to=case", data=good + b"\n\n{bad\n" + good, content_type="application/x-ndjson"
    )
    rows = [json.loads(line) for line in answer.data.splitlines()]
    assert [(r["line"], r["status"]) for r in rows[:-1]] == [(1, "ok"), (3, "failed"), (4, "ok")]
    assert rows[-1] == {"summary": {"ok": 2, "failed": 1}}


def test_too_many_lines_are_refused(client: FlaskClient) -> None:
    answer = client.post("/v1/convert/stream?to=case", data=b"{}\n" * 10_001, content_type="application/x-ndjson")
    assert answer.status_code == 413


def test_validation_answers_a_report_whether_valid_or_not(client: FlaskClient) -> None:
    good = client.post("/v1/validate", data=SAMPLE.read_bytes(), content_type=JSON)
    bad = client.post("/v1/validate", data=b'{"case_format":"1","sex":"x"}', content_type=JSON)
    assert (good.status_code, good.get_json()["valid"]) == (200, True)
    assert (bad.status_code, bad.get_json()["valid"]) == (200, False)
    assert {i["path"] for i in bad.get_json()["issues"]} == {"/sex", "/id"}


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/iscn", {"text": "46,XX,t(9;22)(q34;q11.2)[10]/46,XX[10]"}, "ok"),
        ("/v1/hgvs", {"text": "TP53 c.524G>A p.Arg175His"}, "ok"),
        ("/v1/fusion", {"text": "BCR::ABL1"}, "ok"),
        ("/v1/iscn", {"text": "no karyotype"}, "not-iscn"),
    ],
)
def test_nomenclature_is_answered(client: FlaskClient, path: str, body: dict[str, str], status: str) -> None:
    answer = client.post(path, json=body)
    assert (answer.status_code, answer.get_json()["status"]) == (200, status)


@pytest.mark.parametrize(
    ("body", "pointer"), [({}, "/text"), ({"text": 5}, "/text"), ({"text": "x", "y": 1}, "/y"), ([], "")]
)
def test_a_nomenclature_body_that_does_not_fit_is_located(client: FlaskClient, body: object, pointer: str) -> None:
    answer = client.post("/v1/iscn", json=body)
    assert (answer.status_code, answer.get_json()["errors"][0]["pointer"]) == (422, pointer)


def test_tables_are_served(client: FlaskClient) -> None:
    names = [t["name"] for t in client.get("/v1/maps").get_json()["tables"]]
    assert {"kmt2a-amplification", "iscn-karyotypes", "hgvs-variants", "outcomes"} <= set(names)
    rows = client.get("/v1/maps/specimens").get_json()["rows"]
    assert any(row["object_id"] == "UBERON:0002371" for row in rows)


def test_our_fhir_artefacts_are_served(client: FlaskClient) -> None:
    metadata = client.get("/fhir/metadata").get_json()
    for kind in (r["type"] for r in metadata["rest"][0]["resource"] if "interaction" in r and r["type"] != "Group"):
        bundle = client.get(f"/fhir/{kind}").get_json()
        assert bundle["total"] > 0
        for entry in bundle["entry"]:
            resource = entry["resource"]
            assert client.get(f"/fhir/{kind}/{resource['id']}").get_json() == resource


def test_health(client: FlaskClient) -> None:
    assert client.get("/healthz").get_json()["status"] == "ok"
    assert client.get("/readyz").get_json()["status"] == "ok"
    assert "adapter_requests_total" in client.get("/metrics").text


def test_a_request_id_is_kept_when_it_is_harmless(client: FlaskClient) -> None:
    assert client.get("/healthz", headers={"X-Request-Id": "abc-1"}).headers["X-Request-Id"] == "abc-1"
    assert client.get("/healthz", headers={"X-Request-Id": "a b<script>"}).headers["X-Request-Id"] != "a b<script>"


def test_the_page_converts_a_sample_and_what_is_pasted(client: FlaskClient) -> None:
    assert "KMT2A amplification" in client.get(f"/?sample={SAMPLE.stem}").text
    pasted = client.post("/", data={"case": '{"case_format":"1","id":"one","x":"<b>"}'})
    assert "/x" in pasted.text
    assert "<b>" not in pasted.text


def test_the_openapi_document_is_valid_and_shown(client: FlaskClient) -> None:
    document = client.get("/openapi.json").get_json()
    validate(document)
    page = client.get("/docs").text
    for path in document["paths"]:
        assert path in page.replace("&lt;", "<").replace("&gt;", ">")


def test_nothing_is_loaded_from_elsewhere(client: FlaskClient) -> None:
    for path in ("/", "/docs"):
        text = client.get(path).text
        assert 'src="http' not in text
        assert 'href="http' not in text


def test_an_error_of_ours_keeps_the_message_out_of_answer_and_log(
    client: FlaskClient, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret value")

    monkeypatch.setattr("adapter.web.convert.convert", fail)
    answer = client.post("/v1/convert?to=case", data=b"{}", content_type=JSON)
    logged = capsys.readouterr().out
    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
    assert "secret value" not in answer.text + logged
    assert "RuntimeError" in logged


def test_templates_are_inside_the_package() -> None:
    assert (Path(__file__).parents[2] / "adapter" / "web" / "templates" / "index.html").is_file()
