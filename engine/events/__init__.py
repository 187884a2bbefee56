"""The events of the engine, in the order in which they happened (`sequence` rises by one per root)."""

from engine.events.base import Event
from engine.events.calls import (
    CallAnswered,
    CallDialing,
    CallEnded,
    CallOffered,
    CallRinging,
    EndedLeg,
    RootEnded,
    ScheduledCallRefused,
)
from engine.events.conferences import (
    ConferenceEnded,
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

AnyEvent = (
    CallOffered
    | CallDialing
    | CallRinging
    | CallAnswered
    | CallEnded
    | RootEnded
    | TaskStarted
    | TaskEnded
    | DigitPressed
    | TaskRemarked
    | DigitReceived
    | RecordingAvailable
    | RecordingUndelivered
    | ScheduledCallRefused
    | ParticipantJoined
    | ParticipantLeft
    | ParticipantMuted
    | ParticipantHeld
    | DigitsCollected
    | ConferenceStarted
    | ConferenceEnded
    | QuestionAsked
    | ReplyRefused
    | ReplyRemarked
)

__all__ = [
    "AnyEvent",
    "CallAnswered",
    "CallDialing",
    "CallEnded",
    "CallOffered",
    "CallRinging",
    "ConferenceEnded",
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
    "ScheduledCallRefused",
    "TaskEnded",
    "TaskRemarked",
    "TaskStarted",
]
