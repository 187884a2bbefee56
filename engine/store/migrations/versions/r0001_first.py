"""The first tables.

Over 300 lines: a revision is frozen as it was generated, and all tables came at once.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the tables to this revision."""
    _accounts()
    _calls()
    _conferences()
    _cursors()
    _deliveries()
    _events()
    _owners()
    _participants()
    _rates()
    _recordings()
    _tasks()
    _trunks()
    _allowed_prefixes()
    _applications()
    _caller_ids()
    _credentials()
    _delivery_attempts()
    _extensions()
    _ledger()
    _numbers()


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("allow_private", sa.Boolean(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("balance", _BIG, nullable=True),
        sa.Column("daily_spend", _BIG, nullable=True),
        sa.Column("max_calls", sa.Integer(), nullable=False),
        sa.Column("calls_per_second", sa.Float(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("accounts_key")),
        sa.UniqueConstraint("name", name=op.f("accounts_by_name")),
    )


def _calls() -> None:
    op.create_table(
        "calls",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("application", sa.String(), nullable=True),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("caller", sa.String(), nullable=False),
        sa.Column("callee", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("answered", sa.Float(), nullable=True),
        sa.Column("ended", sa.Float(), nullable=True),
        sa.Column("cause", sa.String(), nullable=True),
        sa.Column("sip_status", sa.Integer(), nullable=True),
        sa.Column("hung_up_by", sa.String(), nullable=True),
        sa.Column("price", _BIG, nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("trunk", sa.String(), nullable=True),
        sa.Column("sip_call_id", sa.String(), nullable=True),
        sa.Column("node", sa.String(), nullable=False),
        sa.Column("ari_application", sa.String(), nullable=False),
        sa.Column("channel_id", sa.String(), nullable=False),
        sa.Column("ring_seconds", sa.Float(), nullable=False),
        sa.Column("max_seconds", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("calls_key")),
    )
    op.create_index("calls_by_account", "calls", ["account", "created"], unique=False)
    op.create_index(op.f("calls_by_root"), "calls", ["root"], unique=False)
    op.create_index("calls_by_time", "calls", ["created"], unique=False)
    op.create_index(
        "calls_live",
        "calls",
        ["ari_application"],
        unique=False,
        sqlite_where=sa.text("ended IS NULL"),
        postgresql_where=sa.text("ended IS NULL"),
    )


def _conferences() -> None:
    op.create_table(
        "conferences",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("moderator", sa.String(), nullable=True),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("ari_application", sa.String(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("started", sa.Float(), nullable=True),
        sa.Column("ended", sa.Float(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("conferences_key")),
    )
    op.create_index(
        "conferences_live",
        "conferences",
        ["ari_application"],
        unique=False,
        sqlite_where=sa.text("ended IS NULL"),
        postgresql_where=sa.text("ended IS NULL"),
    )


def _cursors() -> None:
    op.create_table(
        "cursors",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("cursors_key")),
    )


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("position", _BIG, nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("dialect", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due", sa.Float(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("ended", sa.Float(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("deliveries_key")),
        sa.UniqueConstraint("event", "part", name=op.f("deliveries_by_event_part")),
    )
    op.create_index("deliveries_by_state", "deliveries", ["state", "account"], unique=False)
    op.create_index(op.f("deliveries_by_subject"), "deliveries", ["subject"], unique=False)


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("position", _BIG, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("events_key")),
        sa.UniqueConstraint("id", name=op.f("events_by_id")),
        sa.UniqueConstraint("root", "sequence", name=op.f("events_by_root_sequence")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("events_by_subject"), "events", ["subject"], unique=False)


def _owners() -> None:
    op.create_table(
        "owners",
        sa.Column("ari_application", sa.String(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("ari_application", name=op.f("owners_key")),
    )


def _participants() -> None:
    op.create_table(
        "participants",
        sa.Column("conference", sa.String(), nullable=False),
        sa.Column("call", sa.String(), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("joined", sa.Float(), nullable=False),
        sa.Column("left", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("conference", "call", "task", name=op.f("participants_key")),
    )


def _rates() -> None:
    op.create_table(
        "rates",
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("per_minute", _BIG, nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("next", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", "currency", name=op.f("rates_key")),
    )


def _recordings() -> None:
    op.create_table(
        "recordings",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("bytes", _BIG, nullable=True),
        sa.Column("deleted", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("recordings_key")),
    )
    op.create_index(op.f("recordings_by_account"), "recordings", ["account"], unique=False)
    op.create_index(op.f("recordings_by_owner"), "recordings", ["owner"], unique=False)


def _tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("queued", sa.Float(), nullable=False),
        sa.Column("begun", sa.Float(), nullable=True),
        sa.Column("started", sa.Float(), nullable=True),
        sa.Column("ended", sa.Float(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("tasks_key")),
        sa.UniqueConstraint("owner", "position", name=op.f("tasks_by_owner_position")),
    )


def _trunks() -> None:
    op.create_table(
        "trunks",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(), nullable=True),
        sa.Column("password", sa.String(), nullable=True),
        sa.Column("register", sa.Boolean(), nullable=False),
        sa.Column("codecs", sa.String(), nullable=False),
        sa.Column("dtmf", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("trunks_key")),
    )


def _allowed_prefixes() -> None:
    op.create_table(
        "allowed_prefixes",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("allowed_prefixes_to_accounts_by_account")),
        sa.PrimaryKeyConstraint("account", "prefix", name=op.f("allowed_prefixes_key")),
    )


def _applications() -> None:
    op.create_table(
        "applications",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("dialect", sa.String(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("tasks", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("applications_to_accounts_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("applications_key")),
        sa.UniqueConstraint("account", "name", name=op.f("applications_by_account_name")),
    )
    op.create_index(op.f("applications_by_account"), "applications", ["account"], unique=False)


def _caller_ids() -> None:
    op.create_table(
        "caller_ids",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("verified", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("caller_ids_to_accounts_by_account")),
        sa.PrimaryKeyConstraint("account", "number", name=op.f("caller_ids_key")),
    )


def _credentials() -> None:
    op.create_table(
        "credentials",
        sa.Column("dialect", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("credentials_to_accounts_by_account")),
        sa.PrimaryKeyConstraint("dialect", "key", name=op.f("credentials_key")),
    )
    op.create_index(op.f("credentials_by_account"), "credentials", ["account"], unique=False)


def _delivery_attempts() -> None:
    op.create_table(
        "delivery_attempts",
        sa.Column("delivery", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery"], ["deliveries.id"], name=op.f("delivery_attempts_to_deliveries_by_delivery")
        ),
        sa.PrimaryKeyConstraint("delivery", "number", name=op.f("delivery_attempts_key")),
    )


def _extensions() -> None:
    op.create_table(
        "extensions",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("extensions_to_accounts_by_account")),
        sa.PrimaryKeyConstraint("number", name=op.f("extensions_key")),
    )
    op.create_index(op.f("extensions_by_account"), "extensions", ["account"], unique=False)


def _ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("amount", _BIG, nullable=False),
        sa.Column("call", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("ledger_to_accounts_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("ledger_key")),
        sa.UniqueConstraint("call", name=op.f("ledger_by_call")),
    )
    op.create_index("ledger_by_account", "ledger", ["account", "at"], unique=False)


def _numbers() -> None:
    op.create_table(
        "numbers",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("application", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("numbers_to_accounts_by_account")),
        sa.ForeignKeyConstraint(
            ["application"], ["applications.id"], name=op.f("numbers_to_applications_by_application")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("numbers_key")),
    )
    op.create_index(op.f("numbers_by_account"), "numbers", ["account"], unique=False)
