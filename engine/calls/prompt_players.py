"""What plays prompts: to a call's party, and to everybody in a conference."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import structlog

from engine.ari import playback as ari_playback
from engine.ari.errors import AriError
from engine.ari.playback import Playback
from engine.ari.targets import OnBridge, OnChannel, PlayTarget, Whisper
from engine.calls.services import CallServices
from engine.calls.session import Session
from engine.ids import new_id
from engine.media.prompts import Prompt
from engine.tasks.interfaces import Subject
from engine.tasks.results import TaskFailed

log = structlog.get_logger(__name__)


class _Heard:
    """A prompt that plays (engine.tasks.interfaces.Playing)."""

    def __init__(self, playback: Playback) -> None:
        self._playback = playback

    async def started(self) -> None:
        """Wait until it plays; raises TaskFailed."""
        if not await self._playback.started():
            await self.finished()

    async def finished(self) -> None:
        """Wait for its end; raises TaskFailed where it could not be played."""
        ended = await self._playback.finished()
        if ended.state == "failed":
            raise TaskFailed("playback_failed", "Asterisk could not play the prompt.")


@asynccontextmanager
async def heard(
    services: CallServices, target: PlayTarget, prompt: Prompt | None, on: Subject, part: int | None = None
) -> AsyncIterator[_Heard]:
    """Play a prompt under the task's id, or go on with one that a controller that is gone asked for.

    One that it asked for and that Asterisk does not know is over if it was accepted, else it was never played.
    The parts of a series take turns with two ids, so that a next controller knows which one may play still.
    """
    client, bus = services.client, services.bus
    if part is not None:
        assert prompt
        if on.resumed and part == 0:
            for old in (0, 1):
                async with ari_playback.adopting(client, bus, target, f"{on.task_id}-{old}"):
                    pass  # leaving stops it
        async with ari_playback.playing(client, bus, target, prompt.media, f"{on.task_id}-{part % 2}") as one:
            yield _Heard(one)
        return
    async with AsyncExitStack() as stack:
        playback: Playback | None = None
        if on.intended:
            playback = await stack.enter_async_context(ari_playback.adopting(client, bus, target, on.task_id))
            if playback.unseen and not on.was_accepted:
                playback = None
        if playback is None:
            assert prompt
            playing = ari_playback.playing(client, bus, target, prompt.media, on.task_id)
            playback = await stack.enter_async_context(playing)
        yield _Heard(playback)


class CallPlayer:
    """Plays to a call's party; in a conference only it hears the prompt."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @asynccontextmanager
    async def playing(self, prompt: Prompt | None, on: Subject, *, part: int | None = None) -> AsyncIterator[_Heard]:
        """Play a prompt to everyone here; leaving the block early stops it and waits for its end.

        One prompt at a time: Asterisk is never given a queue of them.
        """
        session = self._session
        media = session.media
        async with media.speaking:
            if media.bridge:
                target = Whisper(session.channel.id, f"snoop-{on.task_id}")
                async with heard(session.services, target, prompt, on, part) as playing:
                    yield playing
                return
            with media.silence.displaced():
                async with heard(session.services, OnChannel(session.channel.id), prompt, on, part) as playing:
                    yield playing


class ConferencePlayer:
    """Plays to everybody in a conference, one prompt at a time."""

    def __init__(self, services: CallServices, bridge: str) -> None:
        self._services, self._bridge, self._speaking = services, bridge, asyncio.Lock()

    @asynccontextmanager
    async def playing(self, prompt: Prompt | None, on: Subject, *, part: int | None = None) -> AsyncIterator[_Heard]:
        """Play a prompt to everyone here; leaving the block early stops it and waits for its end."""
        target = OnBridge(self._bridge)
        async with self._speaking, heard(self._services, target, prompt, on, part) as playing:
            yield playing

    async def announce(self, media: str, seconds: float | None) -> None:
        """Play a media URI of Asterisk's to its end, or for so long; one that fails is logged and left out."""
        client, bus = self._services.client, self._services.bus
        target, id = OnBridge(self._bridge), new_id("play")
        try:
            async with self._speaking, ari_playback.playing(client, bus, target, media, id) as one:
                if seconds is None:
                    await one.finished()
                elif await one.started():
                    await asyncio.sleep(seconds)
        except AriError as error:
            log.warning("An announcement could not be played.", conference=self._bridge, error=str(error))
