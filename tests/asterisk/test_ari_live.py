"""The ARI layer on a real Asterisk, in an application of its own; the far end is a websocket that carries the audio."""

import asyncio
import io
import uuid
import wave
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest

from engine.ari import generated as ari
from engine.ari.bridge import Bridge
from engine.ari.bus import Bus
from engine.ari.channel import Channel
from engine.ari.client import AriClient
from engine.ari.connection import AriConnection
from engine.ari.errors import AriNotFound, Replaced, ServerError
from engine.ari.playback import adopting, playing
from engine.ari.recording import recording
from engine.ari.targets import Finished, Listen, OnBridge, OnChannel, Whisper
from tests.asterisk.ari_system import ari_address

TONE = "tone:ring"
SHORT = "sound:beep"


@dataclass
class Live:
    """A connected controller."""

    client: AriClient
    bus: Bus
    running: asyncio.Task[None]
    losses: list[str]
    prefix: str = field(default_factory=lambda: uuid.uuid4().hex[:12])

    def id(self, name: str) -> str:
        return f"{name}-{self.prefix}"

    def channel(self, name: str = "call") -> Channel:
        return Channel(self.client, self.bus, self.id(name))


async def connected(client: AriClient, bus: Bus, losses: list[str]) -> asyncio.Task[None]:
    ready = asyncio.Event()

    async def on_connected() -> None:
        ready.set()

    connection = AriConnection(client, bus, on_connected=on_connected, on_lost=lambda: losses.append("lost"))
    running = asyncio.create_task(connection.run(), name="connection under test")
    async with asyncio.timeout(10):
        await ready.wait()
    return running


@pytest.fixture
async def live() -> AsyncIterator[Live]:
    at, bus, losses = ari_address(), Bus(), []
    async with AriClient(at.url, at.user, at.password, f"ari-test-{uuid.uuid4().hex[:8]}") as client:
        running = await connected(client, bus, losses)
        yield Live(client, bus, running, losses)
        running.cancel()
        await asyncio.wait([running])


@pytest.fixture
async def call(live: Live) -> AsyncIterator[Channel]:
    """Answered, in our application."""
    made = live.channel()
    with live.bus.subscribe(made.id, types=(ari.ChannelStateChange,)) as events:
        await made.create("WebSocket/INCOMING/c(ulaw)", args=["out"])
        await made.dial(seconds=10)
        connection = await made.variable("MEDIA_WEBSOCKET_CONNECTION_ID")
        address = f"{ari_address().url.removesuffix('/ari')}/media/{connection}"
        async with aiohttp.ClientSession() as session, session.ws_connect(address, protocols=("media",)) as far_end:
            hearing = asyncio.create_task(hear(far_end), name="far end")
            await events.until(ari.ChannelStateChange, within=5)
            yield made
            await made.hangup()
            await hearing


async def hear(far_end: aiohttp.ClientWebSocketResponse) -> None:
    async for _ in far_end:
        pass


async def test_a_playback_starts_and_ends(live: Live, call: Channel) -> None:
    async with playing(live.client, live.bus, OnChannel(call.id), SHORT, live.id("play")) as playback:
        assert await playback.started()
        assert await playback.finished() == Finished(state="done")


async def test_a_tone_is_stopped(live: Live, call: Channel) -> None:
    async with playing(live.client, live.bus, OnChannel(call.id), TONE, live.id("play")) as playback:
        assert await playback.started()
        assert await playback.stop() == Finished(state="done", stopped=True)


async def test_a_missing_sound_fails(live: Live, call: Channel) -> None:
    async with playing(live.client, live.bus, OnChannel(call.id), "sound:/missing", live.id("play")) as playback:
        assert await playback.finished() == Finished(state="failed")


async def test_cancelled_at_any_moment_nothing_plays_on(live: Live, call: Channel) -> None:
    async def play(name: str) -> None:
        async with playing(live.client, live.bus, OnChannel(call.id), TONE, name) as playback:
            await playback.finished()

    for steps in range(1, 25):
        name = live.id(f"play{steps}")
        task = asyncio.create_task(play(name))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        async with adopting(live.client, live.bus, OnChannel(call.id), name) as playback:
            assert (await playback.finished()).unseen


async def test_hanging_up_ends_what_plays_and_what_records(live: Live, call: Channel) -> None:
    target = Listen(call.id, live.id("snoop"), spy="out")
    name = live.id("rec")
    with live.bus.subscribe(call.id) as events:
        async with (
            recording(live.client, live.bus, target, name) as taken,
            playing(live.client, live.bus, OnChannel(call.id), TONE, live.id("play")) as playback,
        ):
            assert await taken.started() and await playback.started()
            await call.hangup(cause=17)
            assert await playback.finished() == Finished(state="failed", gone=True)
            assert (await taken.finished()).state == "done"
        assert (await events.until(ari.ChannelDestroyed, within=5)).cause == 17
    await live.client.recordings.delete_stored(name)


async def test_a_recording_is_a_wav_file(live: Live, call: Channel) -> None:
    name = live.id("rec")
    target = Listen(call.id, live.id("snoop"), spy="out")
    async with recording(live.client, live.bus, target, name, max_seconds=1) as taken:
        assert await taken.started()
        assert await taken.finished() == Finished(state="done")
    with wave.open(io.BytesIO(await live.client.recordings.get_stored_file(name))) as file:
        assert file.getframerate() == 8000
        assert 0.9 <= file.getnframes() / 8000 <= 2.1
    await live.client.recordings.delete_stored(name)


async def test_a_room_plays_is_recorded_and_whispers(live: Live, call: Channel) -> None:
    room, name = Bridge(live.client, live.bus, live.id("room")), live.id("rec")
    await room.create()
    await room.create()
    await room.add(call.id)
    assert await room.members() == (call.id,)
    async with recording(live.client, live.bus, OnBridge(room.id), name) as taken:
        async with playing(live.client, live.bus, OnBridge(room.id), SHORT, live.id("play1")) as playback:
            assert await playback.finished() == Finished(state="done")
        whisper = Whisper(call.id, live.id("snoop"))
        async with playing(live.client, live.bus, whisper, SHORT, live.id("play2")) as playback:
            assert await playback.finished() == Finished(state="done")
        assert (await taken.stop()).state == "done"
    with pytest.raises(AriNotFound):
        await room.add("nobody")
    await room.remove("nobody")
    await room.remove(call.id)
    await room.remove(call.id)
    await room.destroy()
    await room.destroy()
    await live.client.recordings.delete_stored(name)


async def test_an_id_taken_is_ours_and_an_unknown_endpoint_is_not_mistaken_for_it(live: Live) -> None:
    call = live.channel()  # Local: a WebSocket channel under a taken id makes Asterisk 22.10.1 crash
    assert (await call.create("Local/nobody@im")).id == (await call.create("Local/nobody@im")).id == call.id
    with pytest.raises(ServerError):
        await live.channel("other").create("PJSIP/1@nowhere")
    await call.hangup()


async def test_a_standby_takes_the_application_over(live: Live, call: Channel) -> None:
    losses: list[str] = []
    second = await connected(live.client, Bus(), losses)
    with pytest.raises(Replaced):
        await live.running
    assert live.losses == ["lost"] and await call.get() is not None
    second.cancel()
    await asyncio.wait([second])
