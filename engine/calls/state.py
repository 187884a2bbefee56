"""The states of a live call and every move between them: one table, and the machine of one call."""

import asyncio
from enum import StrEnum

from engine.model.call import CallState


class LiveState(StrEnum):
    """Where a live call is, from its row to its CallEnded."""

    QUEUED = "queued"
    DIALING = "dialing"
    RINGING = "ringing"
    ANSWERED = "answered"
    CANCELLING = "cancelling"  # it is being hung up, and was not answered
    HANGING_UP = "hanging_up"  # it is being hung up, and was answered
    GONE = "gone"  # it has no channel any more; its tasks may still report
    ENDED = "ended"  # its CallEnded is committed


class Trigger(StrEnum):
    """What moves a call from one state to the next."""

    DIAL = "dial"
    RING = "ring"
    ANSWER = "answer"
    HANG_UP = "hang_up"
    LOSE = "lose"
    END = "end"


RECORDED = {
    Trigger.DIAL: CallState.DIALING,
    Trigger.RING: CallState.RINGING,
    Trigger.ANSWER: CallState.ANSWERED,
    Trigger.END: CallState.ENDED,
}
"""What is stored of a move. The others are not stored: a restarted controller sees them in Asterisk."""


class IllegalMove(Exception):
    """A call in state {state} cannot {trigger}."""

    def __init__(self, state: LiveState, trigger: Trigger) -> None:
        self.state, self.trigger = state, trigger
        super().__init__(f"A call in state {state} cannot {trigger}.")


# An inbound call begins RINGING: the far party already waits.
_MOVES: dict[tuple[LiveState, Trigger], LiveState] = {
    (LiveState.QUEUED, Trigger.DIAL): LiveState.DIALING,
    (LiveState.QUEUED, Trigger.HANG_UP): LiveState.CANCELLING,
    (LiveState.QUEUED, Trigger.LOSE): LiveState.GONE,
    (LiveState.DIALING, Trigger.DIAL): LiveState.DIALING,  # the next trunk is tried
    (LiveState.DIALING, Trigger.RING): LiveState.RINGING,
    (LiveState.DIALING, Trigger.ANSWER): LiveState.ANSWERED,
    (LiveState.DIALING, Trigger.HANG_UP): LiveState.CANCELLING,
    (LiveState.DIALING, Trigger.LOSE): LiveState.GONE,
    (LiveState.RINGING, Trigger.DIAL): LiveState.DIALING,  # the next trunk is tried
    (LiveState.RINGING, Trigger.RING): LiveState.RINGING,
    (LiveState.RINGING, Trigger.ANSWER): LiveState.ANSWERED,
    (LiveState.RINGING, Trigger.HANG_UP): LiveState.CANCELLING,
    (LiveState.RINGING, Trigger.LOSE): LiveState.GONE,
    (LiveState.ANSWERED, Trigger.HANG_UP): LiveState.HANGING_UP,
    (LiveState.ANSWERED, Trigger.LOSE): LiveState.GONE,
    (LiveState.CANCELLING, Trigger.DIAL): LiveState.DIALING,  # a trunk hung it up, not we: the next one is tried
    (LiveState.CANCELLING, Trigger.RING): LiveState.CANCELLING,
    (LiveState.CANCELLING, Trigger.ANSWER): LiveState.HANGING_UP,  # the answer crossed our CANCEL
    (LiveState.CANCELLING, Trigger.HANG_UP): LiveState.CANCELLING,
    (LiveState.CANCELLING, Trigger.LOSE): LiveState.GONE,
    (LiveState.HANGING_UP, Trigger.HANG_UP): LiveState.HANGING_UP,
    (LiveState.HANGING_UP, Trigger.LOSE): LiveState.GONE,
    (LiveState.GONE, Trigger.HANG_UP): LiveState.GONE,
    (LiveState.GONE, Trigger.END): LiveState.ENDED,
    (LiveState.ENDED, Trigger.HANG_UP): LiveState.ENDED,
}


def move(state: LiveState, trigger: Trigger) -> LiveState:
    """Return the state after `trigger`; raises IllegalMove."""
    try:
        return _MOVES[state, trigger]
    except KeyError:
        raise IllegalMove(state, trigger) from None


class Milestone(StrEnum):
    """What a call comes to, and others wait for. It is reached for good, but for HANGING_UP: see CANCELLING, DIAL."""

    ANSWERED = "answered"
    HANGING_UP = "hanging_up"
    GONE = "gone"
    ENDED = "ended"


_REACHED: dict[LiveState, tuple[Milestone, ...]] = {
    LiveState.ANSWERED: (Milestone.ANSWERED,),
    LiveState.CANCELLING: (Milestone.HANGING_UP,),
    LiveState.HANGING_UP: (Milestone.ANSWERED, Milestone.HANGING_UP),
    LiveState.GONE: (Milestone.HANGING_UP, Milestone.GONE),
    LiveState.ENDED: (Milestone.HANGING_UP, Milestone.GONE, Milestone.ENDED),
}


class StateMachine:
    """The state of one live call, and those who wait for what it comes to."""

    def __init__(self, recorded: CallState) -> None:
        self.state = LiveState(recorded)
        self._milestones = {milestone: asyncio.Event() for milestone in Milestone}
        self._note()

    def move(self, trigger: Trigger) -> None:
        """Go to the next state; raises IllegalMove."""
        self.state = move(self.state, trigger)
        self._note()

    def reached(self, milestone: Milestone) -> bool:
        """Whether it has come to this."""
        return self._milestones[milestone].is_set()

    async def until(self, milestone: Milestone) -> None:
        """Wait until it has come to this."""
        await self._milestones[milestone].wait()

    def _note(self) -> None:
        if self.state is LiveState.DIALING:
            self._milestones[Milestone.HANGING_UP].clear()
        for milestone in _REACHED.get(self.state, ()):
            self._milestones[milestone].set()
