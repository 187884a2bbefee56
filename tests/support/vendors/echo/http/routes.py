"""Its paths: `/echo/<key>/<operation>`."""

import re
from collections.abc import Iterable, Mapping

from aiohttp import web
from api.vendors.echo.auth import authenticate
from api.vendors.echo.errors import EchoError, render
from api.vendors.echo.http.authenticated import AuthenticatedRequest, Handler

from api.accounts import Accounts
from api.errors import sentence_of, status_of
from engine.commands import CommandRefused

PATHS = re.compile(r"/echo(/|$)")


class Routes:
    """Serves the operations."""

    def __init__(self, accounts: Accounts, operations: Mapping[str, Handler]) -> None:
        self._accounts, self._operations = accounts, operations

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """One route for all operations."""
        return [web.post(f"/echo/{{key}}/{{operation:{'|'.join(self._operations)}}}", self._answer)]

    async def _answer(self, request: web.Request) -> web.Response:
        operation = self._operations[request.match_info["operation"]]
        try:
            account = await authenticate(self._accounts, request.match_info["key"])
            return await operation(AuthenticatedRequest(account, await request.read()))
        except EchoError as error:
            return render(error.status, str(error))
        except CommandRefused as refusal:
            return render(status_of(refusal), sentence_of(refusal))
