"""`/v1/exports`: requests, manifests and files of every format, deletion while an export runs, and a real client.

The client uses `requests` against `adapter serve`, which is killed in the middle and started again.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from flask_openapi3 import OpenAPI

from adapter.bench.synthetic import cases
from adapter.convert import convert
from adapter.export import order as ordered
from adapter.formats.document import dump
from adapter.store import Store, exports
from adapter.store.publication import curie, publication
from adapter.web.exports import ExportRequest
from tests.web.exporting import COUNT, DOI, IDS, download, fill, finished, path, rows, service, stored_cases

AT = "2026-01-01T00:00:00Z"
FORMATS = ExportRequest.model_json_schema()["properties"]["format"]["enum"]


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OpenAPI:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    made = service(tmp_path)
    fill(made, stored_cases())
    return made


def begin(app: OpenAPI, **request: Any) -> Any:
    return app.test_client().post("/v1/exports", json=request)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_exported_with_true_counts_sizes_and_hashes(served: OpenAPI, name: str) -> None:
    manifest = finished(served, begin(served, format=name))
    assert manifest["extension"]["format"] == name
    assert manifest["extension"]["cases"] == {"read": COUNT, "failed": 0}
    assert (manifest["transactionTime"], manifest["error"], manifest["deleted"]) == (AT, [], [])
    for entry in manifest["output"]:
        answer = download(served.test_client(), path(entry["url"]))
        digest = hashlib.sha256(answer.data).hexdigest()
        assert (len(answer.data), digest) == (entry["extension"]["bytes"], entry["extension"]["sha256"])
        packed = download(served.test_client(), path(entry["url"]), Accept_Encoding="gzip")
        assert ("Content-Encoding" in packed.headers) == (name != "phenopacket-zip")


def test_phenopackets_are_those_of_convert_and_the_archive_holds_them(served: OpenAPI) -> None:
    caller = served.test_client()
    packets = [one.document for case in stored_cases() for one in convert(case, "phenopacket", at=AT)]
    manifest = finished(served, begin(served, format="phenopacket-ndjson"))
    assert [row for entry in manifest["output"] for row in rows(caller, entry)] == packets
    manifest = finished(served, begin(served, format="phenopacket-zip", name="release-1"))
    with zipfile.ZipFile(io.BytesIO(download(caller, path(manifest["output"][0]["url"])).data)) as archive:
        held = [json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")]
        assert {name.partition("/")[0] for name in archive.namelist()} == {"release-1"}
    assert held == packets


def test_the_losses_are_in_files_and_counted_by_path(served: OpenAPI) -> None:
    caller = served.test_client()
    losses = finished(served, begin(served, format="phenopacket-ndjson"))["extension"]["losses"]
    lines = [line for entry in losses["files"] for line in rows(caller, entry)]
    counted = Counter(
        (re.sub(r"/\d+(?=/|$)", "/*", loss["path"]), loss["reason"]) for line in lines for loss in line["losses"]
    )
    assert counted
    assert {(one["path"], one["reason"]): one["count"] for one in losses["byPath"]} == counted
    without = finished(served, begin(served, format="phenopacket-ndjson", losses=False))["extension"]["losses"]
    assert without == {"files": [], "byPath": None}


def test_a_publication_and_what_was_stored_since(served: OpenAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    caller = served.test_client()

    def ids(**request: Any) -> list[str]:
        manifest = finished(served, begin(served, format="phenopacket-ndjson", **request))
        return [row["id"] for entry in manifest["output"] for row in rows(caller, entry)]

    assert ids(publication=f"DOI:{DOI.upper()}") == IDS[0::2]
    assert ids(publication="PMID:1") == []
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1769904000")
    fill(served, [stored_cases()[3] | {"notes": "corrected"}])
    assert ids(since=AT) == [IDS[3]]


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"format": "xml"},
        {"format": "fhir-deleted"},
        {"format": "fhir-ndjson", "name": "../x"},
        {"format": "fhir-ndjson", "since": "yesterday"},
        {"format": "fhir-ndjson", "publication": "a book"},
        {"format": "fhir-ndjson", "more": 1},
        [],
    ],
)
def test_a_request_that_does_not_fit_is_refused(served: OpenAPI, request_: Any) -> None:
    answer = served.test_client().post("/v1/exports", json=request_)
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")


def test_an_export_is_found_only_through_its_own_door(served: OpenAPI) -> None:
    answer = begin(served, format="fhir-ndjson")
    finished(served, answer)
    name = answer.get_json()["id"]
    assert served.test_client().get(f"/fhir/$export/{name}").status_code == 404
    assert download(served.test_client(), f"/v1/exports/{name}/files/1").status_code == 200


@pytest.mark.parametrize(
    ("stated", "known"),
    [
        ({"doi": "10.1234/AbC"}, "DOI:10.1234/abc"),
        ({"doi": "https://doi.org/10.1234/AbC"}, "DOI:10.1234/abc"),
        ({"doi": "doi:10.1234/AbC", "pmid": "7"}, "DOI:10.1234/abc"),
        ({"doi": "in print", "pmid": "0012"}, "PMID:12"),
        ({"title": "x"}, ""),
        (None, ""),
    ],
)
def test_the_publication_of_a_case(stated: Any, known: str) -> None:
    assert publication({"source": stated}) == known


def test_a_publication_as_people_write_it() -> None:
    assert [curie(text) for text in ("pmid: 12", "10.1234/X", "PMID:x", "")] == ["PMID:12", "DOI:10.1234/x", "", ""]


# an export that runs


def test_a_running_export_stops_when_it_is_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    made = service(tmp_path, export_workers=1)
    fill(made, [stored_cases()[0]])
    running, engine = threading.Event(), ordered.run

    def slow(*args: Any, watch: Any, **more: Any) -> Any:
        def long(progress: Any) -> None:
            running.set()
            while True:  # a chunk without an end; only what `watch` raises ends it
                watch(progress)
                time.sleep(0.05)

        return engine(*args, watch=long, **more)

    monkeypatch.setattr(ordered, "run", slow)
    answer = begin(made, format="phenopacket-ndjson")
    place = path(answer.headers["Content-Location"])
    assert running.wait(30)
    begun = time.monotonic()
    assert made.test_client().delete(place).status_code == 202
    assert made.test_client().get(place).status_code == 404

    def gone() -> bool:  # its folder first, then its row
        with made.extensions["store"].get().reading() as db:
            state = exports.state(db, answer.get_json()["id"])
        return state is None and not list((tmp_path / "exports").iterdir())

    while not gone():
        # Within 5 seconds where there is a processor for it; a busy machine may give it none for a while.
        assert time.monotonic() - begun < 30
        time.sleep(0.05)


def test_what_another_process_works_on_is_left_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from adapter.web.locks import lock_folder

    monkeypatch.setattr("adapter.web.exporting.Exporter.ensure", lambda _: None)
    served = service(tmp_path)
    exporter = served.extensions["exporter"]
    answer = begin(served, format="phenopacket-ndjson")
    place = exporter.folder / answer.get_json()["id"]
    place.mkdir(parents=True)
    lock = lock_folder(place)
    assert lock is not None
    with lock:
        exporter.work()
        assert [p.name for p in place.iterdir()] == ["lock"]
        assert served.test_client().delete(path(answer.headers["Content-Location"])).status_code == 202
        assert place.is_dir()
    exporter.work()
    assert not place.exists()


def test_an_export_broken_off_after_each_step_goes_on_to_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    monkeypatch.setattr("adapter.web.exporting.Exporter.ensure", lambda _: None)
    served = service(tmp_path)
    fill(served, stored_cases())
    caller = served.test_client()
    whole = finished(served, begin(served, format="fhir-ndjson", since="2025-01-01T00:00:00Z"))
    monkeypatch.setattr("adapter.web.exporting.RETRY_SECONDS", 0)
    monkeypatch.setattr("adapter.web.exporting.ATTEMPTS", 100)
    answer = begin(served, format="fhir-ndjson", since="2025-01-01T00:00:00Z")
    publish, carry_out, published = ordered.files.publish, ordered.carry_out, []
    attempts = []

    def attempt(*args: Any) -> Any:
        attempts.append(len(attempts))
        published.clear()
        return carry_out(*args)

    def broken(target: Path, blocks: Any) -> Any:
        done = publish(target, blocks)
        published.append(target)
        if len(published) == len(attempts):  # the first attempt ends after one file, the next after two
            raise OSError(5, "broken off")
        return done

    monkeypatch.setattr("adapter.web.exporting.carry_out", attempt)
    monkeypatch.setattr(ordered.files, "publish", broken)
    again = finished(served, answer)
    for old, new in zip(whole["output"], again["output"], strict=True):
        assert old["extension"] == new["extension"]
        rows(caller, new)
    assert len(attempts) > 10


# a real client and a real service


class Service:
    """`adapter serve` with two processes, in a process group of its own."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = found.getsockname()[1]
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [sys.executable, "-m", "adapter", "serve", "--port", str(self.port), "--workers", "2"]
        settings = {
            "ADAPTER_STORE": str(self.folder / "store.sqlite"),
            "ADAPTER_EXPORTS": str(self.folder / "exports"),
            "ADAPTER_EXPORT_WORKERS": "2",
            "PYTHONUNBUFFERED": "1",
        }
        self.process = subprocess.Popen(
            command,
            env=os.environ | settings,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        for _ in range(600):
            try:
                if requests.get(f"{self.address}/healthz", timeout=5).ok:
                    return
            except requests.ConnectionError:
                time.sleep(0.1)
        pytest.fail("the service does not answer")

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        """SIGKILL to all of its processes at once."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(30)
            self.process = None


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Service]:
    found = Service(tmp_path)
    yield found
    found.kill()


def poll(location: str) -> requests.Response:
    """The answer to a finished export, asked for as often as the service wants."""
    for _ in range(60):
        answer = requests.get(location, timeout=30)
        if answer.status_code != 202:
            return answer
        assert len(answer.headers["X-Progress"]) < 100
        time.sleep(float(answer.headers["Retry-After"]))
    pytest.fail("the export does not end")


def fetched(manifest: dict[str, Any]) -> dict[tuple[str, str], bytes]:
    """The content of every file of a manifest, when size, hash and count are as that says."""
    found = {}
    for entry in manifest["output"]:
        data = requests.get(entry["url"], timeout=60).content
        digest = hashlib.sha256(data).hexdigest()
        assert (len(data), digest) == (entry["extension"]["bytes"], entry["extension"]["sha256"])
        assert data.count(b"\n") == entry["count"]
        found[entry["type"], digest] = data
    return found


def test_a_client_kicks_off_polls_downloads_verifies_and_deletes(real: Service) -> None:
    store = Store(str(real.folder / "store.sqlite"))
    for case in stored_cases():
        store.put(case)
    store.close()
    real.start()
    headers = {"Accept": "application/fhir+json", "Prefer": "respond-async"}
    kick_off = requests.get(
        f"{real.address}/fhir/Patient/$export?_type=Patient,Observation", headers=headers, timeout=30
    )
    assert kick_off.status_code == 202
    location = kick_off.headers["Content-Location"]
    answer = poll(location)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    files = fetched(answer.json())
    found = [json.loads(line) for data in files.values() for line in data.splitlines()]
    assert Counter(one["resourceType"] for one in found)["Patient"] == COUNT
    assert {one["resourceType"] for one in found} == {"Patient", "Observation"}
    assert requests.delete(location, timeout=30).status_code == 202
    assert requests.get(location, timeout=30).status_code == 404
    assert requests.get(answer.json()["output"][0]["url"], timeout=30).status_code == 404


def test_an_export_survives_the_service_killed_in_its_middle(real: Service) -> None:
    count = 250
    store = Store(str(real.folder / "store.sqlite"))
    for case in cases(count):
        store.put(case)
    store.close()
    real.start()
    body = {"format": "phenopacket-ndjson", "check": "none"}
    location = requests.post(f"{real.address}/v1/exports", json=body, timeout=30).headers["Content-Location"]
    _wait_for_chunk(real.folder / "exports")
    real.kill()
    real.start()
    manifest = poll(location).json()
    written = b"".join(fetched(manifest).values())
    clock = manifest["transactionTime"]
    packets = [dump(one.document) for case in cases(count) for one in convert(case, "phenopacket", at=clock)]
    assert written == b"".join(packets)
    assert manifest["extension"]["cases"] == {"read": count, "failed": 0}


def _wait_for_chunk(folder: Path) -> None:
    """Wait until a worker has published a part of the export."""
    for _ in range(1_200):
        if list(folder.glob("*/out/.export/*.Phenopacket")) or list(folder.glob("*/out/Phenopacket.*")):
            return
        time.sleep(0.05)
    pytest.fail("the export does not begin")
