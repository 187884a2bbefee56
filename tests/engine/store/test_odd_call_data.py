"""What older versions left that is not as they wrote it: an upgrade neither stops at it nor loses what is beside it."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, text

from engine.model.call_data import CallData
from engine.store import call_data, events, tasks
from engine.store.database import Database
from engine.store.migrate import configuration
from tests.engine.store.test_call_data import _CALL, _CONFERENCE, _EVENT, _TASK, REVISION, _event, _tag, _was

DEEP = "[" * 100_000
GOOD = _tag("good", a="1")


def _read(tag: dict[str, Any]) -> CallData:
    """What is kept of a tag with fields that are not as they should be."""
    return CallData(dialect="one", address=tag.get("address", ""), values=tag.get("values", {}))


ODD: dict[str, CallData | None] = {
    '{"dialect":"one"': None,
    '{"dialect":null}': None,
    '{"dialect":7,"data":{"a":"1"}}': None,
    '{"dialect":"one","data":' + DEEP: None,
    '{"dialect":"o\\u0000e"}': None,
    '{"dialect":"one","url":"http://shop/","data":{"a":"\\ud800"}}': None,
    '{"dialect":"gone"}': CallData(dialect="gone"),
    '{"dialect":"one","url":null}': _read({}),
    '{"dialect":"one","url":["http://shop/"]}': _read({}),
    '{"dialect":"one","url":"http://\\u0000/"}': _read({}),
    '{"dialect":"one","data":["a","b"]}': _read({}),
    '{"dialect":"one","data":{"a":"1","b":7,"c":null}}': _read({"values": {"a": "1"}}),
    '{"dialect":"one","data":{"a":"1","cookies":"no json"}}': _read({"values": {"a": "1"}}),
    '{"dialect":"one","data":{"a":"1","cookies":"7"}}': _read({"values": {"a": "1"}}),
    '{"dialect":"one","data":{"cookies":"[[\\"k\\",\\"v\\"],[\\"k\\"],7,[\\"n\\",1]]"}}': _read(
        {"values": {"cookie:k": "v"}}
    ),
}
"""Tags as a customer's data, a lost version or a hand may have left them, and what is kept of each."""


def _before(conn: Connection) -> None:
    config = configuration(conn)
    command.upgrade(config, REVISION)
    bodies = ["", "{broken", "null", "[]", "7", DEEP]
    rows = [
        *((_CALL, {"id": f"call-{n}", "tag": tag, "state": "ended", "ended": 2.0}) for n, tag in enumerate(ODD)),
        (_CALL, {"id": "call-good", "tag": GOOD, "state": "ended", "ended": 2.0}),
        *(_stored_task(n, body) for n, body in enumerate([*bodies, *(_pause(tag) for tag in (None, 7, *ODD))])),
        _stored_task(999, _pause(GOOD)),
        (_CONFERENCE, {"tag": GOOD, "policy": "{broken"}),
        *(_stored_event(n + 1, body) for n, body in enumerate([*bodies, '{"tag":null}', '{"tag":7}', '{"at":1}'])),
        _stored_event(999, json.dumps({"tag": GOOD})),
        _event(1000, "call_ringing", tag=GOOD),
    ]
    for statement, values in rows:
        conn.execute(text(statement), values)


def _pause(tag: Any) -> str:
    return json.dumps({"kind": "pause", "seconds": 1, "tag": tag})


def _stored_task(number: int, parameters: str) -> tuple[str, dict[str, Any]]:
    values = {"id": f"task-{number}", "position": number, "state": "queued", "kind": "pause"}
    return _TASK, {**values, "parameters": parameters}


def _stored_event(position: int, body: str) -> tuple[str, dict[str, Any]]:
    return _EVENT, {"position": position, "id": f"event-{position}", "kind": "call_ringing", "body": body}


@pytest.fixture(params=["sqlite", "postgresql"])
async def upgraded(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An installation with odd data, opened by this version."""
    url = f"sqlite:///{tmp_path}/odd.db"
    if request.param == "postgresql":
        cluster = request.getfixturevalue("postgres_cluster")
        name = f"odd_{tmp_path.name}".lower().replace("-", "_")[:60]
        cluster.execute(f"CREATE DATABASE {name}")
        url = cluster.url(name)
    database = Database(url)
    await database.transact(_before)
    await database.migrate()
    yield database
    await database.close()


def _one(conn: Connection, query: str) -> Any:
    return conn.execute(text(query)).scalar_one()


async def test_an_upgrade_does_not_stop_at_what_it_cannot_read_and_moves_what_is_beside_it(upgraded: Database) -> None:
    assert await upgraded.read(lambda conn: call_data.get(conn, "call-good")) == _was("good", a="1")
    task = await upgraded.read(lambda conn: _one(conn, "SELECT parameters FROM tasks WHERE id = 'task-999'"))
    event = await upgraded.read(lambda conn: _one(conn, "SELECT body FROM events WHERE id = 'event-999'"))
    conference = await upgraded.read(lambda conn: _one(conn, "SELECT data FROM conferences WHERE id = 'conf-1'"))
    good = {"dialect": "one", "address": "http://shop/good", "values": {"a": "1"}}
    assert [json.loads(task)["data"], json.loads(event)["data"], json.loads(conference)] == [good, good, good]


async def test_of_an_odd_tag_stays_what_a_dialect_can_read(upgraded: Database) -> None:
    found = [await upgraded.read(lambda conn, n=n: call_data.get(conn, f"call-{n}")) for n in range(len(ODD))]
    assert found == list(ODD.values())


async def test_what_is_no_json_stays_as_it_was(upgraded: Database) -> None:
    task = await upgraded.read(lambda conn: _one(conn, "SELECT parameters FROM tasks WHERE id = 'task-1'"))
    policy = await upgraded.read(lambda conn: _one(conn, "SELECT policy FROM conferences WHERE id = 'conf-1'"))
    assert (task, policy) == ("{broken", "{broken")


async def test_tasks_and_events_that_cannot_be_read_do_not_hide_those_beside_them(upgraded: Database) -> None:
    found = await upgraded.read(lambda conn: tasks.open_of(conn, "call-1"))
    assert [row.id for row in found] == [*(f"task-{n}" for n in range(6, 8 + len(ODD))), "task-999"]
    assert await upgraded.read(lambda conn: tasks.of(conn, "call-1")) == found
    seen = await upgraded.read(lambda conn: [events.after(conn, 0, 100), events.of_root(conn, "call-1")])
    assert [[one.position for one in each] for each in seen] == [[1000], [1000]]
    for limit in (1, 2, 3):
        some = await upgraded.read(lambda conn, limit=limit: events.after(conn, 0, limit))
        assert [one.position for one in some] == [1000], "fewer than the limit would mean that there are no more"
