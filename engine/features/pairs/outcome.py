"""What became of a pair, told by the end of its call tree."""

from engine.events import RootEnded
from engine.events.calls import EndedLeg
from engine.features.pairs.model import Result
from engine.model.call import Party
from engine.model.cause import HangupCause

_NO_ANSWER = {HangupCause.NO_ANSWER, HangupCause.UNAVAILABLE}
_OURS = {HangupCause.NORMAL, HangupCause.CANCELLED}
_SECOND = {
    HangupCause.NO_ANSWER: Result.SECOND_NO_ANSWER,
    HangupCause.UNAVAILABLE: Result.SECOND_NO_ANSWER,
    HangupCause.BUSY: Result.SECOND_BUSY,
    HangupCause.CONGESTION: Result.SECOND_CONGESTED,
}


def result_of(ended: RootEnded) -> Result:
    """Return how a pair ended whose call tree ended so."""
    first, *others = ended.legs
    if not first.answered:
        return _first(first)
    if any(leg.answered for leg in others):
        return Result.COMPLETED
    second = others[-1] if others else None
    if second is not None and second.cause != HangupCause.CANCELLED:
        return _SECOND.get(HangupCause(second.cause), Result.SECOND_FAILED)
    if first.hung_up_by == Party.FAR:
        return Result.ABANDONED
    return Result.CANCELLED if _was_ended(first) else Result.SECOND_FAILED


def _first(leg: EndedLeg) -> Result:
    if leg.cause == HangupCause.BUSY:
        return Result.FIRST_BUSY
    if leg.cause in _NO_ANSWER:
        return Result.FIRST_NO_ANSWER
    return Result.CANCELLED if _was_ended(leg) else Result.FIRST_FAILED


def _was_ended(leg: EndedLeg) -> bool:
    """Whether a request ended it: of the pair, or of the call."""
    return leg.hung_up_by == Party.US and leg.cause in _OURS
