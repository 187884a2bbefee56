"""What became of an attempt, told by its call's last event and by what happened in it; and the ladder of retries."""

from collections.abc import Sequence
from typing import NamedTuple

from engine.events import CallEnded, DigitReceived, Event, TaskEnded, TaskStarted
from engine.features.campaigns.contact import Status
from engine.features.campaigns.model import Machine, Options
from engine.model.call import Party
from engine.model.cause import HangupCause
from engine.tasks.results import Completed, Failed, Recorded, Stopped

_MESSAGE = ("play", "say")
_NO_ANSWER = {HangupCause.NO_ANSWER, HangupCause.UNAVAILABLE, HangupCause.NO_RESPONSE, HangupCause.REJECTED}
_ACCIDENTS = {
    HangupCause.MEDIA_NODE_LOST,
    HangupCause.CONTROLLER_LOST,
    HangupCause.MEDIA_TIMEOUT,
    HangupCause.NETWORK_ERROR,
    HangupCause.NO_CREDIT,
    HangupCause.ERROR,
}


class Facts(NamedTuple):
    """What happened in a call: the share of the message that was played (None: it never began), the digits, the
    recording, and why the message could not be played ("": it could).
    """

    playback: float | None = None
    digits: str = ""
    recording: str = ""
    failure: str = ""


class Ended(NamedTuple):
    """How an attempt ended; `reason` is a cause in a word, or a sentence."""

    status: Status
    reason: str = ""


def facts(events: Sequence[Event], message_seconds: float | None) -> Facts:
    """Return what a call's events say, which are oldest first."""
    began: float | None = None
    playback: float | None = None
    digits, recording, failure = "", "", ""
    for event in events:
        match event:
            case TaskStarted(kind=kind) if kind in _MESSAGE:
                began = event.at
            case TaskEnded(kind=kind, outcome=Completed()) if kind in _MESSAGE:
                playback = 1.0
            case TaskEnded(kind=kind, outcome=Stopped()) if kind in _MESSAGE and began is not None:
                playback = _share(event.at - began, message_seconds)
            case TaskEnded(kind=kind, outcome=Failed(detail=detail, reason=word)) if kind in _MESSAGE:
                failure = detail or word
                if began is not None:
                    playback = _share(event.at - began, message_seconds)
            case TaskEnded(outcome=Completed(result=Recorded(recording=found))):
                recording = found
            case DigitReceived():
                digits += event.digit
    return Facts(playback, digits, recording, failure)


def of_call(ended: CallEnded, found: Facts, *, machine: bool, policy: Machine, stopped: bool) -> Ended:
    """Return how an attempt ended whose call ended so. `stopped`: the campaign was stopped meanwhile."""
    if found.playback is not None and found.playback >= 1.0:
        return Ended(Status.COMPLETED)
    cause = HangupCause(ended.cause)
    if stopped and ended.hung_up_by == Party.US and cause is HangupCause.CANCELLED:
        return Ended(Status.TERMINATED, "stopped")
    if not ended.answered:
        return _unanswered(cause)
    if cause in _ACCIDENTS:
        return Ended(Status.FAILED, cause.value)
    if machine and policy == "hang_up":
        return Ended(Status.MACHINE)
    if ended.hung_up_by == Party.FAR:
        return Ended(Status.HUNG_UP)
    return Ended(Status.FAILED, found.failure or cause.value)


def tried_again(status: Status, options: Options, tries: dict[str, int]) -> float | None:
    """Return after how many seconds an attempt that ended so is followed by another; None: by none.

    `tries` is how often each outcome was tried again.
    """
    for retry in options.retries:
        if retry.outcome == status and tries.get(status.value, 0) < retry.times:
            return retry.wait_seconds
    return None


def _unanswered(cause: HangupCause) -> Ended:
    if cause is HangupCause.BUSY:
        return Ended(Status.BUSY)
    return Ended(Status.UNANSWERED if cause in _NO_ANSWER else Status.FAILED, cause.value)


def _share(played: float, seconds: float | None) -> float:
    return min(1.0, max(0.0, played / seconds)) if seconds else 0.0
