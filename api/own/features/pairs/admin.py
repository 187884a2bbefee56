"""The administrator's routes of pairs: an account's, and those of all."""

from aiohttp import web

from api.own.access import Caller
from api.own.bodies import number_of
from api.own.features.pairs import render
from api.own.features.pairs.schema import Pair, Pairs
from api.own.features.pairs.v1 import PairRoutes
from api.own.operations import operation
from api.own.schema.queries import ACCOUNT, PAGE
from api.own.services import OwnServices
from engine.features.pairs import model
from engine.features.pairs.commands import CancelPair
from engine.features.pairs.service import PairService
from engine.platform import audit


class PairsAdmin:
    """The handlers of pairs: an account's below /accounts/{account}, and all accounts'."""

    def __init__(self, services: OwnServices) -> None:
        self._services, self._pairs = services, services.features[PairService]

    def routes(self) -> list[web.RouteDef]:
        """Every route of pairs."""
        return [
            *PairRoutes(self._services, self._caller).routes("/accounts/{account}"),
            web.get("/pairs", self.list_all),
            web.get("/pairs/{pair}", self.show),
            web.delete("/pairs/{pair}", self.cancel),
        ]

    @operation("listAllPairs", {200: Pairs}, query=(ACCOUNT, *PAGE))
    async def list_all(self, request: web.Request) -> web.Response:
        """List pairs of all accounts, newest first."""
        account = await self._services.account_of(request)
        limit, before = number_of(request, "limit", 100), request.query.get("before")
        found = await self._pairs.page(account.id if account else None, limit, before)
        return web.json_response({"pairs": [render.pair(row, self._name(row)) for row in found]})

    @operation("getAnyPair", {200: Pair})
    async def show(self, request: web.Request) -> web.Response:
        """Show a pair of any account."""
        row = await self._pairs.get(None, request.match_info["pair"])
        return web.json_response(render.pair(row, self._name(row)))

    @operation("cancelAnyPair", {200: Pair}, errors=(409,))
    async def cancel(self, request: web.Request) -> web.Response:
        """End a pair of any account, whatever its state."""
        row = await self._pairs.get(None, request.match_info["pair"])
        cancelled = await self._services.engine.submit(CancelPair(account=row.account, pair=row.id))
        return web.json_response(render.pair(cancelled, self._name(cancelled)))

    def _name(self, row: model.Pair) -> str:
        owner = self._services.cache.find(row.account)
        return owner.name if owner else row.account

    async def _caller(self, request: web.Request) -> Caller:
        return Caller(await self._services.account_named(request.match_info["account"]), audit.ADMIN)


ADMIN = PairsAdmin
