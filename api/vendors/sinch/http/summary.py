"""What a customer sees as one call: its first leg (the root) and the legs below it, told as one.

A callout's only leg counts as the caller's: who answers it and hangs up is the caller who hung up (our reading).
"""

from collections.abc import Sequence
from typing import NamedTuple

from api.vendors.sinch.http.results import EndedBy, SinchEnding, ending
from engine.model.call import Call, Direction, Party
from engine.model.cause import HangupCause

_LIMITS = frozenset({HangupCause.MAX_DURATION, HangupCause.NO_CREDIT})
_SCRIPT = frozenset({HangupCause.NO_REPLY, HangupCause.ILLEGAL_SCRIPT})
_OURS = frozenset({HangupCause.NORMAL, HangupCause.CANCELLED})
# What a caller ends with whom we refused to connect (engine.calls.connecting): nobody was called.
_REFUSED = frozenset({HangupCause.NOT_ALLOWED, HangupCause.USER_UNKNOWN, HangupCause.OVER_LIMIT, HangupCause.NO_CREDIT})


class CallSummary(NamedTuple):
    """One call. `callee` is the leg that the root was connected with last; None: there is none."""

    root: Call
    callee: Call | None
    legs: Sequence[Call]

    @property
    def price(self) -> int:
        """What all legs cost, in millionths."""
        return sum(leg.price for leg in self.legs)

    @property
    def currency(self) -> str:
        """The currency of that."""
        return next((leg.currency for leg in self.legs if leg.price), self.root.currency)

    @property
    def ended(self) -> bool:
        """Whether every leg has ended."""
        return all(leg.ended is not None for leg in self.legs)

    @property
    def talked(self) -> Call:
        """The leg that tells whether somebody answered, and why not: the callee's, else the root."""
        return self.callee or self.root

    @property
    def refused(self) -> bool:
        """Whether a caller was to be connected, and we called nobody. One who calls in pays nothing, so credit that
        is used up was missing for the callee."""
        root, connected = self.root, self.callee is not None and self.callee.answered is not None
        ours = root.hung_up_by is Party.US and root.cause in _REFUSED
        return ours and root.direction is Direction.INBOUND and not connected


def of(legs: Sequence[Call], root: str) -> CallSummary | None:
    """Return the story of a root from its legs, oldest first; None where the root is not among them."""
    first = next((leg for leg in legs if leg.id == root), None)
    if first is None:
        return None
    called = [leg for leg in legs if leg.id != root and leg.direction is Direction.OUTBOUND]
    answered = [leg for leg in called if leg.answered]
    return CallSummary(first, next(reversed(answered or called), None), legs)


def seconds(summary: CallSummary, now: float) -> float:
    """Return how long who was called has talked until `now` (Unix seconds); the root, where nobody was called."""
    called = [leg for leg in summary.legs if leg is not summary.root] or [summary.root]
    return sum(max(0.0, (leg.ended or now) - leg.answered) for leg in called if leg.answered)


def outcome(summary: CallSummary) -> SinchEnding | None:
    """Return how a call ended; None: it goes on."""
    if not summary.ended:
        return None
    root, leg = summary.root, summary.talked
    # A leg that was cancelled because the network ended its caller's says nothing of why.
    lost = root.hung_up_by is Party.NETWORK and leg.cause is HangupCause.CANCELLED
    cause = leg.cause if leg.answered is None and leg.cause and not lost else root.cause
    answered = leg.answered is not None and not summary.refused
    return ending(cause or HangupCause.NORMAL, _by(summary), answered=answered)


def _by(summary: CallSummary) -> EndedBy:
    root, leg = summary.root, summary.talked
    if root.cause in _SCRIPT or leg.cause in _SCRIPT:
        return EndedBy.SCRIPT
    if leg is not root and leg.answered is None and leg.cause is not None and leg.cause not in _OURS:
        return EndedBy.NETWORK  # nobody came to the callee's phone, the cause says why
    match root.hung_up_by:
        case Party.CONNECTED:
            return EndedBy.CALLEE if leg.answered else EndedBy.NETWORK
        case Party.FAR if root.direction is Direction.OUTBOUND and root.answered is None:
            return EndedBy.NETWORK  # it was refused, the cause says how
        case Party.FAR:
            return EndedBy.CALLER
        case Party.US if root.cause in _LIMITS:
            return EndedBy.LIMIT
        case Party.US if root.cause in _OURS:
            return EndedBy.CUSTOMER
    return EndedBy.NETWORK
