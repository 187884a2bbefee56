"""The call core's commands. Each says what `Engine.submit` returns for it, and which errors it raises.

Those of a feature are in its folder (engine/features/<name>/commands.py).
"""

from engine.commands.base import Command
from engine.commands.calls import HangUpCall, PlaceCall, TransferCall
from engine.commands.conferences import (
    ConferenceMember,
    ConferenceView,
    FindConference,
    HangUpConference,
    HoldMember,
    Invitation,
    KickMember,
    LeaveNow,
    LockConference,
    MuteAll,
    MuteMember,
    QueryConference,
    StartConference,
)
from engine.commands.questions import Redirect, Reply
from engine.commands.refusals import (
    CallBarred,
    CallerRefused,
    CommandRefused,
    CreditSpent,
    EngineUnavailable,
    LimitReached,
    NoSuchCall,
    NoSuchConference,
    NoSuchExtension,
    NoSuchQuestion,
    NoSuchTask,
    NotTransferable,
    NumberRefused,
)
from engine.commands.tasks import CancelTask, Enqueue, StopTasks

__all__ = [
    "CallBarred",
    "CallerRefused",
    "CancelTask",
    "Command",
    "CommandRefused",
    "ConferenceMember",
    "ConferenceView",
    "CreditSpent",
    "EngineUnavailable",
    "Enqueue",
    "FindConference",
    "HangUpCall",
    "HangUpConference",
    "HoldMember",
    "Invitation",
    "KickMember",
    "LeaveNow",
    "LimitReached",
    "LockConference",
    "MuteAll",
    "MuteMember",
    "NoSuchCall",
    "NoSuchConference",
    "NoSuchExtension",
    "NoSuchQuestion",
    "NoSuchTask",
    "NotTransferable",
    "NumberRefused",
    "PlaceCall",
    "QueryConference",
    "Redirect",
    "Reply",
    "StartConference",
    "StopTasks",
    "TransferCall",
]
