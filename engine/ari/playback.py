"""A playback as a context manager: subscribed to before the request, stopped when the context is left."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, ClassVar

from engine.ari import generated as ari
from engine.ari.bus import Bus, Resumed
from engine.ari.client import AriClient
from engine.ari.operation import Operation
from engine.ari.snoop import end_snoop, snooping
from engine.ari.targets import OnBridge, OnChannel, PlayTarget, Whisper


class Playback(Operation):
    """One playback. Made by playing() and adopting()."""

    types: ClassVar[tuple[type, ...]] = (
        ari.PlaybackStarted,
        ari.PlaybackFinished,
        ari.ChannelHangupRequest,
        ari.StasisEnd,
        ari.ChannelDestroyed,
        ari.BridgeDestroyed,
        Resumed,
    )
    ends_within: ClassVar[float] = 2.0

    def __init__(self, client: AriClient, bus: Bus, id: str, *others: str) -> None:
        super().__init__(bus, id, *others)
        self._client = client

    def _take(self, event: Any) -> None:
        if isinstance(event, ari.PlaybackStarted):
            self._begun = True
        elif isinstance(event, ari.PlaybackFinished):
            self._finish(event.playback.state)
        elif isinstance(event, ari.ChannelHangupRequest):  # PlaybackFinished "failed" follows it
            self._gone = True

    def _ended_with(self, event: Any) -> bool:
        return isinstance(event, ari.StasisEnd | ari.ChannelDestroyed | ari.BridgeDestroyed)

    async def _ask_stop(self) -> None:
        await self._client.playbacks.stop(self.id)

    async def _fetch(self) -> tuple[bool, str]:
        state = (await self._client.playbacks.get(self.id)).state
        return state != "queued", state


def _followed(target: PlayTarget) -> tuple[str, ...]:
    return (target.channel, target.snoop) if isinstance(target, Whisper) else (target.id,)


@asynccontextmanager
async def playing(
    client: AriClient,
    bus: Bus,
    target: PlayTarget,
    media: str,
    playback_id: str,
    *,
    language: str | None = None,
    offset_ms: int | None = None,
) -> AsyncIterator[Playback]:
    """Plays `media` (a sound:, tone: or recording: URI) under `id`, which we chose and use once.

    Leaving the context stops the playback and waits for its end, at most 2 s; so does a cancellation, even while the
    request is in flight. `offset_ms` milliseconds of the beginning are skipped. A second playback on a channel waits
    in Asterisk until the first one ends, so play one at a time.
    Raises AriNotFound or AriConflict if the channel or bridge is gone or not in our application, and other AriErrors;
    ValueError for a comma, at which Asterisk splits the URI into several items, and hides which of them failed.
    """
    if "," in media:
        raise ValueError("a media URI with a comma is several items to Asterisk: play one thing at a time")
    async with AsyncExitStack() as stack:
        if isinstance(target, Whisper):
            await stack.enter_async_context(snooping(client, bus, target.channel, target.snoop, whisper="out"))
        playback = Playback(client, bus, playback_id, *_followed(target))
        stack.callback(playback.close)
        request = _play(client, target, media, playback_id, language, offset_ms)
        try:
            await playback.begin(request)
            yield playback
        finally:
            await playback.leave()


@asynccontextmanager
async def adopting(client: AriClient, bus: Bus, target: PlayTarget, playback_id: str) -> AsyncIterator[Playback]:
    """Follows a playback that an earlier process began; if Asterisk does not know it, it has finished, unseen."""
    playback = Playback(client, bus, playback_id, *_followed(target))
    async with AsyncExitStack() as stack:
        if isinstance(target, Whisper):
            stack.push_async_callback(end_snoop, client, target.snoop)
        stack.callback(playback.close)
        await playback.check()
        try:
            yield playback
        finally:
            await playback.leave()


async def _play(
    client: AriClient, target: PlayTarget, media: str, playback_id: str, language: str | None, offset_ms: int | None
) -> None:
    if isinstance(target, OnBridge):
        await client.bridges.play_with_id(target.id, playback_id, media=media, lang=language, offsetms=offset_ms)
    else:
        channel = target.id if isinstance(target, OnChannel) else target.snoop
        await client.channels.play_with_id(channel, playback_id, media=media, lang=language, offsetms=offset_ms)
