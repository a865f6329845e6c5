"""Idempotency keys; on PostgreSQL ids are ordered by their bytes, as SQLite orders them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and fix the order of ids."""
    op.create_table(
        "idempotency_keys",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("request", sa.String, nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
        sa.Column("answer", sa.LargeBinary),
    )
    op.create_index("ix_idempotency_keys_expires", "idempotency_keys", ["expires"])
    _collate("C")


def downgrade() -> None:
    """Drop the table, and order ids as the database does."""
    _collate("default")
    op.drop_table("idempotency_keys")


def _collate(name: str) -> None:
    if op.get_context().dialect.name == "postgresql":
        for table in ("cases", "versions"):
            op.alter_column(table, "id", type_=sa.String(collation=name))
