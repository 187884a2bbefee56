"""The errors of our own API, rendered as JSON with a sentence and a code."""

import functools
import re
import secrets
from collections.abc import Awaitable, Callable, Iterable

import msgspec
import structlog
from aiohttp import web

from api.bodies import BodyError, BodyTooLarge
from api.callbacks.delivery import NoSuchDelivery
from api.errors import sentence_of, status_of
from api.lab import LabError
from api.own import codes
from api.own.features import registry
from engine.ari.errors import AriError
from engine.commands import CommandRefused
from engine.features.errors import (
    AlreadyThere,
    FeatureError,
    NotProvisioned,
    NotThere,
    StillUsed,
    StoreConflict,
    StoreError,
)
from engine.features.users.errors import LastOwner, NotPermitted, SignInRefused
from engine.media import PromptError
from engine.media.errors import TooLarge
from engine.media.recordings import RecordingError

log = structlog.get_logger(__name__)
_KEPT_HEADERS = ("Allow", "Retry-After", "Accept-Encoding")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class BadRequest(Exception):
    """The request is not what this address takes; the message says why."""

    code = codes.BAD_REQUEST


class NotFound(Exception):
    """There is no such thing in this account."""

    code = codes.NOT_FOUND


class Unauthorized(Exception):
    """No valid key was shown."""

    code = codes.UNAUTHORIZED


class Forbidden(Exception):
    """The user's role does not permit this."""

    code = codes.FORBIDDEN


class TokenRefused(Unauthorized):
    """The administrator's token was not shown."""

    code = codes.TOKEN


_STATUS: tuple[tuple[type[Exception], int], ...] = (
    (BadRequest, 400),
    (msgspec.DecodeError, 400),
    (NotFound, 404),
    (NoSuchDelivery, 404),
    (Unauthorized, 401),
    (SignInRefused, 401),
    (Forbidden, 403),
    (NotPermitted, 403),
    (LastOwner, 409),
    (NotThere, 404),
    (AlreadyThere, 409),
    (StillUsed, 409),
    (NotProvisioned, 502),
    (FeatureError, 400),
    (StoreConflict, 409),
    (StoreError, 503),
    (TooLarge, 413),
    (BodyTooLarge, 413),
    (BodyError, 400),
    (PromptError, 400),
    (RecordingError, 404),
    (LabError, 502),
    (AriError, 502),
)


def answering(handler: Handler) -> Handler:
    """Wrap a handler so that any exception becomes JSON: {"error": sentence, "code": code}.

    The code is one of docs/api.md and does not change; the sentence is for people.
    """

    @functools.wraps(handler)
    async def answered(request: web.Request) -> web.StreamResponse:
        try:
            _check_address(request)
            return await handler(request)
        except web.HTTPException as error:
            answer = error_of(error.status, error.reason, codes.code_of(error))
            answer.headers.update({name: error.headers[name] for name in _KEPT_HEADERS if name in error.headers})
            return answer
        except CommandRefused as error:
            status, _ = registry.error_of(error) or (status_of(error), "")
            return error_of(status, sentence_of(error), codes.code_of(error))
        except ConnectionError:
            raise
        except Exception as error:
            return _rendered(error)

    return answered


def _check_address(request: web.Request) -> None:
    """Refuse a NUL, which no text in PostgreSQL contains, so that no name has one. Raises BadRequest."""
    if "%00" in request.raw_path:
        raise BadRequest("The address must not contain the character U+0000 (%00).")


def answering_all(routes: Iterable[web.RouteDef]) -> list[web.RouteDef]:
    """Wrap every route's handler."""
    return [web.RouteDef(each.method, each.path, answering(each.handler), each.kwargs) for each in routes]


def error_of(status: int, sentence: str, code: str) -> web.Response:
    """Return the response of an error."""
    headers = {"WWW-Authenticate": 'Bearer realm="carillon"'} if status == 401 else None
    return web.json_response({"error": sentence, "code": code}, status=status, headers=headers)


class OwnErrors:
    """Renders errors of our own API's paths that no handler rendered (an api.middleware.Renderer)."""

    paths = re.compile(r"/carillon(/|$)")

    def render_error(self, status: int, sentence: str) -> web.Response:
        """Return an error as JSON."""
        return error_of(status, sentence, "http")


def _rendered(error: Exception) -> web.Response:
    shown = registry.error_of(error)
    for kind, status in ((type(error), shown[0]),) if shown else _STATUS:
        if isinstance(error, kind):
            sentence = str(error) or (kind.__doc__ or "").partition(";")[0]
            return error_of(status, sentence, codes.code_of(error))
    reference = secrets.token_hex(6)
    log.error("a request failed", reference=reference, exc_info=error)
    return error_of(500, f"Something went wrong here. Please report it with the reference {reference}.", codes.INTERNAL)
