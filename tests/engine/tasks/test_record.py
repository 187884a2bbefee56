"""Recordings: what is asked of Asterisk, what is kept, and how they fail."""

import asyncio

import pytest

from engine.events import TaskEnded, TaskStarted
from engine.features.recordings.store import of_owner
from engine.store import recordings
from engine.tasks.play import Play
from engine.tasks.record import Record
from engine.tasks.results import Completed, Failed, Recorded
from engine.tasks.secret import Secret
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import Exchange


async def recording_call(exchange: Exchange, **fields: object) -> tuple[str, str]:
    """A call that is recorded, and its recording."""
    call = await exchange.call(Record(**fields))  # type: ignore[arg-type]
    task = await exchange.task_of(call.id, "record")
    await settled()
    return call.id, task.replace("task-", "rec-")


async def test_the_far_party_is_recorded_through_a_snoop_beside_a_prompt(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(Record(name="x", max_seconds=9.2, max_silence=2.5), Play(source="http://host/a.wav"))
    await exchange.played()
    asked = await asterisk.asked("POST", "/channels/*/record")
    task = await exchange.task_of(call.id, "record")
    assert asked.path == f"/channels/snoop-{task}/record"
    assert (asked.query["maxDurationSeconds"], asked.query["maxSilenceSeconds"]) == ("10", "3")
    assert (await asterisk.asked("POST", f"/channels/{call.id}/snoop/*")).query["spy"] == "in"
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)


async def test_both_sides_are_recorded_and_what_becomes_of_the_file_is_noted(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    keys = Secret("AKIAIOSFODNN7EXAMPLE:a-secret-key:eu-west-1")
    task = Record(name="x", both_sides=True, format="mp3", destination="s3://bucket/a/", credentials=keys, notify=True)
    call = await exchange.call(task)
    recording = (await exchange.task_of(call.id, "record")).replace("task-", "rec-")
    assert (await asterisk.asked("POST", f"/channels/{call.id}/snoop/*")).query["spy"] == "both"
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)
    outcome = exchange.told_of(TaskEnded)[0].outcome
    assert isinstance(outcome, Completed) and isinstance(outcome.result, Recorded)
    saved = outcome.result
    assert (saved.format, saved.destination, saved.notify, saved.pending) == ("mp3", "s3://bucket/a/", True, True)
    row = await exchange.database.read(lambda conn: recordings.get(conn, recording))
    assert row and (row.format, row.destination, row.notify, row.available) == ("mp3", "s3://bucket/a/", True, None)
    assert "a-secret-key" not in repr(exchange.told)


async def test_a_recording_that_ends_by_a_limit_is_kept(exchange: Exchange, asterisk: FakeAri) -> None:
    call, recording = await recording_call(exchange, name="voice", max_seconds=5)
    asterisk.finishes_recording(recording)
    ended = await exchange.event(TaskEnded, kind="record")
    assert ended.outcome == Completed(Recorded(recording=recording, name="voice", seconds=1.5))
    await settled()
    row = await exchange.database.read(lambda conn: recordings.get(conn, recording))
    assert row and (row.name, row.seconds, row.owner) == ("voice", 1.5, call)
    assert set(asterisk.world.channels) == {call}
    asterisk.hangs_up(call)
    await exchange.ended(call)


async def test_a_limit_is_not_exceeded_by_more_than_asterisk_needs(exchange: Exchange, asterisk: FakeAri) -> None:
    """Asterisk looks at its limits in whole seconds; the engine's own timer ends a recording that has a limit."""
    call, recording = await recording_call(exchange, name="voice", max_seconds=5)
    began = exchange.clock()
    await asyncio.sleep(7)
    if recording in asterisk.world.recordings:
        asterisk.finishes_recording(recording)
    await exchange.event(TaskEnded, kind="record")
    assert exchange.clock() - began <= 7.1
    asterisk.hangs_up(call)
    await exchange.ended(call)


async def test_two_recordings_of_one_name_get_two_links(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(Record(name="x"), Record(name="x"))
    await exchange.event(TaskStarted, kind="record", times=2)
    await settled()
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)
    results = [one.outcome.result for one in exchange.told_of(TaskEnded)]  # type: ignore[union-attr]
    assert len({one.name for one in results if isinstance(one, Recorded)}) == 2


async def test_a_recording_that_asterisk_cannot_make_fails(exchange: Exchange, asterisk: FakeAri) -> None:
    asterisk.refuse("POST", "/channels/*/record", 500, "Internal Server Error")
    call = await exchange.call(Record(name="x"), Play(source="http://host/a.wav"))
    await exchange.played()
    failed = await exchange.event(TaskEnded, kind="record")
    assert isinstance(failed.outcome, Failed) and failed.outcome.reason == "asterisk_error"
    assert not any(one.startswith("Snoop") for one in asterisk.world.channels)
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)


async def test_a_recording_that_breaks_fails_with_asterisks_reason(exchange: Exchange, asterisk: FakeAri) -> None:
    call, recording = await recording_call(exchange, name="x")
    asterisk.finishes_recording(recording, "failed", "disk full")
    failed = await exchange.event(TaskEnded, kind="record")
    assert failed.outcome == Failed("recording_failed", "disk full")
    asterisk.hangs_up(call)
    await exchange.ended(call)


@pytest.mark.parametrize("damage", ["missing", "no wav"])
async def test_a_recording_whose_file_is_lost_fails(exchange: Exchange, asterisk: FakeAri, damage: str) -> None:
    call, recording = await recording_call(exchange, name="x")
    file = exchange.folder / f"{recording}.wav"
    file.unlink() if damage == "missing" else file.write_bytes(b"no wav at all")
    asterisk.finishes_recording(recording)
    failed = await exchange.event(TaskEnded, kind="record")
    assert isinstance(failed.outcome, Failed) and failed.outcome.reason == "recording_lost"
    asterisk.hangs_up(call)
    await exchange.ended(call)


async def test_what_waits_for_a_recording_begins_behind_its_end(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(Record(name="x", wait=True), Play(source="http://host/a.wav"))
    recording = (await exchange.task_of(call.id, "record")).replace("task-", "rec-")
    await exchange.event(TaskStarted, kind="record")
    await settled()
    assert not exchange.told_of(TaskEnded)
    asterisk.finishes_recording(recording)
    await exchange.played()
    assert [event.kind for event in exchange.told_of(TaskEnded)] == ["record"]
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)


async def test_a_recording_that_is_waited_for_is_kept_when_its_party_hangs_up(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call = await exchange.call(Record(name="x", wait=True, purpose="voicemail:message/box-1"))
    await exchange.event(TaskStarted, kind="record")
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)
    outcome = exchange.told_of(TaskEnded)[0].outcome
    assert isinstance(outcome, Completed) and isinstance(outcome.result, Recorded)
    assert outcome.result.purpose == "voicemail:message/box-1"
    listed = await exchange.database.read(lambda conn: of_owner(conn, call.id))
    assert listed == [], "it is no recording of the customer's"


async def test_the_tone_is_played_once_it_records_and_a_tone_that_fails_ends_nothing(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call = await exchange.call(Record(name="x", beep=True, wait=True))
    recording = (await exchange.task_of(call.id, "record")).replace("task-", "rec-")
    tone = await exchange.played()
    asked = [request.path for request in asterisk.requests if request.method == "POST"]
    assert asked[-2].endswith("/record") and "/play/" in asked[-1]
    asterisk.finishes(tone, "failed")
    await settled()
    assert not exchange.told_of(TaskEnded)
    asterisk.finishes_recording(recording)
    ended = await exchange.event(TaskEnded, kind="record")
    assert isinstance(ended.outcome, Completed)
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)
