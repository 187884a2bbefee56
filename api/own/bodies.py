"""Parses requests: JSON bodies into Structs, queries into numbers and times."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from api import bodies
from api.own.errors import BadRequest
from engine.commands import NumberRefused
from engine.features.errors import InvalidNumber
from engine.features.numbers.phone_numbers import normalise
from engine.tasks import secret

T = TypeVar("T")
LONGEST_EXTENSION = 6
MOST_LISTED = 1000
_NUL = b"\\u0000"
_WHOLE = re.compile(r"[0-9]{1,4}", re.ASCII)
_SECONDS = re.compile(r"[0-9]{1,12}(\.[0-9]{0,9})?", re.ASCII)


async def body_of(request: web.Request, kind: type[T], most: int = bodies.LARGEST) -> T:
    """Parse a JSON body of at most `most` bytes; unknown fields are refused.

    Raises msgspec.ValidationError with what is wrong, BadRequest if it is not JSON, bodies.BodyError.
    """
    raw = await bodies.read(request, most) or b"{}"
    try:
        wanted = msgspec.json.decode(raw, type=kind, dec_hook=secret.read)
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(f"The body is not JSON: {error}") from error
    refuse_nul(raw)
    return wanted


def refuse_nul(raw: bytes) -> None:
    """Raise BadRequest for JSON with a text that has a NUL, which PostgreSQL cannot store in a text."""
    if _NUL in raw and (place := next(_with_nul(msgspec.json.decode(raw), "$"), None)):
        raise BadRequest(f"A text must not contain the character U+0000 - at `{place}`.")


def _with_nul(value: Any, at: str) -> Iterator[str]:
    """Find where a JSON value has a NUL."""
    match value:
        case str() if "\0" in value:
            yield at
        case dict():
            for name, inner in value.items():
                yield from _with_nul(name, at)
                yield from _with_nul(inner, f"{at}.{name}")
        case list():
            for index, inner in enumerate(value):
                yield from _with_nul(inner, f"{at}[{index}]")


def number_as_read(text: str, country: str) -> str:
    """Return the international digits of a number as written in `country`; short ones (extensions) stay as they are."""
    written = text.strip()
    if written.isascii() and written.isdigit() and len(written) <= LONGEST_EXTENSION:
        return written
    try:
        return normalise(text, country)
    except InvalidNumber as error:
        raise NumberRefused(str(error)) from error


def number_of(request: web.Request, name: str, default: int) -> int:
    """Parse a whole number of the query, 1 to 1000; raises BadRequest."""
    text = request.query.get(name, str(default))
    if not _WHOLE.fullmatch(text) or not 1 <= int(text) <= MOST_LISTED:
        raise BadRequest(f"{name} must be a whole number from 1 to {MOST_LISTED} (got '{bodies.shown(text)}').")
    return int(text)


def switch_of(request: web.Request, name: str) -> bool | None:
    """Parse true or false of the query, None if absent; raises BadRequest."""
    text = request.query.get(name)
    if text is None:
        return None
    if text.lower() not in ("true", "false", "1", "0"):
        raise BadRequest(f"{name} is true or false.")
    return text.lower() in ("true", "1")


def time_of(request: web.Request, name: str) -> float | None:
    """Parse a time of the query: a date, RFC 3339 (without a zone: UTC), or Unix seconds; raises BadRequest."""
    text = request.query.get(name)
    if not text:
        return None
    if _SECONDS.fullmatch(text):
        return float(text)
    try:
        # An unescaped + of a zone arrives as a blank.
        read = datetime.fromisoformat(text.replace(" ", "+"))
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise BadRequest(
            f"{name} must be a date such as 2030-01-31 or a time such as 2030-01-31T12:00:00Z "
            f"(got '{bodies.shown(text)}')."
        ) from None
