"""What records: a call's party or both its sides (by a snoop), and a whole conference.

It takes the sound from Asterisk; engine.media.recordings measures the file, engine.features.recordings delivers it.
"""

import math
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import msgspec
from sqlalchemy import Connection

from engine.ari import recording as ari_recording
from engine.ari.targets import Listen, OnBridge, RecordTarget
from engine.calls.services import CallServices
from engine.calls.session import Session
from engine.media.recordings import RecordingError
from engine.store import recordings
from engine.store.recordings import RecordingRow
from engine.tasks.interfaces import Subject
from engine.tasks.record import Record
from engine.tasks.results import Recorded, TaskFailed


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
