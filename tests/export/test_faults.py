"""Faults of the machine: killed processes, no space, a busy or spoiled job table, a folder that cannot be written.

Each ends in a clear error with nothing half-published, and the same call resumes and ends in the same bytes.
"""

import itertools
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from adapter.errors import ExportError
from adapter.export import manifest
from adapter.export.driver import is_running, run
from adapter.export.request import Request
from adapter.export.table import Done, JobTable
from adapter.export.worker import WORK, Worker
from tests.export.conftest import AT, outputs, request

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def expected(exported):
    return outputs(exported)


@pytest.fixture
def begun(tmp_path, cases_file):
    """A folder whose export was planned and then left by a driver and a worker that died with a chunk leased."""
    table = _planned(tmp_path, cases_file)
    table.next_generation()
    assert table.lease("dead", 1)
    table.close()
    (tmp_path / ".Phenopacket.00001.ndjson.1.tmp").write_bytes(b"torn")
    return tmp_path


def _planned(folder, cases_file):
    from adapter.export.ranges import plan

    (folder / WORK).mkdir()
    table = JobTable(folder / WORK / "job.sqlite")
    source, ranges = plan(cases_file, request().chunk_bytes)
    table.create(
        {
            "request": request().to_json(),
            "source": {"path": source.path, "bytes": source.bytes, "sha256": source.sha256},
            "url": "",
        },
        ranges,
    )
    return table


def test_an_export_goes_on_where_a_dead_one_stopped(begun, cases_file, expected):
    run(begun, cases_file, request(at="2031-01-01T00:00:00Z"), workers=0)
    assert outputs(begun) == expected


def test_a_worker_of_an_older_run_completes_nothing(begun):
    table = JobTable(begun / WORK / "job.sqlite")
    assert table.next_generation() == 2
    done = Done(5, 0, {}, [], [])
    assert not table.complete("dead", 1, 0, done)
    assert table.lease("dead", 1) is None
    assert not table.claim_group(0, 1)
    assert not table.add_files([], 1)
    lease = table.lease("alive", 2)
    assert lease is not None
    assert lease.part.n == 0
    assert table.complete("alive", 2, 0, done)
    table.close()


def test_a_line_that_kills_its_worker_again_and_again_is_told_and_left(tmp_path, cases_file):
    table = _planned(tmp_path, cases_file)
    table.next_generation()
    for death in range(6):
        lease = table.lease("w", 1)
        assert lease is not None
        assert lease.part.n == 0
        assert lease.careful == (death >= JobTable.CAREFUL_AFTER)
        assert lease.skip == 0
        if lease.careful:
            table.note("w", 0, 1)
            table.note("w", 0, 3)
        table.release("w")
    lease = table.lease("w", 1)
    assert lease is not None
    assert lease.skip == 3
    table.release("w")
    table.close()
    document = run(tmp_path, cases_file, request(), workers=0)
    errors = [json.loads(line) for p in tmp_path.glob("errors.*") for line in p.read_bytes().splitlines()]
    assert [(row["line"], row["errors"][0]["code"]) for row in errors] == [(3, "worker-died")]
    assert document["extension"]["cases"]["failed"] == 1


def test_two_drivers_do_not_share_a_folder(begun, cases_file):
    from adapter.export.driver import _only_one

    with _only_one(begun):
        assert is_running(begun)
        with pytest.raises(ExportError, match="another process"):
            run(begun, cases_file, request(), workers=0)
    assert not is_running(begun)
    assert not is_running(begun / "nowhere")


LIMITED = """
import json, resource, sys
from pathlib import Path
from adapter.errors import ExportError
from adapter.export.driver import run
from adapter.export.request import Request
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[4]), resource.RLIM_INFINITY))
try:
    run(Path(sys.argv[1]), Path(sys.argv[2]), Request.from_json(json.loads(sys.argv[3])), workers=int(sys.argv[5]))
except ExportError as error:
    print(error)
"""


@pytest.mark.parametrize(("workers", "limit"), [("0", "120000"), ("1", "120000"), ("1", "30000")])
def test_no_space_is_a_clear_error_and_the_export_can_be_resumed(tmp_path, cases_file, expected, workers, limit):
    folder = tmp_path / "out"
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, folder, cases_file, json.dumps(request().to_json()), limit, workers],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert "run the same export again to resume" in done.stdout or "job table cannot be used" in done.stdout, (
        done.stderr
    )
    assert not (folder / manifest.NAME).exists()
    assert [p.name for p in folder.rglob("*.tmp")] == []
    run(folder, cases_file, request(), workers=0)
    assert outputs(folder) == expected


# A file system of its own, in a mount namespace of its own: gone with the process, whatever happens.
SMALL_DISK = """
import json, subprocess, sys
from pathlib import Path
from adapter.errors import ExportError
from adapter.export.driver import run
from adapter.export.request import Request
place, source, fault = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[4]
request = Request.from_json(json.loads(sys.argv[3]))
mount = lambda options: subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], check=True)
mount("size=600k")
if fault == "read-only":
    (place / "out" / ".export").mkdir(parents=True)
    mount("remount,ro")
def outcome():
    try:
        run(place / "out", source, request, workers=int(sys.argv[5]))
        return ""
    except ExportError as error:
        return str(error)
told, left = outcome(), [p.name for p in (place / "out").rglob("*") if p.name == "manifest.json" or p.suffix == ".tmp"]
mount("remount,rw,size=64m")
again = outcome()
files = {p.name: p.read_text() for p in (place / "out").iterdir() if p.is_file()}
print(json.dumps({"told": told, "left": left, "again": again, "files": files}))
"""


def _can_mount():
    done = (
        subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False) if shutil.which("unshare") else None
    )
    return done is not None and done.returncode == 0


@pytest.mark.skipif(not _can_mount(), reason="a file system of its own cannot be mounted here")
@pytest.mark.parametrize(
    ("fault", "workers", "error"),
    [
        ("full", "0", r"No space left|disk is full|disk I/O"),
        ("full", "2", r"No space left|disk is full|disk I/O"),
        ("read-only", "0", "Read-only|readonly"),
    ],
)
def test_a_full_or_read_only_disk_publishes_nothing_and_the_export_goes_on_later(
    tmp_path, cases_file, expected, fault, workers, error
):
    place = tmp_path / "disk"
    place.mkdir()
    arguments = [str(place), str(cases_file), json.dumps(request().to_json()), fault, workers]
    done = subprocess.run(
        ["unshare", "-m", sys.executable, "-c", SMALL_DISK, *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert re.search(error, found["told"]), found["told"]
    assert found["left"] == []
    assert found["again"] == ""
    assert {name: text.encode() for name, text in found["files"].items()} == expected


def test_a_clock_that_jumps_changes_nothing(begun, cases_file, expected, monkeypatch):
    jumps = itertools.cycle([0.0, 4e9, 1.0, 1.7e9])
    monkeypatch.setattr(time, "time", lambda: next(jumps))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    run(begun, cases_file, request(at="1999-12-31T23:59:59Z"), workers=1)
    assert outputs(begun) == expected


def test_a_job_table_busy_for_too_long_is_a_clear_error(begun, cases_file, expected, monkeypatch):
    monkeypatch.setattr("adapter.export.table.BUSY_SECONDS", 0.1)
    other = sqlite3.connect(begun / WORK / "job.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(ExportError, match="locked; run the same export again to resume"):
        run(begun, cases_file, request(), workers=0)
    other.execute("ROLLBACK")
    other.close()
    assert not (begun / manifest.NAME).exists()
    run(begun, cases_file, request(), workers=0)
    assert outputs(begun) == expected


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path, cases_file):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ExportError, match="Not a directory"):
        run(tmp_path / "file" / "out", cases_file, request(), workers=0)


def test_a_busy_job_table_is_waited_for(begun, cases_file, expected):
    other = sqlite3.connect(begun / WORK / "job.sqlite", check_same_thread=False, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    def let_go():
        time.sleep(0.3)
        other.execute("COMMIT")
        other.close()

    waiting = threading.Thread(target=let_go)
    waiting.start()
    run(begun, cases_file, request(), workers=0)
    waiting.join()
    assert outputs(begun) == expected


def test_a_spoiled_job_table_is_a_clear_error(tmp_path, cases_file):
    (tmp_path / WORK).mkdir()
    (tmp_path / WORK / "job.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(ExportError, match="job table cannot be used"):
        run(tmp_path, cases_file, request(), workers=0)


def test_a_job_table_spoiled_later_is_a_clear_error(begun):
    table = JobTable(begun / WORK / "job.sqlite")
    table._db.execute("DROP TABLE ids")
    with pytest.raises(ExportError, match="run the same export again"):
        table.repeated()
    table.close()


def test_an_input_changed_meanwhile_is_refused(tmp_path, cases_file, monkeypatch):
    source = tmp_path / "cases.ndjson"
    source.write_bytes(cases_file.read_bytes())
    convert = Worker.run

    def changing(self):
        convert(self)
        source.write_bytes(source.read_bytes() + b"\n")

    monkeypatch.setattr(Worker, "run", changing)
    with pytest.raises(ExportError, match="changed while"):
        run(tmp_path / "out", source, request(), workers=0)
    assert not (tmp_path / "out" / manifest.NAME).exists()


def test_a_worker_that_cannot_start_is_no_endless_loop(tmp_path, cases_file):
    with pytest.raises(ExportError, match="exit status 1"):
        run(tmp_path, cases_file, Request("phenopacket-ndjson", AT, mappings=str(tmp_path / "nowhere")), workers=1)


def test_a_worker_ends_when_its_driver_is_gone(begun):
    JobTable(begun / WORK / "job.sqlite").next_generation()
    done = subprocess.run(
        [sys.executable, "-m", "adapter.export.worker", begun, "w", "2", "1"], cwd=ROOT, check=False, timeout=60
    )
    assert done.returncode == 4


@pytest.mark.nightly
@pytest.mark.skipif(not os.environ.get("ADAPTER_NIGHTLY"), reason="takes minutes; run with ADAPTER_NIGHTLY=1")
def test_random_kills_lose_nothing():
    kills = "50"
    done = subprocess.run(
        [sys.executable, "scripts/kill_test.py", "--kills", kills, "--cases", "200"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["lost"] == result["duplicate"] == 0
    assert sum(result["killed"].values()) >= int(kills)


def test_a_killed_worker_is_replaced_and_its_chunk_done_again(tmp_path, cases_file, expected, monkeypatch):
    from adapter.export import driver

    start, started = driver._start, []

    def first_is_killed(folder, owner, generation):
        started.append(owner)
        if len(started) > 1:
            return start(folder, owner, generation)
        table = JobTable(folder / WORK / "job.sqlite")
        assert table.lease(owner, generation)
        table.close()
        kill = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
        return subprocess.Popen([sys.executable, "-c", kill], stdout=subprocess.PIPE)

    monkeypatch.setattr(driver, "_start", first_is_killed)
    run(tmp_path, cases_file, request(), workers=1)
    assert len(started) == 2
    assert outputs(tmp_path) == expected
