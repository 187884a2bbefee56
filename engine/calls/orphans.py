"""Channels and bridges of our ARI application that belong to no live call are removed, at each connect and at once.

Asterisk keeps them for ever: a channel in Stasis has no time limit, an empty bridge costs nothing to keep. Those of
another ARI application on the same Asterisk stay.
"""

import asyncio
import functools
from collections.abc import Callable, Coroutine

import structlog

from engine.ari import generated as ari
from engine.ari.bridge import Bridge
from engine.ari.bus import NEVER_CALLS
from engine.ari.channel import Channel
from engine.ari.errors import AriError
from engine.calls.bridges import task_of
from engine.calls.registry import Registry
from engine.calls.services import CallServices
from engine.model.cause import CODES, HangupCause
from engine.store import calls, tasks
from engine.store.tasks import TaskRow
from engine.tasks.task import TaskState

log = structlog.get_logger(__name__)
AGAIN_SECONDS = 5.0  # between attempts to hang up while Asterisk refuses
LOOKED_AT_SECONDS = 0.1  # after a hang-up: one that takes another's place is not found, or not hung up, for some ms
HELPS = "helps"
"""The first argument of our application for a channel that helps a call, whose id follows."""
_ENDS = (ari.StasisEnd, ari.ChannelDestroyed, ari.ChannelHangupRequest)


def application_of(channel: ari.Channel) -> str | None:
    """The ARI application that a channel is in; None where it is in none, or is a helper of Asterisk's or ours."""
    if channel.dialplan.app_name != "Stasis" or channel.name.startswith(NEVER_CALLS):
        return None
    return channel.dialplan.app_data.partition(",")[0]


def helped_by(channel: ari.Channel) -> str:
    """The id of the call that a channel of ours helps (engine.calls.faxing); "" where it is no such one."""
    args = channel.dialplan.app_data.split(",")[1:]
    return args[1] if channel.name.startswith("Local/") and len(args) > 1 and args[0] == HELPS else ""


def takes_over(channel: ari.Channel) -> bool:
    """Whether a channel that nobody follows replaces one of a call: it is up, and no dialplan and no request of ours
    answered it. Asterisk refuses an INVITE with Replaces (asterisk-config/engine/pjsip.conf, carillon-replaces), but
    does not look at a header of 4,096 bytes and more (res_pjsip_endpoint_identifier_ip.c; tried on Asterisk 22.10.1).
    """
    return channel.state == "Up" and channel.name.startswith("PJSIP/") and not channel.dialplan.app_name


class Orphans:
    """Removes what belongs to no live call; `follows` says whether a channel is one that is being taken."""

    def __init__(self, services: CallServices, registry: Registry, follows: Callable[[str], bool]) -> None:
        self._services, self._registry, self._follows = services, registry, follows
        self._ending: set[str] = set()
        self._work: set[asyncio.Task[None]] = set()

    def notice(self, event: ari.AnyEvent) -> None:
        """Look at an event that is for nobody: a channel of ours that nobody follows is hung up."""
        channel = getattr(event, "channel", None)
        if channel is None or isinstance(event, _ENDS) or self._follows(channel.id):
            return
        if isinstance(event, ari.ChannelStateChange) and takes_over(channel):
            log.warning(
                "A call was taken over by an INVITE with Replaces; who did it is hung up.", channel=channel.name
            )
            self.hang_up(channel.id)
            return
        if (helped := self._registry.get(helped_by(channel))) and not helped.gone:
            return
        if application_of(channel) == self._services.settings.ari_application:
            log.warning("A channel belongs to no call; it is hung up.", channel=channel.id)
            self.hang_up(channel.id)

    def hang_up(self, channel: str, cause: HangupCause = HangupCause.ERROR) -> None:
        """See that a channel ends, however long Asterisk does not answer."""
        if channel not in self._ending:
            self._ending.add(channel)
            self._own(self._until_gone(channel, cause), f"hang up {channel}")

    def sweep(self) -> None:
        """Begin to remove the bridges that no live call needs."""
        self._own(self._remove_bridges(), "remove bridges of no call")

    def cancel(self) -> None:
        """Leave what is not removed yet, for the next controller."""
        for task in self._work:
            task.cancel()

    async def stop(self) -> None:
        """Wait until it is left."""
        if self._work:
            await asyncio.wait(list(self._work), timeout=5)

    def _own(self, work: Coroutine[object, object, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._work.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._work.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.warning("What belongs to no call may be left in Asterisk.", work=task.get_name(), error=str(error))

    async def _until_gone(self, channel: str, cause: HangupCause) -> None:
        own = Channel(self._services.client, self._services.bus, channel)
        try:
            while True:
                try:
                    await own.hangup(cause=CODES[cause].q850)
                    await asyncio.sleep(LOOKED_AT_SECONDS)
                    if await own.get() is None:
                        return
                except AriError as error:
                    log.warning("A channel could not be hung up yet.", channel=channel, error=str(error))
                    await asyncio.sleep(AGAIN_SECONDS)
        finally:
            self._ending.discard(channel)

    async def _remove_bridges(self) -> None:
        services = self._services
        for bridge in await services.client.bridges.list():
            if not bridge.id.startswith("conf-") and await self._is_orphan(bridge):
                await Bridge(services.client, services.bus, bridge.id).destroy()
                log.info("A bridge that belongs to no call was removed.", bridge=bridge.id)

    async def _is_orphan(self, bridge: ari.Bridge) -> bool:
        """Whether a bridge is ours and nobody's.

        Its name says whose it is; one without, of an earlier version, is known by its Dial in the store.
        """
        ours = self._services.settings.ari_application
        task = task_of(bridge.id)
        row = await self._services.database.read(functools.partial(tasks.get, id=task)) if task else None
        if bridge.name:
            return bridge.name == ours and not self._needed(bridge.id, row)
        if row is None or self._needed(bridge.id, row):
            return False
        call = await self._services.database.read(functools.partial(calls.get, id=row.owner))
        return call is not None and call.ari_application == ours

    def _needed(self, bridge: str, row: TaskRow | None) -> bool:
        """Whether a live call holds it, or a Dial that goes on after a restart is about to."""
        if any(bridge in session.media.bridges or session.media.bridge == bridge for session in self._registry):
            return True
        return row is not None and row.state is TaskState.RUNNING and self._registry.get(row.owner) is not None
