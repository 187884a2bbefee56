"""What customers hear of the call core: its calls, tasks, digits and conferences."""

from functools import partial

import msgspec

from engine import events
from engine.model.money import decimal
from engine.platform.catalogue import Entry, Fields, only
from engine.tasks.results import Completed, Digits, Outcome
from engine.tasks.secret import MASK

_HIDDEN = ("digits", "value")  # of a result that is secret


def _ended(event: events.CallEnded) -> Fields:
    fields = only("cause", "hung_up_by", "answered", "currency", "sip_status")(event)
    return fields | {"seconds": round(event.seconds, 3), "price": decimal(event.price)}


def _outcome(outcome: Outcome) -> Fields:
    """Say how a task ended; digits that the task hides are masked."""
    shown: Fields = msgspec.to_builtins(outcome)
    result = shown.get("result")
    if isinstance(result, dict) and result.pop("secret", False):
        result |= {name: MASK for name in _HIDDEN if result.get(name)}
    return {"outcome": shown}


def _task_ended(event: events.TaskEnded) -> Fields:
    return only("task", "kind")(event) | _outcome(event.outcome)


def _task_digits(event: events.TaskEnded) -> Fields:
    assert isinstance(event.outcome, Completed) and isinstance(event.outcome.result, Digits)
    result = event.outcome.result
    return {
        "task": event.task,
        "digits": MASK if result.secret and result.digits else result.digits,
        "how": "timeout" if result.timed_out else "task",
    }


def _brought_digits(event: events.TaskEnded) -> bool:
    return isinstance(event.outcome, Completed) and isinstance(event.outcome.result, Digits)


_MEMBER = ("conference", "task")
_TRANSFER = ("task", "to", "by", "attended")
_of_either = partial(Entry, subject="conference")
"""What happens to a call or to a conference."""
ENTRIES = (
    Entry("call.offered", events.CallOffered, only()),
    Entry("call.dialing", events.CallDialing, only("trunk")),
    Entry("call.ringing", events.CallRinging, only()),
    Entry("call.answered", events.CallAnswered, only()),
    Entry("call.transferred", events.CallTransferred, only(*_TRANSFER, "call")),
    Entry("call.transfer_failed", events.TransferFailed, only(*_TRANSFER, "cause", "reason")),
    Entry("call.ended", events.CallEnded, _ended),
    _of_either("task.started", events.TaskStarted, only("task", "kind")),
    _of_either("task.ended", events.TaskEnded, _task_ended),
    Entry("digit.pressed", events.DigitPressed, only("digit")),
    _of_either("digits.collected", events.TaskEnded, _task_digits, _brought_digits),
    _of_either("digits.collected", events.DigitsCollected, only("conference", "task", "digits", "how")),
    _of_either("conference.started", events.ConferenceStarted, only()),
    _of_either("conference.locked", events.ConferenceLocked, only("locked", "call")),
    _of_either("conference.muted", events.ConferenceMuted, only("muted", "call")),
    _of_either("conference.ended", events.ConferenceEnded, only("reason")),
    _of_either("participant.joined", events.ParticipantJoined, only(*_MEMBER)),
    _of_either("participant.left", events.ParticipantLeft, only(*_MEMBER)),
    _of_either("participant.muted", events.ParticipantMuted, only(*_MEMBER, "muted")),
    _of_either("participant.held", events.ParticipantHeld, only(*_MEMBER, "held")),
)
