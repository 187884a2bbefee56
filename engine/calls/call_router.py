"""Leading a call on to a destination: what it means is queued instead of what was to come."""

import asyncio
from collections.abc import Callable, Iterator, Sequence

import msgspec
import structlog
from sqlalchemy import Connection

from engine.ari.errors import AriError
from engine.calls.directory import Answering, NoDestination, offered
from engine.calls.inbound_invite import read_invite
from engine.calls.outbound import with_ids
from engine.calls.session import Session
from engine.model.call import Direction
from engine.model.cause import HangupCause
from engine.queues.roles import SteeringSubject
from engine.store import calls, events
from engine.tasks.ask import Ask
from engine.tasks.dial import Dial
from engine.tasks.go_to import GoTo
from engine.tasks.interfaces import Subject
from engine.tasks.kinds import AnyTask
from engine.tasks.offer import Offer
from engine.tasks.results import TaskFailed

log = structlog.get_logger(__name__)


class CallRouter:
    """Leads one call (engine.queues.roles.Router)."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def lead(self, destination: str, on: SteeringSubject, *, hops: int, by: str = "") -> None:
        """See Router. A call that an application gets is that application's from then on."""
        session = self._session
        try:
            found = await session.services.directory.lead(session.call.account, destination, hops=hops + 1)
            await self.follow(found, on, by=by)
        except NoDestination as error:
            session.hang_up_behind(error.cause)
            raise TaskFailed(error.reason, str(error)) from error

    async def follow(self, found: Answering, on: SteeringSubject, *, by: str = "") -> None:
        """Queue what was found instead of what is queued behind this task; `by`: the extension that diverted the call.

        Raises NoDestination.
        """
        if _asks_a_program(found) and self._session.call.direction is Direction.OUTBOUND:
            raise NoDestination("Only a call that came in can be offered to an application.")
        await on.succeeded_by(with_ids(diverted(self._tasks(found), by)), await self._taken_over(found))

    def _tasks(self, found: Answering) -> tuple[AnyTask, ...]:
        return found.tasks or (Offer(seconds=self._session.services.settings.offer_seconds),)

    async def _taken_over(self, found: Answering) -> Callable[[Connection], object]:
        """Make the call the application's that was found; returns what is to be committed of it."""
        session = self._session
        if found.application is None or session.call.direction is Direction.OUTBOUND:
            return lambda conn: None
        changes: dict[str, object] = {"application": found.application, "data": found.data}
        if found.headers:
            invite = await read_invite(session.channel)
            changes |= {"headers": invite.headers, "diverted_from": invite.diverted_from}
        call = session.amend(reports_tree=session.call.reports_tree or found.reports_tree, **changes)
        offer = None if found.tasks else offered(call, session.services.clock())

        def unit(conn: Connection) -> None:
            calls.take_over(conn, session.call)
            if offer:
                events.append(conn, offer)

        return unit

    async def offered(self, task: Offer, on: Subject) -> None:
        """Wait until a program has queued a task; an inbound call that was not answered rings meanwhile."""
        session = self._session
        await on.started()
        if session.call.direction is Direction.INBOUND and not session.answered:
            await _ring(session)
        try:
            async with asyncio.timeout(on.remaining(task.seconds)):
                await on.followed()
        except TimeoutError:
            session.hang_up_behind(HangupCause.NO_APPLICATION)
            raise TaskFailed("no_application", "The application queued no task in time.") from None


def diverted(tasks: Sequence[AnyTask], by: str) -> Iterator[AnyTask]:
    """Let the tasks of a call that the extension `by` diverted dial on its behalf (LegOptions.diverted_by)."""
    for task in tasks:
        if by and isinstance(task, Dial):
            yield msgspec.structs.replace(task, leg=msgspec.structs.replace(task.leg, diverted_by=by))
        elif by and isinstance(task, GoTo):
            yield msgspec.structs.replace(task, diverted_by=task.diverted_by or by)
        else:
            yield task


def _asks_a_program(found: Answering) -> bool:
    return found.application is not None and all(isinstance(task, Ask) for task in found.tasks)


async def _ring(session: Session) -> None:
    try:
        await session.channel.ring()
    except AriError as error:
        log.warning("A ringing could not be sent.", call=session.call.id, error=str(error))
