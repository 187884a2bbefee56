"""Whoever transfers a call and waits: set aside, told, and dismissed, or connected again with the party."""

import asyncio
import contextlib
from collections.abc import Iterator

import structlog

from engine.ari.bridge import Bridge
from engine.ari.errors import AriError
from engine.calls.bridges import bridge_of
from engine.calls.ending import passed_on
from engine.calls.pair import Pair, Terms
from engine.calls.registry import Registry
from engine.calls.session import Session
from engine.calls.state import Milestone
from engine.model.cause import HangupCause
from engine.tasks.transfer import Parted, Transfer

log = structlog.get_logger(__name__)
LEAVES_SECONDS = 2.0
"""In which a phone that was told of its success hangs up by itself, as most do; then it is hung up."""
BYE_SECONDS = 0.5
"""In which the BYE of such a phone comes, if the transfer fails at once."""
HELD_SECONDS = 0.3
"""After a phone that holds its call has left the bridge: without it the party's music was not heard in two of seven
transfers, and with it in all of seven (tried on Asterisk 22.10.1). Asterisk ends its own music of the hold then."""
PROGRESS, ANSWERED, UNAVAILABLE, DECLINED = (
    "channel_progress", "channel_answered", "channel_unavailable", "channel_declined",
)  # fmt: skip
"""What Asterisk makes of these in its NOTIFY: 100, 200, 503 and 603 (res/res_pjsip_refer.c); it knows no others."""
_UNAVAILABLE = (
    HangupCause.BUSY, HangupCause.NO_ANSWER, HangupCause.UNAVAILABLE, HangupCause.NO_RESPONSE,
    HangupCause.CONGESTION, HangupCause.NETWORK_ERROR,
)  # fmt: skip


def parted(pair: Pair) -> Parted:
    """What is stored of a pair that a transfer takes apart."""
    return Parted(session=pair.session.call.id, other=pair.other.call.id, task=pair.task_id, since=pair.since,
                  **pair.terms._asdict())  # fmt: skip


def seconds_left(now: float, *pairs: Parted | None) -> float | None:
    """What is left at `now` (Unix seconds) to the first of these pairs whose time ends; None: none has a limit."""
    left = [seconds for one in pairs if one and (seconds := one.left(now)) is not None]
    return min(left, default=None)


class Transferor:
    """The calls of whoever transfers `party`, as `task` names them; those that have ended are passed over."""

    def __init__(self, party: Session, registry: Registry, task: Transfer) -> None:
        self._party, self._registry, self._task = party, registry, task
        self._services = party.services

    def set_aside(self) -> None:
        """Let nobody end with another any more, but those who wait with the party. Nothing is waited for.

        Until `finish` the party is transferred by nobody else.
        """
        self._registry.pairs.move(self._party)
        for pair in self._pairs():
            pair.set_aside()
        for leg in (*self._legs(), *self._consulted()):
            self._registry.pairs.tie(leg, _end_after(leg, self._party))

    def finish(self) -> None:
        """The transfer has ended, well or not."""
        self._registry.pairs.moved(self._party)

    @property
    def consulted(self) -> Session | None:
        """Whom the transferor has spoken with, and the party is to be connected with; None where that one is gone."""
        return next(self._consulted(), None)

    async def notify(self, state: str) -> None:
        """Tell the phone that asked by REFER how far it is; a failure is only logged."""
        if not self._task.refer:
            return
        for leg in list(self._legs())[:1]:
            try:
                await self._services.client.channels.transfer_progress(leg.channel.id, states=state)
            except AriError as error:
                log.warning("A phone was not told of its transfer.", call=leg.call.id, error=str(error))

    async def separate(self) -> None:
        """Take the party and the transferor out of their bridges, which are removed."""
        pairs = {pair.task_id: pair for pair in self._pairs()}
        for one in self._parted():
            if pair := pairs.get(one.task):
                await pair.separate()
                continue
            bridge = Bridge(self._services.client, self._services.bus, bridge_of(one.task))  # one of the two is gone
            self._party.media.leave(bridge.id)
            await self._party.media.bridges.remove(bridge)
        if self._task.refer:
            await asyncio.sleep(HELD_SECONDS)

    async def moment(self) -> None:
        """Let a phone hang up that does so behind its REFER, before it is known to be there still."""
        legs = list(self._legs())
        if self._task.refer and legs:
            await legs[0].ending(BYE_SECONDS)

    async def give_back(self, cause: HangupCause) -> bool:
        """Connect everybody again as before, and tell the phone; False where whoever transferred is gone."""
        self.finish()
        legs = (*self._legs(), *self._consulted())
        for leg in legs:
            self._registry.pairs.untie(leg)
        for pair in self._pairs():
            with contextlib.suppress(AriError):
                await pair.connect(pair.since)
        await self.notify(UNAVAILABLE if cause in _UNAVAILABLE else DECLINED)
        for leg in legs:
            if leg.media.bridge is None and not leg.gone:  # whom it was connected with is gone meanwhile
                await leg.hang_up()
        return self._registry.pairs.of(self._party) is not None

    async def dismiss(self) -> None:
        """Tell the phone that the party is where it is to be, and end its calls: it is not needed any more."""
        await self.notify(ANSWERED)
        legs = list(self._legs())
        if self._task.refer and legs:
            await legs[0].ending(LEAVES_SECONDS)
        for leg in (*legs, *self._consulted()):
            self._registry.pairs.untie(leg)
        for leg in legs:
            if not leg.gone:
                await leg.hang_up()
        for leg in legs:  # until then the transfer is not over: a controller that comes would not know of them
            await leg.until(Milestone.GONE)

    def _parted(self) -> Iterator[Parted]:
        yield from filter(None, (self._task.parted, self._task.consulted))

    def _legs(self) -> Iterator[Session]:
        for call in self._task.holders:
            if (leg := self._registry.get(call)) and not leg.gone:
                yield leg

    def _consulted(self) -> Iterator[Session]:
        if two := self._task.consulted:
            third = next(call for call in (two.session, two.other) if call not in self._task.holders)
            if (leg := self._registry.get(third)) and not leg.gone:
                yield leg

    def _pairs(self) -> Iterator[Pair]:
        """Those of the task whose two calls are up: the one that is connected, or one that can be again."""
        pairs = self._registry.pairs
        for one in self._parted():
            session, other = self._registry.get(one.session), self._registry.get(one.other)
            if session is None or other is None or session.gone or other.gone:
                continue
            known = pairs.of(session)
            if known and known.task_id == one.task:
                yield known
            else:
                yield Pair(session, other, one.task, Terms.of(one), pairs, one.since)


async def _end_after(leg: Session, party: Session) -> None:
    """End a leg that waits once the party is gone: as a connected one would."""
    await party.until(Milestone.GONE)
    if party.ended_as:
        ending = passed_on(party.ended_as)
        await leg.hang_up(ending.cause, ending.by)
