"""The exports that the service runs: what was asked for, how far it is, when its files go.

Every function works in the caller's transaction. Who works on an export holds a lock of the operating system on its
folder (:mod:`adapter.web.exporting`); this table says what there is to do.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, case, delete, func, insert, or_, select, update

from adapter.report import Json
from adapter.store.tables import EXPORTS

State = Literal["open", "done", "failed", "deleted"]


@dataclass(frozen=True, slots=True)
class Export:
    """An export.

    ``kind`` is the door it came through ("v1" or "fhir"), ``request`` what was asked for, ``at`` the
    moment it shows (UTC), ``directory`` its folder; ``created`` and ``expires`` in Unix seconds.
    """

    id: str
    kind: str
    request: Json
    at: str
    directory: str
    created: int
    state: State = "open"
    progress: str = "waiting"
    attempts: int = 0
    expires: int | None = None


def add(db: Connection, export: Export) -> None:
    """Note a new export."""
    db.execute(
        insert(EXPORTS).values(
            id=export.id,
            kind=export.kind,
            request=json.dumps(export.request),
            at=export.at,
            directory=export.directory,
            state=export.state,
            progress=export.progress,
            attempts=0,
            created=export.created,
            due=export.created,
            polled=0,
            polls=0,
        )
    )


def find(db: Connection, id: str, now: int) -> Export | None:
    """The export; None for one that never was, was deleted, or whose time is over."""
    row = db.execute(select(EXPORTS).where(EXPORTS.c.id == id)).first()
    if row is None or row.state == "deleted" or (row.expires is not None and row.expires <= now):
        return None
    return _export(row)


def state(db: Connection, id: str) -> State | None:
    """The state of an export, None without a row."""
    found: State | None = db.execute(select(EXPORTS.c.state).where(EXPORTS.c.id == id)).scalar_one_or_none()
    return found


def due(db: Connection, now: int) -> list[Export]:
    """The exports to work on now, the oldest first."""
    query = select(EXPORTS).where(EXPORTS.c.state == "open", EXPORTS.c.due <= now)
    return [_export(row) for row in db.execute(query.order_by(EXPORTS.c.created, EXPORTS.c.id))]


def waiting(db: Connection) -> int:
    """How many exports have not ended."""
    return int(db.execute(select(func.count()).where(EXPORTS.c.state == "open")).scalar_one())


def note(db: Connection, id: str, progress: str) -> bool:
    """Note progress; False when there is nothing to do any more, since the export has ended or was deleted."""
    changed = db.execute(update(EXPORTS).where(*_open(id)).values(progress=progress))
    return bool(changed.rowcount)


def end(db: Connection, id: str, state: State, expires: int) -> None:
    """Note that an export has ended, unless it was deleted meanwhile."""
    db.execute(update(EXPORTS).where(*_open(id)).values(state=state, expires=expires))


def postpone(db: Connection, id: str, until: int) -> None:
    """Note that an attempt has failed and when to make the next one."""
    db.execute(update(EXPORTS).where(*_open(id)).values(attempts=EXPORTS.c.attempts + 1, due=until, progress="delayed"))


def forget(db: Connection, id: str) -> None:
    """Delete an export; its row goes with its files (:func:`drop`)."""
    db.execute(update(EXPORTS).where(EXPORTS.c.id == id).values(state="deleted"))


def dead(db: Connection, now: int) -> list[Export]:
    """The exports whose files are to go: deleted ones, and those whose time is over."""
    query = select(EXPORTS).where(or_(EXPORTS.c.state == "deleted", EXPORTS.c.expires <= now))
    return [_export(row) for row in db.execute(query)]


def drop(db: Connection, id: str) -> None:
    """Remove the row of an export whose files are gone."""
    db.execute(delete(EXPORTS).where(EXPORTS.c.id == id))


def ask(db: Connection, id: str, now: int, seconds: int) -> int:
    """Count a question about an export; how many there were in this span of ``seconds``."""
    span = now - now % seconds
    polls = case((EXPORTS.c.polled == span, EXPORTS.c.polls + 1), else_=1)
    db.execute(update(EXPORTS).where(EXPORTS.c.id == id).values(polled=span, polls=polls))
    return int(db.execute(select(EXPORTS.c.polls).where(EXPORTS.c.id == id)).scalar_one_or_none() or 0)


def _open(id: str) -> tuple[Any, Any]:
    return EXPORTS.c.id == id, EXPORTS.c.state == "open"


def _export(row: Row[Any]) -> Export:
    return Export(
        id=row.id,
        kind=row.kind,
        request=json.loads(row.request),
        at=row.at,
        directory=row.directory,
        created=row.created,
        state=row.state,
        progress=row.progress,
        attempts=row.attempts,
        expires=row.expires,
    )
