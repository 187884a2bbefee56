"""Writes down what happens to a subject's tasks: each change and its event in one transaction."""

import functools
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol, TypeVar

import msgspec
from sqlalchemy import Connection

from engine.events import DigitReceived, Event, QuestionAsked, TaskEnded, TaskRemarked, TaskStarted
from engine.ids import new_id
from engine.model.call_data import CallData
from engine.queues.entry import Entry, StopReason
from engine.store import events, tasks
from engine.store.tasks import TaskRow
from engine.tasks.ask import Ask
from engine.tasks.converse import Converse
from engine.tasks.dial import Dial
from engine.tasks.kinds import AnyTask
from engine.tasks.results import Completed, Discarded, Failed, Outcome, Stopped
from engine.tasks.ring import Ring
from engine.tasks.task import Phase, Recovery, TaskState
from engine.tasks.transfer import Transfer

T = TypeVar("T")
_ACCEPTED_LATER = Ask | Converse | Dial | Ring | Transfer
"""What begins before its effect: an answer, a connection, a destination or what is done next accepts it."""
Common = dict[str, str | float | CallData | None]
"""The fields that every event has, by name."""
Unit = Callable[[Connection], object]
"""Something to be written in a transaction."""


class Write(Protocol):
    """The store's writer, as far as a queue needs it (engine.store.writer.Writer)."""

    async def write(self, unit: Callable[[Connection], T]) -> T:
        """Run a unit and return after its commit."""

    def post(self, unit: Callable[[Connection], object]) -> None:
        """Run a unit in order; nobody waits for it."""


class Opened(NamedTuple):
    """The rows of a new queue, and the question of the first, if that has begun."""

    rows: Sequence[TaskRow]
    question: QuestionAsked | None


class Journal:
    """Stores the progress of the tasks of one call or conference (`subject`). `data`: the call's, for questions."""

    def __init__(
        self, writer: Write, clock: Callable[[], float], *, account: str, subject: str, root: str,
        data: Callable[[], CallData | None] = lambda: None,
    ) -> None:  # fmt: skip
        self.writer, self.clock, self._data = writer, clock, data
        self.account, self.subject, self.root = account, subject, root

    def common(self, data: CallData | None = None) -> Common:
        """The fields that every event has."""
        return {
            "id": new_id("event"),
            "account": self.account,
            "subject": self.subject,
            "root": self.root,
            "at": self.clock(),
            "data": data,
        }

    async def queued(self, added: Sequence[AnyTask]) -> list[TaskRow]:
        """Append tasks (they get their ids before); returns their rows after the commit."""
        at = self.clock()
        return await self.writer.write(lambda conn: tasks.append(conn, self.subject, added, at))

    def opening(self, added: Sequence[AnyTask]) -> Callable[[Connection], "Opened"]:
        """Append a new queue's tasks (they have their ids). A first one that asks begins with the same commit."""
        at = self.clock()
        first = added[0] if added else None
        asking = self._asking(first.id, first, at + first.seconds) if isinstance(first, Ask) else None

        def unit(conn: Connection) -> Opened:
            rows = tasks.append(conn, self.subject, added, at)
            if asking:
                tasks.begin(conn, rows[0].id, at, Phase.INTENDED)
            return Opened(rows, asking(conn) if asking else None)

        return unit

    async def queued_behind(self, task: str, added: Sequence[AnyTask]) -> list[TaskRow]:
        """Insert tasks right behind one that runs or is over; returns their rows after the commit."""
        at = self.clock()
        return await self.writer.write(lambda conn: tasks.insert_behind(conn, task, added, at))

    async def replied(
        self, entry: Entry, added: Sequence[AnyTask], also: Unit, replaced: Sequence[Entry]
    ) -> list[TaskRow]:
        """Commit that a question was answered, what is done next, and what that replaces; returns what is next."""
        at = self.clock()
        ends = [self._end(each, unbegun(each, StopReason.REPLACED)) for each in replaced]

        def unit(conn: Connection) -> list[TaskRow]:
            tasks.set_phase(conn, entry.id, Phase.ACCEPTED)
            also(conn)
            rows = tasks.insert_behind(conn, entry.id, added, at)
            for end in ends:
                end(conn)
            return rows

        rows = await self.writer.write(unit)
        entry.phase = Phase.ACCEPTED
        return rows

    async def begin(self, entry: Entry) -> None:
        """Commit that a task is about to have its effect; only then may it be asked for.

        The question of one that asks is appended with it, unless it was answered before a restart.
        """
        entry.state = TaskState.RUNNING
        if entry.begun is None:
            entry.begun = self.clock()
        adoptable = entry.task.recovery is Recovery.ADOPT
        entry.phase = Phase.INTENDED if adoptable and entry.phase is Phase.NONE else entry.phase
        at, phase = entry.begun, entry.phase
        ask = entry.task if isinstance(entry.task, Ask) and phase is not Phase.ACCEPTED else None
        asking = self._asking(entry.id, ask, at + ask.seconds) if ask else None

        def unit(conn: Connection) -> QuestionAsked | None:
            tasks.begin(conn, entry.id, at, phase)
            return asking(conn) if asking else None

        entry.question = await self.writer.write(unit)

    def _asking(self, id: str, ask: Ask, deadline: float) -> Callable[[Connection], QuestionAsked]:
        """Append a question, once even over a restart, with the outcome of the task that it is about."""
        common = self.common(ask.data or self._data()) | {"id": id.replace("task-", "event-", 1)}

        def unit(conn: Connection) -> QuestionAsked:
            last = tasks.last_of_kind(conn, self.subject, ask.about) if ask.about else None
            event = QuestionAsked(
                **common,  # type: ignore[arg-type]
                task=id,
                question=ask.question,
                deadline=deadline,
                outcome=last.outcome if last else Completed(ask.given) if ask.given else None,
            )
            if not events.known(conn, event.id):
                events.append(conn, event)
            return event

        return unit

    def accepted(self, entry: Entry) -> None:
        """Note that Asterisk accepted the effect."""
        entry.phase = Phase.ACCEPTED
        self.writer.post(lambda conn: tasks.set_phase(conn, entry.id, Phase.ACCEPTED))

    def started(self, entry: Entry, *also: Event) -> None:
        """Note that the effect began (and is mostly accepted by that), with its event and others that belong to it."""
        at = entry.started = self.clock()
        if entry.phase is Phase.INTENDED and not isinstance(entry.task, _ACCEPTED_LATER):
            entry.phase = Phase.ACCEPTED
        phase = entry.phase
        event = TaskStarted(**self.common(entry.data), task=entry.id, kind=entry.kind)  # type: ignore[arg-type]

        def unit(conn: Connection) -> None:
            tasks.started(conn, entry.id, at, phase)
            for one in (event, *also):
                events.append(conn, one)

        self.writer.post(unit)

    def digit(self, entry: Entry, digit: str, call: str, *, accepted: bool) -> None:
        """Note a digit that a task heard; `digit` as it may be shown."""
        event = DigitReceived(
            **self.common(entry.data),  # type: ignore[arg-type]
            task=entry.id,
            kind=entry.kind,
            digit=digit,
            accepted=accepted,
            call=call,
        )
        self.writer.post(lambda conn: events.append(conn, event))

    def remarked(self, entry: Entry, remarks: Sequence[str]) -> None:
        """Note what a task does otherwise than asked, each once."""
        new = [remark for remark in dict.fromkeys(remarks) if remark not in entry.remarked]
        entry.remarked.update(new)
        noted = [
            TaskRemarked(**self.common(entry.data), task=entry.id, kind=entry.kind, remark=remark)  # type: ignore[arg-type]
            for remark in new
        ]
        for event in noted:
            self.writer.post(functools.partial(_appended, event))

    def ended(self, entry: Entry, outcome: Outcome) -> None:
        """Note how a task ended, with its event; where it was, if it was stopped."""
        self.writer.post(self._end(entry, outcome))

    def _end(self, entry: Entry, outcome: Outcome) -> Unit:
        if isinstance(outcome, Stopped) and entry.where:
            outcome = msgspec.structs.replace(outcome, where=entry.where)
        entry.state = state_after(outcome)
        at = self.clock()
        event = TaskEnded(
            **self.common(entry.data),  # type: ignore[arg-type]
            task=entry.id,
            kind=entry.kind,
            outcome=outcome,
        )

        def unit(conn: Connection) -> None:
            tasks.end(conn, entry.id, entry.state, outcome, at)
            events.append(conn, event)

        return unit


def _appended(event: Event, conn: Connection) -> None:
    events.append(conn, event)


def unbegun(entry: Entry, reason: StopReason) -> Outcome:
    """How a task ends that this controller did not begin."""
    return Stopped(reason) if entry.resumed else Discarded(reason)


def state_after(outcome: Outcome) -> TaskState:
    """The state that an outcome leaves a task in."""
    match outcome:
        case Completed():
            return TaskState.COMPLETED
        case Stopped():
            return TaskState.STOPPED
        case Failed():
            return TaskState.FAILED
        case Discarded():
            return TaskState.DISCARDED
