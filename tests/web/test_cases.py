"""/v1/cases on both databases: versions, preconditions, pages, repeats with a key, and what a lost database does."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from adapter.errors import StoreError
from adapter.formats.document import dump
from adapter.store import Store, keys
from adapter.web import create_app
from adapter.web.settings import Settings
from tests.postgres import Server
from tests.web.conftest import serving

JSON = "application/json"
ONE = {"case_format": "1", "id": "one", "diagnoses": [{"entity": "B-ALL"}]}
TWO = ONE | {"notes": "changed"}
CANARY = "Zyxwvut-Canary-4711"


@pytest.fixture
def cases(address: str) -> Iterator[FlaskClient]:
    app = create_app(Settings(store=address, store_wait=1))
    yield app.test_client()
    app.extensions["store"].get().close()


def put(client: FlaskClient, document: dict[str, object], **headers: str) -> TestResponse:
    return client.put(
        f"/v1/cases/{document.get('id', 'one')}",
        data=dump(document),
        content_type=JSON,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


def post(client: FlaskClient, document: dict[str, object], key: str | None = None) -> TestResponse:
    headers = {"Idempotency-Key": key} if key is not None else {}
    return client.post("/v1/cases", data=dump(document), content_type=JSON, headers=headers)


def refused(answer: TestResponse, status: int) -> None:
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.text
    assert CANARY not in answer.text


def test_a_case_is_stored_read_changed_and_deleted(cases: FlaskClient) -> None:
    created = put(cases, ONE)
    assert (created.status_code, created.headers["ETag"]) == (201, 'W/"1"')
    assert created.headers["Location"].endswith("/v1/cases/one")
    found = cases.get("/v1/cases/one")
    assert (found.data, found.headers["ETag"]) == (dump(ONE), 'W/"1"')
    changed = put(cases, TWO, If_Match='W/"1"')
    assert (changed.status_code, changed.headers["ETag"], changed.get_json()["version"]) == (200, 'W/"2"', 2)
    assert cases.get("/v1/cases/one?version=1").data == dump(ONE)
    assert cases.delete("/v1/cases/one", headers={"If-Match": 'W/"2"'}).status_code == 204
    refused(cases.get("/v1/cases/one"), 410)
    refused(cases.delete("/v1/cases/one"), 410)
    assert cases.get("/v1/cases/one?version=2").data == dump(TWO)
    assert put(cases, ONE).headers["ETag"] == 'W/"4"'


def test_a_case_that_never_was_is_not_found(cases: FlaskClient) -> None:
    refused(cases.get("/v1/cases/one"), 404)
    refused(cases.delete("/v1/cases/one"), 404)
    put(cases, ONE)
    refused(cases.get("/v1/cases/one?version=2"), 404)


def test_digits_and_order_of_a_case_are_kept(cases: FlaskClient) -> None:
    text = b'{"case_format":"1","findings":[{"kind":"measurement","test":"LDH","value":6.50,"unit":"U/L"}],"id":"d"}\n'
    assert cases.put("/v1/cases/d", data=text, content_type=JSON).status_code == 201
    assert cases.get("/v1/cases/d").data == text


@pytest.mark.parametrize("held", ['W/"1"', '"1"', '"7", W/"1"', "*"])
def test_a_version_that_the_caller_has_is_not_sent_again(cases: FlaskClient, held: str) -> None:
    put(cases, ONE)
    answer = cases.get("/v1/cases/one", headers={"If-None-Match": held})
    assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", 'W/"1"')
    assert cases.get("/v1/cases/one", headers={"If-None-Match": 'W/"2"'}).status_code == 200


def test_a_change_names_the_version_it_replaces(cases: FlaskClient) -> None:
    put(cases, ONE)
    refused(put(cases, TWO), 428)
    refused(put(cases, ONE), 428)
    refused(put(cases, TWO, If_None_Match="*"), 412)
    for stale in ('W/"2"', '"none"'):
        refused(put(cases, TWO, If_Match=stale), 412)
        refused(cases.delete("/v1/cases/one", headers={"If-Match": stale}), 412)
    refused(put(cases, TWO, If_Match=""), 400)
    refused(put(cases, TWO, If_None_Match='W/"1"'), 400)
    assert cases.get("/v1/cases/one").data == dump(ONE)
    assert put(cases, TWO, If_Match='W/"9", W/"1"').headers["ETag"] == 'W/"2"'
    assert put(cases, TWO, If_Match="*").headers["ETag"] == 'W/"2"'
    by_content = cases.get("/v1/cases").get_json()["cases"][0]["sha256"]
    assert put(cases, ONE, If_Match=f'"{by_content}"').headers["ETag"] == 'W/"3"'


def test_a_version_of_nothing_cannot_be_replaced(cases: FlaskClient) -> None:
    refused(put(cases, ONE, If_Match="*"), 412)
    assert put(cases, ONE, If_None_Match="*").status_code == 201


@pytest.mark.parametrize(
    ("body", "kind", "status", "pointer"),
    [
        (dump(ONE | {"id": "two"}), JSON, 422, "/id"),
        (dump({"case_format": "1", "id": "one", "sex": CANARY}), JSON, 422, "/sex"),
        (b'["' + CANARY.encode() + b'"]', JSON, 422, ""),
        (b'{"id":"' + CANARY.encode(), JSON, 400, ""),
        (dump(ONE), "text/plain", 415, None),
    ],
)
def test_what_is_no_case_of_this_id_is_refused(
    cases: FlaskClient, body: bytes, kind: str, status: int, pointer: str | None
) -> None:
    answer = cases.put("/v1/cases/one", data=body, content_type=kind)
    refused(answer, status)
    assert [e["pointer"] for e in answer.get_json()["errors"]][:1] == ([] if pointer is None else [pointer])
    refused(cases.get("/v1/cases/one"), 404)


def test_a_name_that_is_no_id_and_a_page_that_is_none_are_refused(cases: FlaskClient) -> None:
    for path in ("/v1/cases/a%20b", "/v1/cases?limit=0", "/v1/cases?limit=1001", "/v1/cases?after=%00", "/v1/cases?x=1",
                 "/v1/cases/one?version=0"):  # fmt: skip
        refused(cases.get(path), 400)


def test_pages_follow_each_other_in_the_order_of_bytes(cases: FlaskClient) -> None:
    names = ["B", "a", "a-1", "A", "b", "_", "1", "a.1"]
    for name in names:
        assert put(cases, ONE | {"id": name}).status_code == 201
    cases.delete("/v1/cases/b")
    found: list[str] = []
    place: str | None = "/v1/cases?limit=3"
    while place:
        answer = cases.get(place)
        page = answer.get_json()
        found += [row["id"] for row in page["cases"]]
        place = f"/v1/cases?after={page['next']}&limit=3" if page["next"] else None
        assert (place in answer.headers.get("Link", "")) if place else ("Link" not in answer.headers)
    assert found == sorted(set(names) - {"b"})


def test_a_repeat_with_its_key_is_answered_as_the_first(cases: FlaskClient) -> None:
    first = post(cases, ONE, '"key-1"')
    assert first.status_code == 201
    for again in (post(cases, ONE, '"key-1"'), post(cases, ONE, "key-1")):
        assert (again.status_code, again.data) == (201, first.data)
        assert again.headers["ETag"] == first.headers["ETag"]
        assert again.headers["Location"] == first.headers["Location"]
    refused(post(cases, TWO, '"key-1"'), 422)
    refused(post(cases, ONE, '"key-2"'), 409)
    refused(post(cases, ONE), 409)
    assert cases.get("/v1/cases").get_json()["cases"][0]["version"] == 1
    cases.delete("/v1/cases/one")
    assert post(cases, ONE, '"key-2"').get_json()["version"] == 3


@pytest.mark.parametrize("key", ["", "two words", '"half', "x" * 256, "ä"])
def test_a_key_that_is_none_is_refused(cases: FlaskClient, key: str) -> None:
    refused(post(cases, ONE, key), 400)


def test_a_refused_request_leaves_its_key_free(cases: FlaskClient) -> None:
    refused(post(cases, ONE | {"sex": CANARY}, "k"), 422)
    assert post(cases, ONE, "k").status_code == 201


def test_a_request_that_runs_has_its_key(cases: FlaskClient, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(address)
    body = b"POST /v1/cases\n" + dump(ONE)
    with store.transaction() as db:
        running = keys.claim(db, "k", body)
    answer = post(cases, ONE, "k")
    refused(answer, 409)
    assert int(answer.headers["Retry-After"]) > 0
    # Its process died: the claim lapses, and what comes late has no effect.
    later = keys.time.time() + keys.LEASE + 1
    monkeypatch.setattr(keys.time, "time", lambda: later)
    assert post(cases, ONE, "k").status_code == 201
    with pytest.raises(keys.Running), store.transaction() as db:
        keys.finish(db, running, b"{}")
    # After a day the key is forgotten.
    monkeypatch.setattr(keys.time, "time", lambda: later + keys.KEEP + 1)
    refused(post(cases, TWO, "k"), 409)
    store.close()


def test_of_many_at_once_with_one_key_one_has_an_effect(cases: FlaskClient) -> None:
    answers: list[TestResponse] = []

    def ask() -> None:
        answer = post(cases.application.test_client(), ONE, "k")
        while answer.status_code == 409:
            answer = post(cases.application.test_client(), ONE, "k")
        answers.append(answer)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {(a.status_code, a.data) for a in answers} == {(201, answers[0].data)}
    assert cases.get("/v1/cases/one").headers["ETag"] == 'W/"1"'


def test_of_many_changes_of_one_version_one_is_stored(cases: FlaskClient) -> None:
    put(cases, ONE)
    answers: list[int] = []

    def change(number: int) -> None:
        answer = put(cases.application.test_client(), ONE | {"notes": f"{number}"}, If_Match='W/"1"')
        answers.append(answer.status_code)

    threads = [threading.Thread(target=change, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200] + [412] * 7
    assert cases.get("/v1/cases/one").headers["ETag"] == 'W/"2"'


def test_the_service_is_ready_when_its_store_is(cases: FlaskClient) -> None:
    ready = cases.get("/readyz")
    assert (ready.status_code, ready.get_json()["schema"], ready.get_json()["disk"]) == (200, "ok", "ok")
    cases.application.config["ADAPTER"].min_disk = 1.1
    full = cases.get("/readyz").get_json()
    assert full["disk"] == "too little space is left"  # for the file of the store, or the folder of exports


def test_a_schema_of_another_version_is_not_ready(cases: FlaskClient, address: str) -> None:
    put(cases, ONE)
    store = Store(address)
    with store.transaction() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    ready = cases.get("/readyz")
    assert ready.status_code == 503
    assert ready.get_json()["schema"].startswith("revision 0001, expected ")
    store.close()


@pytest.mark.parametrize("address", ["no address://", "mysql://localhost/x"])
def test_an_address_that_is_none_is_told_at_the_start(address: str) -> None:
    with pytest.raises(StoreError, match="expected the path of a SQLite file"):
        create_app(Settings(store=address))


def test_a_database_that_is_gone_is_told_and_comes_back(postgres: Server) -> None:
    own = Server()
    client = create_app(Settings(store=own.address(), store_wait=2)).test_client()
    put(client, ONE)
    own.kill()
    for answer in (put(client, TWO, If_Match='W/"1"'), client.get("/v1/cases/one"), post(client, TWO, "k")):
        refused(answer, 503)
        assert int(answer.headers["Retry-After"]) > 0
        assert "does not answer" in answer.get_json()["detail"]
    ready = client.get("/readyz")
    assert (ready.status_code, ready.get_json()["status"]) == (503, "unavailable")
    assert client.get("/healthz").status_code == 200
    assert client.post("/v1/convert?to=case", data=dump(ONE), content_type=JSON).status_code == 200
    own.start()
    assert client.get("/v1/cases/one").data == dump(ONE)
    assert put(client, TWO, If_Match='W/"1"').status_code == 200
    client.application.extensions["store"].get().close()
    own.stop()


def test_a_service_whose_database_is_not_there_starts_and_says_so() -> None:
    pytest.importorskip("psycopg")
    client = create_app(Settings(store="postgresql+psycopg://adapter@127.0.0.1:1/x", store_wait=1)).test_client()
    refused(client.get("/v1/cases"), 503)
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200


def test_a_busy_file_is_told_in_bounded_time(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    client = create_app(Settings(store=str(path), store_wait=1)).test_client()
    put(client, ONE)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    answer = put(client, TWO, If_Match='W/"1"')
    refused(answer, 503)
    assert int(answer.headers["Retry-After"]) > 0
    assert "busy" in answer.get_json()["detail"]
    assert client.get("/v1/cases/one").data == dump(ONE)
    other.execute("ROLLBACK")
    other.close()
    assert put(client, TWO, If_Match='W/"1"').status_code == 200


def test_several_processes_serve_one_store(address: str) -> None:
    answers: list[requests.Response] = []

    def ask(number: int, base: str) -> None:
        with requests.Session() as session:
            for n in range(5):
                one = ONE | {"id": f"case-{number}-{n}"}
                for _repeat in range(2):
                    headers = {"Idempotency-Key": f"{number}-{n}"}
                    answers.append(session.post(f"{base}/v1/cases", json=one, headers=headers, timeout=30))
                answers.append(session.get(f"{base}/v1/cases/case-{number}-{n}", timeout=30))

    with serving("--workers", "2", "--store", address) as base:
        threads = [threading.Thread(target=ask, args=(n, base)) for n in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        listed = requests.get(f"{base}/v1/cases", timeout=30).json()["cases"]
    assert sorted(a.status_code for a in answers) == [200] * 30 + [201] * 60
    assert [row["version"] for row in listed] == [1] * 30
