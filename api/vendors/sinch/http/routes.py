"""Sinch's paths: each operation under `/v1` and `/calling/v1`, with and without a slash at its end."""

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import structlog
from aiohttp import web

from api import bodies
from api.accounts import Accounts
from api.guess_throttle import Guesses
from api.vendors.sinch import auth, errors
from api.vendors.sinch.auth import AuthPolicy, Incoming
from api.vendors.sinch.errors import INTERNAL, INVALID_REQUEST, UNAVAILABLE, SinchError, SinchOperation, failure
from api.vendors.sinch.fields import MOST_BYTES
from api.vendors.sinch.http.authenticated import AuthenticatedRequest, Handler
from engine.commands import CommandRefused
from engine.features.errors import StoreError

log = structlog.get_logger(__name__)
SECONDS_FOR_A_BODY = 15.0
PATHS = re.compile(r"/(calling/)?v1(?!/apikey/)(/|$)")
"""Matches the beginning of every path of the dialect."""
PREFIXES = ("/v1", "/calling/v1")
_NUMBERS = ("/configuration/numbers",)
_CALLBACKS = ("/configuration/callbacks/applications/{key}",)
_CALLS = ("/calls/id/{call}", "/call/id/{call}")
_CONFERENCE = ("/conferences/id/{conference}",)
_PARTICIPANT = ("/conferences/id/{conference}/{call}",)
OPERATIONS: Mapping[SinchOperation, tuple[str, Sequence[str]]] = {
    SinchOperation.GET_NUMBERS: ("GET", _NUMBERS),
    SinchOperation.UPDATE_NUMBERS: ("POST", _NUMBERS),
    SinchOperation.UNASSIGN_NUMBER: ("DELETE", _NUMBERS),
    SinchOperation.GET_CALLBACKS: ("GET", _CALLBACKS),
    SinchOperation.UPDATE_CALLBACKS: ("POST", _CALLBACKS),
    SinchOperation.QUERY_NUMBER: ("GET", ("/calling/query/number/{number}", "/query/number/{number}")),
    SinchOperation.GET_CALL: ("GET", _CALLS),
    SinchOperation.MANAGE_CALL: ("PATCH", (*_CALLS, *(f"{path}/leg/{{leg}}" for path in _CALLS))),
    SinchOperation.GET_CONFERENCE: ("GET", _CONFERENCE),
    SinchOperation.KICK_ALL: ("DELETE", _CONFERENCE),
    SinchOperation.COMMAND_PARTICIPANT: ("PATCH", _PARTICIPANT),
    SinchOperation.KICK_PARTICIPANT: ("DELETE", _PARTICIPANT),
    SinchOperation.CALLOUT: ("POST", ("/callouts",)),
}
"""An operation's method, and its paths behind a prefix. `/call/id` is in the document's examples."""


class Routes:
    """Serves the operations: authenticates a request, does what it asks, and renders what was refused.

    An operation that is not given is not routed. `clock`: Unix seconds.
    """

    def __init__(
        self,
        accounts: Accounts,
        operations: Mapping[SinchOperation, Handler],
        guesses: Guesses,
        *,
        policy: AuthPolicy | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._accounts, self._operations, self._guesses = accounts, operations, guesses
        self._policy, self._clock = policy or AuthPolicy(), clock

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """Every path of every operation that is there."""
        return [
            web.route(method, f"{prefix}{path}{slash}", self._answering(operation), **_more(method))
            for operation, (method, paths) in OPERATIONS.items()
            if operation in self._operations
            for prefix in PREFIXES
            for path in paths
            for slash in ("", "/")
        ]

    def render_error(self, status: int, sentence: str) -> web.Response:
        """An error that no operation gave, as JSON."""
        return self._refused(errors.of_status(status, sentence), None)

    def _answering(self, operation: SinchOperation) -> Callable[[web.Request], Any]:
        """Return what serves an operation: read, authenticate, do it, and render what was refused."""
        handler = self._operations[operation]

        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                return await handler(await self._authenticate(request))
            except SinchError as error:
                refused = error
            except CommandRefused as refusal:
                refused = errors.of_refusal(refusal, operation)
            except StoreError:
                refused = failure(UNAVAILABLE)
            except (web.HTTPException, ConnectionError):
                raise
            except Exception as accident:
                return self._broken(accident, operation)
            return self._refused(refused, operation)

        return answer

    async def _authenticate(self, request: web.Request) -> AuthenticatedRequest:
        authorization = request.headers.get("Authorization", "")
        with self._guesses.attempt(request, auth.shown(authorization), wrong=auth.is_wrong):
            return await self._authenticated(request, authorization)

    async def _authenticated(self, request: web.Request, authorization: str) -> AuthenticatedRequest:
        body = await read_body(request)
        incoming = Incoming(
            method=request.method,
            target=request.raw_path,
            authorization=authorization,
            timestamp=request.headers.get("x-timestamp", ""),
            content_type=request.headers.get("Content-Type", ""),
            body=body,
        )
        caller = await auth.authenticate(self._accounts, incoming, self._clock(), self._policy)
        return AuthenticatedRequest(caller.account, caller.application, request, body)

    def _refused(self, error: SinchError, operation: SinchOperation | None) -> web.Response:
        reference = errors.new_reference()
        log.info("a request was refused", reference=reference, code=error.code, operation=operation and operation.value)
        return errors.render(error, reference)

    def _broken(self, accident: Exception, operation: SinchOperation) -> web.Response:
        reference = errors.new_reference()
        log.error("a request failed", reference=reference, operation=operation.value, exc_info=accident)
        return errors.render(failure(INTERNAL, operation=operation), reference)


async def read_body(request: web.Request) -> bytes:
    """Return a request's body; raises SinchError: 41300 for one that is too large, 40003 for one that does not come."""
    try:
        return await bodies.read(request, MOST_BYTES, SECONDS_FOR_A_BODY)
    except bodies.BodyTooLarge as error:
        raise errors.of_status(413, str(error)) from None
    except bodies.BodyError as error:
        raise failure(INVALID_REQUEST, str(error)) from None


def _more(method: str) -> dict[str, Any]:
    return {"allow_head": False} if method == "GET" else {}
