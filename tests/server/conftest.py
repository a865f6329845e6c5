"""Real FHIR servers for the tests marked `judge`: started once, stopped by their own process ids."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from adapter.server import Client, Server

JUDGES = Path(os.environ.get("ADAPTER_JUDGES", Path(__file__).parents[3] / "shared" / "judges"))
# Its database is in memory: a thousand cases fill the judge's own gigabyte, and half the time goes to the collector.
HEAP = "-Xmx6g -XX:+UseSerialGC"
EXPUNGE = {"resourceType": "Parameters", "parameter": [{"name": "expungeEverything", "valueBoolean": True}]}
# mCODE 4.0.0 slices by these extensions of Genomics Reporting 2.0.0, which 3.0.0 no longer has.
MISSING = ("genomics-artifact", "genomics-file", "genomics-risk-assessment")


def stub(name: str) -> dict[str, Any]:
    """The definition of an extension of any content, so that a slice over it can be told apart."""
    url = f"http://hl7.org/fhir/uv/genomics-reporting/StructureDefinition/{name}"
    base = {"base": {"path": "Extension", "min": 0, "max": "*"}, "min": 0, "max": "*", "definition": name}
    elements = [
        {"id": "Extension", "path": "Extension", **base},
        {
            "id": "Extension.url",
            "path": "Extension.url",
            "base": {"path": "Extension.url", "min": 1, "max": "1"},
            "min": 1,
            "max": "1",
            "definition": name,
            "type": [{"code": "http://hl7.org/fhirpath/System.String"}],
            "fixedUri": url,
        },
    ]
    return {
        "resourceType": "StructureDefinition",
        "id": name,
        "url": url,
        "name": name.title().replace("-", ""),
        "status": "active",
        "fhirVersion": "4.0.1",
        "kind": "complex-type",
        "abstract": False,
        "context": [{"type": "element", "expression": "Element"}],
        "type": "Extension",
        "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Extension",
        "derivation": "constraint",
        "differential": {"element": [elements[1]]},
        "snapshot": {"element": elements},
    }


@dataclass(frozen=True)
class Real:
    """A running server that is not ours."""

    id: str
    url: str

    def client(self, **settings: Any) -> Client:
        return Client(Server.model_validate({"id": self.id, "url": self.url, "network": "loopback", **settings}))

    def registry(self, folder: Path) -> Path:
        """A file of servers in which it is registered."""
        file = folder / "servers.toml"
        file.write_text(f'[servers.{self.id}]\nurl = "{self.url}"\nnetwork = "loopback"\n')
        return file

    def totals(self, *kinds: str) -> dict[str, int]:
        """How many resources of each type it holds."""
        return {k: requests.get(f"{self.url}/{k}?_summary=count", timeout=30).json()["total"] for k in kinds}


@pytest.fixture(scope="session")
def running_hapi() -> Iterator[Real]:
    """HAPI FHIR JPA with the profiles of both guides, in memory; warmed up."""
    script = JUDGES / "hapi" / "hapi.sh"
    cache = Path(os.environ.get("HAPI_CACHE", Path.home() / ".cache" / "judge-hapi"))
    if not script.exists() or shutil.which("java") is None or not (cache / "lib").is_dir():
        pytest.skip("HAPI is not prepared (judges/hapi/hapi.sh prepare)")
    started = subprocess.run(
        ["bash", str(script), "start", "--ig", "gr3,mcode4", "--watch-pid", str(os.getpid())],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        env={"HAPI_JAVA_OPTS": HEAP, **os.environ},
    )
    if started.returncode:
        pytest.fail(f"HAPI did not start: {started.stderr[-500:]}")
    url, pid = started.stdout.split()
    for name in MISSING:
        requests.put(f"{url}/StructureDefinition/{name}", json=stub(name), timeout=60).raise_for_status()
    yield Real("hapi", url)
    subprocess.run(["bash", str(script), "stop", pid], timeout=180, check=True)


@pytest.fixture
def hapi(running_hapi: Real) -> Real:
    """HAPI without any patient data."""
    requests.post(f"{running_hapi.url}/$expunge", json=EXPUNGE, timeout=900).raise_for_status()
    return running_hapi


@pytest.fixture(scope="session")
def medplum() -> Iterator[Real]:
    """Medplum's router on Node, in memory: no transactions over eight conditional entries, other dialect of errors."""
    home = Path(os.environ.get("MEDPLUM_CACHE", Path.home() / ".cache" / "judge-medplum"))
    if not (home / "node_modules").is_dir() or shutil.which("node") is None:
        pytest.skip(f"Medplum's router is not installed ({home.name}: npm install)")
    process = subprocess.Popen(["node", "server.mjs"], cwd=home, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield Real("medplum", process.stdout.readline().split()[1])
    finally:
        process.terminate()
        process.wait(timeout=30)
        process.stdout.close()
