"""Calls, conferences and tasks."""

import json

import msgspec
from sqlalchemy import text

from engine.model.call import Call, CallState, Party
from engine.model.cause import HangupCause
from engine.model.leg_options import LegOptions
from engine.store import calls, conferences, tasks
from engine.store.conferences import ConferenceRow, ParticipantRow
from engine.store.database import Database
from engine.store.writer import Writer
from engine.tasks import kinds
from engine.tasks.dial import Dial
from engine.tasks.play import Play
from engine.tasks.record import Record
from engine.tasks.results import Completed, Discarded, Recorded
from engine.tasks.task import Phase, TaskState
from engine.tasks.wait_for_digits import WaitForDigits
from tests.engine.store.samples import a_call
from tests.support.call_data import noted


async def test_a_call_comes_back_as_it_was_stored(writer: Writer, database: Database) -> None:
    call = a_call(data=noted("opaque"), application="app-1", trunk="lab")
    await writer.write(lambda conn: calls.insert(conn, call))
    assert await database.read(lambda conn: calls.get(conn, "call-1")) == call
    ended = msgspec.structs.replace(
        call,
        state=CallState.ENDED,
        answered=1001.5,
        ended=1002.0,
        cause=HangupCause.NORMAL,
        hung_up_by=Party.FAR,
        sip_status=200,
        price=2**40,
        channel_id="another",
    )
    await writer.write(lambda conn: calls.update(conn, ended))
    assert await database.read(lambda conn: calls.get(conn, "call-1")) == ended
    assert await database.read(lambda conn: calls.get(conn, "call-9")) is None


async def test_options_and_the_call_tree_are_stored_under_the_names_that_earlier_versions_read(
    writer: Writer, database: Database
) -> None:
    call = a_call(options=LegOptions(reach="sip", private=True), reports_tree=True)
    await writer.write(lambda conn: calls.insert(conn, call))
    stored = await database.read(lambda conn: conn.execute(text("SELECT manner, whole FROM calls")).one())
    options, tree = stored
    assert (json.loads(options)["over"], bool(tree)) == ("sip", True)
    assert await database.read(lambda conn: calls.get(conn, "call-1")) == call


def test_a_dial_of_an_earlier_version_is_read_and_written_under_the_same_names() -> None:
    stored = '{"kind":"dial","to":"anna@pbx.example","over":"sip"}'
    dial = kinds.decode(stored)
    assert isinstance(dial, Dial) and dial.leg.reach == "sip"
    assert json.loads(kinds.encode(dial))["over"] == "sip"


def test_a_call_that_the_connected_party_ended_is_stored_as_before() -> None:
    assert Party("other") is Party.CONNECTED


async def test_live_calls_are_those_of_the_application_that_have_not_ended(writer: Writer, database: Database) -> None:
    rows = [
        a_call("call-1"),
        a_call("call-2", ended=1001.0, state=CallState.ENDED),
        a_call("call-3", ari_application="carillon-1"),
        a_call("call-4", root="call-1", created=1001.0),
    ]
    for row in rows:
        await writer.write(lambda conn, row=row: calls.insert(conn, row))
    assert await database.read(lambda conn: calls.live(conn, "carillon-0")) == [rows[0], rows[3]]
    assert await database.read(calls.all_live) == [rows[0], rows[2], rows[3]]
    assert await database.read(lambda conn: calls.by_root(conn, "call-1")) == [rows[0], rows[3]]


async def test_calls_are_listed_newest_first_by_pages(writer: Writer, database: Database) -> None:
    for number in range(6):
        ended = 2000.0 if number % 2 else None
        call = a_call(f"call-{number}", created=1000.0 + number // 2, account=f"acct-{number // 4}", ended=ended)
        await writer.write(lambda conn, call=call: calls.insert(conn, call))

    async def ids(**asked: object) -> list[str]:
        found: list[Call] = await database.read(lambda conn: calls.list(conn, **asked))  # type: ignore[arg-type]
        return [call.id.removeprefix("call-") for call in found]

    assert await ids() == ["5", "4", "3", "2", "1", "0"]
    assert await ids(limit=3) == ["5", "4", "3"]
    assert await ids(limit=3, before="call-3") == ["2", "1", "0"]
    assert await ids(account="acct-0") == ["3", "2", "1", "0"]
    assert await ids(live=True) == ["4", "2", "0"]
    assert await ids(live=False, since=1001.0) == ["5", "3"]


async def test_a_conference_and_its_participants(writer: Writer, database: Database) -> None:
    row = ConferenceRow(id="conf-1", account="acct-1", policy="{}", ari_application="carillon-0", created=1.0)
    await writer.write(lambda conn: conferences.insert(conn, row))
    assert await writer.write(lambda conn: conferences.joined(conn, "conf-1", "call-1", "task-1", 2.0))
    assert not await writer.write(lambda conn: conferences.joined(conn, "conf-1", "call-1", "task-1", 3.0))
    assert await writer.write(lambda conn: conferences.left(conn, "conf-1", "call-1", "task-1", 4.0))
    assert not await writer.write(lambda conn: conferences.left(conn, "conf-1", "call-1", "task-1", 5.0))
    assert await writer.write(lambda conn: conferences.joined(conn, "conf-1", "call-1", "task-2", 6.0))
    assert await database.read(lambda conn: conferences.participants(conn, "conf-1")) == [
        ParticipantRow(conference="conf-1", call="call-1", task="task-1", joined=2.0, left=4.0),
        ParticipantRow(conference="conf-1", call="call-1", task="task-2", joined=6.0),
    ]
    assert await database.read(lambda conn: conferences.live(conn, "carillon-0")) == [row]
    assert await writer.write(lambda conn: conferences.update(conn, "conf-1", ended=7.0, reason="empty"))
    assert await database.read(lambda conn: conferences.live(conn, "carillon-0")) == []
    ended = msgspec.structs.replace(row, ended=7.0, reason="empty")
    assert await database.read(lambda conn: conferences.get(conn, "conf-1")) == ended


async def test_tasks_are_queued_in_order(writer: Writer, database: Database) -> None:
    first = await writer.write(lambda conn: tasks.append(conn, "call-1", [Play(id="task-1", source="http://a")], 1.0))
    more = [WaitForDigits(data=noted("t"), accept=("1", "2")), Record(id="task-3")]
    later = await writer.write(lambda conn: tasks.append(conn, "call-1", more, 2.0))
    await writer.write(lambda conn: tasks.append(conn, "call-2", [Record()], 2.0))
    assert [row.position for row in (*first, *later)] == [1, 2, 3]
    assert later[0].id.startswith("task-") and later[0].task.id == later[0].id
    assert await database.read(lambda conn: tasks.of(conn, "call-1")) == first + later
    assert await writer.write(lambda conn: tasks.append(conn, "call-1", [], 3.0)) == []


async def test_the_progress_of_a_task_is_stored(writer: Writer, database: Database) -> None:
    task = Record(id="task-1", data=noted("before"))
    await writer.write(lambda conn: tasks.append(conn, "call-1", [task, Play(id="task-2", source="http://a")], 1.0))
    await writer.write(lambda conn: tasks.begin(conn, "task-1", 2.0, Phase.INTENDED))
    await writer.write(lambda conn: tasks.set_phase(conn, "task-1", Phase.ACCEPTED))
    await writer.write(lambda conn: tasks.started(conn, "task-1", 3.0, Phase.ACCEPTED))
    running = await database.read(lambda conn: tasks.get(conn, "task-1"))
    assert running is not None and (running.state, running.phase) == (TaskState.RUNNING, Phase.ACCEPTED)
    assert (running.queued, running.begun, running.started, running.task.data) == (1.0, 2.0, 3.0, noted("before"))
    assert [row.id for row in await database.read(lambda conn: tasks.open_of(conn, "call-1"))] == ["task-1", "task-2"]
    outcome = Completed(Recorded(recording="recording-1", name="call-1", seconds=1.5))
    await writer.write(lambda conn: tasks.end(conn, "task-1", TaskState.COMPLETED, outcome, 4.0))
    await writer.write(lambda conn: tasks.end(conn, "task-2", TaskState.DISCARDED, Discarded("call_ended"), 4.0))
    ended = await database.read(lambda conn: tasks.of(conn, "call-1"))
    assert [row.outcome for row in ended] == [outcome, Discarded("call_ended")]
    assert await database.read(lambda conn: tasks.open_of(conn, "call-1")) == []
    assert await database.read(lambda conn: tasks.get(conn, "task-9")) is None
