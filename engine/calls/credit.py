"""The money of a live call: its hold grows with it, ends it where it cannot, and becomes its charge.

A hold is taken in the transaction that stores the call and ended in the one that stores its end, so a controller that
dies in between leaves neither too much nor too little. Holds and charges are made by what is handed in
(engine.calls.admission_protocol): the same code serves calls and everything else that costs (engine.platform.money).
"""

from typing import Protocol

import msgspec
import structlog

from engine.calls.admission_protocol import Admission, Cover
from engine.calls.services import CallServices
from engine.calls.state import Milestone
from engine.model.call import Call, Direction
from engine.model.cause import HangupCause
from engine.store.errors import StoreError

log = structlog.get_logger(__name__)
LEAD_SECONDS = 60.0  # a hold that covers less than this from now on is grown
AGAIN_SECONDS = 5.0  # between attempts where it could not be: another call may end, or money may be paid in


class Covered(Protocol):
    """What is needed of a live call (engine.calls.session.Session)."""

    services: CallServices

    @property
    def call(self) -> Call:
        """Its record."""

    async def until(self, milestone: Milestone) -> None:
        """Wait until it has come to this."""

    async def ending(self, seconds: float) -> bool:
        """Wait for the call's end; False where so many seconds passed first."""


def longest(call: Call, cover: Cover | None) -> float:
    """Seconds from its answer for which a call may last: its own limit, or as long as what is held for it covers."""
    return call.max_seconds if cover is None else min(call.max_seconds, cover.held.seconds)


def limit_of(call: Call, cover: Cover | None) -> HangupCause:
    """Why a call ends that has lasted its longest."""
    if call.short_of_credit:  # so stored by a version that held no money
        return HangupCause.NO_CREDIT
    if cover is None or cover.held.seconds >= call.max_seconds:
        return HangupCause.MAX_DURATION
    return HangupCause.NO_CREDIT if cover.held.short else HangupCause.ERROR  # the store was out for too long


async def keep_covered(live: Covered, cover: Cover) -> None:
    """Grow the hold of a call from its answer to its end, or until all that it may cost is held."""
    await live.until(Milestone.ANSWERED)
    while cover.held.seconds < live.call.max_seconds:
        used = live.services.clock() - (live.call.answered or 0.0)
        left = cover.held.seconds - used
        if left > LEAD_SECONDS:
            if await live.ending(left - LEAD_SECONDS):
                return
            continue
        await _grow(live, cover, used)
        if cover.held.seconds - used <= LEAD_SECONDS and await live.ending(AGAIN_SECONDS):
            return


async def _grow(live: Covered, cover: Cover, used: float) -> None:
    at = live.services.clock()
    try:
        cover.held = await live.services.writer.write(lambda conn: cover.grow(conn, used, at))
    except StoreError as error:
        log.warning("The money held for a call could not be raised yet.", call=live.call.id, error=str(error))


def priced(call: Call, cover: Cover | None, admission: Admission) -> Call:
    """Return a call that ended with its price; what passed after the last covered second costs nothing."""
    if call.answered is None or call.direction is not Direction.OUTBOUND:
        return call
    seconds = min(call.duration, longest(call, cover))  # hanging up takes a moment
    price = cover.price(seconds) if cover else admission.price(call.account, call.callee, seconds)
    return msgspec.structs.replace(call, price=price.amount, currency=price.currency)
