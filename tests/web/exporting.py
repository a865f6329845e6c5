"""Helpers for tests of exports: a store of a few cases, and an application that exports them."""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from flask_openapi3 import OpenAPI

from adapter.bench.synthetic import cases
from adapter.store import exports
from adapter.web import create_app
from adapter.web.settings import Settings

COUNT = 6
DOI, OTHER = "10.1234/first.series", "10.1234/SECOND"
IDS = [f"synthetic-1-{n:08}" for n in range(COUNT)]


def stored_cases() -> list[dict[str, Any]]:
    """Six cases, the even ones of one publication, the odd ones of another."""
    return [case | {"source": {"doi": OTHER if n % 2 else DOI}} for n, case in enumerate(cases(COUNT))]


def service(folder: Path, **settings: Any) -> OpenAPI:
    """An application with a store and a folder of exports of its own; exports run in its own process."""
    given = {"store": str(folder / "store.sqlite"), "exports": folder / "exports", "export_workers": 0}
    return create_app(Settings(**(given | settings)))


def fill(app: OpenAPI, documents: list[dict[str, Any]]) -> None:
    """Put cases into the store of an application."""
    for one in documents:
        app.extensions["store"].get().put(one)


def finished(app: OpenAPI, answer: Any) -> dict[str, Any]:
    """The manifest of an export that was just begun, when it has ended."""
    assert answer.status_code == 202, answer.text
    location = answer.headers["Content-Location"]
    store, wanted = app.extensions["store"].get(), location.rpartition("/")[2]
    for _ in range(600):
        app.extensions["exporter"].work()
        with store.reading() as db:
            if exports.state(db, wanted) != "open":
                break
        time.sleep(0.05)
    ended = app.test_client().get(path(location))
    assert ended.status_code == 200, ended.text
    return ended.get_json()


def path(url: str) -> str:
    """The path of an address of the service under test."""
    return "/" + url.split("/", 3)[3]


def download(client: FlaskClient, place: str, **headers: str) -> Any:
    """The answer to a request for a file, read to its end; header names with ``_`` for ``-``."""
    with client.get(place, headers={name.replace("_", "-"): value for name, value in headers.items()}) as answer:
        assert answer.data is not None
        return answer


def rows(client: FlaskClient, entry: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines of a file of a manifest, after its size, hash and count were compared with what the manifest says."""
    answer = download(client, path(entry["url"]))
    assert answer.status_code == 200, answer.text
    data = answer.data
    extension = entry["extension"]
    assert (len(data), hashlib.sha256(data).hexdigest()) == (extension["bytes"], extension["sha256"])
    lines = data.splitlines()
    assert len(lines) == entry["count"]
    return [json.loads(line) for line in lines]


def resources(client: FlaskClient, manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """All resources of an export, each of the type that its file is said to hold."""
    found = []
    for entry in manifest["output"]:
        held = rows(client, entry)
        assert {one["resourceType"] for one in held} == {entry["type"]}
        found += held
    return found
