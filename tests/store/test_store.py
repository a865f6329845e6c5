"""The case store: versions, ETags, tombstones, paging, snapshots, and the command over it."""

import io
import json
import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from adapter.bench.synthetic import case, cases
from adapter.cli import main
from adapter.errors import CaseError, StoreError
from adapter.export import manifest
from adapter.formats.document import dump, read_json
from adapter.store import Conflict, NotStored, Store, default_url
from adapter.store.cases import snapshot_file
from adapter.store.engine import open_engine
from adapter.store.tables import METADATA

ONE = {"case_format": "1", "id": "one", "diagnoses": [{"entity": "B-ALL"}]}
TWO = ONE | {"notes": "changed"}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "folder" / "store.sqlite"


@pytest.fixture
def store(address):
    opened = Store(address)
    yield opened
    opened.close()


def test_a_case_comes_back_as_it_was_put(store):
    text = b'{"case_format":"1","id":"d","findings":[{"kind":"measurement","test":"LDH","value":6.50,"unit":"U/L"}]}\n'
    store.put(read_json(text))
    assert dump(store.get("d")[1]) == text


def test_a_change_is_a_new_version_and_the_same_case_is_none(store):
    first, changed = store.put(ONE)
    assert (first.version, changed) == (1, True)
    assert store.put(ONE) == (first, False)
    second, changed = store.put(TWO)
    assert (second.version, changed) == (2, True)
    assert second.etag != first.etag
    assert store.get("one") == (second, TWO)
    assert store.get("one", version=1) == (first, ONE)
    third, _ = store.put(ONE)
    assert (third.version, third.etag) == (3, first.etag)


def test_a_stale_version_changes_nothing(store):
    first, _ = store.put(ONE)
    second, _ = store.put(TWO, if_match=first.etag)
    for stale in (first.etag, "no-etag"):
        with pytest.raises(Conflict):
            store.put(ONE, if_match=stale)
        with pytest.raises(Conflict):
            store.delete("one", if_match=stale)
    assert store.get("one")[0] == second
    assert store.put(ONE, if_match="*")[1]
    with pytest.raises(Conflict):
        store.put(ONE | {"id": "new"}, if_match="*")


def test_a_deleted_case_leaves_a_tombstone(store):
    store.put(ONE)
    stone = store.delete("one")
    assert (stone.version, stone.etag) == (2, "")
    with pytest.raises(NotStored) as gone:
        store.get("one")
    assert gone.value.deleted
    with pytest.raises(NotStored):
        store.delete("one")
    with pytest.raises(NotStored) as never:
        store.get("two")
    assert not never.value.deleted
    assert store.page() == []
    assert store.put(ONE)[0].version == 3


def test_what_is_no_case_is_not_stored(store):
    with pytest.raises(CaseError):
        store.put({"id": "x"})
    assert store.page() == []


def test_pages_follow_the_ids_and_miss_none(store):
    for one in cases(7):
        store.put(one)
    store.delete("synthetic-1-00000002")
    found, after = [], ""
    while page := store.page(after, limit=2):
        found += [one.id for one in page]
        after = page[-1].id
    assert found == [f"synthetic-1-{n:08}" for n in (0, 1, 3, 4, 5, 6)]


def test_a_snapshot_is_all_cases_by_id(store):
    for n in (2, 0, 1):
        store.put(case(1, n))
    out = io.BytesIO()
    assert store.snapshot(out) == 3
    assert out.getvalue() == b"".join(dump(one) for one in cases(3))


def test_a_snapshot_that_is_there_is_kept(store, address, tmp_path):
    store.put(ONE)
    snapshot_file(address, tmp_path / "cases.ndjson")
    store.put(TWO)
    snapshot_file(address, tmp_path / "cases.ndjson")
    assert (tmp_path / "cases.ndjson").read_bytes() == dump(ONE)
    assert [p.name for p in tmp_path.glob("*.tmp")] == []


def test_writers_take_turns_and_none_is_lost(store, address):
    def put(seed):
        own = Store(address)
        for n in range(5):
            own.put(case(seed, n))
            own.put(ONE | {"notes": f"{seed} {n}"})
        own.close()

    writers = [threading.Thread(target=put, args=(seed,)) for seed in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(store.page(limit=100)) == 4 * 5 + 1
    assert store.get("one")[0].version == 4 * 5


def test_processes_that_open_a_new_store_together_all_can(address):
    failed = []

    def opening():
        try:
            Store(address).close()
        except StoreError as error:
            failed.append(error)

    threads = [threading.Thread(target=opening) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_the_migrations_make_the_tables_that_the_code_uses(store, address):
    engine = open_engine(address)
    with engine.begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    engine.dispose()


@pytest.mark.parametrize(
    "address", ["mysql://localhost/x", "postgresql+pg8000://localhost/x", "sqlite://", "no such thing://"]
)
def test_an_address_that_is_no_store_is_refused(address):
    with pytest.raises(StoreError, match="expected the path of a SQLite file"):
        Store(address)


def test_a_file_that_is_no_database_is_a_clear_error(tmp_path):
    (tmp_path / "store.sqlite").write_bytes(b"something else " * 100)
    with pytest.raises(StoreError, match="cannot do it"):
        Store(str(tmp_path / "store.sqlite"))
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError, match="cannot be opened"):
        Store(str(tmp_path / "file" / "store.sqlite"))


def test_a_database_that_breaks_later_is_a_clear_error(store):
    with store.transaction() as db:
        db.execute(text("ALTER TABLE versions RENAME TO gone"))
    with pytest.raises(StoreError, match="cannot do it") as told:
        store.put(ONE)
    assert "versions" not in str(told.value)
    assert store.page() == []


def test_a_store_of_a_newer_version_is_left_alone(store, address):
    with store.transaction() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer version"):
        Store(address)


def test_where_the_store_is_when_nobody_says(monkeypatch):
    monkeypatch.setenv("ADAPTER_STORE", "sqlite:////data/cases.sqlite")
    assert default_url() == "sqlite:////data/cases.sqlite"
    monkeypatch.delenv("ADAPTER_STORE")
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert default_url() == "sqlite:////data/haem-adapter/store.sqlite"
    monkeypatch.delenv("XDG_DATA_HOME")
    assert default_url().endswith("/.local/share/haem-adapter/store.sqlite")


def test_the_command_from_adding_to_exporting(address, tmp_path, monkeypatch, capsysbinary):
    monkeypatch.setenv("ADAPTER_STORE", address)
    (tmp_path / "cases.ndjson").write_bytes(dump(ONE) + b"{}\nno json\n" + dump(case(1, 0)))
    assert main(["store", "add", str(tmp_path / "cases.ndjson")]) == 1
    told = capsysbinary.readouterr()
    assert [json.loads(line)["id"] for line in told.out.splitlines()] == ["one", "synthetic-1-00000000"]
    assert b"cases.ndjson:2: error" in told.err
    assert b"cases.ndjson:3" in told.err
    assert main(["store", "list"]) == 0
    assert [json.loads(line)["version"] for line in capsysbinary.readouterr().out.splitlines()] == [1, 1]
    assert main(["store", "get", "one"]) == 0
    assert capsysbinary.readouterr().out == dump(ONE)
    out = tmp_path / "out"
    assert main(["export", "--format", "phenopacket-ndjson", "-o", str(out)]) == 0
    assert main(["store", "delete", "one"]) == 0
    assert main(["store", "get", "one"]) == 1
    assert b"deleted" in capsysbinary.readouterr().err
    assert main(["store", "get", "one", "--version", "1"]) == 0
    # The export in this folder is that of its moment, whatever became of the store.
    assert main(["export", "--format", "phenopacket-ndjson", "-o", str(out)]) == 0
    assert manifest.read(out)["extension"]["cases"] == {"read": 2, "failed": 0}


def test_an_export_of_the_store_into_a_place_that_cannot_be_is_a_message(path, tmp_path, capsys):
    (tmp_path / "file").write_bytes(b"")
    arguments = ["export", "--format", "phenopacket-ndjson", "--store", str(path), "-o", str(tmp_path / "file" / "out")]
    assert main(arguments) == 1
    assert "Not a directory" in capsys.readouterr().err
