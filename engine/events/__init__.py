"""The call core's events, in the order in which they happened (`sequence` rises by one per root).

Those of a feature are in its folder (engine/features/<name>/events.py).
"""

from engine.events.base import Event
from engine.events.calls import (
    CallAnswered,
    CallDialing,
    CallEnded,
    CallOffered,
    CallRinging,
    CallTransferred,
    EndedLeg,
    RootEnded,
    RouteFailed,
    ScheduledCallRefused,
    TransferFailed,
)
from engine.events.conferences import (
    ConferenceEnded,
    ConferenceLocked,
    ConferenceMuted,
    ConferenceStarted,
    ParticipantHeld,
    ParticipantJoined,
    ParticipantLeft,
    ParticipantMuted,
)
from engine.events.digits import DigitPressed, DigitReceived, DigitsCollected
from engine.events.questions import QuestionAsked, ReplyRefused, ReplyRemarked
from engine.events.recordings import RecordingAvailable, RecordingUndelivered
from engine.events.tasks import TaskEnded, TaskRemarked, TaskStarted

__all__ = [
    "CallAnswered",
    "CallDialing",
    "CallEnded",
    "CallOffered",
    "CallRinging",
    "CallTransferred",
    "ConferenceEnded",
    "ConferenceLocked",
    "ConferenceMuted",
    "ConferenceStarted",
    "DigitPressed",
    "DigitReceived",
    "DigitsCollected",
    "EndedLeg",
    "Event",
    "ParticipantHeld",
    "ParticipantJoined",
    "ParticipantLeft",
    "ParticipantMuted",
    "QuestionAsked",
    "RecordingAvailable",
    "RecordingUndelivered",
    "ReplyRefused",
    "ReplyRemarked",
    "RootEnded",
    "RouteFailed",
    "ScheduledCallRefused",
    "TaskEnded",
    "TaskRemarked",
    "TaskStarted",
    "TransferFailed",
]
