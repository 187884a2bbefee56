"""Requests whose parameters are in the query or in a form body, and the digest that some of them are signed with."""

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import parse_qsl

from aiohttp import web

from api import bodies
from api.callbacks.callback import FORM
from api.numbers import NotANumber, dialled

MOST_PARAMETERS = 100
LONGEST_VALUE = 4096
SECONDS_FOR_A_BODY = 15.0
Pairs = Sequence[tuple[str, str]]
"""Every parameter in its order, decoded."""
_BREAKS = "\n\r\t"


class BadForm(ValueError):
    """The parameters cannot be read; the message says why."""


class NotAForm(BadForm):
    """The body is something else than a form."""


async def read_pairs(request: web.Request) -> Pairs:
    """Return every parameter, those of the query first, then the form's.

    Raises BadForm, NotAForm; web.HTTPRequestEntityTooLarge for a body of more than 1 MB.
    """
    pairs = list(request.query.items())
    if request.can_read_body:
        pairs += await _form(request)
    if len(pairs) > MOST_PARAMETERS:
        raise BadForm(f"A request must have at most {MOST_PARAMETERS} parameters.")
    return pairs


async def _form(request: web.Request) -> Pairs:
    try:
        body = await bodies.read(request, seconds=SECONDS_FOR_A_BODY)
    except bodies.BodyTooLarge:
        raise web.HTTPRequestEntityTooLarge(bodies.LARGEST, 0) from None
    except bodies.BodyError as error:
        raise BadForm(str(error)) from None
    if not body:
        return ()
    if request.content_type not in (FORM, "application/octet-stream"):  # aiohttp's word for none given
        raise NotAForm(f"Send the parameters in the URL or as {FORM}.")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise BadForm("The body must be UTF-8.") from None
    if (fault := bodies.fault_of_query(text)) is not None:
        raise BadForm(fault)
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_PARAMETERS)
    except ValueError:
        raise BadForm(f"A request must have at most {MOST_PARAMETERS} parameters.") from None


def digest_of(pairs: Pairs, secret: str, *, without: str) -> str:
    """Return the MD5 in hex of decoded parameters and a secret.

    Every `key=value` but the parameter `without`, sorted by key, without anything between, then the secret.
    """
    signed = sorted((pair for pair in pairs if pair[0] != without), key=lambda pair: pair[0])
    text = "".join(f"{key}={value}" for key, value in signed) + secret
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


class NamedParameters:
    """A request's parameters by name. The first of two counts, unknown ones are ignored, an empty one is absent.

    Every method raises `invalid` with a sentence that names the parameter. A parameter may have several names: the
    first one that is there counts, and the first of all names it where none is.
    """

    invalid: ClassVar[type[Exception]] = BadForm

    def __init__(self, pairs: Pairs) -> None:
        self._values: dict[str, str] = {}
        for name, value in pairs:
            self._values.setdefault(name, value)

    def text(self, *names: str) -> str:
        """Return a required value, under the first of its names that is there."""
        value = self.text_or_none(*names)
        if value is None:
            raise self.invalid(f"The parameter {names[0]} is missing.")
        return value

    def text_or_none(self, *names: str) -> str | None:
        """Return an optional value."""
        name, value = self.found(names)
        if value is not None and not value.isprintable():
            first = next(each for each in value if not each.isprintable())
            raise self.invalid(f"The parameter {name} must not contain {name_of(first)}.")
        return value

    def message(self, *names: str) -> str:
        """Return a required text message as it was written: its line breaks and tabs too, and spaces around it."""
        name = next((each for each in names if self._values.get(each, "").strip()), "")
        if not name:
            raise self.invalid(f"The parameter {names[0]} is missing.")
        value = self._values[name]
        if len(value) > LONGEST_VALUE:
            raise self.invalid(f"The parameter {name} must have at most {LONGEST_VALUE} characters.")
        for character in value:
            if unicodedata.category(character) in ("Cc", "Cs") and character not in _BREAKS:
                raise self.invalid(f"The parameter {name} must not contain {name_of(character)}.")
        return value

    def found(self, names: Sequence[str]) -> tuple[str, str | None]:
        """Return the name that is there and its value, or the first name and None."""
        for name in names:
            if value := self._values.get(name, "").strip():
                if len(value) > LONGEST_VALUE:
                    raise self.invalid(f"The parameter {name} must have at most {LONGEST_VALUE} characters.")
                return name, value
        return names[0], None


@dataclass(frozen=True, slots=True)
class WrittenNumber:
    """A phone number: as the customer wrote it, and the digits to dial."""

    written: str
    digits: str


class NumberedParameters(NamedParameters):
    """Parameters of which some are phone numbers, which are read as in a country (ISO 3166)."""

    most_numbers: ClassVar[int] = 100
    """In one list."""

    def __init__(self, pairs: Pairs, country: str) -> None:
        super().__init__(pairs)
        self._country = country

    def number(self, name: str) -> WrittenNumber:
        """Return a required phone number or extension."""
        return self._number(name, self._required(name))

    def number_or_none(self, name: str) -> WrittenNumber | None:
        """Return an optional phone number or extension."""
        _, value = self.found((name,))
        return None if value is None else self._number(name, value)

    def numbers(self, name: str) -> tuple[WrittenNumber, ...]:
        """Return a required, comma separated list of phone numbers."""
        written = [part.strip() for part in self._required(name).split(",") if part.strip()]
        if not written:
            raise self.invalid(f"The parameter {name} is missing.")
        if len(written) > self.most_numbers:
            raise self.invalid(
                f"The parameter {name} must list at most {self.most_numbers} numbers (got {len(written)})."
            )
        return tuple(self._number(name, part) for part in written)

    def _required(self, name: str) -> str:
        _, value = self.found((name,))
        if value is None:
            raise self.invalid(f"The parameter {name} is missing.")
        return value

    def _number(self, name: str, written: str) -> WrittenNumber:
        try:
            return WrittenNumber(written, dialled(written, self._country))
        except NotANumber as error:
            raise self.invalid(f"The parameter {name} is not a phone number. {error}") from None


def name_of(character: str) -> str:
    """Return a character that is not printable by its code point and name."""
    return f"U+{ord(character):04X} ({unicodedata.name(character, 'a control character')})"
