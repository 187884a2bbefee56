"""After a controller's crash: the calls are still up in Asterisk; match them by id, and go on at the task boundary."""

import functools
import math
from collections.abc import Iterable, Sequence

import structlog

from engine.ari import generated as ari
from engine.ari.bridge import Bridge
from engine.ari.bus import Subscription
from engine.ari.errors import AriError, Conflict
from engine.calls.admission import Admitted
from engine.calls.call import Call, Direction
from engine.calls.dialling import keep
from engine.calls.following import FOLLOWED, follow, lost, note_state
from engine.calls.inbound import await_application
from engine.calls.outbound import MakeSession, dial
from engine.calls.registry import Registry
from engine.calls.services import Services
from engine.calls.session import Ending, Life, Session
from engine.calls.state import CallState
from engine.commands import CommandRefused
from engine.store import calls, tasks
from engine.store.tasks import TaskRow
from engine.tasks.dial import Dial

log = structlog.get_logger(__name__)


class Recovery:
    """Restores the calls of this ARI application from the store: `restore`, then `run_all`."""

    def __init__(self, services: Services, registry: Registry, make: MakeSession) -> None:
        self._services, self._registry, self._make = services, registry, make
        self._restored: list[tuple[Session, Life]] = []

    async def restore(self, channels: Iterable[ari.Channel]) -> None:
        """Make a session for each call that was live; its events are held for it from now on."""
        there = {channel.id: channel for channel in channels}
        application = self._services.settings.ari_application
        read = self._services.database.read
        for call in await read(lambda conn: calls.live(conn, application)):
            rows = await read(functools.partial(tasks.open_of, owner=call.id))
            session = self._make(call, rows)
            self._registry.add(session)
            self._restored.append((session, self._life(call, rows, there.get(call.channel_id))))
            try:
                await self._services.admission.resume(call.account, call.id)
            except CommandRefused as error:
                log.warning("A restored call holds no place.", call=call.id, error=str(error))
        await self._reconnect_pairs()

    def run_all(self) -> None:
        """Let the restored calls live on."""
        restored, self._restored = self._restored, []
        for session, life in restored:
            self._registry.start(session, life)
        if restored:
            log.info("Calls of a controller that is gone were taken over.", calls=len(restored))

    def _life(self, call: Call, rows: Sequence[TaskRow], channel: ari.Channel | None) -> Life:
        if channel is not None:
            inbox = self._services.bus.subscribe(channel.id, types=FOLLOWED)
            return lambda session: _resume(session, inbox, channel, untouched=not rows)
        if call.state is CallState.QUEUED:
            routes = self._services.admission.routes(call.account, call.callee)
            admitted = Admitted(
                digits=call.callee, routes=routes, caller=call.caller or None, max_seconds=call.max_seconds
            )
            return lambda session: dial(session, admitted)
        return lost

    async def _reconnect_pairs(self) -> None:
        """Calls that a finished Dial connected are held together again."""
        for bridge in await self._services.client.bridges.list():
            if not bridge.id.startswith("bridge-"):
                continue
            task_id = bridge.id.replace("bridge-", "task-", 1)
            row = await self._services.database.read(functools.partial(tasks.get, id=task_id))
            session = self._registry.get(row.owner) if row else None
            other = self._registry.get(task_id.replace("task-", "call-", 1))
            if row and session and other and isinstance(row.task, Dial):
                session.bridge = other.bridge = bridge.id
                held = Bridge(self._services.client, self._services.bus, bridge.id)
                session.spawn(keep(session, other, held, hang_up_after=row.task.hang_up_after), "connected")


async def _resume(session: Session, inbox: Subscription, channel: ari.Channel, *, untouched: bool) -> Ending:
    """Go on with a call whose channel is still there."""
    with inbox:
        note_state(session, channel)
        if channel.state == "Down" and session.call.direction is Direction.OUTBOUND:
            await _dial_again(session)
        if session.call.direction is Direction.INBOUND and not session.answered.is_set() and untouched:
            session.spawn(await_application(session), "offer")
        return await follow(session, inbox)


async def _dial_again(session: Session) -> None:
    """It was created; whether it was dialled is not known. A second dial is refused, and that is fine."""
    try:
        await session.channel.dial(seconds=math.ceil(session.call.ring_seconds))
    except Conflict:
        pass
    except AriError as error:
        log.warning("A restored call could not be dialled.", call=session.call.id, error=str(error))
