"""Disk full, read-only, busy, cut off: a clear error, nothing half-written, and the store goes on afterwards."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import text

from adapter.bench.synthetic import case
from adapter.errors import StoreError
from adapter.formats.document import dump
from adapter.store import Store, Unavailable
from adapter.store.engine import lock
from tests.postgres import Server, missing

ONE = {"case_format": "1", "id": "one", "diagnoses": [{"entity": "B-ALL"}]}
TWO = ONE | {"notes": "changed"}


def add(store: Path, cases: Path, *, prefix: tuple[str, ...] = (), most: int | None = None) -> tuple[int, str]:
    """Status and messages of `adapter store add`, with files of at most ``most`` bytes."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    done = subprocess.run(
        [*prefix, sys.executable, "-m", "adapter", "store", "--store", str(store), "add", str(cases)],
        capture_output=True,
        text=True,
        preexec_fn=limit if most else None,
    )
    return done.returncode, done.stderr


def sound(path: Path) -> list[str]:
    """The ids in a store whose file is whole, each with its contents."""
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    db.close()
    store = Store(str(path))
    names = [one.id for one in store.page(limit=10_000)]
    assert [store.get(name)[1]["id"] for name in names] == names
    store.close()
    return names


@pytest.fixture
def many(tmp_path: Path) -> Path:
    path = tmp_path / "cases.ndjson"
    path.write_bytes(b"".join(dump(case(1, n)) for n in range(60)))
    return path


def test_a_file_that_may_not_grow_is_told_and_what_was_stored_stays(tmp_path: Path, many: Path) -> None:
    path = tmp_path / "store.sqlite"
    status, message = add(path, many, most=400_000)
    assert status == 2
    assert "the store cannot be used now" in message
    assert "Traceback" not in message
    names = sound(path)
    assert 0 < len(names) < 60
    assert add(path, many)[0] == 0
    assert len(sound(path)) == 60


def test_a_full_disk_is_told_and_what_was_stored_stays(tmp_path: Path, many: Path) -> None:
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(place)], capture_output=True)
    if mounted.returncode:
        pytest.skip("no small file system can be mounted here")
    try:
        path = place / "store.sqlite"
        status, message = add(path, many)
        assert status == 2
        assert "its disk is full" in message
        kept = len(sound_copy(path, tmp_path))
        assert 0 < kept < 60
    finally:
        subprocess.run(["umount", str(place)], check=True)


def sound_copy(path: Path, folder: Path) -> list[str]:
    """As :func:`sound`, on a disk with room: a full one cannot even be read in WAL mode."""
    for part in path.parent.iterdir():
        shutil.copy(part, folder / part.name)
    return sound(folder / path.name)


def test_a_database_that_may_have_no_more_pages_is_full(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "store.sqlite"))
    store.put(ONE)
    with store.transaction() as db:
        pages = db.execute(text("PRAGMA page_count")).scalar_one()
        db.execute(text(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(Unavailable, match="its disk is full"):
        store.put(TWO | {"notes": "x" * 100_000})
    assert store.get("one")[1] == ONE
    store.close()
    assert sound(tmp_path / "store.sqlite") == ["one"]


def test_a_read_only_store_is_told(tmp_path: Path, many: Path) -> None:
    # Root may write everywhere, unless it gives that right away.
    prefix = ("setpriv", "--bounding-set=-dac_override") if os.geteuid() == 0 else ()
    if prefix and not shutil.which("setpriv"):
        pytest.skip("root without setpriv (util-linux) can write everywhere")
    place = tmp_path / "shut"
    place.mkdir()
    path = place / "store.sqlite"
    Store(str(path)).close()
    path.chmod(0o444)
    place.chmod(0o555)
    status, message = add(path, many, prefix=prefix)
    missing_folder, message_of_it = add(place / "new" / "store.sqlite", many, prefix=prefix)
    place.chmod(0o755)
    assert (status, missing_folder) == (2, 2)
    assert "the store cannot be used now: it is read-only" in message
    assert "the store cannot be opened: PermissionError" in message_of_it
    assert sound(path) == []


def test_a_busy_store_is_told_in_bounded_time(address: str) -> None:
    store, other = Store(address, wait=1), Store(address)
    store.put(ONE)
    with other.transaction() as db:
        lock(db, "case: one")
        begun = time.monotonic()
        with pytest.raises(Unavailable, match="busy"):
            store.put(TWO)
        assert time.monotonic() - begun < 15
        assert store.get("one")[1] == ONE
    assert store.put(TWO)[1]
    store.close()
    other.close()


def test_a_process_that_is_killed_while_it_adds_leaves_whole_cases(tmp_path: Path, many: Path) -> None:
    path = tmp_path / "store.sqlite"
    Store(str(path)).close()
    process = subprocess.Popen(
        [sys.executable, "-m", "adapter", "store", "--store", str(path), "add", str(many)], stdout=subprocess.PIPE
    )
    assert process.stdout
    told = [process.stdout.readline() for _ in range(20)]
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    names = sound(path)
    # What was told as stored is stored.
    assert all(any(name.encode() in line for name in names) for line in told if line)
    assert add(path, many)[0] == 0
    assert len(sound(path)) == 60


def changed_twice(store: Store, between: Callable[[], None]) -> None:
    """Two changes in one transaction, and something that happens between them."""
    with store.transaction() as db:
        db.execute(text("UPDATE cases SET version = 7"))
        between()
        db.execute(text("UPDATE cases SET version = 8"))


def test_a_killed_server_loses_nothing_that_was_told_and_keeps_no_half(tmp_path: Path) -> None:
    if missing():
        pytest.skip(missing())
    server = Server()
    try:
        store = Store(server.address(), wait=2)
        store.put(ONE)
        with pytest.raises(Unavailable, match="does not answer"):
            changed_twice(store, server.kill)
        with pytest.raises(Unavailable, match="does not answer"):
            store.put(TWO)
        with pytest.raises(Unavailable, match="does not answer"):
            Store(server.address(), wait=2)
        server.start()
        assert store.get("one") == (store.page()[0], ONE)
        assert store.page()[0].version == 1
        assert store.put(TWO)[0].version == 2
        store.close()
    finally:
        server.stop()


def test_a_server_that_only_reads_or_knows_nobody_is_told(postgres: Server) -> None:
    address = postgres.database()
    Store(address).close()
    name = address.rpartition("/")[2]
    postgres.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    store = Store(address)
    with pytest.raises(Unavailable, match="it is read-only"):
        store.put(ONE)
    store.close()
    with pytest.raises(StoreError) as told:
        Store(address.replace("adapter@", "nobody:secret@"))
    assert "secret" not in str(told.value)


def test_postgresql_without_its_extra_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match=r"haem-adapter\[postgres\]"):
        Store("postgresql://adapter@127.0.0.1/x")


def take(store: Store, held: ExitStack, number: int) -> None:
    for _ in range(number):
        held.enter_context(store.reading())


def test_a_store_whose_connections_are_all_in_use_is_busy(address: str) -> None:
    store = Store(address, wait=1)
    with ExitStack() as held, pytest.raises(Unavailable, match="busy"):
        take(store, held, 100)
    assert store.page() == []
    store.close()


def test_a_store_that_lost_a_content_is_told(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    store = Store(str(path))
    store.put(ONE)
    with sqlite3.connect(path) as other:
        other.execute("DELETE FROM contents")
    other.close()
    with pytest.raises(StoreError, match="cannot do it: NoResultFound"):
        store.get("one")
    store.close()
