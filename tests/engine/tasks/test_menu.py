"""RunMenu: prompts, barge-in, choices, sequences, attempts, and what becomes of it when something fails."""

import asyncio

import pytest

from engine.commands import StopTasks
from engine.events import TaskEnded, TaskStarted
from engine.tasks.kinds import decode, encode
from engine.tasks.menu import Choice, Menu, expecting
from engine.tasks.play import Play
from engine.tasks.results import Completed, MenuEnded, Stopped
from engine.tasks.run_menu import RunMenu
from engine.tasks.say import Say
from engine.tasks.task import TaskState
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.digits import stands_in
from tests.support.exchange import ACCOUNT, Exchange, Left

SUPPORT = Choice(digit="1", value="support")
HI, AGAIN, BAD = Say(text="hi"), Say(text="again"), Play(source="http://host/missing.wav")


def one(*choices: Choice, barge_in: bool = True, **fields: object) -> RunMenu:
    menu = Menu(id="main", main=(HI,), choices=choices, **fields)  # type: ignore[arg-type]
    return RunMenu(first="main", menus=(menu,), barge_in=barge_in)


async def ended(exchange: Exchange) -> MenuEnded:
    event = await exchange.event(TaskEnded, kind="run_menu")
    assert isinstance(event.outcome, Completed) and isinstance(event.outcome.result, MenuEnded), event.outcome
    return event.outcome.result


async def over(exchange: Exchange, asterisk: FakeAri, call: str) -> None:
    asterisk.hangs_up(call)
    await exchange.ended(call)


async def test_a_digit_stops_the_prompt_at_once_and_chooses(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(one(SUPPORT))
    playback = await exchange.played()
    asterisk.presses(call.id, "1")
    assert await ended(exchange) == MenuEnded(menu="main", how="return", value="support")
    assert playback not in asterisk.world.playbacks and asterisk.was_asked("DELETE", f"/playbacks/{playback}")
    assert exchange.story(call.id)[2:] == ["run_menu started", "run_menu heard 1", "run_menu completed"]
    await over(exchange, asterisk, call.id)


async def test_without_barge_in_what_is_pressed_during_the_prompt_does_not_count(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call = await exchange.call(one(SUPPORT, Choice(digit="2", value="sales"), barge_in=False))
    playback = await exchange.played()
    asterisk.presses(call.id, "1")
    await asyncio.sleep(3)
    assert playback in asterisk.world.playbacks
    asterisk.finishes(playback)
    await settled()
    asterisk.presses(call.id, "2")
    assert (await ended(exchange)).value == "sales"
    await over(exchange, asterisk, call.id)


async def test_menus_lead_to_one_another_and_what_is_pressed_ahead_counts(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    main = Menu(id="main", main=(HI,), choices=(Choice(digit="2", menu="sub"),))
    sub = Menu(id="sub", main=(AGAIN,), choices=(SUPPORT, Choice(digit="9", menu="main")))
    call = await exchange.call(RunMenu(first="main", menus=(main, sub)))
    await exchange.played()
    asterisk.presses(call.id, "2")
    await exchange.played(times=2)
    asterisk.presses(call.id, "921")
    assert await ended(exchange) == MenuEnded(menu="sub", how="return", value="support")
    assert len([asked for asked in asterisk.requests if "/play/" in asked.path]) == 2
    await over(exchange, asterisk, call.id)


async def test_all_prompts_are_prepared_when_the_menu_is_queued(exchange: Exchange, asterisk: FakeAri) -> None:
    menu = Menu(id="a", main=(HI, Play(source="http://host/a.wav")), repeat=(AGAIN, HI))
    call = await exchange.dialled(RunMenu(first="a", menus=(menu,)))
    await settled()
    assert exchange.prompts.asked == ["hi", "http://host/a.wav", "again"]
    await over(exchange, asterisk, call.id)


async def test_several_prompts_play_one_after_the_other_each_under_its_own_id(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    menu = Menu(id="a", main=(HI, AGAIN, HI), silence_seconds=2)
    call = await exchange.call(RunMenu(first="a", menus=(menu,)))
    task = await exchange.task_of(call.id, "run_menu")
    for times, part in enumerate((0, 1, 0), 1):
        assert await exchange.played(times=times) == f"{task}-{part}"
        await settled()
        assert len(asterisk.world.playbacks) == 1
        asterisk.finishes(f"{task}-{part}")
    assert (await ended(exchange)).how == "timeout"
    await over(exchange, asterisk, call.id)


@pytest.mark.parametrize(
    ("pressed", "how", "value", "seconds"),
    [("1234", "sequence", "1234", 0), ("12#", "sequence", "12", 0), ("12", "sequence", "12", 5),
     ("", "timeout", "", 5), ("#", "invalid_input", "", 0), ("12345678", "sequence", "1234", 0)],
)  # fmt: skip
async def test_a_sequence_ends_by_its_length_by_the_terminator_or_by_silence(
    exchange: Exchange, asterisk: FakeAri, pressed: str, how: str, value: str, seconds: float
) -> None:
    call = await exchange.call(one(most_digits=4))
    asterisk.finishes(await exchange.played())
    await settled()
    began = exchange.clock()
    asterisk.presses(call.id, pressed)
    result = await ended(exchange)
    assert (result.how, result.value) == (how, value)
    assert exchange.clock() - began == pytest.approx(seconds, abs=0.1)
    await over(exchange, asterisk, call.id)


async def test_a_sequence_that_is_expected_is_the_only_one_that_counts_and_is_not_in_the_queue(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    menu = one(most_digits=4, repeats=1, repeat=(AGAIN,), expected=expecting("4711"))
    assert not stands_in("4711", encode(menu)) and decode(encode(menu)) == menu
    call = await exchange.call(menu)
    asterisk.finishes(await exchange.played())
    await settled()
    asterisk.presses(call.id, "4712")
    asterisk.finishes(await exchange.played(times=2))
    await settled()
    asterisk.presses(call.id, "4711")
    assert await ended(exchange) == MenuEnded(menu="main", how="sequence", value="4711")
    await over(exchange, asterisk, call.id)


async def test_silence_counts_from_the_last_digit(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(one(most_digits=9, silence_seconds=5))
    asterisk.finishes(await exchange.played())
    for _ in range(3):
        await asyncio.sleep(4.9)
        asterisk.presses(call.id, "7")
    assert (await ended(exchange)).value == "777"
    await over(exchange, asterisk, call.id)


async def test_a_sequence_that_is_a_choices_digit_is_that_choice(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(one(SUPPORT, Choice(digit="#", value="hash"), most_digits=4))
    await exchange.played()
    asterisk.presses(call.id, "1#")
    assert await ended(exchange) == MenuEnded(menu="main", how="return", value="support")
    await over(exchange, asterisk, call.id)


async def test_the_terminator_may_be_a_choice_itself(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(one(Choice(digit="#", value="hash"), most_digits=4))
    await exchange.played()
    asterisk.presses(call.id, "#")
    assert (await ended(exchange)).value == "hash"
    await over(exchange, asterisk, call.id)


@pytest.mark.parametrize(("pressed", "how"), [("", "timeout"), ("9", "invalid_input")])
async def test_the_repeat_prompt_is_played_as_often_as_it_says(
    exchange: Exchange, asterisk: FakeAri, pressed: str, how: str
) -> None:
    call = await exchange.call(one(SUPPORT, repeat=(AGAIN,), repeats=2))
    for times in (1, 2, 3):
        asterisk.finishes(await exchange.played(times=times))
        await settled()
        asterisk.presses(call.id, pressed)
    assert await ended(exchange) == MenuEnded(menu="main", how=how, value=pressed)  # type: ignore[arg-type]
    assert len([asked for asked in asterisk.requests if "/play/" in asked.path]) == 3
    await over(exchange, asterisk, call.id)


async def test_a_wrong_digit_discards_what_was_pressed_behind_it(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(one(SUPPORT, repeat=(AGAIN,), repeats=1))
    await exchange.played()
    asterisk.presses(call.id, "99")
    second = await exchange.played(times=2)
    await settled()
    assert second in asterisk.world.playbacks
    asterisk.presses(call.id, "1")
    assert (await ended(exchange)).value == "support"
    await over(exchange, asterisk, call.id)


async def test_a_bad_prompt_ends_the_menus_with_its_reason_and_the_queue_goes_on(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    menu = Menu(id="main", main=(HI, BAD), choices=(SUPPORT,))
    call = await exchange.call(RunMenu(first="main", menus=(menu,)), AGAIN)
    asterisk.finishes(await exchange.played())
    result = await ended(exchange)
    assert (result.menu, result.how, result.reason) == ("main", "error", "not_found")
    assert "no audio" in result.detail
    await exchange.event(TaskStarted, kind="say")
    await over(exchange, asterisk, call.id)


async def test_a_prompt_that_asterisk_refuses_ends_the_menus(exchange: Exchange, asterisk: FakeAri) -> None:
    asterisk.refuse("POST", "/channels/*/play/*", 500)
    call = await exchange.call(one(SUPPORT))
    assert (await ended(exchange)).reason == "asterisk_error"
    await over(exchange, asterisk, call.id)


async def test_a_hang_up_during_a_prompt_is_the_calls_end_and_no_error(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(one(SUPPORT))
    await exchange.played()
    await over(exchange, asterisk, call.id)
    assert "run_menu stopped call_ended" in exchange.story(call.id)


async def test_a_hang_up_in_a_menu_that_another_led_to_is_told_with_that_menu(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    main = Menu(id="main", main=(HI,), choices=(Choice(digit="1", menu="sub"),))
    call = await exchange.call(RunMenu(first="main", menus=(main, Menu(id="sub", main=(AGAIN,), choices=(SUPPORT,)))))
    await exchange.played()
    asterisk.presses(call.id, "1")
    await exchange.played(times=2)
    await over(exchange, asterisk, call.id)
    event = await exchange.event(TaskEnded, kind="run_menu")
    assert event.outcome == Stopped("call_ended", where="sub")


async def test_a_menu_that_is_stopped_stops_its_prompt(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(one(SUPPORT), AGAIN)
    playback = await exchange.played()
    await exchange.submit(StopTasks(account=ACCOUNT, owner=call.id, kind="run_menu"))
    assert await exchange.played(times=2) != playback
    assert playback not in asterisk.world.playbacks
    await over(exchange, asterisk, call.id)
    assert "run_menu stopped requested" in exchange.story(call.id)


async def test_after_a_restart_the_old_prompt_is_stopped_and_the_first_menu_begins_again(
    stopped_exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange = stopped_exchange
    menu = Menu(id="main", main=(HI,), choices=(SUPPORT,))
    task = RunMenu(id="task-1", first="main", menus=(menu,))
    call = await exchange.left_behind(Left(task=task, state=TaskState.RUNNING))
    exchange.put_playback("task-1-1", call.id)
    await exchange.start()
    assert await exchange.played() == "task-1-0"
    await settled()
    assert list(asterisk.world.playbacks) == ["task-1-0"]
    asterisk.presses(call.id, "1")
    assert (await ended(exchange)).value == "support"
    await over(exchange, asterisk, call.id)


async def test_a_text_in_a_menu_names_the_digits_pressed_before(exchange: Exchange, asterisk: FakeAri) -> None:
    pin = Menu(id="pin", most_digits=2, choices=(Choice(digit="0", menu="pin"),))
    confirm = Menu(id="confirm", main=(Say(text="You pressed {digit}."),), choices=(SUPPORT,))
    first = Menu(id="first", choices=(Choice(digit="5", menu="confirm"),))
    call = await exchange.call(RunMenu(first="first", menus=(first, pin, confirm)))
    asterisk.presses(call.id, "5")
    await exchange.played()
    assert exchange.prompts.asked == ["You pressed 5."]
    await over(exchange, asterisk, call.id)


@pytest.mark.parametrize(
    ("menus", "sentence"),
    [
        ('[{"id":"a"},{"id":"a"}]', "the same id"),
        ('[{"id":"b"}]', "no menu 'a'"),
        ('[{"id":"a","choices":[{"digit":"1","menu":"z"}]}]', "no menu 'z'"),
        ('[{"id":"a","choices":[{"digit":"1"}]}]', "either a value, a menu or a destination"),
        ('[{"id":"a","choices":[{"digit":"12","value":""}]}]', "one of 0-9"),
        ('[{"id":"a","most_digits":0}]', "at least 1"),
        ('[{"id":"a","repeats":1000}]', "0 to 100"),
        ('[{"id":"a","silence_seconds":-1}]', "0 to 600"),
        ('[{"id":"a","silnce":1}]', "unknown field"),
    ],
)
def test_menus_that_cannot_be_followed_are_refused_with_a_sentence(menus: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        decode(f'{{"kind":"run_menu","first":"a","menus":{menus}}}')


def test_a_menu_is_the_same_after_it_was_stored() -> None:
    task = one(SUPPORT, repeat=(AGAIN, Play(source="upload:a.wav")), repeats=1)
    assert decode(encode(task)) == task
