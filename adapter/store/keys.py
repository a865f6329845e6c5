"""Idempotency keys: a request that is repeated with its key has one effect and one answer.

A request claims its key in a transaction of its own, and notes its answer in the transaction of its effect. So a crash
leaves either both or neither; the claim of a process that died lapses after ``LEASE`` seconds.
"""

from __future__ import annotations

import hashlib
import time
import uuid
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from adapter.errors import StoreError
from adapter.store.engine import lock
from adapter.store.tables import IDEMPOTENCY_KEYS as KEYS

KEEP = 24 * 3600
LEASE = 60


class Running(StoreError):
    """The first request with this key has not been answered yet, or another has taken its place."""

    def __init__(self) -> None:
        super().__init__("a request with this key is running")


class Reused(StoreError):
    """The key belongs to another request."""

    def __init__(self) -> None:
        super().__init__("the key was used for another request")


@dataclass(frozen=True, slots=True)
class Claim:
    """A claimed key. ``answer`` is what the request was answered before, None for one that is to be carried out."""

    key: str
    owner: str
    answer: bytes | None


def claim(db: Connection, key: str, request: bytes) -> Claim:
    """Claim ``key`` for ``request`` (all that makes it the same request). Raises Running, Reused.

    Keys whose time is over are forgotten here.
    """
    hashed, wanted = hashlib.sha256(key.encode()).hexdigest(), hashlib.sha256(request).hexdigest()
    now = int(time.time())
    lock(db, f"key: {hashed}")
    db.execute(delete(KEYS).where(KEYS.c.expires <= now))
    row = db.execute(select(KEYS).where(KEYS.c.key == hashed)).first()
    if row is None:
        owner = uuid.uuid4().hex
        db.execute(insert(KEYS).values(key=hashed, request=wanted, owner=owner, expires=now + LEASE))
        return Claim(hashed, owner, None)
    if row.request != wanted:
        raise Reused
    if row.answer is None:
        raise Running
    return Claim(hashed, row.owner, bytes(row.answer))


def finish(db: Connection, claimed: Claim, answer: bytes) -> None:
    """Note the answer, for 24 hours, in the transaction of the effect. Raises Running if the claim has lapsed."""
    mine = (KEYS.c.key == claimed.key, KEYS.c.owner == claimed.owner)
    done = db.execute(update(KEYS).where(*mine).values(answer=answer, expires=int(time.time()) + KEEP))
    if done.rowcount != 1:
        raise Running


def release(db: Connection, claimed: Claim) -> None:
    """Give back a claim whose request had no effect."""
    db.execute(delete(KEYS).where(KEYS.c.key == claimed.key, KEYS.c.owner == claimed.owner, KEYS.c.answer.is_(None)))
