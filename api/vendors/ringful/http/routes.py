"""Ringful's paths: `/<Method>/apikey/<key>`, the method in any case, GET or POST."""

import re
from collections.abc import Iterable, Mapping

from aiohttp import web

from api.accounts import Accounts
from api.errors import sentence_of, status_of
from api.forms import BadForm, NotAForm, Pairs, read_pairs
from api.guess_throttle import Guesses, ShownCredential
from api.vendors.ringful.auth import authenticate
from api.vendors.ringful.errors import Invalid, RingfulError, RingfulUnauthorized, WrongBody, render
from api.vendors.ringful.http.authenticated import AuthenticatedRequest, Handler
from api.vendors.ringful.http.requests import Parameters
from api.vendors.ringful.ids import DIALECT
from engine.commands import CommandRefused
from engine.features.accounts import Account

PATHS = re.compile(r"/[^/]*/apikey(/|$)", re.IGNORECASE)
"""Matches the beginning of every path of the dialect."""


class Routes:
    """Serves the operations: authenticates a request, does what it asks, and renders what was refused."""

    def __init__(self, accounts: Accounts, operations: Mapping[str, Handler], guesses: Guesses) -> None:
        self._accounts, self._operations, self._guesses = accounts, operations, guesses

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """One route for all methods, by GET and POST."""
        path = f"/{{method:(?i:{'|'.join(self._operations)})}}/apikey/{{key}}"
        return [web.get(path, self._answer, allow_head=False), web.post(path, self._answer)]

    def render_error(self, status: int, sentence: str) -> web.Response:
        """An error that no operation gave, as text."""
        return render(status, sentence)

    async def _answer(self, request: web.Request) -> web.Response:
        operation = self._operations[request.match_info["method"].lower()]
        try:
            pairs = await read_pairs(request)
            account = await self._authenticated(request, pairs)
            return await operation(AuthenticatedRequest(account, Parameters(pairs, account)))
        except RingfulError as error:
            return render(error.status, str(error))
        except BadForm as error:
            kind = WrongBody if isinstance(error, NotAForm) else Invalid
            return render(kind.status, str(error))
        except CommandRefused as refusal:
            return render(status_of(refusal), sentence_of(refusal))

    async def _authenticated(self, request: web.Request, pairs: Pairs) -> Account:
        key = request.match_info["key"]
        with self._guesses.attempt(
            request, ShownCredential(DIALECT, key), wrong=lambda error: isinstance(error, RingfulUnauthorized)
        ):
            return await authenticate(self._accounts, key, pairs)
