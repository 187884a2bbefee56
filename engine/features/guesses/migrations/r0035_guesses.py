"""Guesses at secrets that callers enter; the task enter_code becomes a turn of a conversation."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision. Locks of boxes that were on are dropped: they had 15 minutes at most."""
    op.create_table(
        "guesses",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("caller", sa.String(), nullable=False),
        sa.Column("spent", sa.Float(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("forgotten", sa.Float(), nullable=False),
        sa.Column("locked_until", sa.Float(), nullable=True),
        sa.Column("notified", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("account", "scope", "kind", "target", "caller", name="guesses_key"),
    )
    op.create_index("guesses_by_forgotten", "guesses", ["forgotten"])
    op.create_table(
        "known_callers",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("caller", sa.String(), nullable=False),
        sa.Column("last", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("account", "kind", "target", "caller", name="known_callers_key"),
    )
    op.create_index("known_callers_by_last", "known_callers", ["last"])
    op.drop_column("voicemail_boxes", "pin_failures")
    op.drop_column("voicemail_boxes", "pin_locked_until")
    _conversations(op.get_bind())


def _conversations(conn: sa.Connection) -> None:
    """Rewrite the queues' enter_code, which no version from here on reads: a call that was asked is asked again."""
    tasks = sa.table("tasks", sa.column("id"), sa.column("kind"), sa.column("parameters"))
    asked = sa.select(tasks.c.id, tasks.c.parameters).where(tasks.c.kind == "enter_code")
    for id, parameters in conn.execute(asked).all():
        was = json.loads(parameters)
        state = {"room": was["target"]} if was.get("target") else {}
        kept = {name: was[name] for name in ("id", "data") if was.get(name) is not None}
        turn = {"kind": "converse", **kept, "topic": was["gate"], "state": json.dumps(state), "secret": True}
        conn.execute(sa.update(tasks).where(tasks.c.id == id).values(kind="converse", parameters=json.dumps(turn)))
