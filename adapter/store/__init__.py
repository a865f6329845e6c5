"""The case store: cases as stated, every version kept, in a SQLite file that needs no set-up, or in PostgreSQL.

A version is the bytes of a case and is known by their SHA-256, which is its ETag. Putting what is stored already
changes nothing; deleting leaves a tombstone. The tables are made and upgraded by Alembic when a store is opened.
"""

from __future__ import annotations

from adapter.store.cases import Conflict, Exists, NotStored, Store, Stored
from adapter.store.engine import default_url
from adapter.store.faults import Unavailable

__all__ = ["Conflict", "Exists", "NotStored", "Store", "Stored", "Unavailable", "default_url"]
