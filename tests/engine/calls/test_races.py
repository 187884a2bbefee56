"""Two things at once: what a call, its queue and its controller make of it."""

import asyncio
from typing import Any

import pytest

from engine.calls.admission_protocol import Route
from engine.calls.state import Milestone
from engine.commands import EngineUnavailable
from engine.conferences.policy import ConferencePolicy, Invited, encode
from engine.events import ConferenceEnded, ParticipantLeft, TaskEnded
from engine.model.call import Call, CallState
from engine.queues.entry import Entry, StopReason
from engine.store import calls, conferences
from engine.store.conferences import ConferenceRow
from engine.tasks.dial import Dial
from engine.tasks.join_conference import JoinConference
from engine.tasks.play import Play
from engine.tasks.results import Failed, Stopped
from engine.tasks.task import Phase
from tests.fakes.ari import FakeAri
from tests.support.call_data import noted
from tests.support.clock import settled
from tests.support.exchange import ACCOUNT, APPLICATION, Exchange, Left

A, B = Play(source="http://host/a.wav"), Play(source="http://host/b.wav")


async def test_a_take_over_that_broke_in_the_middle_is_done_again_and_each_call_is_restored_once(
    stopped_exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange = stopped_exchange
    task = Left(task=Play(id="task-1", source="http://host/a.wav"), phase=Phase.ACCEPTED)
    call = await exchange.left_behind(task)
    exchange.put_playback("task-1", call.id)
    asterisk.refuse("GET", "/bridges", 503)
    exchange.begin()
    await asterisk.until_connected(2)
    await settled()
    asterisk.finishes("task-1")
    await exchange.event(TaskEnded, task="task-1")
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)
    await asyncio.sleep(30)
    assert exchange.story(call.id) == ["play completed", "ended normal by far"]


async def stored_calls(exchange: Exchange) -> set[str]:
    return {call.id for call in await exchange.database.read(lambda conn: calls.list(conn, live=True))}


async def test_a_dial_that_is_cancelled_while_its_leg_is_stored_leaves_no_leg_behind(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    """Else a restarted controller would call that party out of the blue."""
    one = await exchange.call()
    write, reached = exchange.writer.write, asyncio.Event()

    async def slow(unit: Any) -> Any:
        if unit.__qualname__.startswith("_inserting"):
            exchange.writer.write = write  # type: ignore[method-assign]
            asyncio.get_running_loop().call_soon(reached.set)
        return await write(unit)

    exchange.writer.write = slow  # type: ignore[method-assign]
    await exchange.enqueue(one.id, Dial(to="2"))
    await reached.wait()
    (session,) = exchange.engine.registry
    assert session.queue.stop(("dial",), StopReason.REQUESTED) == 1
    await exchange.event(TaskEnded)
    await settled()
    assert await stored_calls(exchange) == {one.id}
    assert exchange.admission.places == {one.id}
    asterisk.hangs_up(one.id)
    await exchange.ended(one.id)


@pytest.mark.parametrize("request_", ["create", "*/dial"])
async def test_an_asterisk_that_does_not_answer_keeps_no_channel_of_a_call_that_was_given_up(
    exchange: Exchange, asterisk: FakeAri, request_: str
) -> None:
    call = await exchange.place()
    asterisk.refuse("POST", f"/channels/{request_}", 503)
    asterisk.refuse("DELETE", f"/channels/{call.id}", 503)
    if request_ == "create":  # it was carried out all the same
        asterisk.world.add_channel(call.id, "PJSIP/trunk-lab")
        asterisk.refuse("DELETE", f"/channels/{call.id}", 503)
    ended = await exchange.ended(call.id)
    assert (ended.cause, ended.hung_up_by) == ("media_node_lost", "network")
    assert asterisk.world.channels == {}


async def test_the_seconds_that_hanging_up_takes_are_not_paid_for(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(max_seconds=60.0)
    asterisk.refuse("DELETE", f"/channels/{call.id}", 503)
    ended = await exchange.ended(call.id)
    assert ended.seconds > 60 and ended.price == 60 * exchange.admission.per_second


async def test_a_trunk_that_fails_after_a_restart_is_followed_by_the_next(
    stopped_exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange = stopped_exchange
    routes = tuple(Route(endpoint=f"PJSIP/1@trunk-{name}", trunk=name) for name in ("a", "b", "c"))
    exchange.admission.routes_of["12015550100"] = routes
    call = await exchange.left_behind(
        state=CallState.DIALING, channel="Ringing", id="call-x", channel_id="call-x-2", trunk="b"
    )
    await exchange.start()
    asterisk.hangs_up("call-x-2", 34, 503)
    assert (await asterisk.asked("POST", "/channels/create")).query["channelId"] == "call-x-3"
    await asterisk.asked("POST", "/channels/call-x-3/dial")
    await settled()
    asterisk.hangs_up("call-x-3", 17, 486)
    assert (await exchange.ended(call.id)).cause == "busy"


async def test_commands_are_refused_for_now_until_the_live_calls_are_known(stopped_exchange: Exchange) -> None:
    exchange = stopped_exchange
    call = await exchange.left_behind()
    exchange.begin()
    with pytest.raises(EngineUnavailable):
        await exchange.enqueue(call.id, A)
    await settled()
    await exchange.enqueue(call.id, A)
    exchange.asterisk.hangs_up(call.id)
    await exchange.ended(call.id)


async def test_tasks_that_are_stored_while_the_call_ends_are_told_before_its_end(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call = await exchange.call()
    appending = asyncio.create_task(exchange.enqueue(call.id, A, B))
    await asyncio.sleep(0)
    asterisk.hangs_up(call.id)
    (session,) = exchange.engine.registry
    await session.until(Milestone.GONE)
    await exchange.ended(call.id)
    await asyncio.wait([appending])
    await settled()
    assert exchange.story(call.id)[-1] == "ended normal by far"


async def test_a_stop_reaches_a_task_that_is_about_to_begin(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call()
    (session,) = exchange.engine.registry
    await exchange.enqueue(call.id, A)
    stopped = 0
    for _ in range(1000):
        if stopped := session.queue.stop(("play",), StopReason.REQUESTED):
            break
        await asyncio.sleep(0)
    assert stopped == 1
    assert not asterisk.was_asked("POST", "/channels/*/play/*")
    assert isinstance((await exchange.event(TaskEnded)).outcome, Stopped)
    assert not asterisk.was_asked("POST", "/channels/*/play/*")
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)


async def test_a_task_that_is_stopped_before_its_first_step_ends_all_the_same(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call = await exchange.call()
    (session,) = exchange.engine.registry
    launch = session.queue._launch

    async def launch_and_stop(entry: Entry) -> None:
        await launch(entry)
        entry.stop(StopReason.REQUESTED)

    session.queue._launch = launch_and_stop  # type: ignore[method-assign]
    await exchange.enqueue(call.id, A)
    assert isinstance((await exchange.event(TaskEnded)).outcome, Stopped)
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)


async def test_a_call_with_early_media_is_not_dialled_again_after_a_restart(
    stopped_exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange = stopped_exchange
    call = await exchange.left_behind(state=CallState.DIALING, channel="Down", sip_call_id="abc@127.0.0.1")
    await exchange.start()
    await settled()
    assert not asterisk.was_asked("POST", "/channels/*/dial")
    asterisk.picks_up(call.id)
    asterisk.hangs_up(call.id)
    assert (await exchange.ended(call.id)).answered


async def test_that_a_call_was_dialled_is_stored(exchange: Exchange, asterisk: FakeAri) -> None:
    asterisk.enters_stasis = False
    call = await exchange.place()
    await asterisk.asked("POST", "/channels/create")
    await settled()
    asterisk.world.channels[call.id]["protocol_id"] = "abc@127.0.0.1"
    assert (await exchange.stored(call.id)).sip_call_id is None
    asterisk.world.enter_stasis(call.id, ["outbound"])
    await asterisk.asked("POST", f"/channels/{call.id}/dial")
    await settled()
    assert (await exchange.stored(call.id)).sip_call_id == "abc@127.0.0.1"
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)


async def test_a_dial_whose_other_leg_ended_before_it_is_resumed_ends_the_call_as_it_would_have(
    stopped_exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange = stopped_exchange
    one = await exchange.left_behind(Left(task=Dial(id="task-1", to="2"), phase=Phase.INTENDED), id="call-0")
    await exchange.left_behind(
        id="call-1", root="call-0", state=CallState.ENDED, channel=None, ended=exchange.clock(), cause="busy"
    )
    await exchange.start()
    assert (await exchange.ended(one.id)).cause == "busy"
    assert exchange.story(one.id)[0] == "dial completed"


async def left_conference(exchange: Exchange, *attendees: Invited) -> Call:
    """A conference with its moderator in it."""
    mine = await exchange.left_behind(
        Left(task=JoinConference(id="task-m", conference="conf-1"), phase=Phase.ACCEPTED), id="call-m"
    )
    policy = ConferencePolicy(
        moderator=Invited(call=mine.id, callee="1"), attendees=attendees, wait_for_participant=False
    )
    at = exchange.clock()
    row = ConferenceRow(id="conf-1", account=ACCOUNT, policy=encode(policy), ari_application=APPLICATION, created=at,
                        moderator=mine.id, started=at)  # fmt: skip

    def unit(conn: Any) -> None:
        conferences.insert(conn, row)
        conferences.joined(conn, "conf-1", mine.id, "task-m", at)

    await exchange.database.transact(unit)
    asterisk = exchange.asterisk
    asterisk.world.add_bridge("conf-1", "mixing", "")
    return mine


async def test_a_participant_that_hung_up_while_no_controller_was_there_is_told_as_left(
    stopped_exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange = stopped_exchange
    mine = await left_conference(exchange)
    join = Left(task=JoinConference(id="task-p", conference="conf-1", data=noted("t")), phase=Phase.ACCEPTED)
    gone = await exchange.left_behind(join, id="call-p", channel=None)
    at = exchange.clock()
    await exchange.database.transact(lambda conn: conferences.joined(conn, "conf-1", gone.id, "task-p", at))
    await exchange.start()
    await exchange.ended(gone.id)
    assert [one.data for one in exchange.told_of(ParticipantLeft, subject=gone.id)] == [noted("t")]
    asterisk.hangs_up(mine.id)
    await exchange.event(ConferenceEnded)
    await exchange.ended(mine.id)
    assert len(exchange.told_of(ParticipantLeft, subject=mine.id)) == 1


async def test_attendees_whom_a_controller_had_no_time_to_call_are_called_by_the_next(
    stopped_exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange = stopped_exchange
    mine = await left_conference(exchange, Invited(call="call-a", callee="12015550120"))
    await exchange.start()
    await asterisk.asked("POST", "/channels/call-a/dial")
    asterisk.hangs_up(mine.id)
    await exchange.event(ConferenceEnded)
    await exchange.ended("call-a")


async def test_a_call_cannot_join_a_conference_twice(stopped_exchange: Exchange, asterisk: FakeAri) -> None:
    exchange = stopped_exchange
    mine = await left_conference(exchange)
    await exchange.start()
    await settled()
    await exchange.enqueue(mine.id, JoinConference(conference="conf-1"))
    outcome = (await exchange.event(TaskEnded, subject=mine.id)).outcome
    assert isinstance(outcome, Failed) and outcome.reason == "in_a_conference"
    assert asterisk.world.bridges["conf-1"]["channels"] == [mine.id]
    asterisk.hangs_up(mine.id)
    await exchange.event(ConferenceEnded)
