"""TringMe's one path, `/api.php`: the operation is a parameter, by GET and POST."""

import re
from collections.abc import Iterable, Mapping

from aiohttp import web

from api.accounts import Accounts
from api.errors import sentence_of
from api.forms import BadForm, Pairs, read_pairs
from api.guess_throttle import Guesses, ShownCredential
from api.vendors.tringme.auth import Requester, authenticate
from api.vendors.tringme.errors import Invalid, TringMeError, TringMeUnauthorized, render
from api.vendors.tringme.http.authenticated import AuthenticatedRequest, Handler
from api.vendors.tringme.http.requests import Parameters
from api.vendors.tringme.http.users import Users
from api.vendors.tringme.ids import DIALECT
from engine.commands import CommandRefused
from engine.features.errors import FeatureError

PATHS = re.compile(r"/api\.php(/|$)")
"""Matches the beginning of every path of the dialect."""
COOKIE = "cookie"


class Routes:
    """Serves the operations: authenticates a request, does what it asks, and renders what was refused."""

    def __init__(self, accounts: Accounts, operations: Mapping[str, Handler], guesses: Guesses, users: Users) -> None:
        self._accounts, self._operations, self._guesses, self._users = accounts, operations, guesses, users

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """The path, by GET and POST."""
        return [web.get("/api.php", self._answer, allow_head=False), web.post("/api.php", self._answer)]

    def render_error(self, status: int, sentence: str) -> web.Response:
        """An error that no operation gave, as text."""
        return render(sentence)

    async def _answer(self, request: web.Request) -> web.Response:
        try:
            pairs = await read_pairs(request)
            requester = await self._authenticated(request, pairs)
            parameters = Parameters(pairs, requester.account)
            operation = self._operation(parameters)
            user = await self._users.named(requester.account, requester.secret, parameters.text_or_none(COOKIE))
            return await operation(AuthenticatedRequest(requester.account, parameters, user))
        except (TringMeError, BadForm, FeatureError) as error:
            return render(str(error))
        except CommandRefused as refusal:
            return render(sentence_of(refusal))

    def _operation(self, parameters: Parameters) -> Handler:
        name = parameters.text("op")
        found = self._operations.get(name.lower())
        if found is None:
            raise Invalid(f"The parameter op is no operation (got {name[:40]!r}).")
        return found

    async def _authenticated(self, request: web.Request, pairs: Pairs) -> Requester:
        key = next((value for name, value in pairs if name == "apikey" and value), "")
        if not key:
            raise TringMeUnauthorized("The parameter apikey is missing.")
        with self._guesses.attempt(
            request, ShownCredential(DIALECT, key), wrong=lambda error: isinstance(error, TringMeUnauthorized)
        ):
            return await authenticate(self._accounts, key, pairs)
