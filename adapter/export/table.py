"""The job table: one SQLite file per export, with its request, its chunks and its finished files.

A lease belongs to a generation, and each start of the driver is a new one: leases of a driver that died are void at
once, without a clock that could jump. A worker of an older generation cannot complete anything.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapter.errors import ExportError
from adapter.export.ranges import Range

BUSY_SECONDS = 60
RESUME = "run the same export again to resume"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS job (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS chunks (
  n INTEGER PRIMARY KEY, start INTEGER NOT NULL, stop INTEGER NOT NULL, first_line INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'todo' CHECK (state IN ('todo', 'leased', 'done')),
  owner TEXT NOT NULL DEFAULT '', generation INTEGER NOT NULL DEFAULT 0, deaths INTEGER NOT NULL DEFAULT 0,
  noted INTEGER NOT NULL DEFAULT 0, suspect INTEGER NOT NULL DEFAULT 0, blamed INTEGER NOT NULL DEFAULT 0,
  cases INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0,
  counts TEXT NOT NULL DEFAULT '{}', summary TEXT NOT NULL DEFAULT '[]');
CREATE INDEX IF NOT EXISTS chunks_by_state ON chunks (state, n);
CREATE INDEX IF NOT EXISTS chunks_progress ON chunks (state, cases, failed);
CREATE TABLE IF NOT EXISTS files (
  stream TEXT NOT NULL, n INTEGER NOT NULL, name TEXT NOT NULL, count INTEGER NOT NULL, bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL, PRIMARY KEY (stream, n));
CREATE TABLE IF NOT EXISTS groups (n INTEGER NOT NULL, generation INTEGER NOT NULL, PRIMARY KEY (n, generation));
CREATE TABLE IF NOT EXISTS ids (id TEXT NOT NULL, line INTEGER NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an export is: chunks and cases; ``failed`` are cases among ``cases`` that could not be written."""

    chunks: int
    done: int
    cases: int
    failed: int


@dataclass(frozen=True, slots=True)
class Lease:
    """A chunk given to a worker. ``careful`` asks to note each line before its conversion; ``skip`` is one to leave."""

    part: Range
    careful: bool = False
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a chunk: records per stream, ids with their lines, losses by path and reason."""

    cases: int
    failed: int
    counts: dict[str, int]
    summary: list[tuple[str, str, int]]
    ids: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A finished file of the export: its name in the folder, records, bytes, SHA-256."""

    stream: str
    n: int
    name: str
    count: int
    bytes: int
    sha256: str


class JobTable:
    """The job table of the export in one folder. Every method is one transaction, durable when it returns."""

    # After so many deaths of workers over one chunk its lines are noted one by one, and a line that was the last one
    # noted at so many deaths in a row is taken to be their cause.
    CAREFUL_AFTER = 3
    BLAME_AFTER = 3

    def __init__(self, path: Path) -> None:
        try:
            self._db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise ExportError(f"the job table cannot be used: {error}") from error

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise ExportError(f"the job table cannot be used: {error}; {RESUME}") from error

    def create(self, values: dict[str, Any], ranges: list[Range]) -> None:
        """Store a new job with its chunks, all or nothing."""
        with self._transaction() as db:
            db.executemany("INSERT INTO job VALUES (?, ?)", [(k, json.dumps(v)) for k, v in values.items()])
            db.executemany(
                "INSERT INTO chunks (n, start, stop, first_line) VALUES (?, ?, ?, ?)",
                [(r.n, r.start, r.end, r.first_line) for r in ranges],
            )

    def get(self, key: str) -> Any:
        """A value of the job, None when absent."""
        with self._transaction() as db:
            row = db.execute("SELECT value FROM job WHERE key = ?", (key,)).fetchone()
        return json.loads(row[0]) if row else None

    def put(self, key: str, value: Any) -> None:
        """Set a value of the job."""
        with self._transaction() as db:
            db.execute("INSERT OR REPLACE INTO job VALUES (?, ?)", (key, json.dumps(value)))

    def next_generation(self) -> int:
        """Begin a run: leases of earlier runs are void."""
        generation = int(self.get("generation") or 0) + 1
        with self._transaction() as db:
            db.execute("INSERT OR REPLACE INTO job VALUES ('generation', ?)", (json.dumps(generation),))
            db.execute("UPDATE chunks SET state = 'todo', owner = '' WHERE state = 'leased'")
        return generation

    def lease(self, owner: str, generation: int) -> Lease | None:
        """The next chunk for ``owner``; None when none is left or the generation is over."""
        with self._transaction() as db:
            if not _current(db, generation):
                return None
            row = db.execute(
                "SELECT n, start, stop, first_line, deaths, suspect, blamed FROM chunks "
                "WHERE state = 'todo' ORDER BY n LIMIT 1"
            ).fetchone()
            if row is None:
                return None
            db.execute(
                "UPDATE chunks SET state = 'leased', owner = ?, generation = ?, noted = 0 WHERE n = ?",
                (owner, generation, row[0]),
            )
        return Lease(
            Range(*row[:4]), careful=row[4] >= self.CAREFUL_AFTER, skip=row[5] if row[6] >= self.BLAME_AFTER else 0
        )

    def note(self, owner: str, n: int, line: int) -> None:
        """In careful mode: ``line`` is about to be converted."""
        with self._transaction() as db:
            db.execute("UPDATE chunks SET noted = ? WHERE n = ? AND owner = ?", (line, n, owner))

    def complete(self, owner: str, generation: int, n: int, done: Done) -> bool:
        """Record a finished chunk; False when the lease is no longer this owner's, and nothing is recorded then."""
        with self._transaction() as db:
            changed = db.execute(
                "UPDATE chunks SET state = 'done', owner = '', cases = ?, failed = ?, counts = ?, summary = ? "
                "WHERE n = ? AND state = 'leased' AND owner = ? AND generation = ?",
                (done.cases, done.failed, json.dumps(done.counts), json.dumps(done.summary), n, owner, generation),
            ).rowcount
            if changed and done.ids:
                db.executemany("INSERT INTO ids VALUES (?, ?)", done.ids)
        return bool(changed)

    def release(self, owner: str) -> None:
        """A worker died: its chunk is free again, and a line it had noted was the last one once more."""
        with self._transaction() as db:
            db.execute(
                "UPDATE chunks SET state = 'todo', owner = '', deaths = deaths + 1, "
                "blamed = CASE WHEN noted = 0 THEN blamed WHEN noted = suspect THEN blamed + 1 ELSE 1 END, "
                "suspect = CASE WHEN noted = 0 THEN suspect ELSE noted END WHERE state = 'leased' AND owner = ?",
                (owner,),
            )

    def progress(self) -> Progress:
        """Chunks and cases done so far; asked ten times a second, and answered from an index alone."""
        with self._transaction() as db:
            row = db.execute(
                "SELECT count(*), coalesce(sum(state = 'done'), 0), coalesce(sum(cases), 0), coalesce(sum(failed), 0) "
                "FROM chunks"
            ).fetchone()
        return Progress(*row)

    def counts(self, first: int, stop: int) -> list[tuple[int, dict[str, int]]]:
        """Number and records per stream of the chunks in [first, stop)."""
        with self._transaction() as db:
            rows = db.execute("SELECT n, counts FROM chunks WHERE n >= ? AND n < ? ORDER BY n", (first, stop))
            return [(n, json.loads(text)) for n, text in rows]

    def is_done(self, first: int, stop: int) -> bool:
        """Whether every chunk in [first, stop) is done."""
        with self._transaction() as db:
            row = db.execute(
                "SELECT count(*) FROM chunks WHERE n >= ? AND n < ? AND state != 'done'", (first, stop)
            ).fetchone()
        return bool(row[0] == 0)

    def losses(self) -> list[dict[str, Any]]:
        """Losses of all cases by path (list positions as ``*``) and reason, the most frequent first."""
        total: dict[tuple[str, str], int] = {}
        with self._transaction() as db:
            for (text,) in db.execute("SELECT summary FROM chunks"):
                for path, reason, count in json.loads(text):
                    total[path, reason] = total.get((path, reason), 0) + count
        rows = sorted(total.items(), key=lambda item: (-item[1], item[0]))
        return [{"path": path, "reason": reason, "count": count} for (path, reason), count in rows]

    def repeated(self) -> list[tuple[str, list[int]]]:
        """Case ids that occur more than once, with their lines."""
        with self._transaction() as db:
            rows = db.execute(
                "SELECT id, line FROM ids WHERE id IN (SELECT id FROM ids GROUP BY id HAVING count(*) > 1) "
                "ORDER BY id, line"
            ).fetchall()
        found: dict[str, list[int]] = {}
        for name, line in rows:
            found.setdefault(name, []).append(line)
        return sorted(found.items(), key=lambda item: item[1])

    def claim_group(self, n: int, generation: int) -> bool:
        """Whether the caller is the one to put group ``n`` of chunks together in this generation."""
        with self._transaction() as db:
            if not _current(db, generation):
                return False
            return bool(db.execute("INSERT OR IGNORE INTO groups VALUES (?, ?)", (n, generation)).rowcount)

    def add_files(self, files: list[OutputFile], generation: int) -> bool:
        """Record finished files; False, and nothing recorded, when the generation is over."""
        with self._transaction() as db:
            if not _current(db, generation):
                return False
            db.executemany(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)",
                [(f.stream, f.n, f.name, f.count, f.bytes, f.sha256) for f in files],
            )
        return True

    def files(self) -> list[OutputFile]:
        """The finished files by stream and number."""
        with self._transaction() as db:
            return [OutputFile(*row) for row in db.execute("SELECT * FROM files ORDER BY stream, n")]


def _current(db: sqlite3.Connection, generation: int) -> bool:
    row = db.execute("SELECT value FROM job WHERE key = 'generation'").fetchone()
    return row is not None and json.loads(row[0]) == generation
