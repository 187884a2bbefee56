"""The queue: order, blocking and background, what is required, cancelling, stopping, closing.

Over 300 lines: its stories share one set of helpers, and each is short.
"""

import asyncio

import msgspec
import pytest
from sqlalchemy import Connection

from engine.calls.task_interface import CallKeypad
from engine.commands import CancelTask, HangUpCall, NoSuchCall, NoSuchTask, StopTasks
from engine.events import CallAnswered, TaskEnded, TaskStarted
from engine.media.errors import AudioNotFound
from engine.store import accounts, uploads
from engine.store.accounts import Account
from engine.store.uploads import UploadRow
from engine.tasks.detect_dtmf import DetectDtmf
from engine.tasks.hang_up import HangUp
from engine.tasks.pause import Pause
from engine.tasks.play import Play
from engine.tasks.record import Record
from engine.tasks.results import Completed, Digits, Failed, Recorded, TaskFailed
from engine.tasks.say import Say
from engine.tasks.send_dtmf import SendDtmf
from engine.tasks.stop import StopBackground
from engine.tasks.task import TaskState
from engine.tasks.wait_for_digits import WaitForDigits
from tests.fakes.ari import FakeAri
from tests.support.call_data import noted
from tests.support.clock import settled
from tests.support.exchange import ACCOUNT, Exchange

A, B, C = (Play(source=f"http://host/{name}.wav", data=noted(name)) for name in "abc")


async def over(exchange: Exchange, call: str) -> list[str]:
    """Hang up, and what was told since the answer."""
    await exchange.submit(HangUpCall(account=ACCOUNT, call=call))
    await exchange.ended(call)
    return exchange.story(call)[2:-1]


async def test_tasks_run_in_order_one_after_the_other(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(A, B)
    first = await exchange.played()
    await settled()
    assert len(asterisk.world.playbacks) == 1
    ids = await exchange.enqueue(call.id, C)
    asterisk.finishes(first)
    second = await exchange.played(times=2)
    asterisk.finishes(second)
    third = await exchange.played(times=3)
    assert ids == (third,)
    asterisk.finishes(third)
    await exchange.event(TaskEnded, task=third)
    assert [one.data for one in exchange.told_of(TaskEnded)] == [noted("a"), noted("b"), noted("c")]
    assert await over(exchange, call.id) == ["play started", "play completed"] * 3
    assert [row.state for row in await exchange.rows(call.id)] == [TaskState.COMPLETED] * 3


async def test_tasks_are_taken_before_the_answer_and_wait_for_it(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.dialled(A)
    await exchange.enqueue(call.id, Pause(seconds=1))
    asterisk.rings(call.id)
    await asyncio.sleep(20)
    assert exchange.told_of(TaskStarted) == []
    asterisk.picks_up(call.id)
    asterisk.finishes(await exchange.played())
    await exchange.event(TaskEnded, kind="pause")
    await over(exchange, call.id)


async def test_a_background_task_lets_the_queue_go_on_once_it_has_begun(exchange: Exchange, asterisk: FakeAri) -> None:
    held = asterisk.hold("POST", "/channels/*/record")
    call = await exchange.call(Record(name="x"), A)
    await held.reached.wait()
    await settled()
    assert not asterisk.was_asked("POST", "/channels/*/play/*")
    assert held.gate
    held.gate.set()
    await exchange.played()
    assert exchange.story(call.id)[2:] == ["record started"] or exchange.story(call.id)[3:] == ["play started"]
    await over(exchange, call.id)


async def test_a_play_that_is_not_waited_for_speaks_beside_what_follows(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(Play(source="http://host/a.wav", wait=False), WaitForDigits())
    playback = await exchange.played()
    await exchange.event(TaskStarted, kind="wait_for_digits")
    asterisk.presses(call.id, "7")
    await exchange.event(TaskEnded, kind="wait_for_digits")
    assert playback in asterisk.world.playbacks
    await over(exchange, call.id)


async def test_a_second_prompt_waits_for_one_that_still_plays(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(Play(source="http://host/a.wav", wait=False), B)
    first = await exchange.played()
    await asyncio.sleep(5)
    assert list(asterisk.world.playbacks) == [first]
    asterisk.finishes(first)
    await exchange.played(times=2)
    await over(exchange, call.id)


async def test_an_inbound_call_is_answered_by_its_first_task_that_needs_it_and_not_before(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    from engine.calls.directory import Answering

    hang_up = Answering(account=ACCOUNT, tasks=(StopBackground(stops="record"), HangUp()))
    speak = Answering(account=ACCOUNT, tasks=(A,))
    exchange.directory.numbers.update({"500": hang_up, "501": speak})
    asterisk.incoming("in-1", ["inbound", "500"])
    asterisk.incoming("in-2", ["inbound", "501"])
    await exchange.played()
    await settled()
    assert not asterisk.was_asked("POST", "/channels/in-1/answer")
    assert asterisk.was_asked("POST", "/channels/in-2/answer")
    asterisk.hangs_up("in-2")
    await settled()
    assert len(exchange.engine.registry) == 0


async def test_a_queued_task_is_cancelled_and_told(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(Pause(seconds=50), A)
    (id,) = await exchange.enqueue(call.id, B)
    await exchange.submit(CancelTask(account=ACCOUNT, owner=call.id, task=id))
    with pytest.raises(NoSuchTask):
        await exchange.submit(CancelTask(account=ACCOUNT, owner=call.id, task=id))
    running = (await exchange.rows(call.id))[0].id
    with pytest.raises(NoSuchTask):
        await exchange.submit(CancelTask(account=ACCOUNT, owner=call.id, task=running))
    asterisk.finishes(await exchange.played())
    await settled()
    assert await over(exchange, call.id) == [
        "pause started",
        "play discarded cancelled",
        "pause completed",
        "play started",
        "play completed",
    ]


async def test_the_task_that_is_next_is_cancelled_while_the_call_is_not_answered(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call = await exchange.dialled(A, B)
    await settled()
    rows = await exchange.rows(call.id)
    await exchange.submit(CancelTask(account=ACCOUNT, owner=call.id, task=rows[0].id))
    asterisk.picks_up(call.id)
    assert await exchange.played() == rows[1].id
    await over(exchange, call.id)


async def test_running_tasks_of_a_kind_are_stopped_with_other_data(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(DetectDtmf(data=noted("old")), Record(name="x"), Pause(seconds=50))
    await exchange.event(TaskStarted, kind="pause")
    stop = StopTasks(account=ACCOUNT, owner=call.id, kind="detect_dtmf", data=noted("new"))
    assert await exchange.submit(stop) == 1
    assert (await exchange.event(TaskEnded, kind="detect_dtmf")).data == noted("new")
    assert await exchange.submit(stop) == 0
    assert await exchange.submit(StopTasks(account=ACCOUNT, owner=call.id, kind="record")) == 1
    ended = await exchange.event(TaskEnded, kind="record")
    assert isinstance(ended.outcome, Completed) and isinstance(ended.outcome.result, Recorded)
    assert await exchange.submit(StopTasks(account=ACCOUNT, owner=call.id, kind="pause")) == 1
    await exchange.event(TaskEnded, kind="pause")
    assert exchange.story(call.id)[-1] == "pause stopped requested"
    await over(exchange, call.id)


async def test_stopping_a_play_stops_it_in_asterisk_and_the_queue_goes_on(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call = await exchange.call(A, B)
    first = await exchange.played()
    await settled()
    await exchange.submit(StopTasks(account=ACCOUNT, owner=call.id, kind="play"))
    await exchange.played(times=2)
    assert asterisk.was_asked("DELETE", f"/playbacks/{first}")
    assert (await over(exchange, call.id))[:3] == ["play started", "play stopped requested", "play started"]


async def test_the_end_stops_what_runs_discards_what_waits_and_saves_recordings(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call = await exchange.call(Record(name="x", data=noted("r")), A, B, HangUp())
    await exchange.played()
    await settled()
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)
    *tasks, last = exchange.story(call.id)[2:]
    assert last == "ended normal by far"
    assert sorted(tasks) == [
        "hang_up discarded call_ended",
        "play discarded call_ended",
        "play started",
        "play stopped call_ended",
        "record completed",
        "record started",
    ]
    ended = exchange.told_of(TaskEnded, kind="record")[0]
    assert ended.outcome == Completed(Recorded(recording=ended.task.replace("task-", "rec-"), name="x", seconds=1.5))
    with pytest.raises(NoSuchCall):
        await exchange.enqueue(call.id, A)


async def test_nothing_begins_between_the_far_partys_hang_up_and_the_end(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(A, B)
    first = await exchange.played()
    await settled()
    channel = asterisk.world.channels[call.id]
    asterisk.emit({"type": "ChannelHangupRequest", "channel": channel, "cause": 16})
    asterisk.finishes(first, "failed")
    await settled()
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)
    assert exchange.story(call.id)[3:-1] == ["play stopped call_ended", "play discarded call_ended"]


async def test_a_queued_hang_up_comes_after_what_was_queued_before(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(A, HangUp(), B)
    await asyncio.sleep(60)
    assert exchange.told_of(TaskEnded) == []
    asterisk.finishes(await exchange.played())
    ended = await exchange.ended(call.id)
    assert (ended.cause, ended.hung_up_by) == ("normal", "us")
    assert [*exchange.story(call.id)[2:4], exchange.story(call.id)[-1]] == [
        "play started",
        "play completed",
        "ended normal by us",
    ]
    assert "play discarded call_ended" in exchange.story(call.id)


async def test_what_nobody_foresaw_fails_the_task_and_the_queue_goes_on(
    exchange: Exchange, asterisk: FakeAri, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(CallKeypad, "send", broken)
    call = await exchange.call(SendDtmf(digits="1"), A)
    asterisk.finishes(await exchange.played())
    await exchange.event(TaskEnded, kind="play")
    assert "send_dtmf failed internal_error" in await over(exchange, call.id)


async def test_a_refusal_of_asterisk_fails_the_task_and_the_queue_goes_on(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    asterisk.refuse("POST", "/channels/*/play/*", 500)
    call = await exchange.call(A, B)
    asterisk.finishes(await exchange.played(times=2))
    await exchange.event(TaskEnded, kind="play", times=2)
    assert await over(exchange, call.id) == ["play failed asterisk_error", "play started", "play completed"]


async def test_a_sound_that_cannot_be_played_fails_the_task_and_the_queue_goes_on(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call = await exchange.call(A, Pause(seconds=1))
    asterisk.finishes(await exchange.played(), "failed")
    await exchange.event(TaskEnded, kind="pause")
    assert (await over(exchange, call.id))[:2] == ["play started", "play failed playback_failed"]


async def test_a_bad_prompt_fails_its_task_with_the_reason_and_the_queue_goes_on(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call = await exchange.call(Play(source="http://host/missing.wav"), Say(text="hello"))
    asterisk.finishes(await exchange.played())
    await exchange.event(TaskEnded, kind="say")
    failed = exchange.told_of(TaskEnded, kind="play")[0]
    assert isinstance(failed.outcome, Failed) and failed.outcome.reason == "not_found"
    assert failed.outcome.detail == "There is no audio at this address. (404)"
    assert await over(exchange, call.id) == ["play failed not_found", "say started", "say completed"]


async def test_prompts_are_prepared_when_they_are_queued(exchange: Exchange) -> None:
    call = await exchange.dialled(Pause(seconds=9), A, Say(text="hello"), Say(text="again {digit}"))
    await settled()
    assert exchange.prompts.asked == ["http://host/a.wav", "hello"]
    await over(exchange, call.id)


async def test_a_prompt_that_is_not_ready_when_due_is_waited_for(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.prompts.delays["http://host/a.wav"] = 9.5
    await_from = exchange.clock()
    call = await exchange.call(A)
    await exchange.played()
    assert exchange.clock() - await_from == pytest.approx(9.5, abs=0.1)
    await over(exchange, call.id)


async def test_a_prompt_that_takes_too_long_fails_after_ten_seconds(exchange: Exchange) -> None:
    exchange.prompts.delays["http://host/a.wav"] = 500
    call = await exchange.call(Pause(seconds=3), A, Pause(seconds=1))
    began = exchange.clock()
    failed = await exchange.event(TaskEnded, kind="play")
    assert exchange.clock() - began == pytest.approx(13, abs=0.1)
    assert isinstance(failed.outcome, Failed) and failed.outcome.reason == "too_slow"
    await exchange.event(TaskEnded, kind="pause", times=2)
    await over(exchange, call.id)


async def test_a_failed_prompt_that_no_task_came_to_is_no_accident(exchange: Exchange) -> None:
    call = await exchange.call(Pause(seconds=60), Play(source="http://host/missing.wav"))
    assert (await over(exchange, call.id))[-1].startswith(("play discarded", "pause stopped"))


async def test_a_text_names_the_last_digits(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(WaitForDigits(count=2), Say(text="You pressed {digit}."))
    await exchange.event(TaskStarted, kind="wait_for_digits")
    asterisk.presses(call.id, "42")
    await exchange.played()
    assert exchange.prompts.asked == ["You pressed 42."]
    await over(exchange, call.id)


async def test_a_due_text_that_cannot_be_spoken_fails(exchange: Exchange) -> None:
    exchange.prompts.errors["You pressed ."] = AudioNotFound()
    exchange.prompts.delays["slow "] = 11
    call = await exchange.call(Say(text="You pressed {digit}."), Say(text="slow {digit}"), Pause(seconds=1))
    await exchange.event(TaskEnded, kind="pause")
    assert (await over(exchange, call.id))[:2] == ["say failed not_found", "say failed too_slow"]


async def test_a_pause_lasts_what_it_says(exchange: Exchange) -> None:
    call = await exchange.call(Pause(seconds=12.5))
    began = exchange.clock()
    await exchange.event(TaskEnded, kind="pause")
    assert exchange.clock() - began == pytest.approx(12.5, abs=0.1)
    await over(exchange, call.id)


async def test_sent_digits_hold_the_queue_until_they_are_through(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(SendDtmf(digits="12#", milliseconds=200, gap=100))
    began = exchange.clock()
    asked = await asterisk.asked("POST", f"/channels/{call.id}/dtmf")
    assert (asked.query["dtmf"], asked.query["duration"], asked.query["between"]) == ("12#", "200", "100")
    await exchange.event(TaskEnded, kind="send_dtmf")
    assert exchange.clock() - began == pytest.approx(0.9, abs=0.05)
    await over(exchange, call.id)


async def test_many_digits_are_sent_in_parts_so_that_sending_can_end(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(SendDtmf(digits="1234567890"), SendDtmf(digits="1" * 100))
    await exchange.event(TaskEnded, kind="send_dtmf")
    sent = [one.query["dtmf"] for one in asterisk.requests if one.path.endswith("/dtmf")]
    assert sent[:3] == ["1234", "5678", "90"]
    await asyncio.sleep(1)
    await exchange.submit(StopTasks(account=ACCOUNT, owner=call.id, kind="send_dtmf"))
    await asyncio.sleep(30)
    assert len([one for one in asterisk.requests if one.path.endswith("/dtmf")]) <= 6
    await over(exchange, call.id)


async def test_a_queued_stop_ends_a_recording_with_its_data(exchange: Exchange) -> None:
    stop = StopBackground(stops="record", stopped_data=noted("b"))
    call = await exchange.call(Record(name="x", data=noted("a")), Pause(seconds=2), stop, Pause(seconds=1))
    assert (await exchange.event(TaskEnded, kind="record")).data == noted("b")
    await exchange.event(TaskEnded, kind="pause", times=2)
    await over(exchange, call.id)


async def test_two_calls_never_mix_their_queues(exchange: Exchange, asterisk: FakeAri) -> None:
    one = await exchange.call(WaitForDigits(), DetectDtmf())
    two = await exchange.call(WaitForDigits(), callee="12015550101")
    await exchange.event(TaskStarted, subject=two.id)
    asterisk.presses(one.id, "1")
    await exchange.event(TaskEnded, subject=one.id)
    asterisk.presses(two.id, "2")
    ended = await exchange.event(TaskEnded, subject=two.id)
    assert ended.outcome == Completed(Digits(digits="2"))
    await over(exchange, one.id)
    await over(exchange, two.id)


async def test_a_task_that_is_queued_while_the_call_ends_is_told_too(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(Record(name="x"))
    await exchange.event(TaskStarted, kind="record")
    asterisk.hold_events()
    asterisk.hangs_up(call.id)
    adding = asyncio.create_task(exchange.enqueue(call.id, A, B))
    asterisk.release_events()
    await exchange.ended(call.id)
    try:
        ids = await adding
    except NoSuchCall:
        ids = ()
    assert len(exchange.told_of(TaskEnded, kind="play")) == len(ids)


async def test_the_far_party_hangs_up_during_the_commit_of_a_begin(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.dialled(A)
    asterisk.picks_up(call.id)
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)
    assert len(exchange.told_of(CallAnswered)) == 1
    assert len(exchange.told_of(TaskEnded)) == 1


def test_a_failure_says_its_detail() -> None:
    assert str(TaskFailed("reason", "A sentence.")) == "A sentence." and str(TaskFailed("reason")) == "reason"


async def test_an_uploaded_file_is_the_accounts_own_and_a_missing_one_fails_its_task(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    mine = UploadRow(account=ACCOUNT, name="hi.wav", file="f1", digest="d", bytes=1, seconds=1.0, created=0.0)
    foreign = msgspec.structs.replace(mine, account="acct-2", name="other.wav", file="f2")

    def unit(conn: Connection) -> None:
        accounts.create(conn, Account(id="acct-2", name="other", created=0.0))
        uploads.put(conn, mine)
        uploads.put(conn, foreign)

    await exchange.database.transact(unit)
    call = await exchange.call(Play(source="upload:other.wav"), Play(source="upload:hi.wav"))
    asterisk.finishes(await exchange.played())
    await exchange.event(TaskEnded, kind="play", times=2)
    assert exchange.prompts.asked == ["f1"]
    failed = exchange.told_of(TaskEnded)[0].outcome
    assert isinstance(failed, Failed) and failed.reason == "no_such_upload" and "other.wav" in failed.detail
    assert await over(exchange, call.id) == ["play failed no_such_upload", "play started", "play completed"]
