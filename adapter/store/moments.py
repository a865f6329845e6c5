"""The store as it was at a moment: cases, what changed since another moment, and the publications they come from.

A moment is a time of the store in whole seconds UTC and stands for the end of that second. Every version is kept, so
the answer for a moment that has passed is always the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, FromClause, Select, and_, exists, func, or_, select, text

from adapter.store.tables import CASES, CONTENTS, VERSIONS

_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Selection:
    """Which cases: all, those of a publication, those of ``ids`` (() for all); ``since`` asks for changes after it."""

    publication: str = ""
    ids: tuple[str, ...] = ()
    since: str = ""


def barrier(db: Connection) -> None:
    """Wait for those who are writing: what they store may count to a moment that is over.

    In SQLite a transaction that may write has waited for them when it has begun.
    """
    if db.dialect.name == "postgresql":
        db.execute(text("LOCK TABLE versions IN SHARE MODE"))


def cases(db: Connection, at: str, chosen: Selection) -> Iterator[bytes]:
    """The cases as of ``at``, by id, each as one line of JSON; memory holds a few at a time."""
    version, content = VERSIONS.alias(), CONTENTS.alias()
    query = select(content.c.body).join(version, content.c.sha256 == version.c.sha256).where(_newest(version, at))
    query = _chosen(query, version, chosen).order_by(version.c.id)
    if chosen.publication:
        query = query.where(content.c.publication == chosen.publication)
    if chosen.since:
        query = query.where(version.c.updated > chosen.since)
    for (body,) in db.execute(query.execution_options(yield_per=_AT_ONCE)):
        yield bytes(body)


def changes(db: Connection, at: str, chosen: Selection) -> Iterator[bytes]:
    """``{"before", "after"}`` of each case that was there at ``chosen.since`` and has changed by ``at``, by id.

    ``after`` is null for a case that was deleted. A case that came and went in between is not told.
    """
    old, was, new, now = VERSIONS.alias(), CONTENTS.alias(), VERSIONS.alias(), CONTENTS.alias()
    query = (
        select(was.c.body, now.c.body)
        .select_from(old)
        .join(was, was.c.sha256 == old.c.sha256)
        .join(new, new.c.id == old.c.id)
        .outerjoin(now, now.c.sha256 == new.c.sha256)
        .where(_newest(old, chosen.since), _newest(new, at), new.c.version > old.c.version)
    )
    if chosen.publication:
        mine = was.c.publication == chosen.publication
        query = query.where(mine, or_(now.c.sha256.is_(None), now.c.publication == chosen.publication))
    query = _chosen(query, old, chosen).order_by(old.c.id)
    for row in db.execute(query.execution_options(yield_per=_AT_ONCE)):
        rest = bytes(row[1]).rstrip() if row[1] is not None else b"null"
        yield b'{"before":' + bytes(row[0]).rstrip() + b',"after":' + rest + b"}\n"


def ids(db: Connection, publication: str = "") -> Iterator[str]:
    """The ids of all cases that are there now, or of those of a publication, in order."""
    query = select(CASES.c.id).where(CASES.c.sha256.is_not(None)).order_by(CASES.c.id)
    if publication:
        query = query.join(CONTENTS, CONTENTS.c.sha256 == CASES.c.sha256).where(CONTENTS.c.publication == publication)
    yield from db.execute(query.execution_options(yield_per=1_000)).scalars()


def publications(db: Connection) -> dict[str, int]:
    """The publications of the cases that are there now, and how many cases each has."""
    query = (
        select(CONTENTS.c.publication, func.count())
        .join(CASES, CASES.c.sha256 == CONTENTS.c.sha256)
        .where(CONTENTS.c.publication.is_not(None))
        .group_by(CONTENTS.c.publication)
        .order_by(CONTENTS.c.publication)
    )
    return {str(name): int(count) for name, count in db.execute(query)}


def _newest(version: FromClause, at: str) -> Any:
    """Whether a version was the newest of its case at ``at``; numbers decide, since a clock may have been set back."""
    later = VERSIONS.alias()
    return and_(
        version.c.updated <= at,
        ~exists().where(later.c.id == version.c.id, later.c.version > version.c.version, later.c.updated <= at),
    )


def _chosen(query: Select[Any], version: FromClause, chosen: Selection) -> Select[Any]:
    return query.where(version.c.id.in_(chosen.ids)) if chosen.ids else query
