"""Digits: WaitForDigits, DetectDtmf, a recording's terminator, and who hears what."""

import asyncio

import pytest

from engine.calls.keypad import DigitRouter as Keypad
from engine.calls.keypad import PressedDigit
from engine.commands import HangUpCall
from engine.events import TaskEnded, TaskStarted
from engine.tasks.detect_dtmf import DetectDtmf
from engine.tasks.pause import Pause
from engine.tasks.play import Play
from engine.tasks.record import Record
from engine.tasks.say import Say
from engine.tasks.wait_for_digits import WaitForDigits
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import ACCOUNT, Exchange


async def collected(exchange: Exchange, asterisk: FakeAri, task: WaitForDigits, digits: str) -> list[str]:
    """What a call tells that waits for digits while these are pressed."""
    call = await exchange.call(task)
    await exchange.event(TaskStarted, subject=call.id)
    asterisk.presses(call.id, digits)
    await exchange.event(TaskEnded, subject=call.id)
    asterisk.hangs_up(call.id) if call.id in asterisk.world.channels else None
    await exchange.ended(call.id)
    return exchange.story(call.id)[3:-1]


async def test_one_digit_is_enough(exchange: Exchange, asterisk: FakeAri) -> None:
    assert await collected(exchange, asterisk, WaitForDigits(), "5") == [
        "wait_for_digits heard 5",
        "wait_for_digits completed 5",
    ]


async def test_a_digit_that_was_not_asked_for_is_told_and_not_counted(exchange: Exchange, asterisk: FakeAri) -> None:
    assert await collected(exchange, asterisk, WaitForDigits(accept=("1", "2")), "92") == [
        "wait_for_digits heard 9 misfire",
        "wait_for_digits heard 2",
        "wait_for_digits completed 2",
    ]


async def test_several_digits_are_counted(exchange: Exchange, asterisk: FakeAri) -> None:
    story = await collected(exchange, asterisk, WaitForDigits(count=4), "12345")
    assert story[-1] == "wait_for_digits completed 1234"


async def test_a_terminator_ends_the_input_and_is_no_part_of_it(exchange: Exchange, asterisk: FakeAri) -> None:
    assert await collected(exchange, asterisk, WaitForDigits(count=9, terminator="#"), "12#") == [
        "wait_for_digits heard 1",
        "wait_for_digits heard 2",
        "wait_for_digits heard #",
        "wait_for_digits completed 12",
    ]


async def test_a_terminator_alone_is_an_empty_input(exchange: Exchange, asterisk: FakeAri) -> None:
    assert await collected(exchange, asterisk, WaitForDigits(count=9, terminator="#"), "#") == [
        "wait_for_digits heard #",
        "wait_for_digits completed ",
    ]


async def test_the_whole_wait_has_a_limit(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(WaitForDigits(count=4, seconds=8))
    began = exchange.clock()
    await asyncio.sleep(7)
    asterisk.presses(call.id, "1")
    await exchange.event(TaskEnded)
    assert exchange.clock() - began == pytest.approx(8, abs=0.1)
    assert exchange.story(call.id)[-1] == "wait_for_digits completed 1 timed out"
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)


async def test_nothing_pressed_hangs_up_where_that_was_asked_for(exchange: Exchange) -> None:
    call = await exchange.call(WaitForDigits(seconds=8, hang_up_on_timeout=True), Pause(seconds=5))
    assert (await exchange.ended(call.id)).hung_up_by == "us"
    story = exchange.story(call.id)
    assert "wait_for_digits completed  timed out" in story and "pause discarded call_ended" in story


async def test_something_pressed_does_not_hang_up(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(WaitForDigits(count=2, seconds=8, hang_up_on_timeout=True), Pause(seconds=5))
    await exchange.event(TaskStarted)
    asterisk.presses(call.id, "1")
    await exchange.event(TaskEnded, kind="pause")
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)


@pytest.mark.parametrize("prompt", [Play(source="http://host/a.wav", wait=False), Say(text="a", wait=False)])
async def test_a_digit_stops_the_prompt_beside_it_and_a_misfire_does_not(
    exchange: Exchange, asterisk: FakeAri, prompt: Play | Say
) -> None:
    call = await exchange.call(prompt, WaitForDigits(accept=("1",), count=2, barge_in=True))
    playback = await exchange.played()
    await exchange.event(TaskStarted, kind="wait_for_digits")
    asterisk.presses(call.id, "9")
    await settled()
    assert playback in asterisk.world.playbacks
    asterisk.presses(call.id, "1")
    await exchange.event(TaskEnded, task=playback)
    assert playback not in asterisk.world.playbacks
    asterisk.presses(call.id, "1")
    await exchange.event(TaskEnded, kind="wait_for_digits")
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)


async def test_digits_count_from_the_moment_the_wait_begins(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(Pause(seconds=5), WaitForDigits(seconds=3))
    await exchange.event(TaskStarted, kind="pause")
    asterisk.presses(call.id, "1")
    await exchange.event(TaskEnded, kind="wait_for_digits")
    assert exchange.story(call.id)[-1] == "wait_for_digits completed  timed out"
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)


async def test_a_detector_and_a_wait_hear_the_same_digit(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(DetectDtmf(), WaitForDigits())
    await exchange.event(TaskStarted, kind="wait_for_digits")
    asterisk.presses(call.id, "3")
    await exchange.event(TaskEnded, kind="wait_for_digits")
    asterisk.presses(call.id, "4")
    await settled()
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)
    story = exchange.story(call.id)
    assert [one for one in story if one.startswith("detect_dtmf")] == [
        "detect_dtmf started",
        "detect_dtmf heard 3",
        "detect_dtmf heard 4",
        "detect_dtmf completed",
    ]
    assert "wait_for_digits heard 3" in story and "wait_for_digits heard 4" not in story


async def test_a_terminator_ends_a_recording_and_another_digit_does_not(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(Record(name="x", terminator="#"))
    await exchange.event(TaskStarted, kind="record")
    asterisk.presses(call.id, "1")
    await settled()
    assert len(asterisk.world.recordings) == 1
    asterisk.presses(call.id, "#")
    await exchange.event(TaskEnded, kind="record")
    assert exchange.story(call.id)[-1] == "record completed"
    assert asterisk.world.channels.keys() == {call.id}
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)


async def test_a_wait_without_limit_ends_with_its_call(exchange: Exchange) -> None:
    call = await exchange.call(WaitForDigits())
    await asyncio.sleep(100)
    await exchange.submit(HangUpCall(account=ACCOUNT, call=call.id))
    await exchange.ended(call.id)
    assert exchange.story(call.id)[3:] == ["wait_for_digits stopped call_ended", "ended normal by us"]


async def test_every_listener_of_a_keypad_hears_what_is_pressed_while_it_listens() -> None:
    keypad = Keypad()
    keypad.press(PressedDigit("0", "call-1"))
    with keypad.listening() as first:
        keypad.press(PressedDigit("1", "call-1"))
        with keypad.listening() as second:
            keypad.press(PressedDigit("2", "call-2"))
        keypad.press(PressedDigit("3", "call-1"))
        assert [(await anext(first)).digit for _ in range(3)] == ["1", "2", "3"]
        assert await anext(second) == PressedDigit("2", "call-2")
