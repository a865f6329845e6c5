"""Exports that the service runs, and the publication that each content comes from."""

import sqlalchemy as sa
from alembic import op

from adapter.formats.document import read_json
from adapter.store.publication import publication

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and the column, and fill the column for what is stored already."""
    op.create_table(
        "exports",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("request", sa.String, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("directory", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("progress", sa.String, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger),
        sa.Column("polled", sa.BigInteger, nullable=False),
        sa.Column("polls", sa.Integer, nullable=False),
    )
    op.create_index("ix_exports_state", "exports", ["state"])
    op.add_column("contents", sa.Column("publication", sa.String))
    op.create_index("ix_contents_publication", "contents", ["publication"])
    _fill()


def _fill() -> None:
    contents = sa.table("contents", sa.column("sha256"), sa.column("body"), sa.column("publication"))
    connection, last = op.get_bind(), ""
    page = sa.select(contents.c.sha256, contents.c.body).order_by(contents.c.sha256).limit(500)
    while rows := connection.execute(page.where(contents.c.sha256 > last)).all():
        for row in rows:
            found = publication(read_json(bytes(row.body)))
            if found:
                connection.execute(sa.update(contents).where(contents.c.sha256 == row.sha256).values(publication=found))
        last = rows[-1].sha256


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_contents_publication", "contents")
    op.drop_column("contents", "publication")
    op.drop_table("exports")
