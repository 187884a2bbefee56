"""RingPlan's paths: each with and without `/system` before it, with and without a slash at its end.

Where the document says PUT its clients send PATCH, and the other way round: both are served.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from aiohttp import web

from api.vendors.ringplan import errors, fields
from api.vendors.ringplan.auth import Auth
from api.vendors.ringplan.errors import Invalid, RingPlanError
from api.vendors.ringplan.http.authenticated import AuthenticatedRequest, Handler
from engine.ari.errors import AriError
from engine.commands import CommandRefused
from engine.features.errors import FeatureError, StoreError

PATHS = re.compile(r"/(system/)?(company|instances|account|phones|texting|voicemail|fax|meet|webhooks|files)(/|$)")
"""Matches the beginning of every path of the dialect."""
Open = Callable[[web.Request], Awaitable[web.StreamResponse]]
"""Serves what needs no key."""
NOTHING_OPEN: Mapping[str, Open] = {}
NO_UPLOADS: Mapping[str, Handler] = {}
UNAVAILABLE = "The store cannot be reached now. Try again."
ASTERISK = "The telephone engine cannot be reached now. Try again."
_CHANGES = ("PUT", "PATCH")


class Routes:
    """Serves the operations: authenticates a request, does what it asks, and renders what was refused.

    `operations`, `open` and `uploads` (which read their bodies themselves: not JSON) are named by their method and
    path, such as `GET /company`.
    """

    def __init__(
        self,
        auth: Auth,
        operations: Mapping[str, Handler],
        open: Mapping[str, Open] = NOTHING_OPEN,
        uploads: Mapping[str, Handler] = NO_UPLOADS,
    ) -> None:
        self._auth, self._operations, self._open, self._uploads = auth, operations, open, uploads

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """Every path of every operation."""
        served = {name: self._authenticating(handler) for name, handler in self._operations.items()}
        served |= {name: self._authenticating(handler, reads=False) for name, handler in self._uploads.items()}
        return [
            web.route(method, f"{prefix}{path}{slash}", self._answering(handler), **_more(method))
            for name, handler in {**served, **self._open}.items()
            for named, _, path in [name.partition(" ")]
            for method in (_CHANGES if named in _CHANGES else (named,))
            for prefix in ("", "/system")
            for slash in ("", "/")
        ]

    def render_error(self, status: int, sentence: str) -> web.Response:
        """An error that no operation gave."""
        return errors.render(status, sentence)

    def _authenticating(self, handler: Handler, *, reads: bool = True) -> Open:
        async def serve(request: web.Request) -> web.StreamResponse:
            if "%00" in request.raw_path:  # no text in PostgreSQL has one
                raise Invalid("The address must not contain the character U+0000 (%00).")
            requester = await self._auth.authenticate(request)
            body = await fields.read(request) if reads else {}
            return await handler(AuthenticatedRequest(requester, body, request))

        return serve

    def _answering(self, serve: Open) -> Open:
        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                return await serve(request)
            except RingPlanError as error:
                return errors.render(error.status, str(error))
            except CommandRefused as refusal:
                return errors.of_refusal(refusal)
            except StoreError:
                return errors.render(503, UNAVAILABLE)
            except FeatureError as error:
                return errors.of_feature(error)
            except AriError:
                return errors.render(502, ASTERISK)

        return answer


def _more(method: str) -> dict[str, Any]:
    return {"allow_head": False} if method == "GET" else {}
