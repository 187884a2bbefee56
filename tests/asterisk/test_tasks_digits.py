"""WaitForDigits, DetectDtmf, SendDtmf and Pause on a real Asterisk."""

import asyncio

from engine.commands import CancelTask, StopTasks
from engine.events import TaskEnded, TaskStarted
from engine.tasks.detect_dtmf import DetectDtmf
from engine.tasks.hang_up import HangUp
from engine.tasks.pause import Pause
from engine.tasks.play import Play
from engine.tasks.send_dtmf import SendDtmf
from engine.tasks.wait_for_digits import WaitForDigits
from tests.asterisk.live_exchange import LiveExchange
from tests.support.exchange import ACCOUNT
from tests.support.lab import RunningLab

LISTENS, PRESSES_1, PRESSES_5_THEN_1, HANGS_UP_AFTER_3 = "12015550100", "12015550102", "12015550103", "12015550110"


async def test_digits_are_heard_by_a_wait_and_a_detector_and_stop_a_prompt(exchange: LiveExchange) -> None:
    call = await exchange.call(
        DetectDtmf(), Play(source="60000", wait=False), WaitForDigits(accept=("1",), barge_in=True),
        callee=PRESSES_5_THEN_1,
    )  # fmt: skip
    await exchange.event(TaskEnded, kind="wait_for_digits")
    await exchange.event(TaskEnded, kind="play")
    story = await exchange.hang_up(call.id)
    for expected in ("wait_for_digits heard 5 misfire", "wait_for_digits completed 1", "detect_dtmf heard 5",
                     "detect_dtmf heard 1", "detect_dtmf completed", "play stopped requested"):  # fmt: skip
        assert story.count(expected) == 1, story


async def test_waits_time_out_are_cancelled_and_end_with_the_call(exchange: LiveExchange) -> None:
    async def times_out() -> None:
        call = await exchange.call(WaitForDigits(seconds=1))
        await exchange.event(TaskEnded, subject=call.id)
        assert (await exchange.hang_up(call.id))[1] == "wait_for_digits completed  timed out"

    async def hangs_up() -> None:
        call = await exchange.call(WaitForDigits(seconds=1, hang_up_on_timeout=True))
        assert (await exchange.ended(call.id)).hung_up_by == "us"

    async def cancelled() -> None:
        call = await exchange.call(WaitForDigits(), DetectDtmf())
        rows = await exchange.rows(call.id)
        await exchange.event(TaskStarted, subject=call.id)
        await exchange.submit(CancelTask(account=ACCOUNT, owner=call.id, task=rows[1].id))
        await exchange.submit(StopTasks(account=ACCOUNT, owner=call.id, kind="wait_for_digits"))
        await exchange.event(TaskEnded, subject=call.id, times=2)
        assert set((await exchange.hang_up(call.id))[1:3]) == {
            "detect_dtmf discarded cancelled", "wait_for_digits stopped requested",
        }  # fmt: skip

    async def the_far_party_hangs_up() -> None:
        call = await exchange.call(DetectDtmf(), WaitForDigits(), callee=HANGS_UP_AFTER_3)
        await exchange.ended(call.id)
        assert {"detect_dtmf completed", "wait_for_digits stopped call_ended"} <= set(exchange.story(call.id))

    await asyncio.gather(times_out(), hangs_up(), cancelled(), the_far_party_hangs_up())


async def test_digits_arrive_in_order(exchange: LiveExchange) -> None:
    call = await exchange.call(SendDtmf(digits="159*#0AD"), Pause(seconds=0.3))
    await exchange.event(TaskEnded, kind="pause")
    await exchange.hang_up(call.id)
    sip = (await exchange.stored(call.id)).sip_call_id
    assert sip and (await RunningLab.of_environment().recorded(sip)).digits == "159*#0AD"


async def test_sending_is_stopped_and_ends_with_the_call(exchange: LiveExchange) -> None:
    async def stopped() -> None:
        call = await exchange.call(SendDtmf(digits="1" * 100), Play(source="100"))
        await exchange.event(TaskStarted, subject=call.id)
        await exchange.submit(StopTasks(account=ACCOUNT, owner=call.id, kind="send_dtmf"))
        await exchange.event(TaskEnded, subject=call.id)
        assert "send_dtmf stopped requested" in await exchange.hang_up(call.id)

    async def the_far_party_hangs_up() -> None:
        call = await exchange.call(SendDtmf(digits="1" * 100), callee=HANGS_UP_AFTER_3)
        await exchange.ended(call.id)
        assert "send_dtmf stopped call_ended" in exchange.story(call.id)

    await asyncio.gather(stopped(), the_far_party_hangs_up())


async def test_pauses_and_hang_ups_in_the_queue(exchange: LiveExchange) -> None:
    call = await exchange.call(Pause(seconds=0.5), HangUp(), Play(source="100"))
    ended = await exchange.ended(call.id)
    assert (ended.hung_up_by, ended.answered) == ("us", True) and 0.4 < ended.seconds < 1.5
    assert "play discarded call_ended" in exchange.story(call.id)
