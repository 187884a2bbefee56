"""Errors in Ringful's manner: a 4xx or 5xx with a sentence as text (its document names none; docs/ringful.md)."""

from aiohttp import web


class RingfulError(Exception):
    """A request that cannot be served; the message is what the customer reads."""

    status = 400


class Invalid(RingfulError):
    """A parameter is missing, or its value is not a possible one."""


class RingfulUnauthorized(RingfulError):
    """The key is unknown or the signature is wrong."""

    status = 401


class WrongBody(RingfulError):
    """The body is not a form."""

    status = 415


def render(status: int, sentence: str) -> web.Response:
    """Return an error as text."""
    headers = {"Retry-After": "1"} if status in (429, 503) else None
    return web.Response(status=status, text=sentence, headers=headers)
