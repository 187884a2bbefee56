"""Play, Say and Record on a real Asterisk."""

import asyncio
import contextlib
import time

from engine.commands import CancelTask, StopTasks
from engine.events import TaskEnded, TaskStarted
from engine.tasks.pause import Pause
from engine.tasks.play import Play
from engine.tasks.record import Record
from engine.tasks.results import Completed, Recorded
from engine.tasks.say import Say
from engine.tasks.wait_for_digits import WaitForDigits
from tests.asterisk.live_exchange import LiveExchange
from tests.support.audio import has_tone, read
from tests.support.exchange import ACCOUNT
from tests.support.lab import RunningLab

LISTENS, HANGS_UP_AFTER_3 = "12015550100", "12015550110"


async def test_prompts_finish_in_order_and_are_heard(exchange: LiveExchange) -> None:
    call = await exchange.call(Play(source="600"), Say(text="600"), Play(source="300", wait=False), Pause(seconds=0.6))
    await exchange.event(TaskEnded, kind="pause")
    story = await exchange.hang_up(call.id)
    assert story == [
        "play started", "play completed", "say started", "say completed",
        "play started", "pause started", "play completed", "pause completed", "ended normal by us",
    ]  # fmt: skip
    sip = (await exchange.stored(call.id)).sip_call_id
    assert sip
    kept = await RunningLab.of_environment().recorded(sip)
    assert has_tone(*read(kept.heard), 1000)


async def test_prompts_so_short_that_they_end_before_the_answer_to_the_request(exchange: LiveExchange) -> None:
    call = await exchange.call(*[Play(source="1") for _ in range(30)])
    await exchange.event(TaskEnded, kind="play", times=30)
    assert (await exchange.hang_up(call.id))[:-1] == ["play started", "play completed"] * 30


async def test_a_prompt_fails_and_the_queue_goes_on(exchange: LiveExchange) -> None:
    call = await exchange.call(Play(source="missing"), Play(source="100"))
    await exchange.event(TaskEnded, kind="play", times=2)
    story = await exchange.hang_up(call.id)
    assert [one for one in story if one != "play started"] == [
        "play failed playback_failed", "play completed", "ended normal by us",
    ]  # fmt: skip


async def test_prompts_are_cancelled_before_and_after_they_began(exchange: LiveExchange) -> None:
    call = await exchange.call(Play(source="60000"), Say(text="60000"))
    await exchange.event(TaskStarted, kind="play")
    (queued,) = await exchange.enqueue(call.id, Play(source="60000"))
    await exchange.submit(CancelTask(account=ACCOUNT, owner=call.id, task=queued))
    await exchange.submit(StopTasks(account=ACCOUNT, owner=call.id, kind="play"))
    await exchange.event(TaskStarted, kind="say")
    await exchange.submit(StopTasks(account=ACCOUNT, owner=call.id, kind="say"))
    await exchange.event(TaskEnded, kind="say")
    assert await exchange.hang_up(call.id) == [
        "play started", "play discarded cancelled", "play stopped requested",
        "say started", "say stopped requested", "ended normal by us",
    ]  # fmt: skip


async def test_the_far_party_hangs_up_in_the_middle_of_everything(exchange: LiveExchange) -> None:
    tasks = (Record(name="x"), Play(source="60000"), Play(source="100")), (Say(text="60000"),), (WaitForDigits(),)
    calls = await asyncio.gather(*[exchange.call(*one, callee=HANGS_UP_AFTER_3) for one in tasks])
    for call, expected in zip(calls, [
        {"record completed", "play stopped call_ended", "play discarded call_ended"},
        {"say stopped call_ended"}, {"wait_for_digits stopped call_ended"},
    ], strict=True):  # fmt: skip
        ended = await exchange.ended(call.id)
        assert (ended.cause, ended.hung_up_by) == ("normal", "far")
        assert expected <= set(exchange.since_answer(call.id))
    (outcome,) = [one.outcome for one in exchange.told_of(TaskEnded, kind="record")]
    assert isinstance(outcome, Completed) and isinstance(outcome.result, Recorded)
    assert 2.5 < outcome.result.seconds < 3.5


async def recorded(exchange: LiveExchange, call: str, times: int = 1) -> float:
    ended = await exchange.event(TaskEnded, subject=call, kind="record", times=times)
    assert isinstance(ended.outcome, Completed) and isinstance(ended.outcome.result, Recorded), ended
    return ended.outcome.result.seconds


async def test_recordings_end_by_request_by_a_limit_by_silence_and_with_the_call(exchange: LiveExchange) -> None:
    async def by_request() -> None:
        call = await exchange.call(Record(name="a"), callee="12015550101")
        await exchange.event(TaskStarted, subject=call.id)
        await asyncio.sleep(1.5)
        await exchange.submit(StopTasks(account=ACCOUNT, owner=call.id, kind="record"))
        assert 1.2 < await recorded(exchange, call.id) < 1.8
        task = exchange.told_of(TaskEnded, subject=call.id)[0].task
        assert has_tone(*read(exchange.folder / f"{task.replace('task-', 'rec-')}.wav"), 440)
        await exchange.hang_up(call.id)

    async def by_limit() -> None:
        call = await exchange.call(Record(name="b", max_seconds=2))
        assert 1.9 < await recorded(exchange, call.id) < 3.1
        await exchange.hang_up(call.id)

    async def by_silence() -> None:
        call = await exchange.call(Record(name="c", max_silence=2))
        began = time.monotonic()
        assert await recorded(exchange, call.id) < 0.5  # Asterisk cuts the silence off
        assert 1.5 < time.monotonic() - began < 5
        await exchange.hang_up(call.id)

    async def by_digit() -> None:
        call = await exchange.call(Record(name="d", terminator="1"), callee="12015550102")
        assert 1.5 < await recorded(exchange, call.id) < 3
        await exchange.hang_up(call.id)

    async def with_the_call() -> None:
        call = await exchange.call(Record(name="e"), Pause(seconds=1))
        await exchange.event(TaskEnded, subject=call.id, kind="pause")
        await exchange.hang_up(call.id)
        assert 0.8 < await recorded(exchange, call.id) < 1.5

    await asyncio.gather(by_request(), by_limit(), by_silence(), by_digit(), with_the_call())


async def test_both_sides_are_in_one_recording_and_else_only_the_far_one(exchange: LiveExchange) -> None:
    call = await exchange.call(
        Record(name="both", both_sides=True), Record(name="far"), Play(source="1500"), callee="12015550101"
    )
    await exchange.event(TaskEnded, kind="play")
    await exchange.hang_up(call.id)
    for one in exchange.told_of(TaskEnded, kind="record"):
        assert isinstance(one.outcome, Completed) and isinstance(one.outcome.result, Recorded)
        sound = read(exchange.folder / f"{one.outcome.result.recording}.wav")
        assert has_tone(*sound, 440)
        assert has_tone(*sound, 1000) is (one.outcome.result.name == "both")


async def test_a_recording_that_cannot_be_written_fails_and_the_queue_goes_on(exchange: LiveExchange) -> None:
    call = await exchange.place(Record(name="x"), Play(source="100"), callee=LISTENS)
    task = (await exchange.rows(call.id))[0].id
    blocked = exchange.folder / f"{task.replace('task-', 'rec-')}.wav"
    blocked.mkdir()
    try:
        await exchange.event(TaskEnded, kind="play")
        story = await exchange.hang_up(call.id)
    finally:
        with contextlib.suppress(OSError):
            blocked.rmdir()
    assert [one for one in story if one.startswith("record failed")], story
