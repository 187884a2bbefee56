"""The states of a call and every move between them: one table."""

from enum import StrEnum


class CallState(StrEnum):
    """Where a call stands."""

    QUEUED = "queued"
    DIALING = "dialing"
    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"


class Trigger(StrEnum):
    """What moves a call from one state to the next."""

    DIAL = "dial"
    RING = "ring"
    ANSWER = "answer"
    END = "end"


class IllegalMove(Exception):
    """A call in state {state} cannot {trigger}."""

    def __init__(self, state: CallState, trigger: Trigger) -> None:
        self.state, self.trigger = state, trigger
        super().__init__(f"A call in state {state} cannot {trigger}.")


# An inbound call begins RINGING: the far party already waits.
_MOVES: dict[tuple[CallState, Trigger], CallState] = {
    (CallState.QUEUED, Trigger.DIAL): CallState.DIALING,
    (CallState.QUEUED, Trigger.END): CallState.ENDED,
    (CallState.DIALING, Trigger.RING): CallState.RINGING,
    (CallState.DIALING, Trigger.ANSWER): CallState.ANSWERED,
    (CallState.DIALING, Trigger.END): CallState.ENDED,
    (CallState.RINGING, Trigger.RING): CallState.RINGING,
    (CallState.RINGING, Trigger.ANSWER): CallState.ANSWERED,
    (CallState.RINGING, Trigger.DIAL): CallState.DIALING,  # the next trunk is tried
    (CallState.RINGING, Trigger.END): CallState.ENDED,
    (CallState.DIALING, Trigger.DIAL): CallState.DIALING,  # the next trunk is tried
    (CallState.ANSWERED, Trigger.END): CallState.ENDED,
}


def move(state: CallState, trigger: Trigger) -> CallState:
    """Return the state after `trigger`; raises IllegalMove."""
    try:
        return _MOVES[state, trigger]
    except KeyError:
        raise IllegalMove(state, trigger) from None
