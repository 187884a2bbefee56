"""Moving a call's party to another one: the way of a Transfer from its beginning to its end.

1. The party and the transferor are set aside (engine.calls.transferor): neither ends with the other any more.
2. Who is called rings while the party hears music and the transferor waits. Each leg is placed by OutboundCalls as a
   Ring's are (engine.calls.group_ringing): admitted like every other one, and found again after a restart by its id.
3. When somebody answers the two are a pair (engine.calls.pair) and the transferor's calls end. Where nobody is called,
   such as in a conference, the party goes on with tasks, and the transferor's calls end at once.
4. If that fails the party and the transferor are connected again. A transferor that is gone is rung back, if it has an
   extension; a party that nobody takes is told, and its call ends.
"""

from collections.abc import Sequence

import structlog
from sqlalchemy import Connection

from engine.ari.errors import AriError
from engine.calls.call_router import CallRouter
from engine.calls.connecting import connect, diverted_to
from engine.calls.directory import NoDestination
from engine.calls.ending import ending_of, passed_on
from engine.calls.group_ringing import Group
from engine.calls.outbound import OutboundCalls, with_ids
from engine.calls.ringback import end_left
from engine.calls.session import Session
from engine.calls.transfer_ways import Way, way_of
from engine.calls.transferor import PROGRESS, Transferor
from engine.events import CallTransferred, Event, TransferFailed
from engine.model.call import Call
from engine.model.cause import HangupCause
from engine.model.destination import TASK_LIST, Destination, Diversions
from engine.model.leg_options import LegOptions
from engine.queues.roles import SteeringSubject
from engine.store import calls, events
from engine.store.errors import StoreError
from engine.tasks.dial import Dial
from engine.tasks.hang_up import HangUp
from engine.tasks.join_conference import JoinConference
from engine.tasks.kinds import AnyTask, encode_list
from engine.tasks.menu import Choice, Menu
from engine.tasks.results import Dialled
from engine.tasks.ring import Ring
from engine.tasks.run_menu import RunMenu
from engine.tasks.say import Say
from engine.tasks.transfer import Transfer

log = structlog.get_logger(__name__)
SORRY = Say(text="Your call could not be transferred. Goodbye.")
"""What the party hears if its transfer failed and the transferor has hung up and cannot be reached."""
RING_BACK_SECONDS = 20.0
GONE_SECONDS = 0.5  # until it is known that a call ended on which Asterisk refuses something
ACCEPT_TIMES = 2  # how often the announcement is repeated where no key is pressed


class NotTransferred(Exception):
    """The party was not moved. The message says why in a sentence, `cause` in a word."""

    def __init__(self, sentence: str, cause: HangupCause) -> None:
        self.cause = cause
        super().__init__(sentence)


class CallTransfers:
    """Moves the party of one call (engine.queues.roles.Mover)."""

    def __init__(self, session: Session, outbound: OutboundCalls) -> None:
        self._session, self._outbound = session, outbound

    async def transfer(self, task: Transfer, on: SteeringSubject) -> Dialled:
        """See Mover."""
        transferor = Transferor(self._session, self._outbound.registry, task)
        transferor.set_aside()
        try:
            return await self._transferred(task, on, transferor)
        finally:
            transferor.finish()

    async def _transferred(self, task: Transfer, on: SteeringSubject, transferor: Transferor) -> Dialled:
        await on.started()
        try:
            call = await self._moved(task, on, transferor)
        except (NotTransferred, AriError, StoreError) as error:
            why = await self._reason(error)
            self._note(_event(TransferFailed, self._session, task, on, cause=why.cause, reason=str(why)))
            await self._given_back(task, on, transferor, why)
            return Dialled(call="", answered=False, cause=why.cause)
        self._note(_event(CallTransferred, self._session, task, on, call=call))
        await transferor.dismiss()
        return Dialled(call=call, answered=True)

    async def _reason(self, error: NotTransferred | AriError | StoreError) -> NotTransferred:
        """Return why a transfer failed; raises the error if it is only that the party is gone, or the controller."""
        if isinstance(error, NotTransferred):
            return error
        if self._session.services.leaving() or await self._session.ending(GONE_SECONDS):
            raise error
        log.warning("A transfer failed.", call=self._session.call.id, error=str(error))
        return NotTransferred(f"The party could not be moved: {error}", HangupCause.ERROR)

    async def _moved(self, task: Transfer, on: SteeringSubject, transferor: Transferor) -> str:
        """Move the party; returns the call that it is connected with, "" for none. Raises NotTransferred."""
        if task.consulted:
            return await self._joined(task, on, transferor)
        if task.conference:
            return await self._goes_on(on, transferor, (JoinConference(conference=task.conference),))
        try:
            way = await way_of(self._session.services, self._session.call.account, task)
        except NoDestination as error:
            raise NotTransferred(str(error), error.cause) from error
        await transferor.notify(PROGRESS)
        if way.ring:
            return await self._rung(task, on, transferor, way, way.ring)
        return await self._led(on, transferor, way)

    async def _joined(self, task: Transfer, on: SteeringSubject, transferor: Transferor) -> str:
        """Connect the party with whom the transferor has spoken with."""
        session, third = self._session, transferor.consulted
        try:
            if third and await connect(session, task, on, third, self._outbound.registry.pairs):
                await transferor.separate()
                return third.call.id
        except AriError as error:
            raise NotTransferred(f"The two could not be connected: {error}", HangupCause.ERROR) from error
        if third is None and on.was_accepted and task.consulted:  # the two were connected, and that one is gone
            return await self._ends_with(task.consulted.other)
        raise NotTransferred("The other party has hung up.", HangupCause.UNAVAILABLE)

    async def _led(self, on: SteeringSubject, transferor: Transferor, way: Way) -> str:
        if on.was_accepted:
            return ""
        await transferor.separate()
        try:
            await CallRouter(self._session).follow(way.found, on)
        except NoDestination as error:
            raise NotTransferred(str(error), error.cause) from error
        return ""

    async def _goes_on(self, on: SteeringSubject, transferor: Transferor, tasks: tuple[AnyTask, ...]) -> str:
        if not on.was_accepted:
            await transferor.separate()
            await on.succeeded_by(with_ids(tasks), _nothing)
        return ""

    async def _rung(self, task: Transfer, on: SteeringSubject, transferor: Transferor, way: Way, ring: Ring) -> str:
        """Ring, and connect the party with the first that answers."""
        session = self._session
        await transferor.separate()
        if on.resumed:
            await end_left(session, ring, on)
        group = Group(session, self._outbound, ring, on, before=_announced(task))
        if answering := await group.connect(task):
            return answering.call.id
        cause, last = await group.cause(), await group.last()
        if len(ring.members) == 1 and last and last.cause:
            cause = last.cause
        if on.was_accepted:  # before a restart it was connected, and whoever answered is gone; or it was led on
            return await self._ends_with(group.answered_before.id) if group.answered_before else ""
        if group.refused:
            raise NotTransferred(str(group.refused), HangupCause.NOT_ALLOWED)
        if diverted := _diverted(way, ring, last):
            return await self._led(on, transferor, await self._diversion(diverted, way.hops + 1))
        raise NotTransferred(f"Nobody took the call ({cause}).", cause)

    async def _diversion(self, destination: str, hops: int) -> Way:
        services = self._session.services
        try:
            return Way(await services.directory.lead(self._session.call.account, destination, hops=hops))
        except NoDestination as error:
            raise NotTransferred(str(error), error.cause) from error

    async def _ends_with(self, call: str) -> str:
        """End the party's call because the one that it was connected with ended while no controller was there."""
        ended = await self._session.services.database.read(lambda conn: calls.get(conn, call))
        if ended:
            ending = passed_on(ending_of(ended))
            self._session.hang_up_behind(ending.cause, ending.by)
        return call

    async def _given_back(
        self, task: Transfer, on: SteeringSubject, transferor: Transferor, why: NotTransferred
    ) -> None:
        await transferor.moment()
        back = await transferor.give_back(why.cause)
        if not task.parted or back or on.was_accepted:
            return
        sorry = (SORRY, HangUp(cause=why.cause))
        extension = await self._extension_of(task.holders[0])
        tasks = (_ring_back(extension, task, sorry),) if extension else sorry
        await on.succeeded_by(with_ids(tasks), _nothing)

    async def _extension_of(self, transferor: str) -> str:
        """Return the extension of the phone whose call this was; "" if it was none."""
        services = self._session.services
        call = await services.database.read(lambda conn: calls.get(conn, transferor))
        if call is None or call.trunk or not services.admission.is_extension(call.account, call.far_number):
            return ""
        return call.far_number

    def _note(self, event: Event) -> None:
        """Write an event, once even over a restart."""

        def unit(conn: Connection) -> None:
            if not events.known(conn, event.id):
                events.append(conn, event)

        self._session.services.writer.post(unit)


def _nothing(conn: Connection) -> None:
    """Nothing is committed besides."""


def _event(
    kind: type[CallTransferred | TransferFailed], session: Session, task: Transfer, on: SteeringSubject, **fields: str
) -> Event:
    """How a transfer ended; its id is made of the task's, so that it is written once."""
    common = session.journal.common(task.data or session.call.data)
    common["id"] = on.task_id.replace("task-", "event-", 1)
    by = task.holders[0] if task.holders else ""
    return kind(**common, task=on.task_id, to=task.to, by=by, attended=task.attended, **fields)  # type: ignore[arg-type]


def _ring_back(extension: str, task: Transfer, sorry: Sequence[AnyTask]) -> Dial:
    """Call whoever transferred the party and has hung up; a party whom that one does not take goes on with `sorry`."""
    otherwise = str(Destination(TASK_LIST, encode_list(sorry)))
    leg = LegOptions(reach="extension", ring_seconds=RING_BACK_SECONDS, music=task.music)
    diversions = Diversions(no_answer=otherwise, busy=otherwise, unregistered=otherwise)
    return Dial(to=extension, leg=leg, diversions=diversions, max_seconds=task.max_seconds)


def _diverted(way: Way, ring: Ring, last: Call | None) -> str:
    """Where the party is led that nobody answered, as who was called has said; "" for nowhere."""
    if way.diversions is None:
        return ""
    if len(ring.members) > 1:
        return way.diversions.no_answer
    return diverted_to(way.diversions, last) if last else ""


def _announced(task: Transfer) -> tuple[AnyTask, ...]:
    """What runs on the leg of whoever answers, before it is connected."""
    if not task.accept:
        return with_ids(task.announcement)
    menu = Menu(
        id="accept",
        main=task.announcement,
        repeat=task.announcement,
        repeats=ACCEPT_TIMES,
        choices=(Choice(digit=task.accept, value="accepted"),),
        otherwise=f"hangup:{HangupCause.REJECTED}",
    )
    return with_ids((RunMenu(first="accept", menus=(menu,)),))
