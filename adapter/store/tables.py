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
