"""Reads requests: refuses unreadable ones, and reads bodies within limits of size and time."""

import asyncio
import re
from urllib.parse import unquote_to_bytes

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

LARGEST = 1024 * 1024
SECONDS_FOR_A_BODY = 15.0
_PLAIN = frozenset({"", "identity", "utf-8", "utf8"})  # the latter two are often sent by mistake for a charset


class BodyError(Exception):
    """A body cannot be read; the message says why."""


class BodyTooLarge(BodyError):
    """The body exceeds its maximum size."""


class BodyTooSlow(BodyError):
    """The body did not arrive in time."""


class BodyUnreadable(BodyError):
    """The body does not fit the request's headers."""


def check(request: web.BaseRequest) -> None:
    """Refuse a request that no dialect can read, before any of its body is read.

    Raises web.HTTPUnsupportedMediaType for a Content-Encoding (RFC 9110 §15.5.16), because a small compressed body
    could take all memory and time. Raises web.HTTPBadRequest for a URL that is not UTF-8, because decoding would alter
    it.
    """
    codings = [part.strip().lower() for part in request.headers.get("Content-Encoding", "").split(",")]
    refused = next((coding for coding in codings if coding not in _PLAIN), None)
    if refused is not None and request.can_read_body:
        raise web.HTTPUnsupportedMediaType(
            reason=f"The body must be sent as it is, without a Content-Encoding (got '{shown(refused)}').",
            headers={"Accept-Encoding": "identity"},
        )
    if (fault := fault_of_target(request.raw_path)) is not None:
        raise web.HTTPBadRequest(reason=fault)


async def read(request: web.BaseRequest, most: int = LARGEST, seconds: float = SECONDS_FOR_A_BODY) -> bytes:
    """Return a request's body of at most `most` bytes; raises BodyTooLarge, BodyTooSlow, BodyUnreadable."""
    if (request.content_length or 0) > most:
        raise BodyTooLarge(f"The body must have at most {most} bytes.")
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for part in request.content.iter_any():
                body += part
                if len(body) > most:
                    raise BodyTooLarge(f"The body must have at most {most} bytes.")
    except TimeoutError:
        raise BodyTooSlow(f"The body did not arrive within {seconds:g} seconds.") from None
    except (web.RequestPayloadError, HttpProcessingError):
        raise BodyUnreadable("The body cannot be read as its headers describe it.") from None
    return bytes(body)


def fault_of_target(target: str) -> str | None:
    """Return a sentence about the part of a request's target that is not UTF-8 (RFC 3986 §2.5); None if all is."""
    if target.isascii() and "%" not in target:
        return None
    path, _, query = target.partition("?")
    if (byte := _wrong_byte(path)) is not None:
        return f"The path must be UTF-8 (got the byte {byte})."
    return fault_of_query(query)


def fault_of_query(query: str) -> str | None:
    """Return a sentence about the parameter of a query or a form that is not UTF-8; None if all are."""
    for pair in query.split("&"):
        if (byte := _wrong_byte(pair)) is not None:
            name = unquote_to_bytes(pair.partition("=")[0]).decode(errors="replace")
            return f"The parameter {shown(name)} must be UTF-8 (got the byte {byte})."
    return None


def shown(text: str) -> str:
    """Return a text for quotation in a sentence: at most 40 characters, all printable."""
    return re.sub(r"[^\x20-\x7e]", "?", text[:40])


def _wrong_byte(text: str) -> str | None:
    raw = unquote_to_bytes(text.encode("utf-8", "surrogateescape"))
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        return f"0x{raw[error.start]:02X}"
    return None
