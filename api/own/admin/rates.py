"""Rates: loaded from a file, listed."""

import asyncio

from aiohttp import web

from api import bodies
from api.own import render
from api.own.errors import BadRequest
from api.own.services import Services
from engine.features.rating import read_csv
from engine.store import rates

LARGEST_FILE = 32 * 1024 * 1024
SECONDS_FOR_A_FILE = 120.0


class RatesAdmin:
    """The handlers."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def routes(self) -> list[web.RouteDef]:
        """Every route of rates."""
        return [web.get("/rates", self.list_all), web.put("/rates", self.load)]

    async def list_all(self, request: web.Request) -> web.Response:
        """All rates."""
        rows = await self._services.db.read(rates.list)
        shapes = [
            {
                "prefix": row.prefix,
                "price": render.money(row.per_minute),
                "first": row.first,
                "next": row.next,
                "currency": row.currency,
            }
            for row in rows
        ]
        return web.json_response({"rates": shapes})

    async def load(self, request: web.Request) -> web.Response:
        """Replace all rates by those of a CSV body; a file with one wrong line changes nothing."""
        try:
            text = (await bodies.read(request, LARGEST_FILE, SECONDS_FOR_A_FILE)).decode()
        except UnicodeDecodeError as error:
            raise BadRequest("The file is not UTF-8 text.") from error
        loaded = await asyncio.to_thread(read_csv, text)
        await self._services.writer.write(lambda conn: rates.replace_all(conn, loaded))
        await self._services.book.load_rates()
        return web.json_response({"loaded": len(loaded)})
