"""Calls as they are listed and shown."""

from typing import Any

import pytest
from sqlalchemy import Connection

from engine.features.call_history import views
from engine.features.call_history.views import CallHistory
from engine.platform.feature import Features
from engine.store import calls, events, tasks, unmatched_calls
from engine.store.unmatched_calls import UnmatchedCall
from engine.store.writer import Writer
from engine.tasks.park import Park
from engine.tasks.say import Say
from engine.tasks.task import Phase
from tests.engine.store.samples import a_call, an_event

LOST = UnmatchedCall(id="lost-1", at=1002.5, trunk="lab", caller="1", callee="2", reason="unknown")


async def stored(writer: Writer, count: int = 4, **fields: Any) -> None:
    made = [a_call(f"call-{number}", created=1000.0 + number, **fields) for number in range(1, count + 1)]
    await writer.write(lambda conn: [calls.insert(conn, call) for call in made])


async def test_calls_that_reached_no_number_stand_among_the_others_by_their_time(
    services: Features, writer: Writer
) -> None:
    await stored(writer)
    await writer.write(lambda conn: unmatched_calls.note(conn, [LOST]))
    page = await services[CallHistory].page_with_unmatched(limit=3)
    assert [one.id for one in page] == ["call-4", "call-3", "lost-1"]
    assert [one.id for one in await services[CallHistory].page_with_unmatched(before="lost-1")] == ["call-2", "call-1"]
    assert [one.id for one in await services[CallHistory].page_with_unmatched(before="call-3")] == [
        "lost-1", "call-2", "call-1",
    ]  # fmt: skip
    assert await services[CallHistory].unmatched("lost-1") == LOST


async def test_one_accounts_and_live_calls_are_all_that_is_listed_of_them(services: Features, writer: Writer) -> None:
    await stored(writer)
    await writer.write(lambda conn: unmatched_calls.note(conn, [LOST]))
    for wanted in ({"account": "acct-1"}, {"live": True}):
        page = await services[CallHistory].page_with_unmatched(**wanted)  # type: ignore[arg-type]
        assert [one.id for one in page] == ["call-4", "call-3", "call-2", "call-1"]
    assert await services[CallHistory].page_with_unmatched(account="another") == []
    assert await services[CallHistory].page_with_unmatched(before="call-unknown") == []


async def test_every_call_is_read_once_however_many_pages_there_are(
    services: Features, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stored(writer, 7)
    monkeypatch.setattr(views, "PAGE", 3)
    assert [call.id async for call in services[CallHistory].every()] == [f"call-{number}" for number in range(7, 0, -1)]
    assert [call.id async for call in services[CallHistory].every(since=1006.0)] == ["call-7", "call-6"]


async def test_what_goes_on_in_a_call_is_its_live_legs_and_running_tasks(services: Features, writer: Writer) -> None:
    root, gone, leg = a_call(), a_call("call-2", root="call-1", ended=1005.0), a_call("call-3", root="call-1")

    def unit(conn: Connection) -> None:
        for call in (root, gone, leg):
            calls.insert(conn, call)
        running, _ = tasks.append(conn, "call-1", [Park(id="task-1"), Say(id="task-2", text="Hi")], 0.0)
        tasks.begin(conn, running.id, 0.0, Phase.NONE)
        for subject in ("call-1", "call-3"):
            events.append(conn, an_event("call-1", subject=subject))

    await writer.write(unit)
    now = await services[CallHistory].activity("call-1")
    assert [one.id for one in now.legs] == ["call-1", "call-3"]
    assert [type(task) for task in now.running] == [Park]
    story = await services[CallHistory].timeline(leg)
    assert [one.id for one in story.legs] == ["call-1", "call-2"] and story.tasks == []
    assert [event.subject for event in story.events] == ["call-3"]
    assert [row.id for row in await services[CallHistory].queue("call-1")] == ["task-1", "task-2"]
    assert [one.id for one in await services[CallHistory].some(["call-3", "call-unknown"])] == ["call-3"]
