"""Errors in TingTing's envelope, with the envelope's status as HTTP's.

Its document shows no error: the envelope of its answers has the fields, and Django's statuses are what its server says.
"""

from collections.abc import Sequence

from aiohttp import web

from api.errors import sentence_of, status_of
from engine.commands import CommandRefused
from engine.features.errors import AlreadyThere, FeatureError, NotThere, StillUsed
from engine.features.users.errors import NotPermitted, SignInRefused
from engine.media import PromptError


class TingTingError(Exception):
    """A request that cannot be served; the message is what the customer reads.

    `errors` are further sentences, each beginning with the field that it is about, and the line of a file.
    """

    status = 400

    def __init__(self, sentence: str, errors: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.errors = tuple(errors)


class Invalid(TingTingError):
    """A field is missing, or its value is not a possible one."""


class TingTingUnauthorized(TingTingError):
    """No token, or not a valid one."""

    status = 401


class Forbidden(TingTingError):
    """The user's role does not permit this."""

    status = 403


class NotFound(TingTingError):
    """The account has no such thing."""

    status = 404


class TooLarge(TingTingError):
    """The body is too large."""

    status = 413


class NotServed(TingTingError):
    """An operation of the newer API that is not there."""

    status = 501


_STATUS: tuple[tuple[type[FeatureError], int], ...] = (
    (NotThere, 404),
    (AlreadyThere, 409),
    (StillUsed, 409),
    (NotPermitted, 403),
    (SignInRefused, 401),
)


def of_feature(error: FeatureError) -> web.Response:
    """Return what a feature refused."""
    return render(next((status for kind, status in _STATUS if isinstance(error, kind)), 400), str(error))


def of_refusal(refusal: CommandRefused) -> web.Response:
    """Return what the engine refused."""
    return render(status_of(refusal), sentence_of(refusal))


def of_prompt(error: PromptError) -> web.Response:
    """Return what cannot be played or spoken."""
    return render(400, str(error))


def render(status: int, sentence: str, errors: Sequence[str] = ()) -> web.Response:
    """Return an error in the envelope."""
    body = {"status": status, "success": False, "message": sentence, "errors": list(errors) or [sentence], "data": {}}
    return web.json_response(body, status=status)
