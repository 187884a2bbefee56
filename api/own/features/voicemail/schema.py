"""Voicemail boxes, their greetings and messages, in requests and answers."""

from typing import Annotated, Literal

from msgspec import UNSET, UnsetType

from api.own.operations import Parameter
from api.own.schema.fields import Given, Moment, MomentOrNone, Shown, says
from api.own.schema.leading import Leads, Wanted

PATH = {
    "box": "The box's number, or its id.",
    "voicemail": "The message's id.",
    "greeting": "all, busy, or away (nobody answers, or no phone is registered).",
}
NOUNS = ("voicemails", "voicemail-boxes")
FOLDERS = "inbox, saved or trash"
BOX = Parameter(name="box", kind=Annotated[str, says("Only those in the box of this number or id.")])
FOLDER = Parameter(
    name="folder", kind=Annotated[str, says(f"Only those in this folder: {FOLDERS}; without it all but the trash.")]
)
CALLER = Parameter(
    name="caller", kind=Annotated[str, says("Only those of this number; withheld: of callers that showed none.")]
)
READ = Parameter(name="read", kind=Annotated[bool, says("Only those that were (true) or were not (false) read.")])
SINCE = Parameter(
    name="since", kind=Annotated[str, says("Only those from this time on; written as in the list of calls.")]
)
PURGE = Parameter(
    name="purge", kind=Annotated[bool, says("Whether it is removed for good, from whatever folder, with its sound.")]
)
UNTIL = Parameter(name="until", kind=Annotated[str, says("Only those from before this time; written the same way.")])

NAME = "Whose box it is, as the greeting says it; at most 80 characters."
EXTENSION = "The extension whose box it is; empty: none."
USER = "The user whose box it is, by id or e-mail address; empty: none."
LANGUAGE = "The language of what is spoken, as BCP 47: de, en, es, fr, it, nl, pl, pt or sv, with or without a country."
SAYS_NAME = "Whether the greeting says the name; else, and without a name, it says the number."
ENABLED = "Whether it takes messages."
MAX = "The longest message, 5 to 3600 seconds."
SILENCE = "How much silence ends a message, 1 to 60 seconds; 0: none."
LEAST = "A message with less than so many seconds between its silences is not kept, 0 to 60."
STAR = "What * does during the greeting: menu leads to the box's menu; empty: nothing."
FORMAT = "The format of the messages: mp3 or wav."
SKIP = "Whether the PIN is not asked for from the box's own extension."
EMAIL = "The address that each message is mailed to; empty: none."
ATTACH = "Whether the sound is attached to the mail."
AFTER_MAIL = "Whether a message that was mailed is put into the trash."
MOST = "How many messages it takes before it is full, 1 to 10000; the trash does not count."
MOST_SECONDS = "How many seconds in all, 60 to 360000."
MOST_BYTES = "How many bytes in all, 1000000 to 10000000000."
RETENTION = "After how many days in the box a message is removed, 1 to 3660; 0: never."
TIMEZONE = "The time zone in which times are spoken and mailed: a name of IANA's, such as Europe/Berlin."
Format = Literal["mp3", "wav"]
Star = Literal["menu", ""]


class ChangedBox(Given, frozen=True, kw_only=True):
    """What changes of a box. Null and what is left out stay."""

    name: Annotated[str | None, says(NAME)] = None
    extension: Annotated[str | None, says(EXTENSION)] = None
    user: Annotated[str | None, says(USER)] = None
    language: Annotated[str | None, says(LANGUAGE)] = None
    says_name: Annotated[bool | None, says(SAYS_NAME)] = None
    enabled: Annotated[bool | None, says(ENABLED)] = None
    max_seconds: Annotated[float | None, says(MAX, minimum=5, maximum=3600)] = None
    silence_seconds: Annotated[float | None, says(SILENCE, minimum=0, maximum=60)] = None
    least_seconds: Annotated[float | None, says(LEAST, minimum=0, maximum=60)] = None
    star: Annotated[Star | None, says(STAR)] = None
    zero: Annotated[Wanted | UnsetType, says("Where 0 leads during the greeting; null or empty: nowhere.")] = UNSET
    format: Annotated[Format | None, says(FORMAT)] = None
    skip_pin_from_own_extension: Annotated[bool | None, says(SKIP)] = None
    email: Annotated[str | None, says(EMAIL)] = None
    attach: Annotated[bool | None, says(ATTACH)] = None
    delete_after_email: Annotated[bool | None, says(AFTER_MAIL)] = None
    most_messages: Annotated[int | None, says(MOST, minimum=1, maximum=10_000)] = None
    most_seconds: Annotated[float | None, says(MOST_SECONDS, minimum=60, maximum=360_000)] = None
    most_bytes: Annotated[int | None, says(MOST_BYTES, minimum=1_000_000, maximum=10_000_000_000)] = None
    retention_days: Annotated[float | None, says(RETENTION, minimum=0, maximum=3660)] = None
    timezone: Annotated[str | None, says(TIMEZONE)] = None


class NewBox(ChangedBox, frozen=True, kw_only=True):
    """A voicemail box to add."""

    number: Annotated[str, says("Its number within the account, 2 to 10 digits.")]
    pin: Annotated[str | None, says("Its PIN, 4 to 10 digits; null: a random one is made.", writeOnly=True)] = None


class Pin(Given, frozen=True, kw_only=True):
    """A box's PIN."""

    pin: Annotated[str, says("4 to 10 digits; not one digit repeated, and not digits in a row.", writeOnly=True)]


class Box(Shown, frozen=True, kw_only=True):
    """A voicemail box."""

    id: Annotated[str, says("Its id.")]
    number: Annotated[str, says("Its number within the account; voicemail:NUMBER is the destination.")]
    created: Moment
    name: Annotated[str, says(NAME)]
    extension: Annotated[str, says(EXTENSION)]
    user: Annotated[str, says("The id of the user whose box it is; empty: none.")]
    language: Annotated[str, says(LANGUAGE)]
    says_name: Annotated[bool, says(SAYS_NAME)]
    enabled: Annotated[bool, says(ENABLED)]
    max_seconds: Annotated[float, says(MAX)]
    silence_seconds: Annotated[float, says(SILENCE)]
    least_seconds: Annotated[float, says(LEAST)]
    star: Annotated[Star, says(STAR)]
    zero: Annotated[Leads | None, says("Where 0 leads during the greeting; null: nowhere.")]
    format: Annotated[Format, says(FORMAT)]
    skip_pin_from_own_extension: Annotated[bool, says(SKIP)]
    email: Annotated[str, says(EMAIL)]
    attach: Annotated[bool, says(ATTACH)]
    delete_after_email: Annotated[bool, says(AFTER_MAIL)]
    most_messages: Annotated[int, says(MOST)]
    most_seconds: Annotated[float, says(MOST_SECONDS)]
    most_bytes: Annotated[int, says(MOST_BYTES)]
    retention_days: Annotated[float, says(RETENTION)]
    timezone: Annotated[str, says(TIMEZONE)]
    new: Annotated[int, says("How many messages were not read.")]
    old: Annotated[int, says("How many were read, or saved.")]


class MadeBox(Box, frozen=True, kw_only=True):
    """A voicemail box that was added."""

    pin: Annotated[str, says("Its PIN, which is shown here alone.")]


class Boxes(Shown, frozen=True, kw_only=True):
    """Voicemail boxes."""

    boxes: Annotated[tuple[Box, ...], says("The boxes, by their numbers.")]


class Greeting(Shown, frozen=True, kw_only=True):
    """A greeting that was recorded or uploaded."""

    kind: Annotated[str, says(PATH["greeting"])]
    bytes: Annotated[int, says("The size of its file.")]
    seconds: Annotated[float, says("Its length.")]
    created: Moment


class Greetings(Shown, frozen=True, kw_only=True):
    """The greetings of a box."""

    greetings: Annotated[tuple[Greeting, ...], says("Those that are not spoken by a voice.")]


class ChangedVoicemail(Given, frozen=True, kw_only=True):
    """What changes of a message. Null and what is left out stay."""

    read: Annotated[bool | None, says("Whether it was read.")] = None
    folder: Annotated[
        Literal["inbox", "saved", "trash"] | None, says("The folder that it is moved to; saved ones count as read.")
    ] = None


class Forwarding(Given, frozen=True, kw_only=True):
    """Where a message is forwarded to."""

    box: Annotated[str, says("The number or id of another box of the account.")]


class Voicemail(Shown, frozen=True, kw_only=True):
    """A message in a box."""

    id: Annotated[str, says("Its id.")]
    account: Annotated[str, says("The account's id; its name in the administrator's lists of all.")]
    box: Annotated[str, says("The number of its box.")]
    caller: Annotated[str, says("The number of who left it; empty: it was withheld.")]
    withheld: Annotated[bool, says("Whether the caller did not show a number.")]
    called: Annotated[str, says("What the caller dialled.")]
    call: Annotated[str, says("The call's id.")]
    received: Moment
    arrived: Annotated[
        str,
        says("When it came into this box, as RFC 3339: as `received`, or when it was forwarded.", format="date-time"),
    ]
    seconds: Annotated[float, says("Its length, without the silence at its ends.")]
    bytes: Annotated[int, says("The size of its file.")]
    format: Annotated[Format, says("The format of its file.")]
    folder: Annotated[str, says(f"The folder that it is in: {FOLDERS}.")]
    read: Annotated[bool, says("Whether it was read.")]
    deleted: Annotated[MomentOrNone, says("When it was put into the trash; seven days later it is removed.")]
    origin: Annotated[str | None, says("The id of the message that was forwarded; null: a caller left it.")]


class Voicemails(Shown, frozen=True, kw_only=True):
    """Messages in boxes."""

    voicemails: Annotated[tuple[Voicemail, ...], says("The messages, the newest first.")]
