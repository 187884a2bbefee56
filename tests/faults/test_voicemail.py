"""kill -9 of the controller while a caller hears the greeting of a voicemail box, and while it speaks: what was said
before and after is one message, once; the box and its counts agree.
"""

import asyncio
import random

import pytest

from tests.e2e.calls.test_inbound import audible, heard_by
from tests.e2e.conftest import MakePhone
from tests.e2e.destinations.test_destinations import Leading, leading
from tests.e2e.voicemail.test_leaving import (
    PHRASE,
    MakeBox,
    asks_for_a_message,
    box,
    is_recorded,
    left,
    listed_recordings,
    messages,
    sound_of,
    speaks,
    talking,
)
from tests.faults.conftest import ROUNDS, kill_the_controller
from tests.support.carillon import Own
from tests.support.scenario import call_ended
from tests.support.system import System

__all__ = ["box", "leading"]
SAID, HALF = 8.0, 7.0
"""Seconds that are spoken before the kill, and after it; of which the phrase must be in so many."""


@pytest.mark.parametrize("turn", range(ROUNDS))
async def test_a_message_in_the_middle_of_which_the_controller_is_killed_is_there_once_with_both_halves(
    phone: MakePhone, leading: Leading, box: MakeBox, own: Own, system: System, turn: int
) -> None:
    anna, ours = await phone(talking()), await box(silence_seconds=0)
    await speaks(own, anna, await leading(f"voicemail:{ours}"), SAID + random.Random(turn).random() * 3)
    await kill_the_controller(system)
    await audible(anna, heard_by(anna).seconds + SAID)
    await anna.press("#")
    await anna.closed()
    (message,) = await left(own, ours)
    story = await call_ended(own, message["call"])
    assert message["seconds"] > 2 * HALF
    sound, _ = await sound_of(own, message["id"])
    assert sound.part(0, HALF).says(PHRASE)
    assert sound.part(sound.seconds - HALF).says(PHRASE)
    assert [event["event"] for event in story["events"]].count("task_ended") == 4  # greeting, record, thanks, hang-up
    assert (await own.ask("GET", f"voicemail-boxes/{ours}"))[1]["new"] == 1
    assert await listed_recordings(own, message["call"]) == []


@pytest.mark.parametrize("turn", range(ROUNDS))
async def test_a_caller_whose_greeting_was_cut_by_a_kill_hears_it_again_and_leaves_a_message(
    phone: MakePhone, leading: Leading, box: MakeBox, own: Own, system: System, turn: int
) -> None:
    anna, ours = await phone(talking()), await box(name="Ben Miller")
    await anna.dial(await leading(f"voicemail:{ours}"))
    await audible(anna, 0.8 + random.Random(turn).random() * 2)
    cut = heard_by(anna).seconds
    await kill_the_controller(system)
    await is_recorded(own, anna.number)
    heard = heard_by(anna)
    assert asks_for_a_message(heard.part(cut))
    await audible(anna, heard.seconds + SAID)
    await anna.hang_up()
    (message,) = await left(own, ours)
    assert (await sound_of(own, message["id"]))[0].says(PHRASE)


@pytest.mark.parametrize("turn", range(ROUNDS))
async def test_messages_that_end_about_a_kill_are_each_there_once(
    phone: MakePhone, leading: Leading, box: MakeBox, own: Own, system: System, turn: int
) -> None:
    ours = await box()
    dialled = await leading(f"voicemail:{ours}")
    callers = [await phone(talking()) for _ in range(3)]
    await asyncio.gather(*(speaks(own, anna, dialled) for anna in callers))
    killed = asyncio.create_task(kill_the_controller(system), name="kill the controller")
    for anna in callers:  # some end before the kill, some while no controller is there
        await anna.hang_up()
        await asyncio.sleep(random.Random(turn).random() * 0.4)
    await killed
    found = await left(own, ours, 3, within=60)
    assert sorted(message["caller"] for message in found) == sorted(anna.number for anna in callers)
    for message in found:
        assert (await sound_of(own, message["id"]))[0].says(PHRASE)
    assert len(await messages(own, ours)) == 3
    assert (await own.ask("GET", f"voicemail-boxes/{ours}"))[1]["new"] == 3
