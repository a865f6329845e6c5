"""Cases, their versions, and the contents those are known by."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "contents",
        sa.Column("sha256", sa.String, primary_key=True),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String, sa.ForeignKey("contents.sha256")),
        sa.Column("updated", sa.String, nullable=False),
    )
    op.create_table(
        "versions",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("sha256", sa.String, sa.ForeignKey("contents.sha256")),
        sa.Column("updated", sa.String, nullable=False),
    )


def downgrade() -> None:
    """Drop them."""
    for name in ("versions", "cases", "contents"):
        op.drop_table(name)
