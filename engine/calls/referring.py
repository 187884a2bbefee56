"""What phones ask by REFER (RFC 3515): Asterisk hands it over as ChannelTransfer, since PJSIP_TRANSFER_HANDLING of our
channels is ari-only (tried on Asterisk 22.10.1).

Only an extension's phone is heard, and only of calls that are connected. An attended transfer (Replaces in Refer-To,
RFC 5589 section 7) names another call: it must be one of the same phone.
"""

import asyncio
from typing import NamedTuple

import structlog

from engine.ari import generated as ari
from engine.ari.errors import AriError
from engine.calls.outbound import with_ids
from engine.calls.pair import Pair
from engine.calls.registry import Registry
from engine.calls.session import Session
from engine.calls.state import Milestone
from engine.calls.transferor import DECLINED, Transferor, parted, seconds_left
from engine.model.cause import HangupCause
from engine.queues.queue import QueueClosed
from engine.store.errors import StoreError
from engine.tasks.dial import Dial
from engine.tasks.ring import Ring
from engine.tasks.transfer import Transfer

log = structlog.get_logger(__name__)


class NotReferred(Exception):
    """What a phone asks is not done; the message says why."""


def phone_of(channel: ari.Channel) -> str:
    """The SIP user name of a channel's phone: its endpoint's name in Asterisk."""
    return channel.name.removeprefix("PJSIP/").rpartition("-")[0]


def transfer(pair: Pair, party: Session, *, consulted: Pair | None = None, **fields: object) -> Transfer:
    """A transfer of one of two who are connected; it has what is left of their time, and of who was consulted."""
    apart = parted(pair)
    other = parted(consulted) if consulted else None
    return Transfer(
        parted=apart,
        consulted=other,
        holders=(pair.partner(party).call.id,),
        max_seconds=seconds_left(party.services.clock(), apart, other),
        hang_up_after=apart.hang_up_after,
        continue_after=apart.continue_after and party is pair.session,
        **fields,  # type: ignore[arg-type]
    )


class Referral(NamedTuple):
    """What a phone asks: the transfer of `party`, one of a pair; `unanswered` is its call that ends before."""

    pair: Pair
    party: Session
    task: Transfer
    unanswered: Session | None = None


class Referrals:
    """Carries out what phones ask, for all calls."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def refer(self, session: Session, event: ari.ChannelTransfer) -> None:
        """The phone of a call asked for a transfer. From this moment on nobody ends with the phone that hangs up.

        A phone may ask as soon as it is answered: what it asks of a call that is being connected waits for that.
        """
        if event.state is not None:  # what we ourselves told
            return
        if connected := self._being_connected(session, event):
            session.spawn(self._refer_after(connected, session, event), "transfer once it is connected")
            return
        try:
            pair, party, task, unanswered = self._asked(session, event)
        except NotReferred as why:
            log.info("A transfer that a phone asked for is not made.", call=session.call.id, why=str(why))
            session.spawn(_decline(session), "decline a transfer of")
            return
        transferor = Transferor(party, self._registry, task)
        transferor.set_aside()
        behind = pair.task_id if pair.session is party else ""
        party.spawn(_begin(party, transferor, task, behind, unanswered), "transfer")

    def _being_connected(self, session: Session, event: ari.ChannelTransfer) -> asyncio.Event | None:
        pairs, second = self._registry.pairs, self._at(event.refer_to.destination_channel)
        return pairs.being_connected(session) or (pairs.being_connected(second) if second else None)

    async def _refer_after(self, connected: asyncio.Event, session: Session, event: ari.ChannelTransfer) -> None:
        await connected.wait()
        self.refer(session, event)

    def _asked(self, session: Session, event: ari.ChannelTransfer) -> Referral:
        if session.call.trunk is not None:
            raise NotReferred("Only the phones of extensions may transfer calls.")
        wanted, phone = event.refer_to.requested_destination, phone_of(event.referred_by.source_channel)
        if wanted.protocol_id is None:
            if (pair := self._pair(session)) is None:
                raise NotReferred("The call is not connected with another party.")
            party = pair.partner(session)
            return Referral(pair, party, transfer(pair, party, to=wanted.destination or "", phone=phone, refer=True))
        return self._attended(session, self._second(session, phone, event.refer_to.destination_channel), phone)

    def _pair(self, session: Session) -> Pair | None:
        pair = self._registry.pairs.of(session)
        return pair if pair and session.media.bridge == pair.bridge.id else None

    def _second(self, session: Session, phone: str, channel: ari.Channel | None) -> Session:
        """The phone's other call, which is to be replaced."""
        found = self._at(channel)
        if found is None or channel is None or found is session:
            raise NotReferred("The call to be replaced is not here.")
        if found.call.account != session.call.account or phone_of(channel) != phone or found.hanging_up:
            raise NotReferred("The call to be replaced is not this phone's.")
        return found

    def _at(self, channel: ari.Channel | None) -> Session | None:
        return next((one for one in self._registry if channel and one.channel.id == channel.id), None)

    def _attended(self, session: Session, second: Session, phone: str) -> Referral:
        """One of the two is connected with the party that is moved; either may be, for phones choose as they like."""
        pair, consulted, both = self._pair(session), self._pair(second), (session.call.id, second.call.id)
        if pair is None and consulted and session.conference:
            party = consulted.partner(second)
            return Referral(
                consulted, party, _with(transfer(consulted, party, conference=session.conference, refer=True), both)
            )
        if pair is None:
            raise NotReferred("The call is not connected with another party.")
        party = pair.partner(session)
        if consulted and consulted.partner(second) is not party:
            return Referral(pair, party, _with(transfer(pair, party, consulted=consulted, refer=True), both))
        if second.conference:
            return Referral(pair, party, _with(transfer(pair, party, conference=second.conference, refer=True), both))
        if second.queue.doing(Dial) or second.queue.doing(Ring):  # whom it calls rings still: rung anew for the party
            task = transfer(pair, party, to=second.call.callee, phone=phone, refer=True)
            return Referral(pair, party, task, unanswered=second)
        raise NotReferred("The call to be replaced is connected with nobody.")


def _with(task: Transfer, holders: tuple[str, ...]) -> Transfer:
    return Transfer(**{name: getattr(task, name) for name in task.__struct_fields__} | {"holders": holders})


async def _begin(
    party: Session, transferor: Transferor, task: Transfer, behind: str, unanswered: Session | None
) -> None:
    try:
        if unanswered:
            await unanswered.hang_up(HangupCause.CANCELLED)
            await unanswered.until(Milestone.ENDED)  # whoever it rang is free again
        await party.queue.displace(with_ids((task,)), behind=behind)
    except QueueClosed:
        pass  # the party is gone, and whoever waits ends with it
    except StoreError as error:
        log.warning("A transfer could not be stored.", call=party.call.id, error=str(error))
        await transferor.give_back(HangupCause.ERROR)


async def _decline(session: Session) -> None:
    try:
        await session.services.client.channels.transfer_progress(session.channel.id, states=DECLINED)
    except AriError as error:
        log.warning("A phone was not told of its transfer.", call=session.call.id, error=str(error))
