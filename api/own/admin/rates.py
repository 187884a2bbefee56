"""Routes of rates, those of one account or the general ones: load from a file, list, remove."""

from aiohttp import web

from api import bodies
from api.own import render
from api.own.errors import BadRequest
from api.own.operations import Media, operation
from api.own.schema.queries import ACCOUNT
from api.own.schema.system import LoadedRates, Rates, RemovedRates
from api.own.services import OwnServices
from engine.features.billing.model import ListedRate
from engine.features.billing.service import RateService
from engine.platform.audit import ADMIN

LARGEST_FILE = 32 * 1024 * 1024
SECONDS_FOR_A_FILE = 120.0
FILE = Media("Rates as CSV in UTF-8, at most 32 MiB.", ("text/csv",))


class RatesAdmin:
    """The handlers. `?account=` names the account; without it the general rates are meant."""

    def __init__(self, services: OwnServices) -> None:
        self._services = services

    def routes(self) -> list[web.RouteDef]:
        """Every route of rates."""
        return [web.get("/rates", self.list_all), web.put("/rates", self.load), web.delete("/rates", self.clear)]

    @operation("listRates", {200: Rates}, query=(ACCOUNT,))
    async def list_all(self, request: web.Request) -> web.Response:
        """List the rates of every account, and an account's own."""
        listed = await self._services.features[RateService].list(await self._services.account_of(request))
        return web.json_response({"rates": [_shape(each) for each in listed]})

    @operation("loadRates", {200: LoadedRates}, query=(ACCOUNT,), body=FILE, errors=(409,))
    async def load(self, request: web.Request) -> web.Response:
        """Replace the rates by those of a CSV file; a file with one wrong line changes nothing."""
        try:
            text = (await bodies.read(request, LARGEST_FILE, SECONDS_FOR_A_FILE)).decode()
        except UnicodeDecodeError as error:
            raise BadRequest("The file is not UTF-8 text.") from error
        account = await self._services.account_of(request)
        return web.json_response({"loaded": await self._services.features[RateService].load(ADMIN, text, account)})

    @operation("clearRates", {200: RemovedRates}, query=(ACCOUNT,), errors=(409,))
    async def clear(self, request: web.Request) -> web.Response:
        """Remove the rates."""
        account = await self._services.account_of(request)
        return web.json_response({"removed": await self._services.features[RateService].clear(ADMIN, account)})


def _shape(listed: ListedRate) -> render.Shape:
    row = listed.rate
    return {
        "account": listed.account,
        "prefix": row.prefix,
        "price": render.money(row.per_minute),
        "first": row.first,
        "next": row.next,
        "currency": row.currency,
    }
