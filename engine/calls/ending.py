"""How a call ended, and how that ends the one that it was connected with, or was to be."""

import msgspec

from engine.events import CallEnded, ParticipantLeft
from engine.model.call import Call, Party
from engine.model.cause import HangupCause
from engine.queues.journal import Common
from engine.store.tasks import TaskRow


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """How a call ended; `sip_status` is a reply that the far end really sent, or None.

    `known_up` is for an end that nobody saw: the last moment (Unix seconds) at which the call was known to be up.
    """

    cause: HangupCause
    by: Party
    sip_status: int | None = None
    known_up: float | None = None


def ending_of(call: Call) -> Ending:
    """How a call that is over ended, as stored."""
    return Ending(cause=call.cause or HangupCause.ERROR, by=call.hung_up_by or Party.NETWORK)


def passed_on(ending: Ending) -> Ending:
    """How one of two legs ends because the other ended like this: with its cause.

    A party that hung up, declined or did not answer is the OTHER one, seen from here. Where we ended the other leg (a
    request, a task, a limit of time or money) or the network did, the same is said of this one.
    """
    ours = ending.by in (Party.US, Party.NETWORK) and ending.cause is not HangupCause.NO_ANSWER
    return Ending(cause=ending.cause, by=ending.by if ours else Party.CONNECTED)


def event_of(ending: Ending, call: Call, common: Common) -> CallEnded:
    """The last event of a call that ended like this; its price is that of the call."""
    return CallEnded(
        **common,  # type: ignore[arg-type]
        cause=ending.cause,
        hung_up_by=ending.by,
        answered=call.answered is not None,
        seconds=call.duration,
        price=call.price,
        currency=call.currency,
        sip_status=ending.sip_status,
    )


def left_by(row: TaskRow, common: Common) -> ParticipantLeft:
    """For a conference that a call was in before a restart, and into which it did not come back; the store knows it."""
    return ParticipantLeft(**common, conference="", task=row.id)  # type: ignore[arg-type]
