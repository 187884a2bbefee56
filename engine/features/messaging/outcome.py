"""What became of a text, by what became of its parts: a table without any effect."""

from collections.abc import Sequence

from engine.features.messaging.carrier import ReceiptState
from engine.features.messaging.model import PartState, State
from engine.features.messaging.store.parts import PartView

WORST_FIRST = (
    (PartState.FAILED, State.FAILED),
    (PartState.EXPIRED, State.EXPIRED),
    (PartState.UNKNOWN, State.UNKNOWN),
)
"""One part that ended so ends its text so."""
CORRECTIONS = frozenset({State.DELIVERED, State.FAILED, State.EXPIRED})
"""What a text that was unknown may still become."""
BY_RECEIPT = {
    ReceiptState.DELIVERED: PartState.DELIVERED,
    ReceiptState.FAILED: PartState.FAILED,
    ReceiptState.EXPIRED: PartState.EXPIRED,
    ReceiptState.UNKNOWN: PartState.UNKNOWN,
}
"""What a receipt makes of a part; UNDER_WAY is not final, and changes nothing."""
RECEIVABLE = frozenset({PartState.ACCEPTED, PartState.UNKNOWN})
"""The states of a part in which a receipt still counts: of several that contradict each other, the first final one."""
_UNDER_WAY = frozenset({PartState.WAITING, PartState.SUBMITTING})


def outcome(parts: Sequence[PartView]) -> State:
    """Return what a text is: queued for as long as one of its parts waits or is being submitted.

    A part whose carrier sends no receipts counts as what the others are.
    """
    states = {PartState(part.state) for part in parts}
    if states & _UNDER_WAY:
        return State.QUEUED
    for state, ended in WORST_FIRST:
        if state in states:
            return ended
    reported = {part.state for part in parts if part.carrier_id}
    return State.DELIVERED if reported == {PartState.DELIVERED.value} else State.SENT


def accepted(parts: Sequence[PartView]) -> int:
    """Return how many parts a carrier took: those are paid for."""
    return sum(part.carrier_id is not None for part in parts)


def reason(parts: Sequence[PartView], state: State) -> str:
    """Return why a text is what it is: the reason of the first part that made it so."""
    of_part = next((each for each, ended in WORST_FIRST if ended == state), None)
    return next((part.reason for part in parts if part.state == of_part and part.reason), "")


def may_become(before: State, after: State) -> bool:
    """Whether a text's state changes from one to the other: a final one does not, except unknown."""
    if before == State.UNKNOWN:
        return after in CORRECTIONS
    return before in (State.QUEUED, State.SENT) and after not in (before, State.QUEUED)
