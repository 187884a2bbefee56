import asyncio

import pytest

from engine.ari.bus import Bus
from engine.ari.client import AriClient
from engine.ari.errors import AriConflict, AriNotFound, AriUnreachable
from engine.ari.playback import adopting, playing
from engine.ari.targets import Finished, OnBridge, OnChannel, Whisper
from tests.fakes.ari import FakeAri

CALL = OnChannel("call-1")


@pytest.fixture(autouse=True)
def a_call(asterisk: FakeAri, bus: Bus) -> None:
    asterisk.incoming("call-1", ["inbound", "100"])


async def test_it_starts_and_ends(asterisk: FakeAri, client: AriClient, bus: Bus) -> None:
    async with playing(client, bus, CALL, "sound:hello", "task-1") as playback:
        assert await playback.started()
        asterisk.finishes("task-1")
        assert await playback.finished() == Finished(state="done")
    assert not asterisk.was_asked("DELETE", "/playbacks/*")


async def test_it_ends_before_asterisk_answers_the_request(asterisk: FakeAri, client: AriClient, bus: Bus) -> None:
    asterisk.before_answering("POST", "/channels/call-1/play/*", lambda: asterisk.finishes("task-1"))
    async with playing(client, bus, CALL, "sound:hello", "task-1") as playback:
        assert await playback.finished() == Finished(state="done")
        assert await playback.started()


async def test_it_ends_without_having_started(asterisk: FakeAri, client: AriClient, bus: Bus) -> None:
    asterisk.hold_events()
    async with playing(client, bus, CALL, "sound:missing", "task-1") as playback:
        asterisk.world.playbacks.clear()
        asterisk.release_events()
        asterisk.emit(
            {
                "type": "PlaybackFinished",
                "playback": {"id": "task-1", "state": "failed", "target_uri": "channel:call-1", "media_uri": ""},
            }
        )
        assert await playback.finished() == Finished(state="failed")


async def test_a_channel_that_is_gone_cannot_be_played_to(asterisk: FakeAri, client: AriClient, bus: Bus) -> None:
    with pytest.raises(
        AriNotFound, match=r"does not exist.*POST /channels/nobody/play/task-1 -> 404: Channel not found"
    ):
        async with playing(client, bus, OnChannel("nobody"), "sound:hello", "task-1"):
            pytest.fail("it was never accepted")
    assert not asterisk.was_asked("DELETE", "/playbacks/task-1")


async def test_asterisk_refuses_a_channel_outside_the_application(
    asterisk: FakeAri, client: AriClient, bus: Bus
) -> None:
    asterisk.refuse("POST", "/channels/call-1/play/*", 409)
    with pytest.raises(AriConflict):
        async with playing(client, bus, CALL, "sound:hello", "task-1"):
            pytest.fail("it was never accepted")


async def test_a_request_without_an_answer_may_have_been_carried_out_so_it_is_stopped(
    asterisk: FakeAri, bus: Bus
) -> None:
    held = asterisk.hold("POST", "/channels/call-1/play/*")
    async with AriClient(asterisk.url, "carillon", "secret", "carillon-0", timeout=0.05) as hasty:
        with pytest.raises(AriUnreachable):
            async with playing(hasty, bus, CALL, "sound:hello", "task-1"):
                pytest.fail("it was never accepted")
    held.gate.set()
    assert asterisk.was_asked("DELETE", "/playbacks/task-1")


async def test_leaving_stops_what_still_plays_and_waits_for_its_end(
    asterisk: FakeAri, client: AriClient, bus: Bus
) -> None:
    async with playing(client, bus, CALL, "sound:hello", "task-1") as playback:
        assert await playback.started()
    assert await playback.finished() == Finished(state="done", stopped=True)
    assert asterisk.world.playbacks == {}


async def test_cancelled_after_it_started_it_is_stopped(asterisk: FakeAri, client: AriClient, bus: Bus) -> None:
    started = asyncio.Event()

    async def play() -> None:
        async with playing(client, bus, CALL, "sound:hello", "task-1") as playback:
            await playback.started()
            started.set()
            await playback.finished()

    task = asyncio.create_task(play())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert asterisk.world.playbacks == {}


async def test_cancelled_while_the_request_is_in_flight_the_stop_does_not_overtake_it(
    asterisk: FakeAri, client: AriClient, bus: Bus
) -> None:
    held = asterisk.hold("POST", "/channels/call-1/play/*")

    async def play() -> None:
        async with playing(client, bus, CALL, "sound:hello", "task-1"):
            pytest.fail("it was cancelled before")

    task = asyncio.create_task(play())
    await held.reached.wait()
    task.cancel()
    held.gate.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert asterisk.was_asked("DELETE", "/playbacks/task-1")
    assert asterisk.world.playbacks == {}


async def test_the_far_end_hangs_up_meanwhile(asterisk: FakeAri, client: AriClient, bus: Bus) -> None:
    async with playing(client, bus, CALL, "sound:hello", "task-1") as playback:
        await playback.started()
        asterisk.hangs_up("call-1")
        assert await playback.finished() == Finished(state="failed", gone=True)


async def test_the_channel_ends_and_the_end_of_the_playback_is_never_reported(
    asterisk: FakeAri, client: AriClient, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with playing(client, bus, CALL, "sound:hello", "task-1") as playback:
        monkeypatch.setattr(type(playback), "ends_within", 0.01)
        asterisk.world.playbacks.clear()
        asterisk.hangs_up("call-1")
        assert await playback.finished() == Finished(state="failed", gone=True)


async def test_stopping_twice_is_harmless(asterisk: FakeAri, client: AriClient, bus: Bus) -> None:
    async with playing(client, bus, CALL, "sound:hello", "task-1") as playback:
        assert await playback.stop() == Finished(state="done", stopped=True)
        assert await playback.stop() == Finished(state="done", stopped=True)
    assert len([one for one in asterisk.requests if one.method == "DELETE"]) == 1


async def test_the_socket_is_lost_and_the_playback_ends_meanwhile(
    asterisk: FakeAri, client: AriClient, bus: Bus
) -> None:
    async with playing(client, bus, CALL, "sound:hello", "task-1") as playback:
        await playback.started()
        await asterisk.drop_socket()
        asterisk.finishes("task-1")
        assert await playback.finished() == Finished(state="done", unseen=True)


async def test_the_socket_is_lost_and_the_playback_continues(asterisk: FakeAri, client: AriClient, bus: Bus) -> None:
    async with playing(client, bus, CALL, "sound:hello", "task-1") as playback:
        await playback.started()
        await asterisk.drop_socket()
        waiting = asyncio.create_task(playback.finished())
        await asterisk.asked("GET", "/playbacks/task-1")
        asterisk.finishes("task-1")
        assert await waiting == Finished(state="done")


async def test_asterisk_does_not_answer_when_asked_after_a_lost_socket(
    asterisk: FakeAri, client: AriClient, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.ari.operation.CHECK_AGAIN_SECONDS", 0.01)
    async with playing(client, bus, CALL, "sound:hello", "task-1") as playback:
        await playback.started()
        asterisk.refuse("GET", "/playbacks/task-1", 500)
        await asterisk.drop_socket()
        asterisk.finishes("task-1")
        assert await playback.finished() == Finished(state="done", unseen=True)


async def test_after_a_restart_a_playback_is_found_again(asterisk: FakeAri, client: AriClient, bus: Bus) -> None:
    asterisk.world.play("channel:call-1", "task-1", "sound:hello", None)
    async with adopting(client, bus, CALL, "task-1") as playback:
        assert await playback.started()
        asterisk.finishes("task-1")
        assert await playback.finished() == Finished(state="done")


async def test_after_a_restart_an_unknown_playback_has_ended(asterisk: FakeAri, client: AriClient, bus: Bus) -> None:
    async with adopting(client, bus, CALL, "task-1") as playback:
        assert await playback.finished() == Finished(state="done", unseen=True)
    assert not asterisk.was_asked("DELETE", "/playbacks/task-1")


async def test_to_a_bridge(asterisk: FakeAri, client: AriClient, bus: Bus) -> None:
    asterisk.world.add_bridge("room", "mixing", "")
    async with playing(client, bus, OnBridge("room"), "sound:hello", "task-1") as playback:
        await playback.started()
        asterisk.world.end_bridge("room")
        assert (await playback.finished()).state == "failed"


async def test_to_one_party_in_a_bridge_through_a_snoop(asterisk: FakeAri, client: AriClient, bus: Bus) -> None:
    async with playing(client, bus, Whisper("call-1", "snoop-1"), "sound:hello", "task-1") as playback:
        snoop = await asterisk.asked("POST", "/channels/call-1/snoop/snoop-1")
        assert (snoop.query["spy"], snoop.query["whisper"]) == ("none", "out")
        await asterisk.asked("POST", "/channels/snoop-1/play/task-1")
        asterisk.finishes("task-1")
        assert (await playback.finished()).state == "done"
    assert "snoop-1" not in asterisk.world.channels


async def test_to_one_party_that_hangs_up(asterisk: FakeAri, client: AriClient, bus: Bus) -> None:
    async with playing(client, bus, Whisper("call-1", "snoop-1"), "sound:hello", "task-1") as playback:
        asterisk.hangs_up("call-1")
        assert (await playback.finished()).gone
    assert asterisk.world.channels == {}


async def test_offset_and_language_go_out_as_asterisk_names_them(
    asterisk: FakeAri, client: AriClient, bus: Bus
) -> None:
    async with playing(client, bus, CALL, "sound:/a b", "task-1", language="de", offset_ms=1500):
        asked = await asterisk.asked("POST", "/channels/call-1/play/task-1")
    assert asked.query == {"media": "sound:/a b", "lang": "de", "offsetms": "1500"}


async def test_several_items_at_once_are_refused(client: AriClient, bus: Bus) -> None:
    with pytest.raises(ValueError, match="one thing at a time"):
        async with playing(client, bus, CALL, "tone:440/300,0/100", "task-1"):
            pytest.fail("it was never asked for")
