"""What a queued task is: frozen parameters, what the call must be, and what a restart does with it."""

from enum import StrEnum
from typing import Any, ClassVar

import msgspec

from engine.model.call_data import CallData
from engine.tasks.interfaces import Preparable
from engine.tasks.results import Result


class Requires(StrEnum):
    """What a call must be before its task may run; the queue's runner sees to it."""

    NOTHING = "nothing"
    ANSWERED = "answered"


class Recovery(StrEnum):
    """What becomes of a running task when its controller was killed and came back."""

    REPEAT = "repeat"  # run it again: it had no lasting effect, or is deadline-bound
    ADOPT = "adopt"  # its effect may still be going on in Asterisk: find it by id and go on
    ENDED = "ended"  # it is over


class TaskState(StrEnum):
    """Where a queued task stands."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    STOPPED = "stopped"
    DISCARDED = "discarded"


class Phase(StrEnum):
    """How far a running task's effect got: committed before asking, and after Asterisk's answer."""

    NONE = "none"
    INTENDED = "intended"
    ACCEPTED = "accepted"


class Task(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """One entry of a call's or conference's queue. `data` comes back in its events."""

    requires: ClassVar[Requires] = Requires.ANSWERED
    recovery: ClassVar[Recovery] = Recovery.REPEAT
    graceful: ClassVar[bool] = False
    """Ends by request (`stop_requested`) and still has a result, where others are cancelled."""
    offered: ClassVar[bool] = True
    """Whether a customer may give it; the others are written by the engine and its features alone."""

    id: str = ""
    data: CallData | None = None

    @property
    def background(self) -> bool:
        """Whether the queue goes on as soon as this task has started."""
        return False

    @property
    def prompts(self) -> tuple[Preparable, ...]:
        """What it will play, as far as that is known when it is queued: prepared from then on."""
        return ()

    @property
    def confidential(self) -> bool:
        """Whether the digits that it takes are shown to nobody."""
        return False

    @property
    def momentary(self) -> bool:
        """Whether it never holds the queue for longer than a moment: it may be done beside what does."""
        return self.background

    async def run(self, on: Any) -> Result:
        """Do it. Normal endings (a timeout too) are values, accidents exceptions; stopping is cancellation.

        `on` is the Subject, with the roles that this kind needs: the queue offers all of them (engine.queues.roles).
        """
        raise NotImplementedError
