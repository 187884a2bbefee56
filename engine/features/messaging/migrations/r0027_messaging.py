"""Texts: what is sent and received, by which carriers, at which prices, and who wants none."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None
_MONEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the tables to this revision."""
    _carriers()
    _accounts()
    _messages()
    _parts()
    _receipts()
    _incoming()


def _carriers() -> None:
    op.create_table(
        "smscs",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("system_id", sa.String(), nullable=False),
        sa.Column("password", sa.String(), nullable=False),
        sa.Column("per_second", sa.Float(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("disabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("country", sa.String(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("name", name="smscs_key"),
    )
    op.create_table(
        "message_routes",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("smsc", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["smsc"], ["smscs.name"], name="message_routes_to_smscs_by_smsc"),
        sa.PrimaryKeyConstraint("account", "prefix", "smsc", name="message_routes_key"),
    )
    op.create_table(
        "message_rates",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("per_part", _MONEY, nullable=False),
        sa.PrimaryKeyConstraint("account", "prefix", "currency", name="message_rates_key"),
    )


def _accounts() -> None:
    op.create_table(
        "message_keywords",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("leads_to", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name="message_keywords_to_accounts_by_account"),
        sa.PrimaryKeyConstraint("number", "word", name="message_keywords_key"),
    )
    op.create_index("message_keywords_by_account", "message_keywords", ["account"])
    op.create_table(
        "texting",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("per_second", sa.Float(), nullable=False),
        sa.Column("stop_words", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name="texting_to_accounts_by_account"),
        sa.PrimaryKeyConstraint("account", name="texting_key"),
    )
    op.create_table(
        "opt_outs",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("since", sa.Float(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name="opt_outs_to_accounts_by_account"),
        sa.PrimaryKeyConstraint("account", "number", name="opt_outs_key"),
    )


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("application", sa.String(), nullable=True),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("due", sa.Float(), nullable=False),
        sa.Column("expires", sa.Float(), nullable=False),
        sa.Column("sent", sa.Float(), nullable=True),
        sa.Column("ended", sa.Float(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("per_part", _MONEY, nullable=False),
        sa.Column("price", _MONEY, nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("data", sa.Text(), nullable=True),
        sa.Column("watched", sa.Boolean(), nullable=False),
        sa.Column("reply_to", sa.String(), server_default="", nullable=False),
        sa.Column("origin", sa.String(), server_default="", nullable=False),
        sa.Column("carrier_key", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="messages_key"),
        sa.UniqueConstraint("carrier_key", name="messages_by_carrier_key"),
    )
    op.create_index("messages_by_account", "messages", ["account", "created"])
    op.create_index("messages_by_pair", "messages", ["sender", "recipient", "created"])
    watched = sa.column("watched", sa.Boolean())
    op.create_index("messages_watched", "messages", ["expires"], sqlite_where=watched, postgresql_where=watched)


def _parts() -> None:
    op.create_table(
        "message_parts",
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("extension", sa.String(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("carrier_id", sa.String(), nullable=True),
        sa.Column("reference", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due", sa.Float(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("at", sa.Float(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("message", "number", name="message_parts_key"),
    )
    _index_parts("message_parts_by_carrier_id", ["carrier", "carrier_id"], "carrier_id != ''")
    queue = ["carrier", "account", "extension", "due", "message", "number"]
    _index_parts("message_parts_waiting", queue, "state = 'waiting'")
    _index_parts("message_parts_submitting", ["carrier"], "state = 'submitting'")


def _index_parts(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "message_parts", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _receipts() -> None:
    op.create_table(
        "early_receipts",
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("carrier_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("carrier", "carrier_id", "state", name="early_receipts_key"),
    )
    op.create_index("early_receipts_by_at", "early_receipts", ["at"])


def _incoming() -> None:
    op.create_table(
        "incoming_parts",
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("reference", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("key", sa.String(), server_default="", nullable=False),
        sa.Column("complete", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint(
            "carrier", "sender", "recipient", "reference", "total", "number", name="incoming_parts_key"
        ),
    )
    op.create_index("incoming_parts_by_at", "incoming_parts", ["at"])
    op.create_table(
        "unmatched_messages",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="unmatched_messages_key"),
    )
    op.create_index("unmatched_messages_by_at", "unmatched_messages", ["at"])
