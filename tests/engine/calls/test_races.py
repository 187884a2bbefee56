"""Two things at once: what a call, its queue and its controller make of it."""

import asyncio

from engine.calls.state import CallState
from engine.events import CallEnded, TaskEnded, TaskStarted
from engine.tasks.play import Play
from engine.tasks.task import Phase
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import Exchange, Left

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
