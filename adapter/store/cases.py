"""Cases by id: put, get, delete, list, and a snapshot of all."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection, Row, insert, select, update

from adapter.case import read_case
from adapter.clock import now
from adapter.errors import StoreError
from adapter.formats.document import dump, read_json
from adapter.report import Json
from adapter.store.engine import READING, WAIT_SECONDS, lock, newest, open_engine, revision, upgrade
from adapter.store.faults import told
from adapter.store.publication import publication
from adapter.store.tables import CASES, CONTENTS, VERSIONS

ANY = "*"


class NotStored(StoreError):
    """No such case, or no such version of it; ``deleted`` tells a tombstone from what never was."""

    def __init__(self, *, deleted: bool = False) -> None:
        super().__init__("the case was deleted" if deleted else "no such case in the store")
        self.deleted = deleted


class Conflict(StoreError):
    """The stored version is not the one the caller named: another change came between."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A version of a case: number from 1, ETag (SHA-256 of its bytes, "" for a tombstone), time of change in UTC."""

    id: str
    version: int
    etag: str
    updated: str


class Exists(StoreError):
    """A case of this id is stored, and the caller wanted a new one; ``stored`` is its newest version."""

    def __init__(self, stored: Stored) -> None:
        super().__init__("a case of this id is stored")
        self.stored = stored


@dataclass(frozen=True, slots=True)
class Content:
    """A case as it is stored: its id, its bytes, their SHA-256, its publication."""

    id: str
    body: bytes
    sha256: str
    publication: str = ""


class Store:
    """A case store. Every method is one transaction.

    Any raises StoreError when the database cannot do it, and Unavailable where that may pass.
    """

    def __init__(self, address: str, *, wait: int = WAIT_SECONDS) -> None:
        self._engine = open_engine(address, wait=wait)
        try:
            with told():
                upgrade(self._engine)
        except StoreError:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def put(self, document: Json, *, if_match: str | Collection[str] = "", new: bool = False) -> tuple[Stored, bool]:
        """:func:`put` in a transaction of its own. Raises CaseError for a document that is no case."""
        content = content_of(document)
        with self.transaction() as db:
            return put(db, content, if_match=if_match, new=new)

    def delete(self, name: str, *, if_match: str | Collection[str] = "") -> Stored:
        """Put a tombstone in place of the case. Raises NotStored, Conflict."""
        with self.transaction() as db:
            lock(db, f"case: {name}")
            current = _present(_current(db, name))
            _match(current, if_match)
            return _advance(db, name, current, None)

    def get(self, name: str, version: int | None = None) -> tuple[Stored, Json]:
        """The newest version of a case, or the one asked for, as it was put. Raises NotStored."""
        with self.reading() as db:
            found = _present(_current(db, name) if version is None else _version(db, name, version))
            body = db.execute(select(CONTENTS.c.body).where(CONTENTS.c.sha256 == found.etag)).scalar_one()
        document: Json = read_json(bytes(body))
        return found, document

    def page(self, after: str = "", limit: int = 100) -> list[Stored]:
        """At most ``limit`` cases whose ids follow ``after``, by id; tombstones left out."""
        query = select(CASES).where(CASES.c.id > after, CASES.c.sha256.is_not(None)).order_by(CASES.c.id).limit(limit)
        with self.reading() as db:
            return [_stored(row) for row in db.execute(query)]

    def snapshot(self, out: BinaryIO) -> int:
        """Write every case as NDJSON by id, all as of one moment; how many. Memory holds a few cases at a time."""
        query = (
            select(CONTENTS.c.body)
            .join(CASES, CASES.c.sha256 == CONTENTS.c.sha256)
            .order_by(CASES.c.id)
            .execution_options(yield_per=100)
        )
        count = 0
        with self.reading() as db:
            for (body,) in db.execute(query):
                out.write(bytes(body))
                count += 1
        return count

    def schema(self) -> tuple[str, str]:
        """The revision of the tables as they are, and the one that this software uses."""
        with self.reading() as db:
            return revision(db), newest()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that changes nothing and waits for no writer."""
        with told(), self._engine.connect().execution_options(**{READING: True}) as connection, connection.begin():
            yield connection

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction that may write: all that is done in it, or nothing."""
        with told(), self._engine.begin() as connection:
            yield connection


def content_of(document: Json) -> Content:
    """What is stored of a case. Raises CaseError for a document that is no case."""
    name, body = read_case(document).id, dump(document)
    return Content(name, body, hashlib.sha256(body).hexdigest(), publication(document))


def put(
    db: Connection, content: Content, *, if_match: str | Collection[str] = "", new: bool = False
) -> tuple[Stored, bool]:
    """Store a case as its newest version; it, and whether anything changed.

    ``if_match`` names the version that must be the newest (its ETag, its number, ``*`` for any, or several), else
    Conflict. With ``new`` no case of this id may be stored, else Exists.
    """
    name, etag = content.id, content.sha256
    lock(db, f"case: {name}")
    current = _current(db, name)
    if new and current is not None and current.etag:
        raise Exists(current)
    _match(current, if_match)
    if current is not None and current.etag == etag:
        return current, False
    if db.execute(select(CONTENTS.c.sha256).where(CONTENTS.c.sha256 == etag)).first() is None:
        db.execute(insert(CONTENTS).values(sha256=etag, body=content.body, publication=content.publication or None))
    return _advance(db, name, current, etag), True


def _current(db: Connection, name: str) -> Stored | None:
    row = db.execute(select(CASES).where(CASES.c.id == name)).first()
    return _stored(row) if row else None


def _version(db: Connection, name: str, version: int) -> Stored | None:
    row = db.execute(select(VERSIONS).where(VERSIONS.c.id == name, VERSIONS.c.version == version)).first()
    return _stored(row) if row else None


def _stored(row: Row[Any]) -> Stored:
    return Stored(row.id, row.version, row.sha256 or "", row.updated)


def _present(found: Stored | None) -> Stored:
    if found is None or not found.etag:
        raise NotStored(deleted=found is not None)
    return found


def _match(current: Stored | None, if_match: str | Collection[str]) -> None:
    named = {if_match} if isinstance(if_match, str) else set(if_match)
    if named <= {""}:
        return
    if current is None or not current.etag or named.isdisjoint({ANY, current.etag, str(current.version)}):
        raise Conflict("the stored version is not the one that was named")


def _advance(db: Connection, name: str, current: Stored | None, etag: str | None) -> Stored:
    version, updated = (current.version if current else 0) + 1, now()
    values = {"version": version, "sha256": etag, "updated": updated}
    if current is None:
        db.execute(insert(CASES).values(id=name, **values))
    else:
        db.execute(update(CASES).where(CASES.c.id == name).values(**values))
    db.execute(insert(VERSIONS).values(id=name, **values))
    return Stored(name, version, etag or "", updated)


def snapshot_file(address: str, path: Path) -> None:
    """Write the cases of the store at ``address`` to ``path``, whole or not at all; a file that is there is kept.

    It is what an export of the store reads, also when it resumes: the moment of an export is that of its start.
    """
    if path.exists():
        return
    temporary = path.with_name(f".{path.name}.tmp")
    store = Store(address)
    try:
        with temporary.open("wb") as stream:
            store.snapshot(stream)
        temporary.replace(path)
    finally:
        store.close()
