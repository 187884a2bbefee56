"""What a prompt has to remark is an event of the task that plays it, each sentence once."""

import asyncio

from engine.events import TaskEnded, TaskRemarked
from engine.tasks.park import Park
from engine.tasks.pause import Pause
from engine.tasks.say import Say
from tests.fakes.ari import FakeAri
from tests.support.call_data import noted
from tests.support.exchange import Exchange

SENTENCE = "A part of the text is in Chinese letters; the voice for zh speaks it."


async def test_a_say_that_is_spoken_otherwise_has_a_remark_before_it_ends(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange.prompts.remarks["你好"] = (SENTENCE,)
    say = Say(text="你好", data=noted("mine"))
    call = await exchange.call(say, Say(text="hello"), Pause(seconds=1))
    asterisk.finishes(await exchange.played())
    asterisk.finishes(await exchange.played(times=2))
    await exchange.event(TaskEnded, kind="pause")
    (remarked,) = [event for event in exchange.told if isinstance(event, TaskRemarked)]
    assert (remarked.subject, remarked.kind, remarked.remark) == (call.id, "say", SENTENCE)
    assert remarked.data == noted("mine")
    ended = await exchange.event(TaskEnded, kind="say")
    assert ended.task == remarked.task and remarked.at <= ended.at


async def test_a_task_that_plays_a_prompt_again_and_again_remarks_it_once(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange.prompts.remarks["你好"] = (SENTENCE,)
    await exchange.call(Park(hold=(Say(text="你好"),)), Pause(seconds=1))
    for times in (1, 2, 3):
        playback = await exchange.played(times=times)
        await asyncio.sleep(20)
        asterisk.finishes(playback)
    await exchange.played(times=4)
    assert [event.remark for event in exchange.told if isinstance(event, TaskRemarked)] == [SENTENCE]
