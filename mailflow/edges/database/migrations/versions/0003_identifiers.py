"""What orders are called, to be looked up without the whole book in memory."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables; they are filled from the views when they are found empty."""
    op.create_table(
        "identifier",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("folded", sa.Integer(), nullable=False),
        sa.Column("plain", sa.Text(), nullable=False),
        sa.Column("naming", sa.Text(), nullable=False),
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_identifier"),
    )
    op.create_index("ix_identifier_folded", "identifier", ["folded"])
    op.create_index("ix_identifier_order_number", "identifier", ["order_number"])
    op.create_table(
        "identifier_near",
        sa.Column("hash", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("identifier", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("hash", "identifier", name="pk_identifier_near"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "identifier_ending",
        sa.Column("party", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reversed", sa.Text(), nullable=False),
        sa.Column("identifier", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("party", "reversed", "identifier", name="pk_identifier_ending"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "identifier_shape",
        sa.Column("shape", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("shape", name="pk_identifier_shape"),
    )
