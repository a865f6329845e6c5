"""The store as it was at a moment, what has changed since another, and the publications that cases come from."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import text

from adapter.store import Store, exports, moments
from adapter.store.exports import Export
from adapter.store.moments import Selection

TIMES = {f"2026-01-01T00:00:0{n}Z": str(1_767_225_600 + n) for n in range(6)}
T0, T1, T2, T3, T4, T5 = TIMES


def case(name: str, notes: str = "", doi: str = "10.1234/a") -> dict[str, Any]:
    return {"case_format": "1", "id": name, "notes": notes or "first", "source": {"doi": doi}}


@pytest.fixture
def store(address: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A store in which one case was changed, one deleted, one came, one came and went, one moved to another paper."""
    found = Store(address)
    steps = [
        (T1, "put", case("changed")), (T1, "put", case("deleted")),
        (T1, "put", case("kept")), (T1, "put", case("moved")),
        (T2, "put", case("passing")), (T2, "put", case("changed", "second")),
        (T3, "delete", "deleted"), (T3, "delete", "passing"), (T3, "put", case("new", doi="10.1234/B")),
        (T3, "put", case("moved", doi="10.1234/B")), (T4, "put", case("changed", "third")),
    ]  # fmt: skip
    for time, action, value in steps:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", TIMES[time])
        getattr(found, action)(value)
    yield found
    found.close()


def at(store: Store, time: str, **chosen: Any) -> dict[str, str]:
    with store.reading() as db:
        rows = [json.loads(line) for line in moments.cases(db, time, Selection(**chosen))]
    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)
    return {row["id"]: row["notes"] for row in rows}


def test_the_cases_of_a_moment(store: Store) -> None:
    first = dict.fromkeys(("changed", "deleted", "kept", "moved"), "first")
    assert at(store, T0) == {}
    assert at(store, T1) == first
    assert at(store, T2) == first | {"changed": "second", "passing": "first"}
    assert at(store, T5) == {"changed": "third", "kept": "first", "moved": "first", "new": "first"}


def test_the_cases_that_were_chosen(store: Store) -> None:
    assert set(at(store, T5, since=T2)) == {"changed", "moved", "new"}
    assert set(at(store, T3, since=T2)) == {"moved", "new"}
    assert set(at(store, T5, publication="DOI:10.1234/b")) == {"moved", "new"}
    assert set(at(store, T2, publication="DOI:10.1234/b")) == set()
    assert set(at(store, T5, ids=("kept", "deleted"))) == {"kept"}


def test_what_changed_between_two_moments(store: Store) -> None:
    def changed(time: str, **chosen: Any) -> dict[str, Any]:
        with store.reading() as db:
            rows = [json.loads(line) for line in moments.changes(db, time, Selection(**chosen))]
        return {row["before"]["id"]: row["after"] and row["after"]["notes"] for row in rows}

    assert changed(T5, since=T1) == {"changed": "third", "deleted": None, "moved": "first"}
    assert changed(T5, since=T2) == {"changed": "third", "deleted": None, "moved": "first", "passing": None}
    assert changed(T5, since=T1, publication="DOI:10.1234/a") == {"changed": "third", "deleted": None}
    assert changed(T5, since=T1, ids=("deleted",)) == {"deleted": None}
    assert changed(T5, since=T4) == {}


def test_ids_and_publications(store: Store) -> None:
    with store.transaction() as db:
        moments.barrier(db)
        assert list(moments.ids(db)) == ["changed", "kept", "moved", "new"]
        assert list(moments.ids(db, "DOI:10.1234/b")) == ["moved", "new"]
        assert moments.publications(db) == {"DOI:10.1234/a": 2, "DOI:10.1234/b": 2}


def test_a_store_of_before_learns_its_publications(store: Store, address: str) -> None:
    from alembic import command

    from adapter.store.engine import _config, open_engine

    engine, config = open_engine(address), _config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0002")
    again = Store(address)
    with again.reading() as db:
        assert moments.publications(db) == {"DOI:10.1234/a": 2, "DOI:10.1234/b": 2}
    again.close()
    engine.dispose()


def test_the_life_of_an_export(store: Store) -> None:
    one = Export("a" * 32, "v1", {"format": "x"}, T1, "/nowhere", 100)
    with store.transaction() as db:
        exports.add(db, one)
        assert (exports.find(db, one.id, 100), exports.state(db, one.id)) == (one, "open")
        assert (exports.due(db, 99), exports.due(db, 100), exports.waiting(db)) == ([], [one], 1)
        assert [exports.ask(db, one.id, second, 10) for second in (101, 109, 110)] == [1, 2, 1]
        exports.postpone(db, one.id, 200)
        assert exports.due(db, 199) == []
        assert [(e.attempts, e.progress) for e in exports.due(db, 200)] == [(1, "delayed")]
        assert exports.note(db, one.id, "half")
        exports.end(db, one.id, "done", 300)
        assert not exports.note(db, one.id, "more")
        assert (exports.dead(db, 299), exports.find(db, one.id, 300)) == ([], None)
        assert [e.id for e in exports.dead(db, 300)] == [one.id]
        exports.forget(db, one.id)
        exports.end(db, one.id, "failed", 900)
        assert (exports.find(db, one.id, 0), exports.state(db, one.id)) == (None, "deleted")
        exports.drop(db, one.id)
        assert exports.state(db, one.id) is None
        assert exports.ask(db, one.id, 0, 10) == 0
        assert db.execute(text("SELECT count(*) FROM exports")).scalar_one() == 0
