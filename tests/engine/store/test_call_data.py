"""What customers stored with calls: rows that patches change, and what older versions left as texts."""

import json
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, text

from engine.conferences import policy
from engine.model.call_data import CallData, DataPatch
from engine.store import call_data, calls, conferences, events, tasks
from engine.store.database import Database
from engine.store.migrate import configuration
from engine.store.writer import Writer
from engine.tasks.dial import Dial
from engine.tasks.stop import StopBackground
from tests.engine.store.samples import a_call

DATA = CallData(dialect="one", address="http://shop/", values={"b": "2", "a": "1"})
REVISION = "0025"


async def test_a_call_comes_back_with_its_data_and_a_change_of_its_state_leaves_them(
    writer: Writer, database: Database
) -> None:
    call = a_call(data=DATA)
    await writer.write(lambda conn: calls.insert(conn, call))
    await writer.write(lambda conn: call_data.change(conn, call.id, DataPatch(set={"c": "3"}, remove=("b",))))
    await writer.write(lambda conn: calls.update(conn, call))
    found = await database.read(lambda conn: calls.get(conn, call.id))
    assert found and found.data == CallData(dialect="one", address="http://shop/", values={"a": "1", "c": "3"})
    assert [one.data for one in await database.read(calls.all_live)] == [found.data]


async def test_values_keep_the_order_in_which_they_were_set(writer: Writer, database: Database) -> None:
    await writer.write(lambda conn: call_data.insert(conn, "call-1", DATA))
    await writer.write(lambda conn: call_data.change(conn, "call-1", DataPatch(set={"z": "", "b": "4"})))
    found = await database.read(lambda conn: call_data.get(conn, "call-1"))
    assert found and list(found.values.items()) == [("b", "4"), ("a", "1"), ("z", "")]


async def test_a_patch_gives_a_call_data_only_if_it_has_a_dialect(writer: Writer, database: Database) -> None:
    await writer.write(lambda conn: call_data.change(conn, "call-1", DataPatch(set={"a": "1"})))
    assert await database.read(lambda conn: call_data.get(conn, "call-1")) is None
    patch = DataPatch(set={"a": "1"}, dialect="one", address="http://shop/")
    await writer.write(lambda conn: call_data.change(conn, "call-1", patch))
    await writer.write(lambda conn: call_data.change(conn, "call-1", DataPatch(set={"b": "2"}, dialect="other")))
    found = await database.read(lambda conn: call_data.get(conn, "call-1"))
    assert found == CallData(dialect="one", address="http://shop/", values={"a": "1", "b": "2"})


def _version(conn: Connection) -> int:
    return int(conn.execute(text("SELECT version FROM call_data")).scalar_one())


async def test_a_patch_that_changes_nothing_writes_nothing(writer: Writer, database: Database) -> None:
    await writer.write(lambda conn: call_data.insert(conn, "call-1", DATA))
    await writer.write(lambda conn: call_data.change(conn, "call-1", DataPatch(set={"a": "1"}, remove=("none",))))
    assert await database.read(_version) == 1
    await writer.write(lambda conn: call_data.change(conn, "call-1", DataPatch(set={"a": "2"})))
    assert await database.read(_version) == 2


async def test_a_patch_of_another_transaction_in_between_takes_effect_too(
    writer: Writer, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await writer.write(lambda conn: call_data.insert(conn, "call-1", DATA))
    reads = 0
    found = call_data._get.first

    def overtaken(conn: Connection, **values: Any) -> Any:
        nonlocal reads
        reads += 1
        row = found(conn, **values)
        if reads == 1:  # what another one commits between our read and our write
            conn.execute(text("UPDATE call_data SET \"values\" = '{\"theirs\":\"1\"}', version = version + 1"))
        return row

    monkeypatch.setattr(call_data._get, "first", overtaken)
    await writer.write(lambda conn: call_data.change(conn, "call-1", DataPatch(set={"ours": "2"})))
    monkeypatch.undo()
    after = await database.read(lambda conn: call_data.get(conn, "call-1"))
    assert after and after.values == {"theirs": "1", "ours": "2"} and reads == 2


async def test_a_call_that_was_withdrawn_leaves_no_data(writer: Writer, database: Database) -> None:
    await writer.write(lambda conn: calls.insert(conn, a_call(data=DATA)))
    await writer.write(lambda conn: calls.withdraw(conn, "call-1"))
    assert await database.read(lambda conn: call_data.get(conn, "call-1")) is None


# An installation of before


def _tag(name: str, **data: str) -> str:
    return json.dumps({"dialect": "one", "url": f"http://shop/{name}", "data": data})


def _was(name: str, **values: str) -> CallData:
    return CallData(dialect="one", address=f"http://shop/{name}", values=values)


_CALL = (
    "INSERT INTO calls (id, root, account, tag, direction, caller, callee, state, created, ended, price, currency,"
    " node, ari_application, channel_id, ring_seconds, max_seconds, whole, diverted_from)"
    " VALUES (:id, :id, 'acct-1', :tag, 'outbound', '1', '2', :state, 1, :ended, 0, 'USD', 'n', 'a', 'c', 1, 1, false,"
    " '')"
)
_TASK = (
    "INSERT INTO tasks (id, owner, position, kind, parameters, state, phase, queued)"
    " VALUES (:id, 'call-1', :position, :kind, :parameters, :state, 'none', 1)"
)
_CONFERENCE = (
    "INSERT INTO conferences (id, account, tag, policy, ari_application, created)"
    " VALUES ('conf-1', 'acct-1', :tag, :policy, 'a', 1)"
)
_EVENT = (
    "INSERT INTO events (position, id, root, sequence, subject, account, kind, at, body)"
    " VALUES (:position, :id, 'call-1', :position, 'call-1', 'acct-1', :kind, 1, :body)"
)
_RECORDING = (
    "INSERT INTO recordings (id, account, owner, task, name, format, destination, notify, created)"
    " VALUES ('rec-1', 'acct-1', 'call-1', 'task-0', 'r', 'mp3', '', true, 1)"
)
COOKIES = '[["ü","1"],["b","x y"]]'


def _task(id: str, position: int, state: str, **fields: Any) -> tuple[str, dict[str, Any]]:
    values = {"id": id, "position": position, "state": state, "kind": fields["kind"]}
    return _TASK, {**values, "parameters": json.dumps({"id": id, **fields})}


def _event(position: int, event: str, **fields: Any) -> tuple[str, dict[str, Any]]:
    id = f"event-{position}"
    common = {"event": event, "id": id, "account": "acct-1", "subject": "call-1", "root": "call-1", "at": 1.0}
    return _EVENT, {"position": position, "id": id, "kind": event, "body": json.dumps({**common, **fields})}


def _before(conn: Connection) -> None:
    config = configuration(conn)
    command.upgrade(config, REVISION)
    pause = {"kind": "pause", "seconds": 1, "tag": ""}
    before_bridge = [{"kind": "ask", "question": "answered", "tag": _tag("inner")}, pause]
    invited = {"call": "call-9", "callee": "100", "tag": _tag("party"), "join_tag": _tag("joins"),
               "before": [{"kind": "say", "text": "Hello", "tag": _tag("said")}]}  # fmt: skip
    ended = {"type": "completed", "result": {"type": "done"}}
    rows = [
        (_CALL, {"id": "call-1", "tag": _tag("live", cookies=COOKIES, custom="c"), "state": "answered", "ended": None}),
        (_CALL, {"id": "call-2", "tag": _tag("over", to="46"), "state": "ended", "ended": 2.0}),
        (_CALL, {"id": "call-3", "tag": "", "state": "answered", "ended": None}),
        (_CALL, {"id": "call-4", "tag": "{broken", "state": "ended", "ended": 2.0}),
        _task("task-0", 1, "completed", kind="record", tag=_tag("old")),
        _task("task-1", 2, "running", kind="ask", question="answered", tag=_tag("asked", custom="c")),
        _task("task-2", 3, "queued", kind="dial", to="100", tag="", call_tag=_tag("leg"), before_bridge=before_bridge),
        _task("task-3", 4, "queued", kind="stop_background", stops="record", stopped_tag=_tag("stopped")),
        _task("task-4", 5, "queued", kind="stop_background", stops="record", stopped_tag=None),
        (_CONFERENCE, {"tag": _tag("meeting"), "policy": json.dumps({"moderator": invited, "attendees": [invited]})}),
        _event(1, "call_ringing", tag=_tag("seen")),
        _event(2, "task_ended", task="task-0", kind="record", outcome=ended, tag=_tag("recorded")),
        _event(3, "call_answered", tag=_tag("unseen", cookies=COOKIES)),
        _event(4, "call_ringing", tag=""),
        ("INSERT INTO cursors (name, position) VALUES ('publisher', 2)", {}),
        (_RECORDING, {}),
    ]
    for statement, values in rows:
        conn.execute(text(statement), values)


@pytest.fixture(params=["sqlite", "postgresql"])
async def upgraded(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """An installation that an older version filled, opened by this one."""
    url = f"sqlite:///{tmp_path}/old.db"
    if request.param == "postgresql":
        cluster = request.getfixturevalue("postgres_cluster")
        name = f"tagged_{tmp_path.name}".lower().replace("-", "_")[:60]
        cluster.execute(f"CREATE DATABASE {name}")
        url = cluster.url(name)
    database = Database(url)
    await database.transact(_before)
    await database.migrate()
    yield database
    await database.close()


async def test_calls_of_before_keep_their_data_also_when_they_have_ended(upgraded: Database) -> None:
    found = [await upgraded.read(lambda conn, id=id: calls.get(conn, f"call-{id}")) for id in (1, 2, 3, 4)]
    assert [one and one.data for one in found] == [
        CallData(dialect="one", address="http://shop/live", values={"custom": "c", "cookie:ü": "1", "cookie:b": "x y"}),
        _was("over", to="46"),
        None,
        None,
    ]


async def test_tasks_that_wait_or_run_keep_their_data_at_any_depth(upgraded: Database) -> None:
    old, asking, dial, stop, plain_stop = [
        row.task for row in await upgraded.read(lambda conn: tasks.of(conn, "call-1"))
    ]
    assert old.data is None, "it has ended"
    assert asking.data == _was("asked", custom="c")
    assert isinstance(dial, Dial) and (dial.data, dial.call_data) == (None, _was("leg"))
    assert [task.data for task in dial.before_bridge] == [_was("inner"), None]
    assert isinstance(stop, StopBackground) and stop.stopped_data == _was("stopped")
    assert isinstance(plain_stop, StopBackground) and plain_stop.stopped_data is None


async def test_an_open_conference_keeps_its_data_and_those_of_its_parties(upgraded: Database) -> None:
    row = await upgraded.read(lambda conn: conferences.get(conn, "conf-1"))
    assert row and row.data == _was("meeting")
    read = policy.decode(row.policy)
    assert read.moderator and read.moderator == read.attendees[0]
    assert (read.moderator.data, read.moderator.join_data) == (_was("party"), _was("joins"))
    assert read.moderator.before[0].data == _was("said")


async def test_events_that_are_still_needed_keep_their_data_and_older_ones_are_readable(upgraded: Database) -> None:
    found = [one.event.data for one in await upgraded.read(lambda conn: events.after(conn, 0, 10))]
    unseen = CallData(dialect="one", address="http://shop/unseen", values={"cookie:ü": "1", "cookie:b": "x y"})
    assert found == [None, _was("recorded"), unseen, None]
