"""A running task's view of its call or conference, and of itself (engine.queues.roles.SteeringSubject)."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from sqlalchemy import Connection

from engine.ari.errors import AriError
from engine.events import QuestionAsked
from engine.media.errors import PromptError
from engine.media.prompts import Prompt
from engine.model.call_data import CallData
from engine.queues.entry import Entry, StopReason
from engine.queues.journal import Journal
from engine.queues.owner import Owner
from engine.queues.roles import Conferences, Connector, Customer, Partner, Router
from engine.tasks.ask import Ask
from engine.tasks.converse import Converse
from engine.tasks.detect_fax import FaxDetector
from engine.tasks.fax import Faxer
from engine.tasks.interfaces import Detector, Digit, Keypad, Line, Player, Preparable
from engine.tasks.kinds import AnyTask
from engine.tasks.pick_up import Picker
from engine.tasks.record import Recorder
from engine.tasks.results import Answered, Dialled, TaskFailed
from engine.tasks.secret import MASK
from engine.tasks.task import Phase
from engine.tasks.transfer import Transfer

PROMPT_SECONDS = 10.0  # what a prompt that is not ready when due is waited for


class Stopping(Protocol):
    """The queue that a task runs in, as far as the task may steer it."""

    def stop(self, kinds: Iterable[str], reason: StopReason, data: CallData | None = None) -> int:
        """Stop running tasks of these kinds; returns how many."""

    async def reply(self, question: str, tasks: Sequence[AnyTask], *, replace: bool, silent: bool) -> bool:
        """Answer a question with tasks that run next; False if it does not wait for an answer."""

    async def succeed(self, task: str, tasks: Sequence[AnyTask], also: Callable[[Connection], object]) -> None:
        """Commit tasks that are done after a running one, instead of what is queued."""

    async def more(self) -> None:
        """Wait until something is queued."""


class Running:
    """Implements engine.queues.roles.SteeringSubject."""

    def __init__(self, entry: Entry, journal: Journal, owner: Owner, queue: Stopping) -> None:
        self._entry, self._journal, self._owner, self._queue = entry, journal, owner, queue
        self.task_id = entry.id
        self.data = entry.task.data
        self.stop_requested = entry.stop_requested
        roles = owner.roles
        self.player: Player = roles.player
        self.recorder: Recorder = roles.recorder
        self.keypad: Keypad = roles.keypad
        self.dialler: Connector = roles.dialler
        self.detector: Detector = roles.detector
        self.faxer: Faxer = roles.faxer
        self.fax_detector: FaxDetector = roles.fax_detector
        self.conferences: Conferences = roles.conferences
        self.line: Line = roles.line
        self.customer: Customer = roles.customer
        self.partner: Partner = roles.partner
        self.picker: Picker = roles.picker
        self.router: Router = roles.router

    @property
    def resumed(self) -> bool:
        """Whether a controller that is gone had already begun this task."""
        return self._entry.resumed

    @property
    def intended(self) -> bool:
        """Whether an earlier controller may have asked Asterisk for this task's effect."""
        return self._entry.intended

    @property
    def was_accepted(self) -> bool:
        """Whether Asterisk is known to have accepted this task's effect."""
        return self._entry.resumed and self._entry.phase is Phase.ACCEPTED

    def accepted(self) -> None:
        """Note that Asterisk accepted the effect (written, not waited for)."""
        if self._entry.phase is not Phase.ACCEPTED:
            self._journal.accepted(self._entry)

    async def started(self) -> None:
        """Note that the effect began: TaskStarted, once even over a restart."""
        if self._entry.started is None:
            self._journal.started(self._entry)
        self._entry.underway.set()

    async def digit(self, digit: Digit, *, accepted: bool) -> None:
        """Note a digit that this task heard: DigitReceived."""
        shown = MASK if digit.secret or self._entry.task.confidential else digit.digit
        self._journal.digit(self._entry, shown, digit.call, accepted=accepted)

    def reached(self, where: str) -> None:
        """Note where the task is now, for the event of its end if it is stopped."""
        self._entry.where = where

    def remaining(self, seconds: float | None) -> float | None:
        """Seconds that are left of a limit that runs from the task's beginning, in wall time over a restart."""
        if seconds is None or self._entry.begun is None:
            return seconds
        return max(0.0, self._entry.begun + seconds - self._journal.clock())

    @property
    def question(self) -> QuestionAsked:
        """What this task asks (see Ask): it was committed with its beginning."""
        assert self._entry.question
        return self._entry.question

    async def replied(self) -> bool:
        """Wait until this question is over, and what is done next is queued; whether nothing was said."""
        await self._entry.replied.wait()
        return self._entry.silent

    async def fall_silent(self, tasks: Sequence[AnyTask], replace: bool) -> None:
        """End this question without a reply: these are done next."""
        await self._queue.reply(self.task_id, tasks, replace=replace, silent=True)

    async def succeeded_by(self, tasks: Sequence[AnyTask], also: Callable[[Connection], object]) -> None:
        """See Subject."""
        await self._queue.succeed(self.task_id, tasks, also)

    async def ask(self, task: Ask) -> Answered:
        """See Asking."""
        return await self.customer.ask(task, self)

    async def converse(self, task: Converse) -> None:
        """See Conversing."""
        await self.partner.converse(task, self)

    async def transfer(self, task: Transfer) -> Dialled:
        """See Transferring."""
        return await self.dialler.transfer(task, self)

    async def lead(self, destination: str, *, hops: int, by: str = "") -> None:
        """See Subject."""
        await self.router.lead(destination, self, hops=hops, by=by)

    async def followed(self) -> None:
        """See Subject."""
        await self._queue.more()

    def remark(self, sentence: str) -> None:
        """See Subject."""
        self._journal.remarked(self._entry, (sentence,))

    async def prompt(self, of: Preparable) -> Prompt:
        """One of the task's prompts, prepared since it was queued; raises TaskFailed with what is wrong with it."""
        known = self._entry.prompts.get(of)
        ready = asyncio.shield(known) if known else of.due(self.keypad.last).prepared(self._owner.prepare)
        try:
            prompt = await asyncio.wait_for(ready, PROMPT_SECONDS)
        except TimeoutError:
            raise TaskFailed("too_slow", f"The announcement was not ready after {PROMPT_SECONDS:g} s.") from None
        except PromptError as error:
            raise TaskFailed(error.reason, str(error)) from error
        self._journal.remarked(self._entry, prompt.remarks)
        return prompt

    async def only_the_end(self, error: TaskFailed | AriError) -> bool:
        """Whether a failure is only the end of the call seen from this task; waits a moment for it."""
        return await only_the_end(self._owner, error)

    def stop_background(self, kind: str, data: CallData | None = None) -> int:
        """Stop this queue's running tasks of a kind; returns how many."""
        return self._queue.stop((kind,), StopReason.REQUESTED, data)


async def only_the_end(owner: Owner, error: TaskFailed | AriError) -> bool:
    """Whether a failure is only the end of the call, seen from one of its tasks."""
    perhaps = not isinstance(error, TaskFailed) or error.reason == "playback_failed"
    return perhaps and await owner.ending(0.5)
