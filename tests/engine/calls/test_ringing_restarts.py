"""Ring over a restart: nobody is called twice, and nobody is left ringing."""

import asyncio

import pytest

from engine.calls.directory import Answering
from engine.events import CallEnded, TaskEnded
from engine.model.cause import HangupCause
from engine.tasks.pause import Pause
from engine.tasks.results import Completed, Dialled
from engine.tasks.ring import Ring
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import ACCOUNT, Exchange
from tests.support.ringing import dialled, ringing

ALL = Ring(members=("101", "102", "103"), seconds=30)
IN_ORDER = Ring(members=("101", "102", "103"), strategy="in_order", seconds=60, seconds_each=15)


@pytest.mark.parametrize("ring", [ALL, IN_ORDER])
async def test_a_restart_while_it_rings_goes_on_ringing(exchange: Exchange, asterisk: FakeAri, ring: Ring) -> None:
    call, legs = await ringing(exchange, asterisk, ring)
    rung = dialled(asterisk)
    for leg in rung:
        asterisk.rings(leg)
    await settled()
    await exchange.leave()
    await exchange.start()
    assert dialled(asterisk) == rung  # nobody is called twice
    asterisk.picks_up(legs[0])
    ended = await exchange.event(TaskEnded, kind="ring")
    assert ended.outcome == Completed(Dialled(call=legs[0], answered=True))
    for leg in rung:
        if leg != legs[0]:
            assert (await exchange.ended(leg)).cause == "answered_elsewhere"
    asterisk.hangs_up(legs[0])
    assert (await exchange.ended(call)).hung_up_by == "other"


async def test_a_restart_in_a_group_in_order_goes_on_with_the_next(exchange: Exchange, asterisk: FakeAri) -> None:
    call, legs = await ringing(exchange, asterisk, IN_ORDER)
    asterisk.hangs_up(legs[0], 17, 486)
    await asterisk.asked("POST", f"/channels/{legs[1]}/dial")
    await settled()
    await exchange.leave()
    asterisk.hangs_up(legs[1], 17, 486)
    await exchange.start()
    await asterisk.asked("POST", f"/channels/{legs[2]}/dial")
    asterisk.picks_up(legs[2])
    ended = await exchange.event(TaskEnded, kind="ring")
    assert ended.outcome == Completed(Dialled(call=legs[2], answered=True))
    assert dialled(asterisk) == legs
    asterisk.hangs_up("in-1")
    await exchange.ended(call)


async def test_a_restart_of_a_connected_group_holds_the_two_together(exchange: Exchange, asterisk: FakeAri) -> None:
    call, legs = await ringing(exchange, asterisk, ALL)
    asterisk.picks_up(legs[1])
    await exchange.event(TaskEnded, kind="ring")
    await settled()
    await exchange.leave()
    await exchange.start()
    assert len(asterisk.world.bridges) == 1
    asterisk.hangs_up(legs[1])
    ended = await exchange.ended(call)
    assert (ended.cause, ended.hung_up_by) == ("normal", "other")
    await settled()
    assert asterisk.world.bridges == {} and asterisk.world.channels == {}


async def test_a_caller_who_hangs_up_while_no_controller_is_there_ends_all(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call, legs = await ringing(exchange, asterisk, ALL)
    await exchange.leave()
    asterisk.hangs_up("in-1")
    await exchange.start()
    for leg in legs:
        assert (await exchange.ended(leg)).cause == HangupCause.CANCELLED
    await exchange.ended(call)
    await settled()
    assert asterisk.world.channels == {}


async def test_the_time_of_a_group_goes_on_over_a_restart(exchange: Exchange, asterisk: FakeAri) -> None:
    began = exchange.clock()
    call, _ = await ringing(exchange, asterisk, ALL)
    await asyncio.sleep(20)
    await exchange.leave()
    await exchange.start()
    await exchange.ended(call)
    assert exchange.clock() - began == pytest.approx(30, abs=1)


async def test_a_restart_while_a_group_rings_does_not_forget_where_the_call_goes_then(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    ring = Ring(members=("101", "102"), seconds=10, otherwise="extension:109", hops=2)
    exchange.directory.destinations["extension:109"] = Answering(account=ACCOUNT, tasks=(Pause(seconds=5),))
    call, _ = await ringing(exchange, asterisk, ring)
    await exchange.leave()
    await exchange.start()
    await exchange.task_of(call, "pause")
    assert exchange.directory.led == [("extension:109", 3)]


async def test_one_who_answers_while_no_controller_is_there_gets_the_call_though_the_group_s_time_passed(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call, legs = await ringing(exchange, asterisk, ALL)
    await exchange.leave()
    asterisk.picks_up(legs[1])
    await asyncio.sleep(31)
    await exchange.start()
    ended = await exchange.event(TaskEnded, kind="ring")
    assert ended.outcome == Completed(Dialled(call=legs[1], answered=True))
    asterisk.hangs_up("in-1")
    await exchange.ended(call)


async def test_nobody_is_called_for_a_group_whose_time_passed_while_no_controller_was_there(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call, legs = await ringing(exchange, asterisk, IN_ORDER)
    await exchange.leave()
    asterisk.hangs_up(legs[0], 17, 486)
    await asyncio.sleep(61)
    await exchange.start()
    await exchange.ended(call)
    assert dialled(asterisk) == legs[:1]


@pytest.mark.parametrize(("otherwise", "led"), [("", []), ("extension:109", [("extension:109", 1)])])
async def test_one_who_answers_and_hangs_up_while_no_controller_is_there_had_not_the_call(
    exchange: Exchange, asterisk: FakeAri, otherwise: str, led: list[tuple[str, int]]
) -> None:
    exchange.directory.destinations["extension:109"] = Answering(account=ACCOUNT, tasks=(Pause(seconds=5),))
    call, legs = await ringing(exchange, asterisk, Ring(members=("101",), seconds=30, otherwise=otherwise))
    gate = asterisk.hold("POST", "/channels/in-1/answer")
    asterisk.picks_up(legs[0])
    await gate.reached.wait()
    await exchange.leave()
    asterisk.hangs_up(legs[0])
    gate.gate.set()  # type: ignore[union-attr]
    await exchange.start()
    ended = await exchange.event(TaskEnded, kind="ring")
    assert exchange.directory.led == led
    assert isinstance(ended.outcome, Completed)
    if not otherwise:
        await exchange.ended(call)


async def test_a_member_is_not_passed_over_while_asterisk_is_away_for_a_moment(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    _, legs = await ringing(exchange, asterisk, IN_ORDER)
    exchange.engine._outbound.open = False
    asterisk.hangs_up(legs[0], 17, 486)
    await asyncio.sleep(3)
    exchange.engine._outbound.open = True
    await asterisk.asked("POST", f"/channels/{legs[1]}/dial")
    asterisk.picks_up(legs[1])
    ended = await exchange.event(TaskEnded, kind="ring")
    assert ended.outcome == Completed(Dialled(call=legs[1], answered=True))


async def test_a_group_that_can_call_nobody_in_its_time_is_over(exchange: Exchange, asterisk: FakeAri) -> None:
    call, legs = await ringing(exchange, asterisk, IN_ORDER)
    began = exchange.clock()
    exchange.engine._outbound.open = False
    asterisk.hangs_up(legs[0], 17, 486)
    assert (await exchange.ended(call)).cause == "busy"
    assert exchange.clock() - began == pytest.approx(60, abs=2)


async def test_a_member_is_not_passed_over_by_a_controller_that_leaves(exchange: Exchange, asterisk: FakeAri) -> None:
    _, legs = await ringing(exchange, asterisk, IN_ORDER)
    exchange.engine._outbound.open, exchange.engine._leaving = False, True
    asterisk.hangs_up(legs[0], 17, 486)
    await settled()
    await exchange.leave()
    await exchange.start()
    await asterisk.asked("POST", f"/channels/{legs[1]}/dial")
    assert not exchange.told_of(TaskEnded, kind="ring")


async def test_a_restart_after_a_group_that_does_not_end_its_caller_waits_for_what_its_program_does(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call, legs = await ringing(exchange, asterisk, Ring(members=("101",), hang_up_after=False))
    asterisk.hangs_up(legs[0], 17, 486)
    await exchange.event(TaskEnded, kind="ring")
    await settled()
    await exchange.leave()
    await exchange.start()
    await asyncio.sleep(exchange.settings.offer_seconds + 5)
    assert not exchange.told_of(CallEnded, subject=call)
    await exchange.enqueue(call, Pause(seconds=1))
    await exchange.task_of(call, "pause")
