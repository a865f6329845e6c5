"""Bad requests: the right status, problem+json, and not one value of the input in the answer or the log."""

from __future__ import annotations

import gzip
import http.client
import json

import pytest
from flask.testing import FlaskClient

CANARY = "Zyxwvut-Canary-4711"
CASE = {"case_format": "1", "id": "one", "diagnoses": [{"entity": "B-ALL"}]}
JSON = "application/json"


def case(**more: object) -> bytes:
    return json.dumps({**CASE, **more}).encode()


BODIES = [
    ("malformed", b'{"case_format": "1", "id": "' + CANARY.encode(), 400),
    ("empty", b"", 400),
    ("trailing bytes", case() + b' "' + CANARY.encode() + b'"', 400),
    ("NaN", b'{"case_format":"1","id":"one","n":NaN}', 400),
    ("infinity", b'{"case_format":"1","id":"one","n":-Infinity}', 400),
    ("duplicate key", b'{"case_format":"1","id":"' + CANARY.encode() + b'","id":"two"}', 400),
    ("depth 100,000", b"[" * 100_000 + b"]" * 100_000, 400),
    ("5,000 digits", b'{"case_format":"1","id":"one","n":' + b"9" * 5_000 + b"}", 400),
    ("lone surrogate", b'{"case_format":"1","id":"\\ud800"}', 400),
    ("bad UTF-8", b'{"case_format":"1","id":"\xff\xfe"}', 400),
    ("NUL byte", b'{"case_format":"1",\x00"id":"one"}', 400),
    ("UTF-16", '{"case_format":"1"}'.encode("utf-16"), 400),
    ("a list", b'["' + CANARY.encode() + b'"]', 422),
    ("a number", b"4711", 422),
    ("no format claims it", json.dumps({"hello": CANARY}).encode(), 422),
    ("unknown field", case(secret=CANARY), 422),
    ("wrong type", case(diagnoses=CANARY), 422),
    ("missing id", json.dumps({"case_format": "1", "notes": CANARY}).encode(), 422),
    (
        "contradiction",
        case(findings=[{"kind": "copy-number", "gene": "KMT2A", "change": "loss", "copies": "6", "said": CANARY}]),
        422,
    ),
    ("bare number for an age", case(diagnoses=[{"entity": CANARY, "age": "58"}]), 422),
    ("unknown reference", case(findings=[{"kind": "karyotype", "complex": True, "specimen": CANARY}]), 422),
    ("too large", case(notes=CANARY + "x" * 3_000_000), 413),
]


@pytest.mark.parametrize(("body", "status"), [row[1:] for row in BODIES], ids=[row[0] for row in BODIES])
def test_a_bad_body_is_refused_without_an_echo(
    client: FlaskClient, capsys: pytest.CaptureFixture[str], body: bytes, status: int
) -> None:
    answer = client.post("/v1/convert?to=fhir", data=body, content_type=JSON)
    logged = capsys.readouterr()
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    problem = answer.get_json()
    assert (problem["status"], problem["instance"]) == (status, answer.headers["X-Request-Id"])
    for text in (answer.text, logged.out, logged.err):
        assert CANARY not in text


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("POST", "/v1/convert?to=fhir", {"Content-Type": "text/plain"}, 415),
        ("POST", "/v1/convert?to=fhir", {"Content-Type": "application/json; charset=latin-1"}, 415),
        ("POST", "/v1/convert?to=fhir", {"Content-Type": JSON, "Content-Encoding": "br"}, 415),
        ("POST", "/v1/convert?to=fhir", {"Content-Type": JSON, "Content-Encoding": "gzip"}, 400),
        ("POST", "/v1/convert?to=fhir", {"Content-Type": JSON, "Accept": "image/png"}, 406),
        ("POST", "/v1/convert", {"Content-Type": JSON}, 400),
        ("POST", f"/v1/convert?to={CANARY}", {"Content-Type": JSON}, 400),
        ("POST", "/v1/convert?to=fhir&to=case", {"Content-Type": JSON}, 400),
        ("POST", f"/v1/convert?to=fhir&at={CANARY}", {"Content-Type": JSON}, 400),
        ("POST", f"/v1/convert?to=fhir&{CANARY}=1", {"Content-Type": JSON}, 400),
        ("GET", "/v1/convert?to=fhir", {}, 405),
        ("DELETE", "/v1/maps", {}, 405),
        ("GET", f"/v1/maps/{CANARY.lower()}", {}, 404),
        ("GET", f"/nowhere/{CANARY}", {}, 404),
    ],
)
def test_a_bad_request_is_refused(
    client: FlaskClient, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    answer = client.open(path, method=method, headers=headers, data=case() if method == "POST" else None)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.text
    assert CANARY not in answer.text.replace(f"?{CANARY}", "")
    assert ("Allow" in answer.headers) == (status == 405)


def test_below_fhir_an_error_is_an_operation_outcome(client: FlaskClient) -> None:
    answer = client.get("/fhir/CodeSystem/nowhere")
    assert (answer.status_code, answer.mimetype) == (404, "application/fhir+json")
    assert answer.get_json()["issue"][0]["code"] == "not-found"


def test_a_gzip_bomb_is_refused_before_it_is_whole(client: FlaskClient) -> None:
    bomb = gzip.compress(b" " * 200_000_000, 9)
    answer = client.post("/v1/convert?to=fhir", data=bomb, headers={"Content-Type": JSON, "Content-Encoding": "gzip"})
    assert answer.status_code == 413


def test_gzip_is_read(client: FlaskClient) -> None:
    plain = client.post("/v1/convert?to=case", data=case(), content_type=JSON)
    packed = client.post(
        "/v1/convert?to=case", data=gzip.compress(case()), headers={"Content-Type": JSON, "Content-Encoding": "gzip"}
    )
    assert (packed.status_code, packed.data) == (200, plain.data)


def test_a_cut_gzip_body_is_refused(client: FlaskClient) -> None:
    cut = gzip.compress(case())[:-9]
    answer = client.post("/v1/convert?to=case", data=cut, headers={"Content-Type": JSON, "Content-Encoding": "gzip"})
    assert answer.status_code == 400


@pytest.mark.parametrize(("size", "status"), [(500_000, 200), (3_000_000, 413)])
def test_a_chunked_body_is_read_whole_or_refused(server: str, size: int, status: int) -> None:
    body = case(notes="x" * size)
    connection = http.client.HTTPConnection(server.removeprefix("http://"), timeout=30)
    parts = (body[n : n + 10_000] for n in range(0, len(body), 10_000))
    connection.request("POST", "/v1/convert?to=case", parts, {"Content-Type": JSON}, encode_chunked=True)
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    assert answer.status == status
    assert (len(data) > size) == (status == 200)


PATIENT = {"name": "resource", "resource": {"resourceType": "Patient", "gender": "female"}}
MODE, ASKED = {"name": "mode", "valueCode": "create"}, "http://hl7.org/fhir/StructureDefinition/Patient"


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ([PATIENT], 200),
        ([MODE, PATIENT, {"name": "profile", "valueUri": ASKED}], 200),
        ([{"name": "resource"}, PATIENT], 200),  # the one that holds a resource
        ([MODE], 400),
        ([PATIENT, {"valueCode": "create"}], 400),
        ([PATIENT, "mode"], 400),
        ([PATIENT, MODE | {"valueCode": "destroy"}], 400),
        ([], 400),
        (None, 400),
    ],
    ids=str,
)
def test_parameters_of_validate_have_names_and_a_resource(client: FlaskClient, parameters: object, status: int) -> None:
    body = json.dumps({"resourceType": "Parameters", "parameter": parameters})
    answer = client.post("/fhir/Patient/$validate", data=body, content_type="application/fhir+json")
    assert answer.status_code == status
    assert answer.get_json()["resourceType"] == "OperationOutcome"
    assert ("destroy" in answer.get_data(as_text=True)) is False
