"""What a customer sees as one call: its first leg (the root) and the legs below it, told as one.

A callout's only leg counts as the caller's: who answers it and hangs up is the caller who hung up (our reading).
"""

from collections.abc import Sequence
from typing import NamedTuple

from api.vendors.sinch.results import EndedBy, Ending, ending
from engine.calls.call import Call, Direction, Party
from engine.calls.cause import HangupCause

_LIMITS = frozenset({HangupCause.MAX_DURATION, HangupCause.NO_CREDIT})
_SCRIPT = frozenset({HangupCause.NO_REPLY, HangupCause.ILLEGAL_SCRIPT})
_OURS = frozenset({HangupCause.NORMAL, HangupCause.CANCELLED})


class Story(NamedTuple):
    """One call. `callee` is the leg that the root was connected with last; None: there is none."""

    root: Call
    callee: Call | None
    legs: Sequence[Call]

    @property
    def price(self) -> int:
        """What all legs cost, in millionths."""
        return sum(leg.price for leg in self.legs)

    @property
    def over(self) -> bool:
        """Whether every leg has ended."""
        return all(leg.ended is not None for leg in self.legs)

    @property
    def talked(self) -> Call:
        """The leg whose duration counts: the callee's, else the root."""
        return self.callee or self.root


def of(legs: Sequence[Call], root: str) -> Story | None:
    """Return the story of a root from its legs, oldest first; None where the root is not among them."""
    first = next((leg for leg in legs if leg.id == root), None)
    if first is None:
        return None
    called = [leg for leg in legs if leg.id != root and leg.direction is Direction.OUTBOUND]
    answered = [leg for leg in called if leg.answered]
    return Story(first, next(reversed(answered or called), None), legs)


def seconds(story: Story, now: float) -> float:
    """Return how long the parties have talked until `now` (Unix seconds), or until the end."""
    leg = story.talked
    return max(0.0, (leg.ended or now) - leg.answered) if leg.answered else 0.0


def how(story: Story) -> Ending | None:
    """Return how a call ended; None: it goes on."""
    if not story.over:
        return None
    root, leg = story.root, story.talked
    cause = leg.cause if leg.answered is None and leg.cause else root.cause
    return ending(cause or HangupCause.NORMAL, _by(story), answered=leg.answered is not None)


def _by(story: Story) -> EndedBy:
    root, leg = story.root, story.talked
    if root.cause in _SCRIPT or leg.cause in _SCRIPT:
        return EndedBy.SCRIPT
    if leg is not root and leg.answered is None and leg.cause is not None and leg.cause not in _OURS:
        return EndedBy.NETWORK  # nobody came to the callee's phone, the cause says why
    if root.hung_up_by is Party.OTHER:
        return EndedBy.CALLEE if leg.answered else EndedBy.NETWORK
    match root.hung_up_by:
        case Party.FAR if root.direction is Direction.OUTBOUND and root.answered is None:
            return EndedBy.NETWORK  # it was refused, the cause says how
        case Party.FAR:
            return EndedBy.CALLER
        case Party.US if root.cause in _LIMITS:
            return EndedBy.LIMIT
        case Party.US if root.cause in _OURS:
            return EndedBy.CUSTOMER
    return EndedBy.NETWORK
