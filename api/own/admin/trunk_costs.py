"""Routes of what calls by a trunk cost us: load from a file, list, remove."""

from aiohttp import web

from api import bodies
from api.own import render
from api.own.admin.rates import FILE, LARGEST_FILE, SECONDS_FOR_A_FILE
from api.own.errors import BadRequest
from api.own.operations import operation
from api.own.schema.system import LoadedRates, RemovedRates
from api.own.schema.trunk_costs import TrunkCostList
from api.own.services import OwnServices
from engine.features.trunks.costs import TrunkCosts
from engine.platform.audit import ADMIN


class TrunkCostsAdmin:
    """The handlers."""

    def __init__(self, services: OwnServices) -> None:
        self._costs = services.features[TrunkCosts]

    def routes(self) -> list[web.RouteDef]:
        """Every route of trunks' costs."""
        path = "/trunks/{name}/costs"
        return [web.get(path, self.list_all), web.put(path, self.load), web.delete(path, self.clear)]

    @operation("listTrunkCosts", {200: TrunkCostList})
    async def list_all(self, request: web.Request) -> web.Response:
        """List what calls by a trunk cost, by prefix."""
        shown = [
            {"prefix": cost.prefix, "price": render.money(cost.per_minute), "currency": cost.currency}
            for cost in await self._costs.listed(request.match_info["name"])
        ]
        return web.json_response({"costs": shown})

    @operation("loadTrunkCosts", {200: LoadedRates}, body=FILE)
    async def load(self, request: web.Request) -> web.Response:
        """Replace a trunk's costs by those of a CSV file; a file with one wrong line changes nothing."""
        try:
            text = (await bodies.read(request, LARGEST_FILE, SECONDS_FOR_A_FILE)).decode()
        except UnicodeDecodeError as error:
            raise BadRequest("The file is not UTF-8 text.") from error
        return web.json_response({"loaded": await self._costs.load(ADMIN, request.match_info["name"], text)})

    @operation("clearTrunkCosts", {200: RemovedRates})
    async def clear(self, request: web.Request) -> web.Response:
        """Remove a trunk's costs."""
        return web.json_response({"removed": await self._costs.clear(ADMIN, request.match_info["name"])})
