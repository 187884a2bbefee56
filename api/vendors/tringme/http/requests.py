"""TringMe's parameters, read as its document means them.

The tables of names are cut off in every copy of the document. Names that were guessed are all in NAMES: any of them is
taken.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from api.callbacks.callback import BadAddress, address
from api.forms import NumberedParameters, Pairs, WrittenNumber
from api.vendors.tringme import call_data
from api.vendors.tringme.errors import Invalid
from engine.features.accounts import Account
from engine.media.errors import PromptError
from engine.media.prompt import PromptSettings
from engine.media.speech.text import clean
from engine.media.upload_files import SCHEME, is_name
from engine.tasks.play import Play
from engine.tasks.say import Say

NAMES: Mapping[str, Sequence[str]] = {
    "greeting": ("greeting",),
    "goodbye": ("goodbye", "bye", "endgreeting", "thankyou"),
    "retry": ("retry", "invalid", "repeat", "reprompt"),
    "flag": ("flag", "flags", "notify"),
    "digits": ("dtmf", "input"),
    "pin": ("pin",),
    "schedule": ("schedule", "time", "at"),
}
"""The names of each parameter: the first is the one that errors name where none is there."""
MOST_DIGITS = 32
MOST_CHARACTERS = PromptSettings().max_text
LONGEST_TAG = 64
LONGEST_AHEAD = 366 * 86_400.0
"""How far ahead something may be scheduled, in seconds."""
LONGEST_URL = 2_000
"""Bytes of a notify URL: the notification's fields are added to it, and no longer address than 4,096 is notified."""
_VOICES = ("male", "female")
_RELATIVE = 1_000_000_000.0
"""A number below this is seconds from now, as the document's times are; one above is Unix seconds."""
Prompt = Play | Say


class Parameters(NumberedParameters):
    """A request's parameters by name (see NumberedParameters). `clock`: Unix seconds.

    Every method raises Invalid with a sentence that names the parameter.
    """

    invalid = Invalid

    def __init__(self, pairs: Pairs, account: Account, clock: Callable[[], float] = time.time) -> None:
        super().__init__(pairs, account.country)
        self._clock = clock

    def numbers(self, name: str) -> tuple[WrittenNumber, ...]:
        """Return a required, comma separated list of phone numbers, each once."""
        found = {number.digits: number for number in super().numbers(name)}
        return tuple(found.values())

    def tag(self) -> str:
        """Return the tag of the notifications, "" for none: letters and digits, as the document says."""
        value = self.text_or_none("tag") or ""
        if value and not all(each.isalnum() or each in "_-." for each in value):
            raise Invalid("The parameter tag must be letters and digits.")
        if len(value) > LONGEST_TAG:
            raise Invalid(f"The parameter tag must have at most {LONGEST_TAG} letters and digits (got {len(value)}).")
        return value

    def flags(self) -> int:
        """Return the bits of a call's flag; without one the end and the DTMF are notified."""
        name, value = self.found(NAMES["flag"])
        if value is None:
            return call_data.COMPLETED
        flags = int(value) if value.isascii() and value.isdigit() and len(value) <= 4 else -1
        if flags < 0 or flags & ~call_data.KNOWN:
            raise Invalid(f"The parameter {name} must be a sum of 1, 2 and 16, or 0 (got {value[:40]!r}).")
        return flags

    def bits(self, name: str, default: int, known: int) -> int:
        """Return a number that is a sum of known bits."""
        value = self.text_or_none(name)
        if value is None:
            return default
        bits = int(value) if value.isascii() and value.isdigit() and len(value) <= 4 else -1
        if bits < 0 or bits & ~known:
            raise Invalid(f"The parameter {name} must be 0 to {known} (got {value[:40]!r}).")
        return bits

    def url(self, name: str) -> str:
        """Return a required URL that can be notified."""
        value = self.text(name)
        if len(value.encode()) > LONGEST_URL:
            raise Invalid(f"The parameter {name} must have at most {LONGEST_URL} bytes (got {len(value.encode())}).")
        try:
            address(value, credentials=True)
        except BadAddress as error:
            raise Invalid(f"The parameter {name} cannot be used. {error}") from None
        return value

    def prompt(self, what: str) -> Prompt | None:
        """Return an optional prompt: the URL of an audio file, or `male:` or `female:` and a text that is spoken.

        `upload:NAME` is a file that the account uploaded.
        """
        name, value = self.found(NAMES[what])
        if value is None:
            return None
        voice, colon, text = value.partition(":")
        if colon and voice.lower() in _VOICES:
            return Say(text=self._spoken(name, text), voice=voice.lower())
        if value.startswith(SCHEME) and is_name(value.removeprefix(SCHEME)):
            return Play(source=value)
        try:
            parts = urlsplit(value)
        except ValueError:
            parts = urlsplit("")
        if not (parts.scheme in ("http", "https") and parts.hostname):
            raise Invalid(
                f"The parameter {name} must be the http:// or https:// URL of an audio file,"
                " or a text such as male:Welcome to XYZ Bank."
            )
        return Play(source=value)

    def digits(self) -> tuple[int, str] | None:
        """Return how many digits are asked for, and which ones are expected ("": any); None: none are asked for."""
        name, value = self.found(NAMES["pin"])
        if value is not None:
            if not (value.isascii() and value.isdigit() and len(value) <= MOST_DIGITS):
                raise Invalid(f"The parameter {name} must be 1 to {MOST_DIGITS} digits, which the caller has to enter.")
            return len(value), value
        name, value = self.found(NAMES["digits"])
        if value is None:
            return None
        if not (value.isascii() and value.isdigit() and len(value) <= 2 and 1 <= int(value) <= MOST_DIGITS):
            raise Invalid(f"The parameter {name} must be how many digits are taken, 1 to {MOST_DIGITS}.")
        return int(value), ""

    def schedule(self) -> float | None:
        """Return when it is to be done (Unix seconds), None for now.

        Seconds from now, Unix seconds, or a date and a time with an offset (ISO 8601).
        """
        name, value = self.found(NAMES["schedule"])
        if value is None:
            return None
        now = self._clock()
        at = _moment(value, now)
        if at is None:
            raise Invalid(
                f"The parameter {name} must be seconds from now, Unix seconds,"
                f" or a time such as 2030-01-31T12:00:00+01:00 (got {value[:40]!r})."
            )
        if at <= now:
            raise Invalid(f"The parameter {name} must be a time to come (got {value[:40]!r}).")
        if at > now + LONGEST_AHEAD:
            days = LONGEST_AHEAD / 86_400
            raise Invalid(f"The parameter {name} must be within {days:g} days from now (got {value[:40]!r}).")
        return at

    def _spoken(self, name: str, text: str) -> str:
        if not text.strip():
            raise Invalid(f"The parameter {name} has no text behind its voice.")
        try:
            clean(text, MOST_CHARACTERS)
        except PromptError as error:
            raise Invalid(f"The parameter {name} cannot be spoken. {error}") from None
        return text.strip()


def _moment(text: str, now: float) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return _of_iso(text)
    if not abs(number) < 1e12:
        return None
    return now + number if number < _RELATIVE else number


def _of_iso(text: str) -> float | None:
    date, blank, offset = text.rpartition(" ")  # a plus in a query is a blank
    spelled = f"{date}+{offset}" if blank and "T" in date else text
    try:
        read = datetime.fromisoformat(spelled)
    except ValueError:
        return None
    return read.timestamp() if read.tzinfo else None
