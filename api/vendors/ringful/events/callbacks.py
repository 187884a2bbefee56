"""Ringful's callbacks: which event becomes which action, with exactly the document's keys.

Our reading where the document is silent: CalleeHangUp is the far party's hang-up after an answer,
ServerHangup any other end; a play cut short is neither complete nor failed; conference legs carry two keys more.
"""

from collections.abc import Callable
from decimal import Decimal

from api.vendors.ringful import call_data
from engine.events import (
    CallAnswered,
    CallEnded,
    CallOffered,
    ConferenceEnded,
    ConferenceStarted,
    DigitReceived,
    Event,
    ParticipantJoined,
    ParticipantLeft,
    TaskEnded,
    TaskStarted,
)
from engine.model.call import Party
from engine.model.call_data import CallData
from engine.tasks.results import Completed, Discarded, Failed, Recorded

Fields = dict[str, str]
Link = Callable[[str, str], str]
"""Makes the URL of a recording from its id and its name."""
_STARTED = {"play": "PlayStart", "record": "RecordStart", "detect_dtmf": "ToneDetectorStart"}
ADDITIONS = ("CallReceived", "PlayFailed")
"""The actions that are not in the document; an account's setting of that name, "off", switches one off."""


def fields(event: Event, data: CallData, link: Link) -> Fields | None:
    """Return a callback's fields, in the document's order; None for an event that Ringful does not tell."""
    match event:
        case CallOffered():
            return {"action": "CallReceived", "callId": event.subject, "caller": event.caller, "callee": event.callee}
        case CallAnswered():
            return {"action": "CallEstablished", "callId": event.subject}
        case CallEnded():
            return _ended(event, data)
        case TaskStarted() | TaskEnded() | DigitReceived():
            return _task(event, data, link)
        case ParticipantJoined():
            return _participant("ConfCallJoined", event)
        case ParticipantLeft():
            return _participant("ConfCallLeft", event)
        case ConferenceStarted():
            return {"action": "ConfCallStarted", "confCallId": event.subject}
        case ConferenceEnded():
            return {"action": "ConfCallCompleted", "confCallId": event.subject}
    return None


def bill_amount(price: int) -> str:
    """Return millionths of the account's currency as a decimal, e.g. 15000 as `0.015`."""
    return format((Decimal(price) / 1_000_000).normalize(), "f") if price else "0"


def _ended(event: CallEnded, data: CallData) -> Fields:
    by_callee = event.answered and event.hung_up_by == Party.FAR
    parameters = {
        "action": "CalleeHangUp" if by_callee else "ServerHangup",
        "callId": event.subject,
        "billAmount": bill_amount(event.price),
    }
    if conference := data.values.get(call_data.CONFERENCE):
        parameters |= {"confCallId": conference, "duration": str(round(event.seconds))}
    return parameters


def _participant(action: str, event: ParticipantJoined | ParticipantLeft) -> Fields:
    return {"action": action, "confCallId": event.conference, "participantCallId": event.subject}


def _task(event: TaskStarted | TaskEnded | DigitReceived, data: CallData, link: Link) -> Fields | None:
    owner = {call_data.owner_key(event.subject): event.subject}
    match event:
        case TaskStarted(kind="play"):
            return {"action": "PlayStart", **_announcement(data), **owner}
        case TaskStarted(kind=kind) if kind in _STARTED:
            return {"action": _STARTED[kind], **owner}
        case DigitReceived(kind="detect_dtmf"):
            return {"action": "ToneDetected", **owner, "tone": event.digit}
        case DigitReceived(kind="wait_for_digits"):
            action = "WaitForToneDetected" if event.accepted else "WaitForToneMisfire"
            return {"action": action, **owner, "tone": event.digit}
        case TaskEnded(kind="play", outcome=Completed()):
            return {"action": "PlayComplete", **_announcement(data), **owner}
        case TaskEnded(kind="play", outcome=Failed(reason=reason)):
            return {"action": "PlayFailed", **_announcement(data), **owner, "reason": reason}
        case TaskEnded(kind="record", outcome=Completed(result=Recorded() as saved)):
            return {"action": "RecordComplete", **owner, "recordFile": link(saved.recording, saved.name)}
        case TaskEnded(kind="detect_dtmf", outcome=outcome) if not isinstance(outcome, Failed | Discarded):
            return {"action": "ToneDetectorStop", **owner}
    return None


def _announcement(data: CallData) -> Fields:
    return {"announcement": data.values.get(call_data.ANNOUNCEMENT, "")}
