"""What a running task may do, in small roles: the same Play serves a call and a conference.

No kind of task is named here, because each of them imports this. What only one kind does (dial, record, ask …) is a
protocol in the file of that kind; engine.queues.roles puts them together.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Any, Protocol

from engine.ari.errors import AriError
from engine.media.prompts import Prompt
from engine.model.call_data import CallData
from engine.tasks.results import Detected, Recorded, TaskFailed


class Prepare(Protocol):
    """Makes prompts for an account."""

    async def source(self, source: str) -> Prompt:
        """Fetch, check and convert an audio file, or take one that the account uploaded; raises PromptError."""

    async def text(
        self, text: str, locale: str, voice: str, *, ssml: bool = False, length_factor: float = 1.0
    ) -> Prompt:
        """Synthesise a text, which may be SSML, `length_factor` times as long as usual; raises PromptError."""


class Preparable(Protocol):
    """A prompt that is to be played (engine.tasks.playing.Audible)."""

    def prepared(self, prepare: Prepare) -> Coroutine[Any, Any, Prompt]:
        """Make it ready to play; raises PromptError."""

    def due(self, last: str) -> "Preparable":
        """The prompt as it is now that its time has come; `last` are the digits last collected."""


class Playing(Protocol):
    """A prompt that is being played."""

    async def started(self) -> None:
        """Wait until it plays; raises TaskFailed."""

    async def finished(self) -> None:
        """Wait for its end; raises TaskFailed where it could not be played."""


class Player(Protocol):
    """Something that can play: a call or a conference."""

    def playing(
        self, prompt: Prompt | None, on: "Subject", *, part: int | None = None
    ) -> AbstractAsyncContextManager[Playing]:
        """Play a prompt to everyone here; leaving the block early stops it and waits for its end.

        None: the task's prompt was accepted before a restart, and is only waited for. `part` counts the prompts of a
        task that plays several, from 0; with its first one what it played before a restart is stopped.
        """


class ActiveRecording(Protocol):
    """A recorder that runs."""

    async def started(self) -> None:
        """Wait until it records; raises TaskFailed."""

    async def finished(self) -> Recorded:
        """Wait for its end by itself, by `stop` or by the call's end; the file is then measured and kept."""

    async def stop(self) -> None:
        """Ask it to end."""


class Digit(Protocol):
    """One digit and the call whose party pressed it."""

    @property
    def digit(self) -> str:
        """0-9, A-D, * or #."""

    @property
    def call(self) -> str:
        """The call's id."""

    @property
    def secret(self) -> bool:
        """Whether it is shown to nobody."""


class Presses(Protocol):
    """Digits in their order. A reader that is cancelled loses none: it may ask again."""

    @property
    def waiting(self) -> bool:
        """Whether there is one already; it is not taken."""

    async def arrived(self) -> None:
        """Wait until there is one; it is not taken."""

    async def held(self, seconds: float) -> bool:
        """Whether a key is down for so long from now on, whose digit comes when it is released."""

    def __aiter__(self) -> AsyncIterator[Digit]: ...

    async def __anext__(self) -> Digit: ...


class Keypad(Protocol):
    """Where digits come from and go to."""

    last: str
    """The digits last collected by a WaitForDigits of this queue, e.g. for `{digit}` in a text."""

    def listening(self, *, takes: str = "") -> AbstractContextManager[Presses]:
        """Hear every digit from now on until the block is left; those in `takes` are nobody else's."""

    def taking(self, *, typed_ahead: bool = False, secret: bool = False) -> AbstractContextManager[Presses]:
        """Take every digit until the block is left. What was typed before and no task took comes first, or is dropped.

        `secret`: the digits are shown to nobody. What is left unread is typed ahead, for the next task.
        """

    async def send(self, digits: str, *, milliseconds: int, gap: int) -> None:
        """Press digits towards the far party and wait until they are sent."""


class Detector(Protocol):
    """Listens to who answered."""

    async def detect(self, on: "Subject") -> Detected:
        """Find out whether it is a machine; raises AriError when the call ends meanwhile."""

    async def quiet(self, on: "Subject") -> None:
        """Wait until a machine that answered has said its greeting and beeped: it says nothing more then.

        Waits for some time at most; raises AriError when the call ends meanwhile.
        """


class Line(Protocol):
    """The call itself."""

    async def hang_up(self, cause: str = "normal") -> None:
        """End the call (or the conference with everybody in it); raises TaskFailed for a cause that is none."""


class Subject(Protocol):
    """A running task's view of its call or conference, and of itself."""

    task_id: str
    data: CallData | None
    stop_requested: asyncio.Event

    @property
    def player(self) -> Player:
        """Plays."""

    @property
    def keypad(self) -> Keypad:
        """Hears and presses digits."""

    @property
    def detector(self) -> Detector:
        """Tells machines from people."""

    @property
    def line(self) -> Line:
        """Hangs up."""

    @property
    def resumed(self) -> bool:
        """Whether a controller that is gone had already begun this task."""

    @property
    def intended(self) -> bool:
        """Whether an earlier controller may have asked Asterisk for this task's effect."""

    @property
    def was_accepted(self) -> bool:
        """Whether Asterisk is known to have accepted this task's effect."""

    def accepted(self) -> None:
        """Note that Asterisk accepted the effect (written, not waited for)."""

    async def started(self) -> None:
        """Note that the effect began: TaskStarted, once even over a restart."""

    async def digit(self, digit: Digit, *, accepted: bool) -> None:
        """Note a digit that this task heard: DigitReceived."""

    def reached(self, where: str) -> None:
        """Note where the task is now, for the event of its end if it is stopped."""

    def remaining(self, seconds: float | None) -> float | None:
        """Seconds that are left of a limit that runs from the task's beginning, in wall time over a restart."""

    async def lead(self, destination: str, *, hops: int, by: str = "") -> None:
        """Queue what a destination means instead of what is queued behind this task.

        `hops` is how often the call was led on before, `by` the extension that diverts it, "" for none. Where it cannot
        be led there the call ends, and TaskFailed says why.
        """

    async def followed(self) -> None:
        """Wait until something is queued behind this task."""

    def remark(self, sentence: str) -> None:
        """Note what this task does otherwise than asked: TaskRemarked, once each."""

    async def prompt(self, of: Preparable) -> Prompt:
        """One of the task's prompts, prepared since it was queued; raises TaskFailed with what is wrong with it.

        One that is known only now (`Audible.due`) is made now.
        """

    async def only_the_end(self, error: TaskFailed | AriError) -> bool:
        """Whether a failure is only the end of the call seen from this task; waits a moment for it."""

    def stop_background(self, kind: str, data: CallData | None = None) -> int:
        """Stop this queue's running tasks of a kind; returns how many."""
