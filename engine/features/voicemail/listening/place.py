"""Where a caller is in the menu of a box: all that is kept of a session, in the task of its next turn."""

from enum import StrEnum

import msgspec

from engine.features.voicemail.model import Folder, GreetingKind
from engine.tasks.converse import Converse

TOPIC = "voicemail"


class Step(StrEnum):
    """What the next turn is."""

    NUMBER = "number"
    PIN = "pin"
    MAIN = "main"
    MESSAGE = "message"
    FORWARD = "forward"
    OPTIONS = "options"
    GREETING = "greeting"
    RECORD = "record"
    REVIEW = "review"
    NEW_PIN = "new_pin"


class Place(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The step, the box (its number or id), and what the step is about.

    `own`: the call comes from the phone of the box's own extension. `typed`: the caller typed the box's number, which
    need not be one. `open`: the PIN was right. `tries` counts the wrong ones. `first` is what is spoken before anything
    else: the name of a sentence (phrases.Phrases). `ended`: the turn before took digits that # ended. `message` is the
    id of the message at hand, and `heard` says that its menu alone is spoken. `kind` is the greeting at hand,
    `recording` the id of what was recorded for it.
    """

    step: Step
    box: str = ""
    own: bool = False
    typed: bool = False
    open: bool = False
    tries: int = 0
    first: str = ""
    folder: Folder = Folder.INBOX
    message: str = ""
    heard: bool = False
    ended: bool = False
    kind: GreetingKind = GreetingKind.ALL
    recording: str = ""

    def at(self, step: Step, **changes: object) -> "Place":
        """Another step of the same session; nothing is spoken first unless it is given."""
        return msgspec.structs.replace(self, **{"step": step, "first": "", "heard": False, "ended": False, **changes})


def task_of(place: Place) -> Converse:
    """The turn that is taken there. Its digits are shown to nobody: a PIN may be typed ahead anywhere."""
    return Converse(topic=TOPIC, state=msgspec.json.encode(place).decode(), secret=True)


def read(state: str) -> Place:
    """Read a task's state; raises msgspec.ValidationError."""
    return msgspec.json.decode(state, type=Place)
