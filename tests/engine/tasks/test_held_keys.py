"""A key counts from when it is pressed: one that is down when a wait is over is waited for."""

import asyncio

from engine.events import TaskEnded
from engine.tasks.menu import Choice, Menu
from engine.tasks.results import Completed, Digits, MenuEnded
from engine.tasks.run_menu import RunMenu
from engine.tasks.say import Say
from engine.tasks.wait_for_digits import WaitForDigits
from tests.fakes.ari import FakeAri
from tests.support.exchange import Exchange

MENU = RunMenu(
    first="main",
    menus=(Menu(id="main", main=(Say(text="hi"),), silence_seconds=2, choices=(Choice(digit="1", value="one"),)),),
)
EVENTS = (6, 24)  # packets and octets between two looks


async def result(exchange: Exchange, kind: str) -> MenuEnded | Digits:
    event = await exchange.event(TaskEnded, kind=kind)
    assert isinstance(event.outcome, Completed) and isinstance(event.outcome.result, MenuEnded | Digits)
    return event.outcome.result


async def hold_key(asterisk: FakeAri, call: str, digit: str, before: float, seconds: float) -> None:
    """Press a key `before` seconds from now, for so long."""
    await asyncio.sleep(before)
    asterisk.sends(call, *EVENTS)
    await asyncio.sleep(seconds)
    asterisk.sends(call, 6, 960)
    asterisk.presses(call, digit, int(1000 * seconds))


async def test_a_key_that_is_held_longer_than_a_menu_waits_is_its_answer(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(MENU)
    asterisk.finishes(await exchange.played())
    await hold_key(asterisk, call.id, "1", 1.5, 3)
    assert await result(exchange, "run_menu") == MenuEnded(menu="main", how="return", value="one")
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)


async def test_where_no_key_is_down_a_menu_s_time_is_over(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(MENU)
    asterisk.finishes(await exchange.played())
    ended = await result(exchange, "run_menu")
    assert isinstance(ended, MenuEnded) and ended.how == "timeout"
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)


async def test_a_key_that_is_held_when_a_wait_for_digits_is_over_counts(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(WaitForDigits(count=1, seconds=2))
    await hold_key(asterisk, call.id, "7", 1.9, 1)
    assert await result(exchange, "wait_for_digits") == Digits(digits="7")
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)


async def test_a_key_that_was_down_does_not_prolong_a_wait_for_more(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(WaitForDigits(count=2, seconds=2))
    await hold_key(asterisk, call.id, "7", 1.9, 1)
    assert await result(exchange, "wait_for_digits") == Digits(digits="7", timed_out=True)
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)


async def test_digits_that_come_one_after_the_other_at_the_end_of_a_wait_all_count(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call = await exchange.call(WaitForDigits(count=4, seconds=5))
    await asyncio.sleep(1)
    asterisk.presses(call.id, "12")
    await asyncio.sleep(3.9)
    asterisk.presses(call.id, "3")
    await asyncio.sleep(0.07)
    asterisk.presses(call.id, "4")
    assert await result(exchange, "wait_for_digits") == Digits(digits="1234")
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)
