"""Asking the customer what a call does next, and what happens when nobody says it in time."""

import asyncio
from collections.abc import Callable

import msgspec
import structlog
from sqlalchemy import Connection

from engine.ari.errors import AriError
from engine.calls.registry import Registry
from engine.calls.session import Session
from engine.commands import NoSuchCall, NoSuchQuestion, Redirect, Reply
from engine.events import ReplyRefused, ReplyRemarked
from engine.ids import new_id
from engine.model.call import Direction
from engine.model.call_data import CallData, DataPatch, patched
from engine.model.cause import HangupCause
from engine.queues.entry import StopReason
from engine.queues.queue import QueueClosed
from engine.queues.roles import SteeringSubject
from engine.store import call_data, events
from engine.tasks.ask import Ask
from engine.tasks.hang_up import HangUp
from engine.tasks.kinds import AnyTask
from engine.tasks.playing import Audible
from engine.tasks.results import Answered

log = structlog.get_logger(__name__)


class CallCustomer:
    """Whoever says what a call does next (engine.queues.roles.Customer)."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def ask(self, task: Ask, on: SteeringSubject) -> Answered:
        """Ask, and wait for the reply or the end of the time; what was replied is queued next then.

        The question is handed over again after a restart, under the same id.
        """
        session = self._session
        left = on.remaining(task.seconds)
        await on.started()
        session.services.ask(on.question)
        if session.call.direction is Direction.INBOUND and not session.answered:
            await self._ring()
        try:
            async with asyncio.timeout(left):
                return Answered(silent=await on.replied())
        except TimeoutError:
            await on.fall_silent(*unanswered(task))  # unless the reply came just now
        return Answered(silent=await on.replied())

    async def _ring(self) -> None:
        """Who calls in hears ringing while the customer thinks."""
        try:
            await self._session.channel.ring()
        except AriError as error:
            log.warning("A ringing could not be sent.", call=self._session.call.id, error=str(error))


def unanswered(task: Ask) -> tuple[tuple[AnyTask, ...], bool]:
    """What is done next where nothing is said, and whether it replaces what is queued."""
    if not task.hang_up_on_silence:
        return (), False
    ending = HangUp(cause=HangupCause.NO_REPLY)
    return ((task.apology, ending) if task.apology else (ending,)), True


class Replies:
    """Carries out what customers say about their calls."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    async def reply(self, command: Reply) -> None:
        """Carry out a Reply; raises NoSuchQuestion."""
        session = self._registry.find(command.account, command.call)
        asking = session.queue.asking(command.question) if session else None
        if session is None or asking is None:
            raise NoSuchQuestion("No question waits for this answer: it was answered, or its time or call has ended.")
        tasks, replace = unanswered(asking) if command.silent else (command.tasks, command.replace)
        store_data = self._patched(session, command.patch)
        noted = _events_of_reply(session, asking.data or session.call.data, command)

        def also(conn: Connection) -> None:
            store_data(conn)
            for event in noted:
                events.append(conn, event)

        await session.queue.reply(command.question, tasks, replace=replace, also=also, silent=command.silent)

    async def redirect(self, command: Redirect) -> None:
        """Carry out a Redirect; raises NoSuchCall."""
        session = self._registry.find(command.account, command.call)
        if session is None or session.gone:
            raise NoSuchCall("There is no such call, or it has ended.")
        if command.patch:
            self.patch(session, command.patch)
        held = session.queue.holding()
        try:
            if command.resume and held:
                stopped = [entry.task for entry in held if isinstance(entry.task, Audible)]
                again = [msgspec.structs.replace(task, id=new_id("task")) for task in stopped]
                await session.queue.interject((*command.tasks, *again))
            else:
                session.queue.discard_waiting(StopReason.REPLACED)
                await session.queue.append(command.tasks)
        except QueueClosed:
            raise NoSuchCall("The call has ended.") from None
        for entry in held:  # not what was appended just now, which may run already
            entry.stop(StopReason.REPLACED)
        session.queue.go_on()  # where it was to wait for the end of a connection

    def patch(self, session: Session, patch: DataPatch) -> None:
        """Change the data of every live leg of a root; written, not waited for."""
        session.services.writer.post(self._patched(session, patch))

    def _patched(self, session: Session, patch: DataPatch | None) -> Callable[[Connection], None]:
        """Change the data of every live leg of a root; returns what writes the same change to their rows."""
        changed = []
        for leg in self._registry.legs(session.call.root) if patch else ():
            assert patch
            if (data := patched(leg.call.data, patch)) is not leg.call.data:
                changed.append(leg.amend(data=data).id)

        def unit(conn: Connection) -> None:
            for call in changed:
                assert patch
                call_data.change(conn, call, patch)

        return unit


def _events_of_reply(session: Session, data: CallData | None, command: Reply) -> list[ReplyRefused | ReplyRemarked]:
    """The events of an answer besides its effect, with the asking task's data or else the call's."""
    noted: list[ReplyRefused | ReplyRemarked] = []
    for remark in command.remarks:
        noted.append(ReplyRemarked(**session.journal.common(data), task=command.question, remark=remark))  # type: ignore[arg-type]
    if command.refused:
        noted.append(ReplyRefused(**session.journal.common(data), task=command.question, reason=command.refused))  # type: ignore[arg-type]
    return noted
