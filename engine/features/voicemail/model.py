"""What boxes, messages and greetings are: plain types. Times are Unix seconds."""

from enum import StrEnum
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from engine.features.destinations.choosing import LeadsTo

PREFIX = "voicemail"
"""Of a message's id (engine.ids)."""
Format = Literal["mp3", "wav"]
Star = Literal["menu", ""]


class Folder(StrEnum):
    """Where a message is. One in the trash can be taken back until it is purged."""

    INBOX = "inbox"
    SAVED = "saved"
    TRASH = "trash"


class GreetingKind(StrEnum):
    """When a greeting is played: `busy` and `away` (nobody answered, no phone registered) before `all`."""

    ALL = "all"
    BUSY = "busy"
    AWAY = "away"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What an account may set of a box. Durations are in seconds.

    `extension` and `user` ("": none) are whose box it is: an extension's number, a user's id. The greeting that is
    spoken says `name` where there is one and `says_name` is set, else the number.
    `silence_seconds` (0: no limit) of silence end a recording, as `max_seconds` do; a message in which less than
    `least_seconds` are left once silence was trimmed is not kept.
    While the greeting plays, `*` leads to the listening menu if `star` is "menu", and 0 to the destination `zero`, as
    stored ("": to nothing). A box that has `most_messages`, `most_seconds` or `most_bytes` takes no more.
    `retention_days` (0: for ever) after it came into the box a message is purged, in whatever folder it is. Times are
    spoken and mailed as they are in `timezone` (IANA).
    """

    name: str = ""
    extension: str = ""
    user: str = ""
    language: str = "en-US"
    says_name: bool = True
    enabled: bool = True
    max_seconds: float = 180.0
    silence_seconds: float = 5.0
    least_seconds: float = 2.0
    star: Star = "menu"
    zero: str = ""
    format: Format = "mp3"
    skip_pin_from_own_extension: bool = False
    email: str = ""
    attach: bool = True
    delete_after_email: bool = False
    most_messages: int = 100
    most_seconds: float = 18_000.0
    most_bytes: int = 200_000_000
    retention_days: float = 0.0
    timezone: str = "UTC"


class Box(Settings, frozen=True, kw_only=True):
    """A box: its id, its account's id, its number within the account, and its settings."""

    id: str
    account: str
    number: str
    created: float


class BoxFields(msgspec.Struct, frozen=True, kw_only=True):
    """What of a box is given or changes, by the names of Settings; None: as it is, or the default of a new one."""

    name: str | None = None
    extension: str | None = None
    user: str | None = None
    language: str | None = None
    says_name: bool | None = None
    enabled: bool | None = None
    max_seconds: float | None = None
    silence_seconds: float | None = None
    least_seconds: float | None = None
    star: Star | None = None
    zero: LeadsTo | None = None
    format: Format | None = None
    skip_pin_from_own_extension: bool | None = None
    email: str | None = None
    attach: bool | None = None
    delete_after_email: bool | None = None
    most_messages: int | None = None
    most_seconds: float | None = None
    most_bytes: int | None = None
    retention_days: float | None = None
    timezone: str | None = None


class NewBox(NamedTuple):
    """A box that was made, and its PIN, which is known here alone."""

    box: Box
    pin: str


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message in a box (`box` is its id). `caller` is the number as the call had it, "" if it was `withheld`.

    `called` is what the caller dialled, `call` the call's id. `received` is when it was begun, `arrived` when it came
    into this box: when it was forwarded, if it was; it is kept for so long from then on. `file` is the name of
    its sound, without the format. `deleted` is when it was put into the trash, `was_in` the folder where it was.
    `origin` is the id of the message that was forwarded; "": a caller left it.
    """

    id: str
    account: str
    box: str
    caller: str
    withheld: bool
    called: str
    call: str
    received: float
    arrived: float
    seconds: float
    bytes: int
    format: Format
    file: str
    folder: Folder = Folder.INBOX
    read: bool = False
    deleted: float | None = None
    was_in: Folder = Folder.INBOX
    origin: str = ""


class Counts(NamedTuple):
    """How many messages a box has outside of the trash: `new` were not listened to, `old` were, or were saved."""

    new: int
    old: int


class Usage(NamedTuple):
    """What a box holds outside of the trash."""

    messages: int = 0
    seconds: float = 0.0
    bytes: int = 0

    def fills(self, box: Box) -> bool:
        """Whether a box that has so much takes no more."""
        return self.messages >= box.most_messages or self.seconds >= box.most_seconds or self.bytes >= box.most_bytes

    def overfills(self, box: Box) -> bool:
        """Whether it is more than a box may have in its trash."""
        return self.messages > box.most_messages or self.seconds > box.most_seconds or self.bytes > box.most_bytes

    def less(self, message: Message) -> "Usage":
        """What is left without a message."""
        return Usage(self.messages - 1, self.seconds - message.seconds, self.bytes - message.bytes)


class Greeting(msgspec.Struct, frozen=True, kw_only=True):
    """A recorded or uploaded greeting. `file` and `digest` are those of engine.media.upload_files."""

    account: str
    box: str
    kind: GreetingKind
    file: str
    digest: str
    bytes: int
    seconds: float
    created: float


class Sound(NamedTuple):
    """A file of sound: of a message, mp3 or wav."""

    path: Path
    format: Format
