"""Credentials of recordings' buckets are sealed: in tasks, in fixed lists of tasks, and in tags that hold scripts."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from engine.tasks.secret import SEALED, Seal

revision = "0018"
down_revision = "0016"
branch_labels = None
depends_on = None

_CREDENTIALS = "credentials"
_TAGS = frozenset({"tag", "call_tag", "join_tag", "stopped_tag"})
_HOLDERS = (  # table, key, column, whether the column is a tag
    ("tasks", "id", "parameters", False),
    ("applications", "id", "tasks", False),
    ("events", "position", "body", False),
    ("calls", "id", "tag", True),
    ("conferences", "id", "tag", True),
)


def upgrade() -> None:
    """Bring the tables to this revision. Without a seal (a database of tests) nothing is changed."""
    seal: Seal | None = context.config.attributes.get("seal")
    if seal is None:
        return
    conn = op.get_bind()
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql("PRAGMA secure_delete = ON").close()  # what was there is overwritten in the file
    for table, key, column, is_tag in _HOLDERS:
        _seal_column(conn, seal, sa.table(table, sa.column(key), sa.column(column)), is_tag)
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql("PRAGMA secure_delete = OFF").close()


def _seal_column(conn: sa.Connection, seal: Seal, table: Any, is_tag: bool) -> None:
    key, column = table.columns
    holding = conn.execute(sa.select(key, column).where(column.contains(_CREDENTIALS))).all()
    for id, text in holding:
        sealed = _of_tag(seal, text) if is_tag else _of_json(seal, text)
        if sealed != text:
            conn.execute(sa.update(table).where(key == id).values({column.name: sealed}))


def _of_json(seal: Seal, text: str) -> str:
    return _written(_walked(seal, json.loads(text)))


def _of_tag(seal: Seal, text: str) -> str:
    """Seal what a tag's `data` holds of scripts with credentials in them, each as a whole."""
    try:
        tag = json.loads(text)
    except ValueError:
        return text
    data = tag.get("data") if isinstance(tag, dict) else None
    if not isinstance(data, dict):
        return text
    tag["data"] = {name: _closed(seal, said) if _CREDENTIALS in said else said for name, said in data.items()}
    return _written(tag)


def _walked(seal: Seal, found: Any) -> Any:
    if isinstance(found, list):
        return [_walked(seal, each) for each in found]
    if not isinstance(found, dict):
        return found
    return {name: _field(seal, name, value) for name, value in found.items()}


def _field(seal: Seal, name: str, value: Any) -> Any:
    if isinstance(value, str) and name == _CREDENTIALS:
        return _closed(seal, value)
    if isinstance(value, str) and name in _TAGS and _CREDENTIALS in value:
        return _of_tag(seal, value)
    return _walked(seal, value)


def _closed(seal: Seal, text: str) -> str:
    return text if text.startswith(SEALED) else seal.close(text)


def _written(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
