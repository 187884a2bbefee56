"""Rates: loaded from a file, listed, removed; those of one account or of all that have none of their own."""

import asyncio

from aiohttp import web
from sqlalchemy import Connection

from api import bodies
from api.own import render
from api.own.errors import BadRequest
from api.own.services import OwnServices
from engine.features import accounts as account_settings
from engine.features.rating import read_csv
from engine.store import accounts, rates
from engine.store.accounts import Account
from engine.store.rates import Rate

LARGEST_FILE = 32 * 1024 * 1024
SECONDS_FOR_A_FILE = 120.0


class RatesAdmin:
    """The handlers. `?account=` names the account; without it they are those of every account."""

    def __init__(self, services: OwnServices) -> None:
        self._services = services

    def routes(self) -> list[web.RouteDef]:
        """Every route of rates."""
        return [web.get("/rates", self.list_all), web.put("/rates", self.load), web.delete("/rates", self.clear)]

    async def list_all(self, request: web.Request) -> web.Response:
        """All rates, or an account's own."""
        account = await self._account(request)

        def read(conn: Connection) -> list[render.Shape]:
            names = {each.id: each.name for each in accounts.list(conn)}
            return [_shape(row, names) for row in rates.list(conn) if account is None or row.account == account.id]

        return web.json_response({"rates": await self._services.db.read(read)})

    async def load(self, request: web.Request) -> web.Response:
        """Replace all such rates by those of a CSV body; a file with one wrong line changes nothing."""
        try:
            text = (await bodies.read(request, LARGEST_FILE, SECONDS_FOR_A_FILE)).decode()
        except UnicodeDecodeError as error:
            raise BadRequest("The file is not UTF-8 text.") from error
        account = await self._account(request)
        owner, currency = (account.id, account.currency) if account else ("", None)
        loaded = await asyncio.to_thread(read_csv, text, owner, currency)
        await self._services.writer.write(lambda conn: rates.replace_all(conn, loaded, owner))
        await self._services.cache.load_rates()
        return web.json_response({"loaded": len(loaded)})

    async def clear(self, request: web.Request) -> web.Response:
        """Remove all such rates."""
        account = await self._account(request)
        owner = account.id if account else ""
        removed = await self._services.writer.write(lambda conn: rates.clear(conn, owner))
        await self._services.cache.load_rates()
        return web.json_response({"removed": removed})

    async def _account(self, request: web.Request) -> Account | None:
        name = request.query.get("account")
        return await self._services.db.read(lambda conn: account_settings.find(conn, name)) if name else None


def _shape(row: Rate, names: dict[str, str]) -> render.Shape:
    return {
        "account": names.get(row.account),
        "prefix": row.prefix,
        "price": render.money(row.per_minute),
        "first": row.first,
        "next": row.next,
        "currency": row.currency,
    }
