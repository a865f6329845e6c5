"""The archive as others see it: the official validator over every packet, and phenopacket-store-toolkit loading it.

``ADAPTER_STORE_TOOLKIT`` names a Python interpreter that has phenopacket-store-toolkit, this one where it is not set.
"""

import json
import os
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from adapter.bench.synthetic import cases
from adapter.export.driver import run
from adapter.formats.document import dump
from tests.export.conftest import request

JUDGE = Path(__file__).parents[3] / "shared" / "judges" / "phenopacket" / "judge.sh"
NIGHTLY = bool(os.environ.get("ADAPTER_NIGHTLY"))
COUNT = 10_000 if NIGHTLY else 200
LOAD = """
import json, sys, zipfile
from ppktstore.model import PhenopacketStore
with zipfile.ZipFile(sys.argv[1]) as archive:
    store = PhenopacketStore.from_release_zip(archive)
    cohorts = {cohort.name: [packet.id for packet in cohort.iter_phenopackets()] for cohort in store.cohorts()}
print(json.dumps([store.name, cohorts]))
"""


@pytest.fixture(scope="module")
def archived(tmp_path_factory):
    """The archive of synthetic cases."""
    folder = tmp_path_factory.mktemp("archived")
    source = folder / "cases.ndjson"
    with source.open("wb") as stream:
        stream.writelines(dump(one) for one in cases(COUNT))
    one = request("phenopacket-zip", name="release-1", losses=False, check="none", chunk_bytes=262_144)
    run(folder / "out", source, one, workers=2)
    return folder / "out" / "release-1.zip"


def packets(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name.endswith(".json")}


@pytest.mark.judge
@pytest.mark.skipif(not JUDGE.exists(), reason="the judge ../shared/judges/phenopacket is not here")
def test_every_packet_passes_the_official_validator(archived, tmp_path):
    found = packets(archived)
    assert len(found) == COUNT
    together = tmp_path / "packets.ndjson"
    together.write_bytes(b"".join(found.values()))
    done = subprocess.run([JUDGE, "--mode", "both", together], capture_output=True, text=True, check=False)
    if done.returncode == 2:
        pytest.skip(f"the judge cannot run: {done.stderr.strip()[:200]}")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    levels = Counter(issue["level"] for issue in told if not issue.get("summary"))
    assert (done.returncode, levels["error"], levels["fatal"]) == (0, 0, 0), told[:3]


@pytest.mark.judge
def test_phenopacket_store_toolkit_loads_it(archived):
    python = os.environ.get("ADAPTER_STORE_TOOLKIT", sys.executable)
    if subprocess.run([python, "-c", "import ppktstore"], capture_output=True, check=False).returncode:
        pytest.skip("phenopacket-store-toolkit is not installed; ADAPTER_STORE_TOOLKIT names an interpreter with it")
    done = subprocess.run([python, "-c", LOAD, archived], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    name, cohorts = json.loads(done.stdout)
    assert name == "release-1"
    expected = {path: json.loads(text)["id"] for path, text in packets(archived).items()}
    assert sorted(one for ids in cohorts.values() for one in ids) == sorted(expected.values())
    assert set(cohorts) == {path.split("/")[1] for path in expected}


def test_every_folder_of_the_archive_has_its_entry(tmp_path, cases_file):
    run(tmp_path, cases_file, request("phenopacket-zip", name="release-1", losses=False), workers=0)
    with zipfile.ZipFile(tmp_path / "release-1.zip") as archive:
        names = archive.namelist()
        folders = {entry.filename for entry in archive.infolist() if entry.is_dir()}
    assert names[0] == "release-1/"
    assert folders == {f"{name.rpartition('/')[0]}/" for name in names}
