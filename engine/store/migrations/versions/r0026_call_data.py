"""What customers stored with calls is a row of its own, and a structure in tasks, conferences and events.

Until now it was a text `tag`, JSON of a dialect, a URL and data, within the JSON of whatever carried it. Calls keep
theirs, also those that have ended; of tasks those are rewritten that have not ended, of conferences those that are
open. Of events, those that a consumer has not seen, and those that a recording still to be delivered goes by: older
ones keep a `tag` that is not read. Commands of other processes have a table.

What cannot be read does not stop the upgrade: a row is left as it was, data are left out, and the log says so.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
import structlog
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

log = structlog.get_logger(__name__)
_AT_ONCE = 1000
_NAMES = {"tag": "data", "call_tag": "call_data", "join_tag": "join_data", "stopped_tag": "stopped_data"}
_ALL_IN_ONE = "cookies"
"""A value that was a JSON list of names and texts; each of them is a value of its own now."""
_EACH = "cookie:"


def upgrade() -> None:
    """Bring the tables to this revision."""
    call_data = op.create_table(
        "call_data",
        sa.Column("call", sa.String(), nullable=False),
        sa.Column("dialect", sa.String(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("values", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("call", name="call_data_key"),
    )
    _commands()
    op.add_column("conferences", sa.Column("data", sa.Text(), nullable=True))
    conn = op.get_bind()
    _move_calls(conn, call_data)
    _move_conferences(conn)
    _rewrite(conn, _tasks(), "parameters", _of_task)
    for chosen in _events():
        _rewrite(conn, chosen, "body", _of_event)
    for table in ("calls", "conferences"):
        op.drop_column(table, "tag")


def _commands() -> None:
    op.create_table(
        "commands",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ari_application", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("requester", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("deadline", sa.Float(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="commands_key"),
    )
    op.create_index("commands_by_controller", "commands", ["ari_application", "created"])


def _move_calls(conn: sa.Connection, call_data: sa.Table) -> None:
    calls = sa.table("calls", sa.column("id"), sa.column("tag"))
    query = sa.select(calls.c.id, calls.c.tag).where(calls.c.tag.like("{%"))
    for page in _pages(conn, query, calls.c.id):
        rows = [(id, _data(tag)) for id, tag in page]
        moved = [
            {"call": id, "dialect": data["dialect"], "address": data["address"], "values": _json(data["values"])}
            for id, data in rows
            if data
        ]
        if moved:
            conn.execute(call_data.insert().values(version=1), moved)


def _move_conferences(conn: sa.Connection) -> None:
    table = sa.table("conferences", *(sa.column(name) for name in ("id", "tag", "data", "policy", "ended")))
    found = conn.execute(sa.select(table.c.id, table.c.tag, table.c.policy).where(table.c.ended.is_(None))).all()
    for id, tag, policy in found:
        data = _data(tag)
        values = {"data": _json(data) if data else None}
        if (rewritten := _rewritten(table.name, id, policy, _renamed)) is not None:
            values["policy"] = rewritten
        conn.execute(sa.update(table).where(table.c.id == id).values(values))


def _tasks() -> sa.Select[Any]:
    tasks = sa.table("tasks", sa.column("id"), sa.column("parameters"), sa.column("state"))
    return sa.select(tasks.c.id, tasks.c.parameters).where(tasks.c.state.in_(("queued", "running")))


def _events() -> Iterator[sa.Select[Any]]:
    """What a consumer has not seen, and the ends of recordings that are still to be delivered."""
    events = sa.table("events", *(sa.column(name) for name in ("id", "position", "kind", "subject", "body")))
    cursors = sa.table("cursors", sa.column("position"))
    recordings = sa.table("recordings", *(sa.column(name) for name in ("owner", "available", "error", "deleted")))
    seen = sa.select(sa.func.min(cursors.c.position)).scalar_subquery()
    chosen = sa.select(events.c.id, events.c.body)
    yield chosen.where(events.c.position > sa.func.coalesce(seen, 0))
    undelivered = sa.select(recordings.c.owner).where(recordings.c.available.is_(None))
    yield chosen.where(events.c.kind == "task_ended", events.c.subject.in_(undelivered))


def _rewrite(conn: sa.Connection, query: sa.Select[Any], name: str, changed: Callable[[Any], Any]) -> None:
    id, column = query.selected_columns
    table: Any = column.table
    update = sa.update(table).where(id == sa.bindparam("the_id")).values({name: sa.bindparam("new")})
    for page in _pages(conn, query, id):
        read = [(key, _rewritten(table.name, key, text, changed)) for key, text in page]
        rows = [{"the_id": key, "new": new} for key, new in read if new is not None]
        if rows:
            conn.execute(update, rows)


def _rewritten(table: str, key: Any, text: Any, changed: Callable[[Any], Any]) -> str | None:
    """Return changed JSON; None, with a line in the log, for what is none: it stays as it was."""
    try:
        return _json(changed(json.loads(text)))
    except (ValueError, TypeError, RecursionError) as error:
        log.warning("what is stored here cannot be read, and stays as it was", table=table, id=key, error=str(error))
        return None


def _pages(conn: sa.Connection, query: sa.Select[Any], key: Any) -> Iterator[list[tuple[Any, Any]]]:
    """The rows of a query in the order of its key, some at a time."""
    last = ""
    while page := conn.execute(query.where(key > last).order_by(key).limit(_AT_ONCE)).all():
        yield [(row[0], row[1]) for row in page]
        last = page[-1][0]


def _of_task(task: Any) -> Any:
    return _renamed(task)


def _of_event(event: Any) -> Any:
    """An event's own tag only: what is in an outcome is not a task. Raises TypeError for what is no event."""
    if not isinstance(event, dict):
        raise TypeError("an event is an object")
    data = _data(event.pop("tag", ""))
    return {**event, "data": data} if data else event


def _renamed(found: Any) -> Any:
    """Return tasks, at any depth, with structures in the place of texts."""
    if isinstance(found, list):
        return [_renamed(each) for each in found]
    if not isinstance(found, dict):
        return found
    return dict(_field(name, value) for name, value in found.items() if not _empty(name, value))


def _empty(name: str, value: Any) -> bool:
    return name in _NAMES and (value is None or (isinstance(value, str) and _data(value) is None))


def _field(name: str, value: Any) -> tuple[str, Any]:
    if name in _NAMES and isinstance(value, str):
        return _NAMES[name], _data(value)
    return name, _renamed(value)


def _data(tag: Any) -> dict[str, Any] | None:
    """Read a tag; None: it is none, or not a dialect's."""
    if not tag:
        return None
    try:
        read = json.loads(tag)
        if isinstance(read, dict) and isinstance(read.get("dialect"), str) and "\0" not in read["dialect"]:
            found = {"dialect": read["dialect"], "address": _address(read.get("url")), "values": _values(read)}
            _json(found)
            return found
    except (ValueError, TypeError, RecursionError):
        pass
    log.warning("a tag that is not a dialect's was left out", characters=len(str(tag)))
    return None


def _address(url: Any) -> str:
    return url if isinstance(url, str) and "\0" not in url else ""


def _values(read: dict[str, Any]) -> dict[str, str]:
    """Return a tag's values, each of the list that is all in one as a value of its own."""
    found = read.get("data")
    values = {name: text for name, text in found.items() if isinstance(text, str)} if isinstance(found, dict) else {}
    for name, text in _pairs_of(values.pop(_ALL_IN_ONE, "[]")):
        values[f"{_EACH}{name}"] = text
    return values


def _pairs_of(text: str) -> list[tuple[str, str]]:
    """Read a list of names and texts; what is not one is left out."""
    try:
        listed = json.loads(text)
    except (ValueError, RecursionError):
        listed = None
    parts = listed if isinstance(listed, list) else [None]
    good = [part for part in parts if isinstance(part, list) and [type(each) for each in part] == [str, str]]
    if len(good) < len(parts):
        log.warning("values of a tag that are no pairs of texts were left out", count=len(parts) - len(good))
    return [(name, value) for name, value in good]


def _json(value: Any) -> str:
    """Write JSON; raises ValueError for texts that no database stores: halves of surrogate pairs."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    text.encode()
    return text
