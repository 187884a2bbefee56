"""Extensions forward every call, are not to be disturbed, or take one call at a time; their phones see states."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    with op.batch_alter_table("extensions") as extensions:
        extensions.add_column(sa.Column("always", sa.Text(), nullable=False, server_default=""))
        extensions.add_column(sa.Column("do_not_disturb", sa.Boolean(), nullable=False, server_default=sa.false()))
        extensions.add_column(sa.Column("call_waiting", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("accounts") as accounts:
        accounts.add_column(sa.Column("hint_context", sa.Integer(), nullable=True))
    connection = op.get_bind()
    having = "SELECT id FROM accounts WHERE closed IS NULL AND id IN (SELECT account FROM extensions) ORDER BY created"
    for number, (id,) in enumerate(connection.execute(sa.text(having)).all()[:1000], start=1):
        numbered = sa.text("UPDATE accounts SET hint_context = :number WHERE id = :id")
        connection.execute(numbered, {"number": number, "id": id})
