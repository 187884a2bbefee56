"""Errors in TringMe's manner: HTTP 200 and a text that does not begin with OK.

Its document names no error. `FAILED` is the default answer of the wrapper that the same company published for its later
API; the sentence behind it is ours.
"""

from aiohttp import web


class TringMeError(Exception):
    """A request that cannot be served; the message is what the customer reads."""


class Invalid(TringMeError):
    """A parameter is missing, or its value is not a possible one."""


class TringMeUnauthorized(TringMeError):
    """The key is unknown or the signature is wrong."""


def render(sentence: str) -> web.Response:
    """Return an error as text."""
    return web.Response(text=f"FAILED {sentence}")
