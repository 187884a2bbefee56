"""Faxes: Asterisk's SendFAX() and ReceiveFAX() run on the far half of a Local channel, whose near half is in a bridge
with the call. So the call stays ours: it is followed, and recovered, as in any other task.

1. The near half (`fax-…`) is made, and put into a bridge with the call; then it is dialled.
2. The far half (`fax-…-far`) runs [fax] of asterisk-config/engine/extensions.conf, which ends in our application, with
   what became of the fax in FAX_ENDED. It waits there while no controller is connected.
3. If the call ends before, the near half is hung up; the dialplan's handler of that keeps what became of the fax.
"""

import asyncio
import contextlib

import msgspec
import structlog

from engine.ari import generated as ari
from engine.ari.bridge import Bridge
from engine.ari.bus import Subscription
from engine.ari.channel import Channel
from engine.ari.errors import AriError, AriNotFound, Gone
from engine.ari.requests import settled
from engine.calls.bridges import bridge_of
from engine.calls.orphans import HELPS
from engine.calls.session import Session
from engine.tasks.fax import Fax, SendFax
from engine.tasks.interfaces import Subject
from engine.tasks.results import Faxed

log = structlog.get_logger(__name__)
CONTEXT = "fax"
LONGEST_SECONDS = 3600.0
ANSWERS_SECONDS = 5
GONE_SECONDS = 3.0
"""For the last event of a channel that was hung up."""
_ENDED, _TAKEN = "FAX_ENDED", "FAX_TAKEN"
_MODEMS = ((12_000, "v17,v27,v29"), (7200, "v27,v29"), (0, "v27"))
"""What may be used at most at these bits a second or more: maxrate alone does not limit spandsp (res_fax_spandsp.c)."""
CUT = "HANGUP"
"""The error of a fax whose call ended before; Asterisk has it too (res_fax.c)."""


class CallFaxer:
    """Sends and receives for one call (engine.tasks.fax.Faxer)."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def fax(self, task: Fax, on: Subject) -> Faxed:
        """Send or receive one fax in the call, and return how it ended. Raises AriError, Gone if the call ended."""
        services, session = self._session.services, self._session
        near, far = (Channel(services.client, services.bus, name) for name in names(on.task_id))
        bridge = Bridge(services.client, services.bus, bridge_of(on.task_id))
        session.media.bridges.own(bridge)
        left = LONGEST_SECONDS if (remaining := on.remaining(LONGEST_SECONDS)) is None else remaining
        bus = services.bus
        with bus.subscribe(far.id, types=(ari.StasisStart, ari.ChannelDestroyed)) as events, bus.subscribe(near.id):
            try:
                if on.was_accepted:  # the call may be gone, and how the fax ended is known all the same
                    said = await self._said(far)
                else:
                    async with session.media.speaking, session.media.silence.off():
                        await self._begin(task, near, far, bridge)
                        on.accepted()
                    said = ""
                if not said:
                    session.media.enter(bridge.id)
                    await on.started()
                    said = await self._until_ended(near, far, events, on, left)
                faxed = _faxed(said) if said else _cut(_faxed(await self._cut_short(near, far)))
                return msgspec.structs.replace(faxed, file=task.file, purpose=task.purpose)
            finally:
                if not services.leaving():
                    await self._end(near, far, bridge)

    async def _until_ended(
        self, near: Channel, far: Channel, events: Subscription, on: Subject, seconds: float
    ) -> str:
        """Wait for the end; returns what became of the fax, "" if the call ends before, or the time is up."""
        waits = [
            asyncio.create_task(events.next(seconds), name=f"end of {near.id}"),
            asyncio.create_task(on.stop_requested.wait(), name=f"stop {near.id}"),
        ]
        try:
            if not (said := await self._said(far)):  # else it ended while no controller was there
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
                said = await self._said(far)
            return said
        finally:
            for each in waits:
                each.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def _said(self, far: Channel) -> str:
        """Return what became of the fax, and note that it was read; "" if that is not known yet."""
        if said := await far.variable(_ENDED):
            with contextlib.suppress(AriError):  # one that waits in front of our application takes no variable
                await far.set_variable(_TAKEN, "1")
            return said
        return await self._kept(far)

    async def _kept(self, far: Channel) -> str:
        """Return what became of the fax by the global variable of a far half that was hung up, which is removed."""
        ask, name = self._session.services.client.asterisk, f"FAX_{far.id}"
        try:
            said = (await ask.get_global_var(variable=name)).value
        except AriNotFound:
            return ""
        if said:
            with contextlib.suppress(AriError):  # what was read counts
                await ask.set_global_var(variable=name)  # without a value it is removed; "" would be kept
        return said

    async def _begin(self, task: Fax, near: Channel, far: Channel, bridge: Bridge) -> None:
        services = self._session.services
        extension = "send" if isinstance(task, SendFax) else "receive"
        await near.create(
            f"Local/{extension}@{CONTEXT}/n",
            other=far.id,
            args=(HELPS, self._session.call.id),
            variables=self._variables(task, far.id),
        )
        await bridge.create()
        await bridge.add(self._session.channel.id)
        with services.bus.subscribe(near.id, types=(ari.ChannelStateChange, ari.ChannelDestroyed)) as events:
            if (found := await near.get()) is None or found.state != "Up":  # else an earlier controller dialled it
                await near.dial(seconds=ANSWERS_SECONDS)  # Asterisk ends one that is in a bridge before it is up
                if isinstance(await events.next(ANSWERS_SECONDS), ari.ChannelDestroyed):
                    raise Gone(f"dial {near.id}")
        await bridge.add(near.id)

    def _variables(self, task: Fax, far: str) -> dict[str, str]:
        session = self._session
        given = {
            "FAX_ID": far,
            "FAX_FILE": task.file,
            "FAX_STATION": task.station,
            "FAX_HEADER": task.header,
            "FAX_ECM": "yes" if task.ecm else "no",
            "FAX_RATE": str(task.rate),
            "FAX_MODEMS": next(modems for rate, modems in _MODEMS if task.rate >= rate),
            "RETURN_TO": f"{session.services.client.application},{HELPS},{session.call.id}",
        }
        return {f"__{name}": value for name, value in given.items()}

    async def _cut_short(self, near: Channel, far: Channel) -> str:
        """Hang up, and read what was transferred before."""
        with self._session.services.bus.subscribe(far.id, types=(ari.ChannelDestroyed,)) as events:
            if await far.get() is not None:
                await near.hangup()
                with contextlib.suppress(TimeoutError):
                    await events.next(GONE_SECONDS)
        try:
            return await self._said(far)
        except AriError:
            return ""

    async def _end(self, near: Channel, far: Channel, bridge: Bridge) -> None:
        self._session.media.leave(bridge.id)
        await self._session.media.bridges.remove(bridge)
        with self._session.services.bus.subscribe(far.id, types=(ari.ChannelDestroyed,)) as events:
            try:
                there = await far.get() is not None
                for each in (near, far):
                    await settled(each.hangup(), f"ari: end {each.id}")
                if there:
                    with contextlib.suppress(TimeoutError):
                        await events.next(GONE_SECONDS)
                await self._kept(far)  # of one that took no variable: nobody else removes it
            except AriError as error:
                log.warning("A fax's channels may be left.", channel=near.id, error=str(error))


def _cut(faxed: Faxed) -> Faxed:
    """A fax whose call ended before the machines were done."""
    if faxed.sent:
        return faxed
    return msgspec.structs.replace(faxed, error=CUT, detail="The call ended before the fax did.")


def names(task_id: str) -> tuple[str, str]:
    """Return the ids of the two halves of a fax's Local channel."""
    near = task_id.replace("task-", "fax-", 1)
    return near, f"{near}-far"


def _faxed(said: str) -> Faxed:
    """Read what the dialplan says: status|error|pages|rate|ecm|mode|station|sentence."""
    fields = said.split("|", 7)
    if len(fields) < 8:
        return Faxed(sent=False, pages=0, error=CUT, detail="The call ended before the fax began.")
    status, error, pages, rate, ecm, mode, station, sentence = fields
    sent = status == "SUCCESS"
    return Faxed(
        sent=sent,
        pages=int(pages) if pages.isdigit() else 0,
        error="" if sent else error or CUT,
        detail="" if sent else sentence,
        rate=int(rate) if rate.isdigit() else 0,
        ecm=ecm == "yes",
        t38=mode == "T38",
        station=station.strip(),
    )
