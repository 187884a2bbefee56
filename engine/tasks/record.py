"""Record what the far party says, or both parties, or a whole conference."""

import asyncio
import contextlib
from contextlib import AbstractAsyncContextManager
from typing import ClassVar, Literal, Protocol

from engine.ari.errors import AriError
from engine.media import s3_address
from engine.media.tones import BEEP
from engine.tasks.interfaces import ActiveRecording, Subject
from engine.tasks.play import Play
from engine.tasks.playing import Series
from engine.tasks.results import Recorded, TaskFailed
from engine.tasks.secret import Secret
from engine.tasks.task import Recovery, Task

_BEEP = Play(source=BEEP)


class Record(Task, frozen=True, kw_only=True, tag="record"):
    """Record while the queue continues, until it is stopped, the call ends or a limit passes (seconds; None: no limit).

    With `wait` the queue goes on behind its end. With `beep` the party hears a tone once it is recorded.
    `terminator` is a digit that ends it ("": none). `name` is what the recording's link ends in, before its format.
    `both_sides`: both parties and the prompts, else only the far party. `destination` is "" for our own store, else
    `s3://bucket/[folder/][file]`, for which `credentials` are `access key:secret key:region`; without a file it gets
    the recording's name. `notify`: RecordingAvailable is written when the file is there.
    `ends_with_pair`: it is stopped if the call and the one that it is connected with are taken apart, as by a transfer.
    `purpose` is what a feature records for, `<feature>:…`, its own to read: then it is no recording of the customer's.
    """

    recovery: ClassVar[Recovery] = Recovery.ADOPT
    graceful: ClassVar[bool] = True

    name: str = ""
    max_seconds: float | None = None
    max_silence: float | None = None
    terminator: str = ""
    both_sides: bool = False
    format: Literal["wav", "mp3"] = "wav"
    destination: str = ""
    credentials: Secret | None = None
    notify: bool = False
    wait: bool = False
    beep: bool = False
    purpose: str = ""
    ends_with_pair: bool = False

    def __post_init__(self) -> None:
        """Raises ValueError, without the credentials."""
        if self.destination:
            s3_address.place(self.destination)
            if self.credentials is None or not self.credentials.sealed:
                s3_address.keys(self.credentials.value if self.credentials else "")

    @property
    def background(self) -> bool:
        """A recorder that nobody waits for lets the queue go on."""
        return not self.wait

    @property
    def prompts(self) -> tuple[Play, ...]:
        """What it will play: prepared from when it is queued."""
        return (_BEEP,) if self.beep else ()

    async def run(self, on: "Recordable") -> Recorded:
        """Record until something ends it; the file is kept however it ends."""
        async with on.recorder.recording(self, on) as recording:
            await recording.started()
            await on.started()
            watchers = [asyncio.create_task(_stop_on_request(recording, on), name=f"stop {on.task_id}")]
            if self.terminator:
                watch = _stop_on_digit(recording, on, self.terminator)
                watchers.append(asyncio.create_task(watch, name=f"terminator {on.task_id}"))
            if self.beep and not on.was_accepted:
                watchers.append(asyncio.create_task(_beep(on), name=f"beep {on.task_id}"))
            try:
                return await recording.finished()
            finally:
                for watcher in watchers:
                    watcher.cancel()


class Recorder(Protocol):
    """Something that can be recorded: what a call's far party says, or a whole conference."""

    def recording(self, task: Record, on: Subject) -> AbstractAsyncContextManager[ActiveRecording]:
        """Record under `task`'s limits; leaving the block ends it."""


class Recordable(Subject, Protocol):
    """What a Record needs."""

    @property
    def recorder(self) -> Recorder:
        """Records."""


async def _beep(on: Subject) -> None:
    """Play the tone. Where that fails, as at the end of the call, the recording goes on."""
    with contextlib.suppress(TaskFailed, AriError):
        await Series(on).play((_BEEP,))


async def _stop_on_request(recording: ActiveRecording, on: Subject) -> None:
    await on.stop_requested.wait()
    await recording.stop()


async def _stop_on_digit(recording: ActiveRecording, on: Subject, terminator: str) -> None:
    with on.keypad.listening(takes=terminator) as digits:
        async for heard in digits:
            if heard.digit == terminator:
                await on.digit(heard, accepted=True)
                await recording.stop()
                return
