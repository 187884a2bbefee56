"""RunMenu, Park and Answer on a real Asterisk, with the lab's people at the keys."""

import asyncio

import numpy as np
import pytest

from engine.commands import StopTasks
from engine.events import TaskEnded, TaskStarted
from engine.tasks.menu import Choice, Menu
from engine.tasks.park import Park
from engine.tasks.pause import Pause
from engine.tasks.play import Play
from engine.tasks.results import Completed, MenuEnded
from engine.tasks.run_menu import RunMenu
from tests.asterisk.live_exchange import LiveExchange
from tests.support.audio import Samples, read, tones
from tests.support.exchange import ACCOUNT
from tests.support.lab import RunningLab

LISTENS, PRESSES_1, PRESSES_5_THEN_1, HANGS_UP_AFTER_3 = "12015550100", "12015550102", "12015550103", "12015550110"
# The lab's people wait 2 s; SendDTMF then waits 100 ms, and the digit lasts 160 ms.
DIGIT_ENDS = 2.26
LONG, SHORT = (Play(source="20000"),), (Play(source="300"),)
YES = Choice(digit="1", value="yes")


async def result(exchange: LiveExchange, call: str) -> MenuEnded:
    event = await exchange.event(TaskEnded, kind="run_menu", subject=call)
    assert isinstance(event.outcome, Completed) and isinstance(event.outcome.result, MenuEnded), event.outcome
    return event.outcome.result


async def sound(exchange: LiveExchange, call: str) -> tuple[Samples, int]:
    """What the far party heard since the answer, and its rate."""
    sip = (await exchange.stored(call)).sip_call_id
    assert sip
    return read((await RunningLab.of_environment().recorded(sip)).heard)


async def heard(exchange: LiveExchange, call: str) -> list[tuple[float, float]]:
    """Begin and end (in seconds since the answer) of each 1000 Hz prompt that the far party heard."""
    found = tones(*await sound(exchange, call))
    return [(one.start, one.start + one.seconds) for one in found if abs(one.frequency - 1000) < 30]


async def test_a_digit_silences_the_prompt_within_60_ms_and_chooses(exchange: LiveExchange) -> None:
    menu = Menu(id="main", main=LONG, choices=(YES,))
    call = await exchange.call(RunMenu(first="main", menus=(menu,)), callee=PRESSES_1)
    assert await result(exchange, call.id) == MenuEnded(menu="main", how="return", value="yes")
    await exchange.hang_up(call.id)
    samples, rate = await sound(exchange, call.id)
    loud = np.flatnonzero(np.abs(samples) > 0.05) / rate
    assert loud[0] < 0.2
    assert DIGIT_ENDS - 0.03 < loud[-1] < DIGIT_ENDS + 0.06


async def test_without_barge_in_a_digit_during_the_prompt_neither_stops_it_nor_counts(exchange: LiveExchange) -> None:
    menu = Menu(id="main", main=(Play(source="3000"),), choices=(YES, Choice(digit="5", value="no")))
    call = await exchange.call(RunMenu(first="main", menus=(menu,), barge_in=False), callee=PRESSES_5_THEN_1)
    assert (await result(exchange, call.id)).value == "yes"
    await exchange.hang_up(call.id)
    ((began, ended),) = await heard(exchange, call.id)
    assert ended - began == pytest.approx(3.0, abs=0.06)


async def test_a_wrong_digit_brings_the_repeat_prompt_and_another_menu_is_reached(exchange: LiveExchange) -> None:
    sub = Menu(id="sub", main=SHORT, most_digits=2, silence_seconds=1)
    main = Menu(id="main", main=LONG, repeat=LONG, repeats=1, choices=(Choice(digit="1", menu="sub"),))
    call = await exchange.call(RunMenu(first="main", menus=(main, sub)), callee=PRESSES_5_THEN_1)
    assert await result(exchange, call.id) == MenuEnded(menu="sub", how="timeout")
    story = await exchange.hang_up(call.id)
    assert [one for one in story if "heard" in one] == ["run_menu heard 5 misfire", "run_menu heard 1"]
    assert story[-1] == "ended normal by us"


async def test_sequences_timeouts_and_errors(exchange: LiveExchange) -> None:
    async def sequence() -> None:
        menu = Menu(id="pin", main=SHORT, most_digits=4, silence_seconds=4)
        call = await exchange.call(RunMenu(first="pin", menus=(menu,)), callee=PRESSES_5_THEN_1)
        assert await result(exchange, call.id) == MenuEnded(menu="pin", how="sequence", value="51")
        await exchange.hang_up(call.id)

    async def nobody_presses() -> None:
        menu = Menu(id="main", main=SHORT, repeat=SHORT, repeats=1, silence_seconds=0.5, choices=(YES,))
        call = await exchange.call(RunMenu(first="main", menus=(menu,)))
        assert await result(exchange, call.id) == MenuEnded(menu="main", how="timeout")
        await exchange.hang_up(call.id)

    async def bad_prompt() -> None:
        menu = Menu(id="main", main=(*SHORT, Play(source="missing")), choices=(YES,))
        call = await exchange.call(RunMenu(first="main", menus=(menu,)), Pause(seconds=0.1))
        assert (await result(exchange, call.id)).how == "error"
        await exchange.event(TaskEnded, kind="pause", subject=call.id)
        await exchange.hang_up(call.id)

    async def the_far_party_hangs_up() -> None:
        call = await exchange.call(RunMenu(first="a", menus=(Menu(id="a", main=LONG),)), callee=HANGS_UP_AFTER_3)
        ended = await exchange.ended(call.id)
        assert ended.hung_up_by == "far" and "run_menu stopped call_ended" in exchange.story(call.id)

    await asyncio.gather(sequence(), nobody_presses(), bad_prompt(), the_far_party_hangs_up())


async def test_a_parked_call_hears_the_hold_again_and_again_and_is_let_go_by_a_stop_or_by_its_time(
    exchange: LiveExchange,
) -> None:
    async def by_a_stop() -> None:
        call = await exchange.call(Park(intro=SHORT, hold=(Play(source="1200"),)), Play(source="100"))
        await exchange.event(TaskStarted, subject=call.id)
        await asyncio.sleep(3.4)
        await exchange.submit(StopTasks(account=ACCOUNT, owner=call.id, kind="park"))
        await exchange.event(TaskEnded, kind="play", subject=call.id)
        story = await exchange.hang_up(call.id)
        assert story[:2] == ["park started", "park stopped requested"] and "play completed" in story

    async def by_its_time() -> None:
        call = await exchange.call(Park(hold=(Play(source="missing"),), max_seconds=1.5))
        ended = await exchange.ended(call.id)
        assert (ended.cause, ended.hung_up_by) == ("max_duration", "us") and 1.3 < ended.seconds < 2.2

    await asyncio.gather(by_a_stop(), by_its_time())
