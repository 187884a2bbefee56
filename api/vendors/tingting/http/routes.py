"""TingTing's paths: those of its document below `/api/accounts` and `/api/system`, its newer API below `/api/v1`.

Each has a slash at its end or none, for every method: a redirect would lose the body.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from aiohttp import web

from api.guess_throttle import Guesses, ShownCredential
from api.permissions import refusal
from api.vendors.tingting import errors, fields
from api.vendors.tingting.auth import Auth, Requester, bearer
from api.vendors.tingting.errors import Forbidden, TingTingError, TingTingUnauthorized
from api.vendors.tingting.http.authenticated import AuthenticatedRequest, Handler
from api.vendors.tingting.ids import DIALECT
from engine.commands import CommandRefused
from engine.features.errors import FeatureError, StoreError
from engine.media import PromptError

PATHS = re.compile(r"/api/(accounts|system|v1)(/|$)")
"""Matches the beginning of every path of the dialect."""
Open = Callable[[web.Request], Awaitable[web.StreamResponse]]
"""Serves what needs no token."""
_NAME = re.compile(r"\{(campaign|number)\}")
UNAVAILABLE = "The store cannot be reached now. Try again."


class Routes:
    """Serves the operations: authenticates a request, does what it asks, and renders what was refused.

    `operations` and `open` are named by their method and path, such as `GET /api/system/campaigns`.
    """

    def __init__(
        self, auth: Auth, operations: Mapping[str, Handler], open: Mapping[str, Open], guesses: Guesses
    ) -> None:
        self._auth, self._operations, self._open, self._guesses = auth, operations, open, guesses

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """Every path, with and without a slash at its end."""
        served = {name: self._authenticating(handler) for name, handler in self._operations.items()}
        return [
            web.route(method, f"{_NAME.sub(_digits, path)}{slash}", self._rendering(handler), **_more(method))
            for name, handler in {**served, **self._open}.items()
            for method, _, path in [name.partition(" ")]
            for slash in ("", "/")
        ]

    def render_error(self, status: int, sentence: str) -> web.Response:
        """An error that no operation gave, in the envelope."""
        return errors.render(status, sentence)

    def _authenticating(self, handler: Handler) -> Open:
        async def serve(request: web.Request) -> web.StreamResponse:
            requester = await self._requester(request)
            if why := refusal(requester.user, request.method):
                raise Forbidden(why)
            return await handler(AuthenticatedRequest(requester, await fields.read(request), request))

        return serve

    def _rendering(self, serve: Open) -> Open:
        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                return await serve(request)
            except TingTingError as error:
                return errors.render(error.status, str(error), error.errors)
            except CommandRefused as refusal:
                return errors.of_refusal(refusal)
            except FeatureError as error:
                return errors.of_feature(error)
            except PromptError as error:
                return errors.of_prompt(error)
            except StoreError:
                return errors.render(503, UNAVAILABLE)

        return answer

    async def _requester(self, request: web.Request) -> Requester:
        token = bearer(request.headers.get("Authorization", ""))
        shown = ShownCredential(DIALECT, token) if token else None
        with self._guesses.attempt(request, shown, wrong=lambda error: isinstance(error, TingTingUnauthorized)):
            return await self._auth.authenticate(token)


def _digits(name: re.Match[str]) -> str:
    return f"{{{name[1]}:[0-9]{{1,15}}}}"


def _more(method: str) -> dict[str, Any]:
    return {"allow_head": False} if method == "GET" else {}
