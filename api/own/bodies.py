"""Reading requests: JSON bodies into Structs, queries into numbers and times."""

import re
from datetime import UTC, datetime
from typing import TypeVar

import msgspec
from aiohttp import web

from api import bodies
from api.own import strict
from api.own.errors import BadRequest
from engine.commands import NumberRefused
from engine.features.errors import InvalidNumber
from engine.features.numbers.phone_numbers import normalise
from engine.tasks import kinds, secret

T = TypeVar("T")
LONGEST_EXTENSION = 6
MOST_LISTED = 1000
_WHOLE = re.compile(r"[0-9]{1,4}", re.ASCII)
_SECONDS = re.compile(r"[0-9]{1,12}(\.[0-9]{0,9})?", re.ASCII)


async def body_of(request: web.Request, kind: type[T], most: int = bodies.LARGEST) -> T:
    """Read a JSON body of at most `most` bytes, every field of which is known.

    Raises msgspec.ValidationError that says what is wrong, BadRequest for one that is not JSON, bodies.BodyError.
    """
    raw = await bodies.read(request, most) or b"{}"
    try:
        wanted = kinds.read(raw, kind, secret.read)
        strict.check(raw, kind)
        return wanted
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(f"The body is not JSON: {error}") from error


def number_as_read(text: str, country: str) -> str:
    """Return a number in international digits as somebody in `country` writes it; short ones stay: extensions."""
    written = text.strip()
    if written.isascii() and written.isdigit() and len(written) <= LONGEST_EXTENSION:
        return written
    try:
        return normalise(text, country)
    except InvalidNumber as error:
        raise NumberRefused(str(error)) from error


def number_of(request: web.Request, name: str, default: int) -> int:
    """Read a whole number of the query, 1 to 1000."""
    text = request.query.get(name, str(default))
    if not _WHOLE.fullmatch(text) or not 1 <= int(text) <= MOST_LISTED:
        raise BadRequest(f"{name} must be a whole number from 1 to {MOST_LISTED} (got '{bodies.shown(text)}').")
    return int(text)


def switch_of(request: web.Request, name: str) -> bool | None:
    """Read true or false of the query; None where it is not there."""
    text = request.query.get(name)
    if text is None:
        return None
    if text.lower() not in ("true", "false", "1", "0"):
        raise BadRequest(f"{name} is true or false.")
    return text.lower() in ("true", "1")


def time_of(request: web.Request, name: str) -> float | None:
    """Read a moment of the query: a date, RFC 3339 (without a zone: UTC), or Unix seconds."""
    text = request.query.get(name)
    if not text:
        return None
    if _SECONDS.fullmatch(text):
        return float(text)
    try:
        # A + of a zone that was not escaped arrives as a blank.
        read = datetime.fromisoformat(text.replace(" ", "+"))
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise BadRequest(
            f"{name} must be a date such as 2030-01-31 or a time such as 2030-01-31T12:00:00Z "
            f"(got '{bodies.shown(text)}')."
        ) from None
