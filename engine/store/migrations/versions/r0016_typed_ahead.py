"""Digits typed ahead; and the number of the setup takes a digit during its welcome."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_WELCOME = "Welcome to Carillon. Please press a digit."
_UPDATE = sa.text("UPDATE applications SET tasks = :tasks WHERE id = :id")
_KINDS = ["say", "wait_for_digits", "say", "hang_up"]


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "typed_ahead",
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("call", sa.String(), nullable=False),
        sa.Column("digit", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("position", name="typed_ahead_key"),
        sa.UniqueConstraint("event", name="typed_ahead_by_event"),
    )
    op.create_index("typed_ahead_by_call", "typed_ahead", ["call"])
    conn = op.get_bind()
    for id, text in conn.execute(sa.text("SELECT id, tasks FROM applications WHERE tasks IS NOT NULL")).all():
        tasks = json.loads(text)
        if _is_the_welcome(tasks):
            tasks[0]["wait"] = False
            tasks[1] |= {"barge_in": True, "typed_ahead": True}
            conn.execute(_UPDATE, {"id": id, "tasks": json.dumps(tasks)})


def _is_the_welcome(tasks: list[dict[str, Any]]) -> bool:
    """Return whether these are the unchanged tasks that `carillon setup` gave the number 500 until now."""
    if [task.get("kind") for task in tasks] != _KINDS:
        return False
    welcome, wait = tasks[0], tasks[1]
    return welcome.get("text") == _WELCOME and welcome.get("wait", True) is True and not wait.get("barge_in")
