"""More requests than can be served: turns first come first served, a refusal with Retry-After, health all the while."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from adapter.formats.document import dump
from adapter.web import create_app
from adapter.web.gate import Full, Gate
from adapter.web.settings import Settings

JSON = "application/json"
ONE = dump({"case_format": "1", "id": "one", "diagnoses": [{"entity": "B-ALL"}]})
ASKED = [
    ("/v1/convert?to=fhir", JSON),
    ("/v1/convert/stream?to=case", "application/x-ndjson"),
    ("/v1/validate", JSON),
    ("/v1/cases", JSON),
]


def crowded(tmp_path: Path, **settings: float) -> FlaskClient:
    return create_app(Settings(store=str(tmp_path / "store.sqlite"), **settings)).test_client()


def refused(answer: TestResponse) -> None:
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize(("path", "kind"), ASKED)
def test_who_finds_no_place_is_told_when_to_come_again(tmp_path: Path, path: str, kind: str) -> None:
    client = crowded(tmp_path, conversions=1, waiting=0)
    gates = client.application.extensions["gates"]
    with gates["conversion"].turn(), gates["stream"].turn():
        refused(client.post(path, data=ONE, content_type=kind))
        assert client.get("/healthz").status_code == 200
        assert client.get("/v1/maps").status_code == 200
    assert client.post(path, data=ONE, content_type=kind).status_code in {200, 201}


def test_below_fhir_a_refusal_is_an_operation_outcome(tmp_path: Path) -> None:
    client = crowded(tmp_path, conversions=0, waiting=0)
    answer = client.post(
        "/fhir/$validate", data=dump({"resourceType": "Patient"}), content_type="application/fhir+json"
    )
    assert (answer.status_code, answer.get_json()["issue"][0]["code"]) == (503, "transient")
    assert int(answer.headers["Retry-After"]) > 0


def test_who_waits_too_long_is_refused(tmp_path: Path) -> None:
    refused(crowded(tmp_path, conversions=0, waiting=1, patience=0.1).post("/v1/validate", data=ONE, content_type=JSON))


def test_turns_are_had_in_the_order_of_asking() -> None:
    gate, seen, threads = Gate(1, 10, 30), [], []

    def ask(number: int) -> None:
        with gate.turn():
            seen.append(number)

    with gate.turn():
        for number in range(6):
            threads.append(threading.Thread(target=ask, args=(number,)))
            threads[-1].start()
            while len(gate._queue) <= number:
                threading.Event().wait(0.001)
        with pytest.raises(Full), Gate(0, 0, 1).turn():
            seen.append(-1)
    for thread in threads:
        thread.join()
    assert seen == list(range(6))
    with gate.turn():
        pass


def test_who_gave_up_takes_no_turn_away() -> None:
    gate = Gate(1, 10, 0.05)
    with gate.turn():
        for _ in range(3):
            with pytest.raises(Full), gate.turn():
                pass
    with gate.turn():
        pass


def test_a_stream_waits_for_each_line_and_gives_its_place_back(tmp_path: Path) -> None:
    client = crowded(tmp_path, conversions=1, waiting=4)
    for _ in range(3):
        answer = client.post("/v1/convert/stream?to=case", data=ONE * 5, content_type="application/x-ndjson")
        assert answer.data.count(b'"status":"ok"') == 5
        refused_size = client.post("/v1/convert/stream?to=case", data=b"\n" * 10_001, content_type=JSON)
        assert refused_size.status_code == 413


def test_a_store_that_is_slow_keeps_nobody_from_converting(tmp_path: Path) -> None:
    client = crowded(tmp_path, waiting=4, store_connections=1, store_wait=2)
    assert client.post("/v1/cases", data=ONE, content_type=JSON).status_code == 201
    other = sqlite3.connect(tmp_path / "store.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    answers: list[TestResponse] = []

    def delete() -> None:
        answers.append(client.application.test_client().delete("/v1/cases/one"))

    threads = [threading.Thread(target=delete) for _ in range(6)]
    for thread in threads:
        thread.start()
    assert client.post("/v1/convert?to=case", data=ONE, content_type=JSON).status_code == 200
    for thread in threads:
        thread.join()
    for answer in answers:
        refused(answer)
    other.execute("ROLLBACK")
    other.close()
    assert client.delete("/v1/cases/one").status_code == 204
