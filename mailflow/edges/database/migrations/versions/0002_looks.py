"""When an order must be looked at again, and orders that serve several sales orders."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add what is kept beside an order's state; the views are folded again, and fill it in."""
    op.add_column("view_row", sa.Column("party", sa.Text(), nullable=True))
    op.add_column("view_row", sa.Column("flagged", sa.Boolean(), nullable=True))
    op.add_column("view_row", sa.Column("look_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("view_row", sa.Column("listed", sa.Text(), nullable=True))
    op.create_index("ix_view_row_view_look_at", "view_row", ["view", "look_at"])
    op.create_index("ix_view_row_view_party", "view_row", ["view", "party"])
    op.create_index("ix_view_row_view_flagged", "view_row", ["view", "flagged"])
    op.create_table(
        "view_group",
        sa.Column("view", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("group_key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("view", "key", "group_key", name="pk_view_group"),
    )
    op.create_index("ix_view_group_view_group_key", "view_group", ["view", "group_key"])
    op.create_index("ix_letter_created_at", "letter", ["created_at"])
