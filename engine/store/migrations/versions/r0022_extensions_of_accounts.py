"""Extensions are unique within their account; their phones have SIP user names that no other account ever has."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0020"
branch_labels = None
depends_on = None

_FIELDS = ("account", "number", "name", "password", "application")


def upgrade() -> None:
    """Bring the tables to this revision: an extension of before registers with its number, as it did."""
    op.create_table(
        "sip_users",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="sip_users_key"),
    )
    op.create_index("sip_users_by_account", "sip_users", ["account"])
    op.rename_table("extensions", "extensions_before")
    if op.get_bind().dialect.name == "postgresql":  # whose constraints have names of their own in the schema
        for constraint in ("key", "to_accounts_by_account", "to_applications_by_application"):
            op.drop_constraint(f"extensions_{constraint}", "extensions_before")
    op.drop_index("extensions_by_account", "extensions_before")
    extensions = op.create_table(
        "extensions",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sip_user", sa.String(), nullable=False),
        sa.Column("password", sa.String(), nullable=False),
        sa.Column("application", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("account", "number", name="extensions_key"),
        sa.UniqueConstraint("sip_user", name="extensions_by_sip_user"),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name="extensions_to_accounts_by_account"),
        sa.ForeignKeyConstraint(["application"], ["applications.id"], name="extensions_to_applications_by_application"),
    )
    before = sa.table("extensions_before", *(sa.column(name) for name in _FIELDS))
    names = [*_FIELDS, "sip_user"]
    op.execute(extensions.insert().from_select(names, sa.select(before, before.c.number.label("sip_user"))))
    users = sa.table("sip_users", sa.column("name"), sa.column("account"))
    op.execute(users.insert().from_select(["name", "account"], sa.select(before.c.number, before.c.account)))
    op.drop_table("extensions_before")
