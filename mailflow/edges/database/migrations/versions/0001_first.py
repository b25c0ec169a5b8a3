"""The first schema: mails, ledger, views, outbox, threads, settings, workers."""

import sqlalchemy as sa
from alembic import op

from mailflow.edges.database.migrations.append_only import make_append_only, refuse_replacing

revision = "0001"
down_revision = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table."""
    _mails()
    _ledger()
    _letters()
    _duties()
    _places()


def _mails() -> None:
    op.create_table(
        "mail",
        sa.Column("id", _ID, nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("marked", sa.Boolean(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mail"),
        sa.UniqueConstraint("account", "folder", "uidvalidity", "uid", name="uq_mail_account_folder_uidvalidity_uid"),
    )
    op.create_index("ix_mail_message_id", "mail", ["message_id"])
    op.create_index("ix_mail_state_id", "mail", ["state", "id"])
    to_mark = sa.text("state = 'read' AND NOT marked")
    op.create_index(
        "ix_mail_to_mark",
        "mail",
        ["account", "folder", "id"],
        unique=False,
        sqlite_where=to_mark,
        postgresql_where=to_mark,
    )
    op.create_table(
        "mail_identity",
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("mail", _ID, nullable=False),
        sa.ForeignKeyConstraint(["mail"], ["mail.id"], name="fk_mail_identity_mail"),
        sa.PrimaryKeyConstraint("identity", name="pk_mail_identity"),
    )
    op.create_table(
        "cursor",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "folder", name="pk_cursor"),
    )


def _ledger() -> None:
    op.create_table(
        "event",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("order_number", sa.Text(), nullable=True),
        sa.Column("party", sa.Text(), nullable=True),
        sa.Column("mail", _ID, nullable=True),
        sa.Column("item", sa.Text(), nullable=True),
        sa.Column("letter", _ID, nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
    )
    op.create_index("ix_event_mail", "event", ["mail"])
    op.create_index("ix_event_order_number", "event", ["order_number"])
    op.create_table(
        "event_order",
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("event", _ID, nullable=False),
        sa.ForeignKeyConstraint(["event"], ["event.id"], name="fk_event_order_event"),
        sa.PrimaryKeyConstraint("order_number", "event", name="pk_event_order"),
    )
    op.create_table(
        "view_row",
        sa.Column("view", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("group_key", sa.Text(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("view", "key", name="pk_view_row"),
    )
    op.create_index("ix_view_row_view_group_key", "view_row", ["view", "group_key"])
    op.create_index("ix_view_row_view_is_open", "view_row", ["view", "is_open"])
    for table in ("event", "event_order"):
        make_append_only(table)
    refuse_replacing("event")


def _letters() -> None:
    op.create_table(
        "letter",
        sa.Column("id", _ID, nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("filed", sa.Boolean(), nullable=False),
        sa.Column("uncertain", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("repeated", sa.Integer(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("refused", sa.Text(), nullable=False),
        sa.Column("planned", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("sender", sa.Text(), nullable=True),
        sa.Column("recipients", sa.Text(), nullable=True),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_letter"),
    )
    not_filed = sa.text("NOT filed")
    op.create_index(
        "ix_letter_to_file", "letter", ["account", "state"], sqlite_where=not_filed, postgresql_where=not_filed
    )
    op.create_index("ix_letter_handed_at", "letter", ["handed_at"])
    op.create_index("ix_letter_sent_at", "letter", ["sent_at"])
    op.create_index("ix_letter_message_id", "letter", ["message_id"], unique=True)
    op.create_index("ix_letter_state_next_try", "letter", ["state", "next_try"])


def _duties() -> None:
    op.create_table(
        "duty",
        sa.Column("id", _ID, nullable=False),
        sa.Column("letter", _ID, nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["letter"], ["letter.id"], name="fk_duty_letter"),
        sa.PrimaryKeyConstraint("id", name="pk_duty"),
    )
    op.create_index("ix_duty_letter", "duty", ["letter"])
    not_released = sa.text("NOT released")
    op.create_index(
        "uq_duty_not_released",
        "duty",
        ["order_number", "step", "recipient", "occasion"],
        unique=True,
        sqlite_where=not_released,
        postgresql_where=not_released,
    )


def _places() -> None:
    op.create_table(
        "thread",
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("refs", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("order_number", "party", name="pk_thread"),
    )
    op.create_table(
        "setting",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_setting"),
    )
    op.create_table(
        "worker", sa.Column("name", sa.Text(), nullable=False), sa.PrimaryKeyConstraint("name", name="pk_worker")
    )
