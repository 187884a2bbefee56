"""Going on with a leg that an earlier controller dialled at several phones of an extension (engine.calls.forking)."""

import itertools
from collections.abc import Mapping, Sequence

import structlog

from engine.ari import generated as ari
from engine.ari.bus import Subscription
from engine.ari.channel import Channel
from engine.ari.errors import AriError
from engine.calls.admission_protocol import Admitted, Route
from engine.calls.dialling import barred, invite
from engine.calls.ending import Ending
from engine.calls.following import follow, note_state
from engine.calls.forking import Fork, end, first_of, own_of
from engine.calls.session import Session
from engine.model.cause import HangupCause

log = structlog.get_logger(__name__)


def by_leg(there: Mapping[str, ari.Channel]) -> dict[str, list[ari.Channel]]:
    """Return the channels of each leg that rings at several phones, by the id of its first channel."""
    branches = sorted(id for id in there if own_of(id))
    grouped = {own: list(ids) for own, ids in itertools.groupby(sorted(branches, key=own_of), key=own_of)}
    return {own: [there[id] for id in (own, *ids) if id in there] for own, ids in grouped.items()}


def inside(admitted: Admitted) -> Route:
    """Return the route to the phones of an extension; one that has none where the leg goes elsewhere."""
    return next((route for route in admitted.routes if route.phones), Route(endpoint=""))


async def go_on_forked(
    session: Session, admitted: Admitted, inbox: Subscription, phones: Sequence[ari.Channel]
) -> Ending:
    """Go on with a leg that rings at several phones, or was answered at one of them; `inbox` follows their channels."""
    with inbox:
        if session.answered:
            return await _go_on_answered(session, inbox, phones)
        first = next((one for one in phones if one.id == first_of(session.channel.id)), None)
        if first is None or session.call.sip_call_id is not None:
            return await Fork(session, inbox, phones).follow()
        if await barred(session):
            await session.hang_up(HangupCause.CANCELLED)
        else:
            try:
                if fork := await invite(session, inside(admitted), first, inbox, there=phones):
                    return await fork.follow()
            except AriError as error:
                log.warning("A restored call could not be dialled.", call=session.call.id, error=str(error))
        return await Fork(session, inbox, phones).follow()


async def _go_on_answered(session: Session, inbox: Subscription, phones: Sequence[ari.Channel]) -> Ending:
    """The other phones need not ring any more."""
    session.note_branches(())
    inbox.only(session.channel.id)
    for channel in phones:
        if channel.id == session.channel.id:
            note_state(session, channel)
        else:
            other = Channel(session.services.client, session.services.bus, channel.id)
            session.spawn(end(session, other, HangupCause.ANSWERED_ELSEWHERE), "another phone of")
    return await follow(session, inbox)
