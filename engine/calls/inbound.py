"""Calls that come in: who answers them, and what happens until somebody does."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable

import structlog
from sqlalchemy import Connection

from engine.ari import generated as ari
from engine.ari.bus import Subscription
from engine.ari.channel import Channel
from engine.ari.errors import AriError
from engine.calls.called import Called, printable, read_headers, trunk_of, user_of
from engine.calls.directory import Answering, Directory, Unmatched, offered
from engine.calls.ending import Ending
from engine.calls.following import FOLLOWED, follow
from engine.calls.handed_over import HandedOver
from engine.calls.inbound_invite import InviteHeaders, read_invite
from engine.calls.loops import Loops
from engine.calls.orphans import Orphans, application_of, helped_by
from engine.calls.outbound import MakeSession, with_ids
from engine.calls.privacy import withholds
from engine.calls.registry import Registry
from engine.calls.services import CallServices
from engine.calls.session import Session
from engine.calls.verstat import read_verstat
from engine.ids import new_id
from engine.model.call import Call, CallState, Direction, Party
from engine.model.cause import HangupCause
from engine.model.verstat import Verstat
from engine.queues.journal import Opened
from engine.store import calls, events
from engine.store.unmatched_calls import UnmatchedCall
from engine.tasks.hang_up import HangUp

log = structlog.get_logger(__name__)
_LOOPED = HangUp(cause=HangupCause.LOOP)


class Reception:
    """Takes the calls that the dialplan hands over, as engine.calls.handed_over reads it.

    `turned_away` is called with each call by a trunk that reached no number.
    """

    def __init__(
        self,
        services: CallServices,
        registry: Registry,
        directory: Directory,
        make: MakeSession,
        turned_away: Callable[[UnmatchedCall], None],
    ) -> None:
        self._services, self._registry, self._directory, self._make = services, registry, directory, make
        self._turned_away = turned_away
        self._loops = Loops(registry)
        self._arriving: dict[asyncio.Task[None], str] = {}  # with the channel that arrives
        self.orphans = Orphans(services, registry, follows=lambda channel: channel in self._arriving.values())

    def arrive(self, start: ari.StasisStart) -> None:
        """A channel entered our application that nobody waited for. Follows it from this moment on."""
        if helped_by(start.channel):
            self.orphans.notice(start)
            return
        if not HandedOver.is_one(start.args):
            log.warning("A channel came that is no call of ours; it is hung up.", channel=start.channel.id)
            self.orphans.hang_up(start.channel.id)
            return
        inbox = self._services.bus.subscribe(start.channel.id, types=FOLLOWED)
        self._own(self._receive(start, inbox), start)

    def catch_up(self, channels: Iterable[ari.Channel], registry: Registry) -> None:
        """Take the calls that came in while nobody listened; what is nobody's is hung up, and its bridge removed.

        A channel that was answered is no call that comes in: somebody had it, and is gone.
        """
        application = self._services.settings.ari_application
        known = {channel for session in registry for channel in session.channels} | set(self._arriving.values())
        for channel in channels:
            if channel.id in known or application_of(channel) != application:
                continue
            _, _, args = channel.dialplan.app_data.partition(",")
            start = ari.StasisStart(application=application, timestamp="", args=tuple(args.split(",")), channel=channel)
            if channel.state == "Up":
                self.orphans.notice(start)
            else:
                self.arrive(start)
        self.orphans.sweep()

    def cancel(self) -> None:
        """Leave what is arriving."""
        self.orphans.cancel()
        for task in list(self._arriving):
            task.cancel()

    async def stop(self) -> None:
        """Wait until it is left."""
        await self.orphans.stop()
        if self._arriving:
            await asyncio.wait(list(self._arriving), timeout=5)

    def _own(self, work: Coroutine[object, object, None], start: ari.StasisStart) -> None:
        task = asyncio.create_task(work, name=f"arriving {start.channel.id}")
        self._arriving[task] = start.channel.id
        task.add_done_callback(self._arrived)

    def _arrived(self, task: "asyncio.Task[None]") -> None:
        self._arriving.pop(task, None)
        if not task.cancelled() and (error := task.exception()):
            log.error("An inbound call could not be taken.", exc_info=error)

    async def _receive(self, start: ari.StasisStart, inbox: Subscription) -> None:
        """Find what answers; from then on the inbox is the call's own, which goes on when this controller leaves."""
        session: Session | None = None
        try:
            answering = await self._answering(start)
            if not isinstance(answering, Answering):
                self.orphans.hang_up(start.channel.id, HangupCause.UNKNOWN_NUMBER)
                if answering is not None:
                    self._turned_away(self._unmatched(start, answering))
                return
            answering = await self._unless_looped(start, answering)
            session = await self._accept(start, answering)
        except Exception:
            log.exception("An inbound call could not be taken; it is refused.", channel=start.channel.id)
            self.orphans.hang_up(start.channel.id, HangupCause.CONGESTION)
            return
        finally:
            if session is None:
                inbox.close()
        self._registry.start(session, lambda live: _live(live, inbox, answering))

    async def _unless_looped(self, start: ari.StasisStart, answering: Answering) -> Answering:
        """Return what answers; a call that comes back to us for ever is refused, and so is the leg that it is."""
        trunk, number = trunk_of(start.channel.name), answering.callee or HandedOver.read(start.args).dialled
        if not trunk or (leg := self._loops.returned(number.removeprefix("+"), start.channel.caller.number)) is None:
            return answering
        log.warning("A call came back to us by its carrier; it is ended.", call=leg.call.id, trunk=trunk)
        await leg.hang_up(HangupCause.LOOP, Party.NETWORK)
        return Answering(account=answering.account, data=answering.data, callee=answering.callee, tasks=(_LOOPED,))

    async def _answering(self, start: ari.StasisStart) -> Answering | Unmatched | None:
        given = HandedOver.read(start.args)
        if given.source == "guest":
            return await self._directory.from_guest(given.dialled)
        if given.source == "extension":
            endpoint = start.channel.name.removeprefix("PJSIP/").rpartition("-")[0]
            return await self._directory.from_extension(given.dialled, endpoint)
        called, trunk = Called(user=given.dialled, uri=given.uri), trunk_of(start.channel.name)
        found = await self._directory.from_trunk(called, trunk)
        if isinstance(found, Unmatched) and found.look_further:
            channel = Channel(self._services.client, self._services.bus, start.channel.id)
            found = await self._directory.from_trunk(await read_headers(channel, called, found.look_further), trunk)
        return found

    def _unmatched(self, start: ari.StasisStart, why: Unmatched) -> UnmatchedCall:
        given, number = HandedOver.read(start.args), start.channel.caller.number
        return UnmatchedCall(
            id=new_id("call"),
            at=self._services.clock(),
            trunk=trunk_of(start.channel.name),
            caller="" if withholds(given.said, number) else printable(number),
            callee=printable(user_of(given.uri) if given.uri else given.dialled),
            reason=why.reason,
            sip_call_id=start.channel.protocol_id,
        )

    async def _call(self, start: ari.StasisStart, answering: Answering) -> Call:
        services, channel, call_id = self._services, start.channel, new_id("call")
        at = services.clock()
        own = Channel(services.client, services.bus, channel.id)
        invite = await read_invite(own) if answering.headers else InviteHeaders()
        given = HandedOver.read(start.args)
        private = withholds(given.said, channel.caller.number)
        callee = answering.callee or given.dialled
        return Call(
            id=call_id,
            root=call_id,
            account=answering.account,
            application=answering.application,
            data=answering.data,
            direction=Direction.INBOUND,
            caller=answering.caller or ("" if private else printable(channel.caller.number)),
            callee=callee,
            state=CallState.RINGING,
            created=at,
            trunk=trunk_of(channel.name) or None,
            sip_call_id=channel.protocol_id or None,
            node=services.settings.node,
            ari_application=services.settings.ari_application,
            channel_id=channel.id,
            ring_seconds=services.settings.ring_seconds,
            max_seconds=services.settings.max_call_seconds,
            reports_tree=answering.reports_tree,
            headers=invite.headers,
            diverted_from=invite.diverted_from,
            private=private,
            verstat=await self._verstat(start, own, callee),
        )

    async def _verstat(self, start: ari.StasisStart, channel: Channel, callee: str) -> Verstat | None:
        if not (trunk := trunk_of(start.channel.name)):
            return None
        return await read_verstat(
            channel,
            HandedOver.read(start.args).said,
            self._directory.verstat_places(trunk),
            caller=start.channel.caller.number,
            callee=callee,
            now=self._services.clock(),
        )

    async def _accept(self, start: ari.StasisStart, answering: Answering) -> Session:
        services = self._services
        call = await self._call(start, answering)
        session = self._make(call, ())
        if call.trunk:
            self._loops.note(call)
        queue = session.journal.opening(with_ids(answering.tasks)) if answering.tasks else None

        def unit(conn: Connection) -> Opened | None:
            calls.insert(conn, call)
            if queue:
                return queue(conn)
            events.append(conn, offered(call, call.created))
            return None

        if opened := await services.writer.write(unit):
            session.queue.open(opened)
        await services.admission.count(call.account, call.id)
        return session


async def _live(session: Session, inbox: Subscription, answering: Answering) -> Ending:
    """Follow an inbound call; one that was offered rings until its application queues a task, or is refused."""
    with inbox:
        if not answering.tasks:
            session.spawn(await_application(session), "offer")
        return await follow(session, inbox)


async def await_application(session: Session) -> None:
    """Let an offered call ring until its application's time is up; without a task by then it is refused (480)."""
    try:
        await session.channel.ring()
    except AriError as error:
        log.warning("A ringing could not be sent.", call=session.call.id, error=str(error))
    left = session.call.created + session.services.settings.offer_seconds - session.services.clock()
    await asyncio.sleep(max(0.0, left))
    if session.queue.untouched:
        await session.hang_up(HangupCause.NO_APPLICATION)
