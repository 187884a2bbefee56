"""The live side of one queued task: what is happening with it, as opposed to what it is."""

import asyncio
from enum import StrEnum

import structlog

from engine.events import QuestionAsked
from engine.media.errors import PromptError
from engine.media.prompts import Prompt
from engine.model.call_data import CallData
from engine.store.tasks import TaskRow
from engine.tasks.interfaces import Preparable
from engine.tasks.kinds import AnyTask, kind_of
from engine.tasks.task import Phase, TaskState

log = structlog.get_logger(__name__)


class StopReason(StrEnum):
    """Why a running task was stopped, or a queued one discarded."""

    REQUESTED = "requested"
    CANCELLED = "cancelled"
    CALL_ENDED = "call_ended"
    CONFERENCE_ENDED = "conference_ended"
    REPLACED = "replaced"


class Entry:
    """One queued task and its fate; `begun` and `started` are Unix seconds."""

    def __init__(self, row: TaskRow, *, resumed: bool = False) -> None:
        self.task: AnyTask = row.task
        self.id = row.id
        self.kind = kind_of(row.task)
        self.state = row.state
        self.phase = row.phase
        self.begun = row.begun
        self.started = row.started
        self.resumed = resumed
        self.data = row.task.data
        self.prompts: dict[Preparable, asyncio.Task[Prompt]] = {}
        self.remarked: set[str] = set()
        self.runner: asyncio.Task[None] | None = None
        self.stop_requested = asyncio.Event()
        self.stopped_for: StopReason | None = None
        self.underway = asyncio.Event()  # its effect began, or it is over
        self.ended = asyncio.Event()
        self.where = ""  # of a task that has several places: the one that it is at
        self.question: QuestionAsked | None = None  # of one that asks, from its beginning on
        self.replying = self.silent = False
        self.replied = asyncio.Event()  # for one that asks: what to do next is queued

    @property
    def intended(self) -> bool:
        """Whether a controller that is gone may have asked Asterisk for its effect."""
        return self.resumed and self.phase is not Phase.NONE

    def begin(self, at: float, question: QuestionAsked) -> None:
        """Note that it began to ask with the commit that queued it."""
        self.state, self.phase, self.begun, self.question = TaskState.RUNNING, Phase.INTENDED, at, question

    def stop(self, reason: StopReason, *, data: CallData | None = None) -> None:
        """Stop it while it runs: by request where it ends gracefully, else by cancelling it."""
        if data is not None:
            self.data = data
        if self.task.graceful:
            self.stop_requested.set()
        elif self.stopped_for is None:
            self.stopped_for = reason
            if self.runner:  # else it is about to begin, and will not
                self.runner.cancel()

    def abort(self, reason: StopReason) -> None:
        """Cancel it, graceful or not."""
        if self.runner and not self.runner.done():
            self.stopped_for = reason
            self.runner.cancel()

    def forget_prompts(self) -> None:
        """Drop its prompts; a failure that nobody came to ask for is noticed here."""
        for prompt in self.prompts.values():
            if not prompt.cancel() and not prompt.cancelled():
                error = prompt.exception()
                if error and not isinstance(error, PromptError):
                    log.error("A prompt could not be prepared.", task=self.id, exc_info=error)

    @property
    def running(self) -> bool:
        """Whether it has begun and is not over."""
        return self.state is TaskState.RUNNING
