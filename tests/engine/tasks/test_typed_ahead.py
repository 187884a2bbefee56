"""What is pressed before a task waits for it: always told, taken where that is asked for, secret where it must be."""

from typing import Any

import pytest

from api.own import render
from engine.events import DigitPressed, DigitReceived, Event, QuestionAsked, TaskEnded, TaskStarted
from engine.store import events, typed_ahead
from engine.tasks.ask import Ask
from engine.tasks.detect_dtmf import DetectDtmf
from engine.tasks.hang_up import HangUp
from engine.tasks.join_conference import JoinConference
from engine.tasks.menu import Choice, Menu
from engine.tasks.pause import Pause
from engine.tasks.play import Play
from engine.tasks.record import Record
from engine.tasks.results import Completed, Digits
from engine.tasks.run_menu import RunMenu
from engine.tasks.say import Say
from engine.tasks.wait_for_digits import WaitForDigits
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import Exchange

PROMPT = Play(source="http://host/a.wav")
AHEAD = WaitForDigits(count=2, seconds=3, typed_ahead=True)


async def over(exchange: Exchange, asterisk: FakeAri, call: str) -> list[str]:
    """End the call; what was told of it from its answer to its end. Nothing that was typed ahead is left of it."""
    asterisk.hangs_up(call)
    await exchange.ended(call)
    assert await exchange.database.read(typed_ahead.all) == []
    story = exchange.story(call)
    return story[story.index("call answered") + 1 : -1]


async def stored(exchange: Exchange, call: str) -> list[Event]:
    return [one.event for one in await exchange.database.read(lambda conn: events.of_subject(conn, call))]


async def test_a_digit_during_the_prompt_is_told_and_taken_by_a_wait_that_takes_it(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call = await exchange.call(PROMPT, AHEAD)
    playback = await exchange.played()
    asterisk.presses(call.id, "4")
    await exchange.event(DigitPressed)
    asterisk.finishes(playback)
    await exchange.event(TaskStarted, kind="wait_for_digits")
    asterisk.presses(call.id, "2")
    await exchange.event(TaskEnded, kind="wait_for_digits")
    assert await over(exchange, asterisk, call.id) == [
        "play started", "pressed 4", "play completed", "wait_for_digits started", "wait_for_digits heard 4",
        "wait_for_digits heard 2", "wait_for_digits completed 42",
    ]  # fmt: skip


async def test_a_wait_that_does_not_drops_it_for_the_next_one_too(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(PROMPT, WaitForDigits(seconds=3), AHEAD)
    playback = await exchange.played()
    asterisk.presses(call.id, "4")
    await settled()
    asterisk.finishes(playback)
    await exchange.event(TaskEnded, kind="wait_for_digits", times=2)
    story = await over(exchange, asterisk, call.id)
    assert "pressed 4" in story and story.count("wait_for_digits completed  timed out") == 2


async def test_what_one_wait_does_not_come_to_is_for_the_next(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(PROMPT, WaitForDigits(typed_ahead=True), Pause(seconds=1), AHEAD)
    playback = await exchange.played()
    asterisk.presses(call.id, "123")
    await settled()
    asterisk.finishes(playback)
    await exchange.event(TaskEnded, kind="wait_for_digits", times=2)
    found = [one.outcome for one in exchange.told_of(TaskEnded, kind="wait_for_digits")]
    assert found == [Completed(Digits(digits="1")), Completed(Digits(digits="23"))]
    assert (await over(exchange, asterisk, call.id)).count("pressed 2") == 1


async def test_digits_pressed_faster_than_the_waits_begin_are_not_lost(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(WaitForDigits(), AHEAD)
    await exchange.event(TaskStarted, kind="wait_for_digits")
    asterisk.presses(call.id, "123")
    await exchange.event(TaskEnded, kind="wait_for_digits", times=2)
    story = await over(exchange, asterisk, call.id)
    assert "wait_for_digits completed 1" in story and "wait_for_digits completed 23" in story


async def test_a_misfire_that_was_typed_ahead_is_told_and_not_counted(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(Pause(seconds=1), WaitForDigits(accept=("1",), typed_ahead=True))
    asterisk.presses(call.id, "91")
    await exchange.event(TaskEnded, kind="wait_for_digits")
    story = await over(exchange, asterisk, call.id)
    assert story[-3:] == ["wait_for_digits heard 9 misfire", "wait_for_digits heard 1", "wait_for_digits completed 1"]


async def test_it_stops_the_prompt_beside_the_wait(exchange: Exchange, asterisk: FakeAri) -> None:
    welcome = Say(text="a", wait=False)
    call = await exchange.call(Pause(seconds=1), welcome, WaitForDigits(typed_ahead=True, barge_in=True), HangUp())
    asterisk.presses(call.id, "7")
    await exchange.ended(call.id)
    assert {"say stopped requested", "wait_for_digits completed 7"} <= set(exchange.story(call.id))


async def test_a_menu_takes_it_and_does_not_play_what_it_answers(exchange: Exchange, asterisk: FakeAri) -> None:
    menu = Menu(id="main", main=(Say(text="hi"),), choices=(Choice(digit="1", value="support"),))
    call = await exchange.call(Pause(seconds=1), RunMenu(first="main", menus=(menu,), typed_ahead=True), AHEAD)
    asterisk.presses(call.id, "123")
    await exchange.event(TaskEnded, kind="wait_for_digits")
    story = await over(exchange, asterisk, call.id)
    assert "run_menu completed" in story and "wait_for_digits completed 23" in story
    assert not asterisk.was_asked("POST", "/channels/*/play/*")


def test_a_menu_that_cannot_be_barged_into_takes_nothing_that_was_typed_ahead() -> None:
    with pytest.raises(ValueError, match="typed_ahead needs barge_in"):
        RunMenu(first="a", menus=(Menu(id="a"),), barge_in=False, typed_ahead=True)


@pytest.mark.parametrize(
    ("queued", "told"),
    [
        ((), "pressed 5"),
        ((Pause(seconds=9),), "pressed 5"),
        ((Record(terminator="#"),), "pressed 5"),
        ((Record(terminator="5"),), "record heard 5"),
        ((DetectDtmf(),), "detect_dtmf heard 5"),
        ((WaitForDigits(terminator="5"),), "wait_for_digits heard 5"),
        ((RunMenu(first="a", menus=(Menu(id="a", main=(PROMPT,)),), barge_in=False),), "run_menu heard 5 misfire"),
        ((Ask(question="answered"),), "pressed 5"),
        ((JoinConference(name="room"),), "pressed *** for nobody"),
    ],
)
async def test_every_digit_is_in_the_timeline_whatever_the_call_does(
    exchange: Exchange, asterisk: FakeAri, queued: tuple[Any, ...], told: str
) -> None:
    call = await exchange.call(*queued)
    if queued:
        await exchange.event(TaskStarted)
    await settled()
    asterisk.presses(call.id, "5")
    await settled()
    for playback in list(asterisk.world.playbacks):
        asterisk.finishes(playback)
    await settled()
    assert told in await over(exchange, asterisk, call.id)


async def test_what_a_stopped_wait_did_not_come_to_is_told(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(WaitForDigits())
    await exchange.event(TaskStarted)
    asterisk.presses(call.id, "12")
    await exchange.event(TaskEnded)
    assert (await over(exchange, asterisk, call.id))[-2:] in (
        ["wait_for_digits completed 1", "pressed 2"], ["pressed 2", "wait_for_digits completed 1"],
    )  # fmt: skip


async def test_only_so_many_are_kept_and_the_rest_is_told(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(Pause(seconds=5), WaitForDigits(count=100, seconds=1, typed_ahead=True))
    asterisk.presses(call.id, "7" * 70)
    ended = await exchange.event(TaskEnded, kind="wait_for_digits")
    assert ended.outcome == Completed(Digits(digits="7" * 64, timed_out=True))
    assert [one.kept for one in exchange.told_of(DigitPressed)] == [True] * 64 + [False] * 6
    await over(exchange, asterisk, call.id)


async def test_a_controller_that_comes_goes_on_with_what_was_typed_ahead(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(PROMPT, WaitForDigits(count=3, typed_ahead=True))
    playback = await exchange.played()
    asterisk.presses(call.id, "12")
    await exchange.event(DigitPressed, times=2)
    await exchange.leave()
    await exchange.start()
    asterisk.presses(call.id, "3")
    await settled()
    asterisk.finishes(playback)
    ended = await exchange.event(TaskEnded, kind="wait_for_digits")
    assert ended.outcome == Completed(Digits(digits="123"))
    assert len(exchange.told_of(DigitPressed)) == 3
    await over(exchange, asterisk, call.id)


CARD = "9021473856"  # so long that no id and no time has it by chance
SECRET = WaitForDigits(count=len(CARD), typed_ahead=True, secret=True)
SECRET_MENU = RunMenu(first="pin", menus=(Menu(id="pin", most_digits=len(CARD)),), typed_ahead=True, secret=True)


@pytest.mark.parametrize("task", [SECRET, SECRET_MENU])
async def test_the_digits_of_a_secret_are_in_no_event_and_no_view_but_the_answer_to_who_asked(
    exchange: Exchange, asterisk: FakeAri, task: WaitForDigits | RunMenu
) -> None:
    call = await exchange.call(PROMPT, DetectDtmf(), task, PROMPT)
    playback = await exchange.played()
    asterisk.presses(call.id, CARD[:5])
    await settled()
    asterisk.finishes(playback)
    await exchange.event(TaskStarted, kind="wait_for_digits" if task is SECRET else "run_menu")
    asterisk.presses(call.id, CARD[5:])
    await exchange.played(times=2)
    (row,) = [row for row in await exchange.rows(call.id) if type(row.task) is type(task)]
    found = await stored(exchange, call.id)
    assert {one.digit for one in found if isinstance(one, DigitPressed | DigitReceived)} == {"***"}
    assert not any(CARD in str(render.event(one)) for one in found)
    assert CARD not in str(render.task(row)) and CARD in str(render.task(row, reveal=True))
    await over(exchange, asterisk, call.id)


async def test_digits_that_were_told_before_a_secret_was_queued_are_hidden_when_it_takes_them(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call = await exchange.call(Pause(seconds=5))
    asterisk.presses(call.id, "90")
    await exchange.event(DigitPressed, times=2)
    await exchange.enqueue(call.id, WaitForDigits(count=2, typed_ahead=True, secret=True))
    await exchange.event(TaskEnded, kind="wait_for_digits")
    await over(exchange, asterisk, call.id)
    pressed = [one for one in await stored(exchange, call.id) if isinstance(one, DigitPressed)]
    assert [one.digit for one in pressed] == ["***", "***"]


async def test_who_is_asked_what_to_do_learns_the_secret_and_a_timeline_does_not(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call = await exchange.call(WaitForDigits(count=2, secret=True), Ask(question="next", about="wait_for_digits"))
    await exchange.event(TaskStarted)
    asterisk.presses(call.id, "42")
    asked = await exchange.event(QuestionAsked)
    assert asked.outcome == Completed(Digits(digits="42", secret=True))
    assert render.event(asked)["outcome"]["result"]["digits"] == "***"
    await over(exchange, asterisk, call.id)
