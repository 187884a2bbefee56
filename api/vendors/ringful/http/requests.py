"""Ringful's parameters, read as its document means them."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from aiohttp import web

from api import bodies
from api.callbacks.callback import FORM, BadAddress, address
from api.numbers import NotANumber, dialled
from api.vendors.ringful.errors import Invalid, WrongBody
from engine.features.accounts import Account
from engine.media.upload_files import SCHEME, is_name

TONES = frozenset("0123456789*#ABCD")  # RFC 4733 §3.2
MOST_PARAMETERS = 100
MOST_ATTENDEES = 100
LONGEST_VALUE = 4096
_BREAKS = "\n\r\t"
SECONDS_FOR_A_BODY = 15.0
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class WrittenNumber:
    """A phone number: as the customer wrote it, and the digits to dial."""

    written: str
    digits: str


async def read_pairs(request: web.Request) -> Pairs:
    """Return every parameter, those of the query first, then the form's.

    Raises Invalid, WrongBody; web.HTTPRequestEntityTooLarge for a body of more than 1 MB.
    """
    pairs = list(request.query.items())
    if request.can_read_body:
        pairs += await _form(request)
    if len(pairs) > MOST_PARAMETERS:
        raise Invalid(f"A request must have at most {MOST_PARAMETERS} parameters.")
    return pairs


async def _form(request: web.Request) -> Pairs:
    try:
        body = await bodies.read(request, seconds=SECONDS_FOR_A_BODY)
    except bodies.BodyTooLarge:
        raise web.HTTPRequestEntityTooLarge(bodies.LARGEST, 0) from None
    except bodies.BodyError as error:
        raise Invalid(str(error)) from None
    if not body:
        return ()
    if request.content_type not in (FORM, "application/octet-stream"):  # aiohttp's word for none given
        raise WrongBody(f"Send the parameters in the URL or as {FORM}.")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise Invalid("The body must be UTF-8.") from None
    if (fault := bodies.fault_of_query(text)) is not None:
        raise Invalid(fault)
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_PARAMETERS)
    except ValueError:
        raise Invalid(f"A request must have at most {MOST_PARAMETERS} parameters.") from None


class Parameters:
    """A request's parameters by name. The first of two counts, unknown ones are ignored, an empty one is absent.

    Every method raises Invalid with a sentence that names the parameter.
    """

    def __init__(self, pairs: Pairs, account: Account) -> None:
        self._values: dict[str, str] = {}
        self._account = account
        for name, value in pairs:
            self._values.setdefault(name, value)

    def text(self, *names: str) -> str:
        """Return a required value, under the first of its names that is there."""
        value = self.text_or_none(*names)
        if value is None:
            raise Invalid(f"The parameter {names[0]} is missing.")
        return value

    def text_or_none(self, *names: str) -> str | None:
        """Return an optional value."""
        name, value = self._found(names)
        if value is not None and not value.isprintable():
            first = next(each for each in value if not each.isprintable())
            raise Invalid(f"The parameter {name} must not contain {_name_of(first)}.")
        return value

    def message(self, name: str) -> str:
        """Return a required text message as it was written: its line breaks and tabs too, and spaces around it."""
        value = self._values.get(name, "")
        if not value.strip():
            raise Invalid(f"The parameter {name} is missing.")
        if len(value) > LONGEST_VALUE:
            raise Invalid(f"The parameter {name} must have at most {LONGEST_VALUE} characters.")
        for character in value:
            if unicodedata.category(character) in ("Cc", "Cs") and character not in _BREAKS:
                raise Invalid(f"The parameter {name} must not contain {_name_of(character)}.")
        return value

    def flag(self, *names: str, default: bool = True) -> bool:
        """Return true or false, written in any case."""
        name, value = self._found(names)
        if value is None:
            return default
        if value.lower() not in ("true", "false"):
            raise Invalid(f"The parameter {name} must be true or false.")
        return value.lower() == "true"

    def number(self, name: str) -> WrittenNumber:
        """Return a required phone number or extension."""
        return self._number(name, self._required(name))

    def number_or_none(self, name: str) -> WrittenNumber | None:
        """Return an optional phone number or extension."""
        _, value = self._found((name,))
        return None if value is None else self._number(name, value)

    def numbers(self, name: str) -> tuple[WrittenNumber, ...]:
        """Return a required, comma separated list of phone numbers."""
        written = [part.strip() for part in self._required(name).split(",") if part.strip()]
        if not written:
            raise Invalid(f"The parameter {name} is missing.")
        if len(written) > MOST_ATTENDEES:
            raise Invalid(f"The parameter {name} must list at most {MOST_ATTENDEES} numbers.")
        return tuple(self._number(name, part) for part in written)

    def callback_url(self, name: str = "callbackUrl") -> str:
        """Return an optional callback URL, "" for none. A sloppy one passes; one that can never work does not.

        A user and a password may be in it: callbacks are not signed.
        """
        value = self.text_or_none(name)
        if value is None:
            return ""
        try:
            address(value, credentials=True)
        except BadAddress as error:
            raise Invalid(f"The parameter {name} cannot be used. {error}") from None
        return value

    def audio(self, name: str) -> str | None:
        """Return an optional address of an audio file; `upload:NAME` is one that the account uploaded."""
        value = self.text_or_none(name)
        if value is None:
            return None
        if value.startswith(SCHEME):
            if not is_name(value.removeprefix(SCHEME)):
                raise Invalid(f"The parameter {name} must name an uploaded file as `carillon prompts list` shows it.")
            return value
        try:
            parts = urlsplit(value)
        except ValueError:
            parts = urlsplit("")
        if not (parts.scheme in ("http", "https") and parts.hostname) and not (parts.scheme == "file" and parts.path):
            raise Invalid(f"The parameter {name} must be an http://, https:// or file:/// URL, or upload:NAME.")
        return value

    def tones(self, name: str) -> tuple[str, ...]:
        """Return an optional comma separated list of touch tones; empty for none."""
        value = self.text_or_none(name)
        if value is None:
            return ()
        tones = tuple(part.strip().upper() for part in value.split(","))
        if not all(tone in TONES for tone in tones):
            raise Invalid(f"The parameter {name} must list single keys: 0-9, *, #, A-D.")
        return tones

    def _found(self, names: tuple[str, ...]) -> tuple[str, str | None]:
        for name in names:
            if value := self._values.get(name, "").strip():
                if len(value) > LONGEST_VALUE:
                    raise Invalid(f"The parameter {name} must have at most {LONGEST_VALUE} characters.")
                return name, value
        return names[0], None

    def _required(self, name: str) -> str:
        _, value = self._found((name,))
        if value is None:
            raise Invalid(f"The parameter {name} is missing.")
        return value

    def _number(self, name: str, written: str) -> WrittenNumber:
        try:
            return WrittenNumber(written, dialled(written, self._account.country))
        except NotANumber as error:
            raise Invalid(f"The parameter {name} is not a phone number. {error}") from None


def _name_of(character: str) -> str:
    """Return a character that is not printable by its code point and name."""
    return f"U+{ord(character):04X} ({unicodedata.name(character, 'a control character')})"
