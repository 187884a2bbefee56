"""Holds of money; charges by purpose; rates of one account; closed accounts."""

import time

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_DAY = 86400


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("accounts", sa.Column("closed", sa.Float(), nullable=True))
    op.add_column("accounts", sa.Column("spent", _BIG, nullable=False, server_default="0"))
    op.add_column("accounts", sa.Column("spent_day", sa.Integer(), nullable=True))
    _holds()
    _ledger()
    with op.batch_alter_table("rates") as rates:
        rates.add_column(sa.Column("account", sa.String(), nullable=False, server_default=""))
        rates.drop_constraint("rates_key", type_="primary")
        rates.create_primary_key("rates_key", ["account", "prefix", "currency"])


def _holds() -> None:
    op.create_table(
        "holds",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("amount", _BIG, nullable=False),
        sa.Column("terms", sa.Text(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("holds_to_accounts_by_account")),
        sa.PrimaryKeyConstraint("kind", "id", name=op.f("holds_key")),
    )
    op.create_index("holds_by_account", "holds", ["account"], unique=False)


def _ledger() -> None:
    with op.batch_alter_table("ledger") as ledger:
        ledger.add_column(sa.Column("kind", sa.String(), nullable=True))
        ledger.drop_constraint("ledger_by_call", type_="unique")
        ledger.alter_column("call", existing_type=sa.String(), new_column_name="subject")
    with op.batch_alter_table("ledger") as ledger:  # by its new name
        ledger.create_unique_constraint("ledger_by_kind_subject", ["kind", "subject"])
    op.execute(sa.text("UPDATE ledger SET kind = 'call' WHERE subject IS NOT NULL"))
    day = int(time.time() // _DAY)  # what was spent today continues to count
    spent = (
        "UPDATE accounts SET spent_day = :day, spent = COALESCE((SELECT -SUM(amount) FROM ledger"
        " WHERE ledger.account = accounts.id AND kind IS NOT NULL AND at >= :since), 0)"
    )
    op.execute(sa.text(spent).bindparams(day=day, since=float(day * _DAY)))
