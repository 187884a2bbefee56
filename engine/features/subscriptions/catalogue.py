"""The events that customers subscribe to: their names, which are ours and do not change, and what each says.

docs/api.md has the same table. Nothing else of an event leaves the house: no call data, no account, no digit that is
hidden.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec

from engine import events
from engine.events import Event
from engine.features.errors import InvalidSetting
from engine.model.money import decimal
from engine.tasks.results import Completed, Digits, Outcome, Recorded
from engine.tasks.secret import MASK

Fields = dict[str, Any]
ALL = "*"
_HIDDEN = ("digits", "value")  # of a result that is secret


class Entry(NamedTuple):
    """One name: the event that it is, its fields beside those of its call, and which of these events it is.

    `subject` is what the event's subject is if there is no call of that id.
    """

    name: str
    kind: type[Event]
    fields: Callable[[Any], Fields]
    applies: Callable[[Any], bool] = lambda event: True
    subject: str = "conference"


def _only(*names: str) -> Callable[[Any], Fields]:
    return lambda event: {name: getattr(event, name) for name in names}


def _ended(event: events.CallEnded) -> Fields:
    fields = _only("cause", "hung_up_by", "answered", "currency", "sip_status")(event)
    return fields | {"seconds": round(event.seconds, 3), "price": decimal(event.price)}


def _outcome(outcome: Outcome) -> Fields:
    """Say how a task ended; digits that the task hides are masked."""
    shown: Fields = msgspec.to_builtins(outcome)
    result = shown.get("result")
    if isinstance(result, dict) and result.pop("secret", False):
        result |= {name: MASK for name in _HIDDEN if result.get(name)}
    return {"outcome": shown}


def _task_ended(event: events.TaskEnded) -> Fields:
    return _only("task", "kind")(event) | _outcome(event.outcome)


def _task_digits(event: events.TaskEnded) -> Fields:
    assert isinstance(event.outcome, Completed) and isinstance(event.outcome.result, Digits)
    result = event.outcome.result
    return {
        "task": event.task,
        "digits": MASK if result.secret and result.digits else result.digits,
        "how": "timeout" if result.timed_out else "task",
    }


def _task_recording(event: events.TaskEnded) -> Fields:
    assert isinstance(event.outcome, Completed) and isinstance(event.outcome.result, Recorded)
    return _only("recording", "name", "format", "destination")(event.outcome.result)


def _is_recorded(event: events.TaskEnded) -> bool:
    """Whether a recording ended that is where it should be: nothing is left to do with it."""
    outcome = event.outcome
    return isinstance(outcome, Completed) and isinstance(outcome.result, Recorded) and not outcome.result.pending


def _brought_digits(event: events.TaskEnded) -> bool:
    return isinstance(event.outcome, Completed) and isinstance(event.outcome.result, Digits)


_MEMBER = ("conference", "task")
ENTRIES = (
    Entry("call.offered", events.CallOffered, _only()),
    Entry("call.dialing", events.CallDialing, _only("trunk")),
    Entry("call.ringing", events.CallRinging, _only()),
    Entry("call.answered", events.CallAnswered, _only()),
    Entry("call.ended", events.CallEnded, _ended),
    Entry("call.refused", events.ScheduledCallRefused, _only("reason"), subject="call"),
    Entry("task.started", events.TaskStarted, _only("task", "kind")),
    Entry("task.ended", events.TaskEnded, _task_ended),
    Entry("digit.pressed", events.DigitPressed, _only("digit")),
    Entry("digits.collected", events.TaskEnded, _task_digits, _brought_digits),
    Entry("digits.collected", events.DigitsCollected, _only("conference", "task", "digits", "how")),
    Entry("recording.available", events.TaskEnded, _task_recording, _is_recorded),
    Entry("recording.available", events.RecordingAvailable, _only("recording", "name", "format", "destination")),
    Entry("recording.failed", events.RecordingUndelivered, _only("recording", "reason")),
    Entry("conference.started", events.ConferenceStarted, _only()),
    Entry("conference.ended", events.ConferenceEnded, _only("reason")),
    Entry("participant.joined", events.ParticipantJoined, _only(*_MEMBER)),
    Entry("participant.left", events.ParticipantLeft, _only(*_MEMBER)),
    Entry("participant.muted", events.ParticipantMuted, _only(*_MEMBER, "muted")),
    Entry("participant.held", events.ParticipantHeld, _only(*_MEMBER, "held")),
)
NAMES = tuple(dict.fromkeys(entry.name for entry in ENTRIES))
PATTERNS = (ALL, *dict.fromkeys(f"{name.partition('.')[0]}.*" for name in NAMES))
BY_KIND: dict[type[Event], tuple[Entry, ...]] = {
    kind: tuple(entry for entry in ENTRIES if entry.kind is kind) for kind in {entry.kind for entry in ENTRIES}
}


def checked(patterns: Sequence[str]) -> tuple[str, ...]:
    """Return names and patterns without repetitions; raises InvalidSetting."""
    if not patterns:
        raise InvalidSetting("events must name at least one event, such as call.ended, call.* or *.")
    for pattern in patterns:
        if pattern not in NAMES and pattern not in PATTERNS:
            known = ", ".join((*PATTERNS, *NAMES))
            raise InvalidSetting(f"events must be names of events (got {pattern[:80]!r}); there are: {known}.")
    return tuple(dict.fromkeys(patterns))


def meant(patterns: Sequence[str]) -> frozenset[str]:
    """Return the names of events that these patterns match."""
    return frozenset(name for name in NAMES if any(_matches(pattern, name) for pattern in patterns))


def entries(event: Event) -> list[Entry]:
    """Return what an event is called: nothing for one that customers do not hear of."""
    return [entry for entry in BY_KIND.get(type(event), ()) if entry.applies(event)]


def _matches(pattern: str, name: str) -> bool:
    return pattern in (ALL, name) or (pattern.endswith(".*") and name.startswith(pattern[:-1]))
