"""Losing Asterisk's events and having them back; leaving, and coming again."""

import asyncio

from engine.calls.directory import Answering
from engine.commands import HangUpCall
from engine.events import CallAnswered, CallEnded, DigitReceived, TaskEnded, TaskStarted
from engine.tasks.detect_dtmf import DetectDtmf
from engine.tasks.pause import Pause
from engine.tasks.play import Play
from engine.tasks.record import Record
from engine.tasks.wait_for_digits import WaitForDigits
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import ACCOUNT, Exchange

A, B = Play(source="http://host/a.wav"), Play(source="http://host/b.wav")


async def reconnected(exchange: Exchange, asterisk: FakeAri, times: int = 2) -> None:
    await asterisk.until_connected(times)
    await settled()
    assert exchange.engine.available


async def test_a_call_goes_on_after_the_events_were_away(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(A, B)
    first = await exchange.played()
    await asterisk.drop_socket()
    asterisk.finishes(first)  # seen by nobody
    await reconnected(exchange, asterisk)
    second = await exchange.played(times=2)
    asterisk.finishes(second)
    await exchange.event(TaskEnded, task=second)
    asterisk.hangs_up(call.id)
    assert (await exchange.ended(call.id)).cause == "normal"
    assert exchange.media_servers_met == 1


async def test_an_answer_that_nobody_saw_is_found(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.dialled(A)
    await asterisk.drop_socket()
    asterisk.picks_up(call.id)
    await reconnected(exchange, asterisk)
    await exchange.event(CallAnswered)
    await exchange.played()
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)


async def test_a_call_that_ended_meanwhile_ends_once(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(Record(name="x"), Pause(seconds=100), A)
    await exchange.event(TaskStarted, kind="pause")
    await asterisk.drop_socket()
    asterisk.hangs_up(call.id)
    ended = await exchange.ended(call.id)
    assert (ended.cause, ended.hung_up_by) == ("controller_lost", "network")
    assert "record completed" in exchange.story(call.id)


async def test_an_asterisk_that_restarted_ends_every_call_once(exchange: Exchange, asterisk: FakeAri) -> None:
    calls = [await exchange.call(A), await exchange.dialled(), await exchange.call(WaitForDigits(seconds=500))]
    await asterisk.drop_socket()
    world = asterisk.world
    for things in (world.channels, world.in_stasis, world.playbacks):
        things.clear()
    world.started = "2099-01-01T00:00:00.000+0000"
    for call in calls:
        ended = await exchange.ended(call.id)
        assert (ended.cause, ended.hung_up_by) == ("media_node_lost", "network")
    assert exchange.media_servers_met == 2
    await settled()
    assert exchange.admission.places == set()
    await exchange.submit(HangUpCall(account=ACCOUNT, call=(await exchange.call(A)).id))


async def test_hung_up_while_asterisk_was_away(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(Pause(seconds=100))
    await asterisk.drop_socket()
    asterisk.refuse("DELETE", f"/channels/{call.id}", 503)
    await exchange.submit(HangUpCall(account=ACCOUNT, call=call.id))
    assert (await exchange.ended(call.id)).hung_up_by == "us"
    assert asterisk.world.channels == {}


async def test_a_call_that_came_while_nobody_listened_is_taken(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.directory.numbers["500"] = Answering(account=ACCOUNT, tasks=(A,))
    await asterisk.drop_socket()
    exchange.put_channel("in-1", "Ring", args="inbound,500")
    await reconnected(exchange, asterisk)
    await exchange.played()
    asterisk.hangs_up("in-1")
    await exchange.event(CallEnded)


async def test_a_call_that_is_arriving_while_the_events_break_is_taken_once(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange.directory.numbers["500"] = Answering(account=ACCOUNT, tasks=(A,))
    exchange.put_channel("in-1", "Ring", args="inbound,500")
    asterisk.world.enter_stasis("in-1", ["inbound", "500"])
    await asterisk.drop_socket()
    await reconnected(exchange, asterisk)
    await exchange.played()
    assert len(exchange.engine.registry) == 1
    asterisk.hangs_up("in-1")
    await exchange.event(CallEnded)


async def test_a_channel_of_nobody_is_hung_up(exchange: Exchange, asterisk: FakeAri) -> None:
    await asterisk.drop_socket()
    exchange.put_channel("call-gone", "Up", args="outbound")
    await reconnected(exchange, asterisk)
    await asterisk.asked("DELETE", "/channels/call-gone")


async def test_leaving_leaves_calls_up_and_the_next_controller_goes_on(exchange: Exchange, asterisk: FakeAri) -> None:
    talking = await exchange.call(DetectDtmf(), Record(name="x"), A, B)
    playback = await exchange.played()
    ringing = await exchange.dialled(B, callee="12015550105")
    await settled()
    await exchange.leave()
    assert not [one for one in asterisk.requests if one.method == "DELETE"]
    assert {talking.id, ringing.id} < set(asterisk.world.channels)
    assert exchange.told_of(TaskEnded) == [] and exchange.told_of(CallEnded) == []
    await exchange.start()
    asterisk.presses(talking.id, "6")
    await exchange.event(DigitReceived, digit="6")
    asterisk.finishes(playback)
    second = await exchange.played(times=2)
    asterisk.picks_up(ringing.id)
    await exchange.played(times=3)
    assert second != playback
    for call in (talking, ringing):
        asterisk.hangs_up(call.id)
        await exchange.ended(call.id)
    assert exchange.story(talking.id).count("play started") == 2
    assert "record completed" in exchange.story(talking.id)
    assert not list(asterisk.world.channels)


async def test_leaving_leaves_calls_up_that_came_in(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.directory.numbers["500"] = Answering(account=ACCOUNT, tasks=(A, B))
    exchange.directory.numbers["501"] = Answering(account=ACCOUNT, application="app-1")
    asterisk.incoming("in-1", ["inbound", "500"])
    playback = await exchange.played()
    asterisk.incoming("in-2", ["inbound", "501"])
    await settled()
    await exchange.leave()
    assert asterisk.world.channels.keys() == {"in-1", "in-2"} and exchange.told_of(CallEnded) == []
    await exchange.start()
    asterisk.finishes(playback)
    await exchange.played(times=2)
    asterisk.hangs_up("in-1")
    asterisk.hangs_up("in-2")
    await exchange.event(CallEnded, times=2)


async def test_a_call_that_arrives_slowly_is_taken_once(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.directory.numbers["500"] = Answering(account=ACCOUNT, tasks=(A,))
    exchange.directory.delay = 3.0
    exchange.put_channel("in-1", "Ring", args="inbound,500")
    asterisk.world.enter_stasis("in-1", ["inbound", "500"])
    await settled()
    await asterisk.drop_socket()
    await exchange.played()
    await asyncio.sleep(5)
    assert len(exchange.engine.registry) == 1
    asterisk.hangs_up("in-1")
    await exchange.event(CallEnded)


async def test_another_controller_takes_over(exchange: Exchange, asterisk: FakeAri) -> None:
    await exchange.call(A)
    await settled()
    asterisk.take_over()
    await exchange.engine.replaced.wait()
    assert not exchange.engine.available


async def test_coming_back_takes_as_long_as_it_takes(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(WaitForDigits(seconds=30))
    await exchange.event(TaskStarted)
    began = exchange.clock()
    await exchange.leave()
    await asyncio.sleep(12)
    await exchange.start()
    await exchange.event(TaskEnded)
    assert 29.9 <= exchange.clock() - began <= 30.1
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)
