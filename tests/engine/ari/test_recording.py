import asyncio

import pytest

from engine.ari.bus import Bus
from engine.ari.client import AriClient
from engine.ari.errors import AriNotFound, Gone, NotStarted
from engine.ari.recording import adopting, recording
from engine.ari.targets import Finished, Listen, OnBridge
from tests.fakes.ari import FakeAri

CALL = Listen("call-1", "snoop-1")


@pytest.fixture(autouse=True)
def a_call(asterisk: FakeAri, bus: Bus) -> None:
    asterisk.incoming("call-1", ["inbound", "100"])


async def test_a_call_is_recorded_through_a_snoop(asterisk: FakeAri, client: AriClient, bus: Bus) -> None:
    async with recording(client, bus, CALL, "rec-1", max_seconds=60, max_silence_seconds=3) as live:
        assert await live.started()
        assert await live.stop() == Finished(state="done", stopped=True)
    snoop = await asterisk.asked("POST", "/channels/call-1/snoop/snoop-1")
    record = await asterisk.asked("POST", "/channels/snoop-1/record")
    assert (snoop.query["spy"], snoop.query["whisper"]) == ("in", "none")
    assert record.query == {
        "name": "rec-1",
        "format": "wav",
        "maxDurationSeconds": "60",
        "maxSilenceSeconds": "3",
        "ifExists": "overwrite",
        "terminateOn": "none",
    }
    assert "snoop-1" not in asterisk.world.channels


async def test_leaving_keeps_the_recording_and_hangs_the_snoop_up(
    asterisk: FakeAri, client: AriClient, bus: Bus
) -> None:
    async with recording(client, bus, CALL, "rec-1") as live:
        await live.started()
    assert await live.finished() == Finished(state="done", stopped=True)
    assert "snoop-1" not in asterisk.world.channels
    assert "call-1" in asterisk.world.channels


async def test_the_snoop_answers_but_never_comes_up(
    asterisk: FakeAri, client: AriClient, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.ari.snoop.STARTS_WITHIN_SECONDS", 0.01)
    asterisk.hold_events()
    with pytest.raises(NotStarted):
        async with recording(client, bus, CALL, "rec-1"):
            pytest.fail("the snoop never came up")
    assert "snoop-1" not in asterisk.world.channels
    assert not asterisk.was_asked("POST", "/channels/snoop-1/record")


async def test_the_call_ends_while_the_snoop_comes_up(asterisk: FakeAri, client: AriClient, bus: Bus) -> None:
    asterisk.hold_events()

    def hung_up() -> None:
        asterisk.hangs_up("call-1")
        asterisk.world.in_stasis.clear()

    asterisk.before_answering("POST", "/channels/call-1/snoop/snoop-1", hung_up)
    recorded = asyncio.create_task(record_shortly(client, bus))
    await asterisk.asked("POST", "/channels/call-1/snoop/snoop-1")
    asterisk.release_events()
    with pytest.raises((Gone, AriNotFound)):
        await recorded


async def record_shortly(client: AriClient, bus: Bus) -> None:
    async with recording(client, bus, CALL, "rec-1"):
        pass


async def test_the_call_is_gone_before(asterisk: FakeAri, client: AriClient, bus: Bus) -> None:
    with pytest.raises(AriNotFound):
        async with recording(client, bus, Listen("nobody", "snoop-1"), "rec-1"):
            pytest.fail("there is nothing to record")


async def test_the_end_of_the_call_ends_it_and_the_file_is_good(asterisk: FakeAri, client: AriClient, bus: Bus) -> None:
    async with recording(client, bus, CALL, "rec-1") as live:
        await live.started()
        asterisk.hangs_up("call-1")
        assert (await live.finished()).state == "done"
    assert asterisk.world.channels == {}


async def test_a_visit_to_the_dialplan_does_not_end_it(asterisk: FakeAri, client: AriClient, bus: Bus) -> None:
    async with recording(client, bus, CALL, "rec-1") as live:
        await live.started()
        asterisk.world.leave_stasis("call-1")
        asterisk.finishes_recording("rec-1")
        assert await live.finished() == Finished(state="done")


async def test_it_ends_by_its_limit(asterisk: FakeAri, client: AriClient, bus: Bus) -> None:
    async with recording(client, bus, CALL, "rec-1", max_seconds=1) as live:
        asterisk.finishes_recording("rec-1")
        assert await live.finished() == Finished(state="done")
    assert not asterisk.was_asked("POST", "/recordings/live/rec-1/stop")


async def test_asterisk_cannot_record(asterisk: FakeAri, client: AriClient, bus: Bus) -> None:
    async with recording(client, bus, CALL, "rec-1") as live:
        asterisk.finishes_recording("rec-1", "failed", "No space left on device")
        assert await live.finished() == Finished(state="failed", cause="No space left on device")


async def test_cancelled_while_the_snoop_is_being_made(asterisk: FakeAri, client: AriClient, bus: Bus) -> None:
    held = asterisk.hold("POST", "/channels/call-1/snoop/snoop-1")
    recorded = asyncio.create_task(record_shortly(client, bus))
    await held.reached.wait()
    recorded.cancel()
    held.gate.set()
    with pytest.raises(asyncio.CancelledError):
        await recorded
    assert "snoop-1" not in asterisk.world.channels


async def test_a_snoop_of_an_earlier_attempt_is_ours(asterisk: FakeAri, client: AriClient, bus: Bus) -> None:
    asterisk.world.snoop("call-1", "snoop-1", [])
    async with recording(client, bus, CALL, "rec-1") as live:
        assert await live.started()


async def test_after_a_restart_a_recording_is_found_again(asterisk: FakeAri, client: AriClient, bus: Bus) -> None:
    asterisk.world.snoop("call-1", "snoop-1", [])
    asterisk.world.record("channel:snoop-1", "rec-1", "overwrite")
    async with adopting(client, bus, CALL, "rec-1") as live:
        assert await live.started()
        assert await live.stop() == Finished(state="done", stopped=True)
    assert "snoop-1" not in asterisk.world.channels


async def test_after_a_restart_an_unknown_recording_has_ended(asterisk: FakeAri, client: AriClient, bus: Bus) -> None:
    async with adopting(client, bus, CALL, "rec-1") as live:
        assert await live.finished() == Finished(state="done", unseen=True)


async def test_a_bridge_is_recorded(asterisk: FakeAri, client: AriClient, bus: Bus) -> None:
    asterisk.world.add_bridge("room", "mixing", "")
    async with recording(client, bus, OnBridge("room"), "rec-1") as live:
        await live.started()
        asterisk.world.end_bridge("room")
        assert (await live.finished()).state == "done"


async def test_pause_and_unpause(asterisk: FakeAri, client: AriClient, bus: Bus) -> None:
    async with recording(client, bus, CALL, "rec-1") as live:
        await live.pause()
        await live.unpause()
    assert asterisk.was_asked("POST", "/recordings/live/rec-1/pause")
    assert asterisk.was_asked("DELETE", "/recordings/live/rec-1/pause")
