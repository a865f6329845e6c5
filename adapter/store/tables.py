"""The tables as SQLAlchemy knows them; how they came about is in ``migrations``."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, MetaData, String, Table

METADATA = MetaData()
# Ids follow each other by their bytes in every database, so that pages have the same order on all.
ID = String().with_variant(String(collation="C"), "postgresql")
CONTENTS = Table(
    "contents",
    METADATA,
    Column("sha256", String, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    # As adapter.store.publication has it; NULL for a case that states none.
    Column("publication", String, index=True),
)
# The newest version of every case; ``sha256`` is NULL for a deleted one.
CASES = Table(
    "cases",
    METADATA,
    Column("id", ID, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("sha256", String, ForeignKey("contents.sha256")),
    Column("updated", String, nullable=False),
)
VERSIONS = Table(
    "versions",
    METADATA,
    Column("id", ID, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("sha256", String, ForeignKey("contents.sha256")),
    Column("updated", String, nullable=False),
)
# ``key`` and ``request`` are SHA-256 values; ``answer`` is NULL while the request runs; ``expires`` is in Unix seconds.
IDEMPOTENCY_KEYS = Table(
    "idempotency_keys",
    METADATA,
    Column("key", String, primary_key=True),
    Column("request", String, nullable=False),
    Column("owner", String, nullable=False),
    Column("expires", BigInteger, nullable=False, index=True),
    Column("answer", LargeBinary),
)
# Exports that the service runs. ``request`` is JSON; ``at`` is the moment they show, and their clock; times other than
# that are in Unix seconds: ``due`` is when to work on it next, ``polled`` and ``polls`` count questions about it.
EXPORTS = Table(
    "exports",
    METADATA,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("request", String, nullable=False),
    Column("at", String, nullable=False),
    Column("directory", String, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("progress", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("expires", BigInteger),
    Column("polled", BigInteger, nullable=False),
    Column("polls", Integer, nullable=False),
)
