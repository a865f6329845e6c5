"""The tables as SQLAlchemy knows them; how they came about is in ``migrations``."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, MetaData, String, Table

METADATA = MetaData()
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
    Column("id", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("sha256", String, ForeignKey("contents.sha256")),
    Column("updated", String, nullable=False),
)
VERSIONS = Table(
    "versions",
    METADATA,
    Column("id", String, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("sha256", String, ForeignKey("contents.sha256")),
    Column("updated", String, nullable=False),
)
