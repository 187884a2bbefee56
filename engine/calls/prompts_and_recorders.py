"""What a call can play and record: prompts to its party, and what its party says."""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import msgspec
import structlog
from sqlalchemy import Connection

from engine.ari import playback as ari_playback
from engine.ari import recording as ari_recording
from engine.ari.errors import AriError
from engine.ari.playback import Playback
from engine.ari.targets import Listen, OnBridge, OnChannel, PlayTarget, RecordTarget, Whisper
from engine.calls.services import CallServices
from engine.calls.session import Session
from engine.ids import new_id
from engine.media.prompts import Prompt
from engine.media.recordings import RecordingError
from engine.store import recordings
from engine.store.recordings import RecordingRow
from engine.tasks.interfaces import Subject
from engine.tasks.record import Record
from engine.tasks.results import Recorded, TaskFailed

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


class _Taken:
    """A recorder that runs (engine.tasks.interfaces.ActiveRecording)."""

    def __init__(self, live: ari_recording.Recording, services: CallServices, name: str, task: Record) -> None:
        self._live, self._services, self._name, self._task = live, services, name, task

    async def started(self) -> None:
        """Waits until it started; False when it ended without. "Started" is not "audible": that may take longer."""
        if not await self._live.started() and not self._live.unseen:
            raise TaskFailed("recording_failed", "Asterisk could not record.")

    async def stop(self) -> None:
        """Stops it and waits for its end, a bounded time."""
        await self._live.ask_to_stop()

    async def finished(self) -> Recorded:
        """Waits until it ended."""
        ended = await self._live.finished()
        if ended.state == "failed":
            raise TaskFailed("recording_failed", ended.cause or "Asterisk could not record.")
        recording = self._live.id
        try:
            if ended.unseen:
                await self._services.files.mend(recording)
            measure = await self._services.files.measure(recording)
        except RecordingError as error:
            raise TaskFailed("recording_lost", str(error)) from error
        write = self._services.writer
        write.post(lambda conn: recordings.finish(conn, recording, measure.seconds, measure.bytes))
        task = self._task
        return Recorded(
            recording=recording,
            name=self._name,
            seconds=measure.seconds,
            format=task.format,
            destination=task.destination,
            notify=task.notify,
            purpose=task.purpose,
        )


@asynccontextmanager
async def taken(
    services: CallServices, target: RecordTarget, task: Record, on: Subject, *, account: str, owner: str
) -> AsyncIterator[_Taken]:
    """Record under an id made of the task's, or go on with a recording that a controller that is gone asked for."""
    recording = on.task_id.replace("task-", "rec-", 1)
    row = RecordingRow(
        id=recording,
        account=account,
        owner=owner,
        task=on.task_id,
        name=task.name or owner,
        created=services.clock(),
        format=task.format,
        destination=task.destination,
        notify=task.notify,
        purpose=task.purpose,
    )
    name = await services.writer.write(lambda conn: _begun(conn, row))
    client, bus = services.client, services.bus
    async with AsyncExitStack() as stack:
        live: ari_recording.Recording | None = None
        if on.intended:
            live = await stack.enter_async_context(ari_recording.adopting(client, bus, target, recording))
            if live.unseen and not on.was_accepted:
                live = None
        if live is None:
            live = await stack.enter_async_context(
                ari_recording.recording(
                    client,
                    bus,
                    target,
                    recording,
                    max_seconds=math.ceil(task.max_seconds or 0),
                    max_silence_seconds=math.ceil(task.max_silence or 0),
                )
            )
        yield _Taken(live, services, name, task)


def _begun(conn: Connection, row: RecordingRow) -> str:
    """Keep a recording under a name that its owner has no other of, unless it is kept already; return its name."""
    if known := recordings.get(conn, row.id):
        return known.name
    name = recordings.unused_name(conn, row.owner, row.name)
    recordings.begin(conn, msgspec.structs.replace(row, name=name))
    return name


class CallRecorder:
    """Records what a call's party says (or both sides), also while prompts play and in a conference: by a snoop."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @asynccontextmanager
    async def recording(self, task: Record, on: Subject) -> AsyncIterator[_Taken]:
        """Record under `task`'s limits; leaving the block ends it."""
        session = self._session
        target = Listen(session.channel.id, f"snoop-{on.task_id}", "both" if task.both_sides else "in")
        call = session.call
        async with taken(session.services, target, task, on, account=call.account, owner=call.id) as recording:
            yield recording


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


class ConferenceRecorder:
    """Records a whole conference."""

    def __init__(self, services: CallServices, account: str, bridge: str) -> None:
        self._services, self._account, self._bridge = services, account, bridge

    @asynccontextmanager
    async def recording(self, task: Record, on: Subject) -> AsyncIterator[_Taken]:
        """Record under `task`'s limits; leaving the block ends it."""
        target = OnBridge(self._bridge)
        async with taken(self._services, target, task, on, account=self._account, owner=self._bridge) as recording:
            yield recording
