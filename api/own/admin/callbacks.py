"""Callbacks that were given up: seen, and sent again."""

from aiohttp import web

from api.own import render
from api.own.services import OwnServices
from engine.features import accounts as account_settings


class CallbacksAdmin:
    """The handlers."""

    def __init__(self, services: OwnServices) -> None:
        self._services = services

    def routes(self) -> list[web.RouteDef]:
        """Every route of callbacks."""
        return [
            web.get("/callbacks/failed", self.failed),
            web.post("/callbacks/failed/resend", self.resend_all),
            web.post("/callbacks/{delivery}/resend", self.resend),
        ]

    async def failed(self, request: web.Request) -> web.Response:
        """What was given up, oldest first; `?account=`."""
        rows = await self._services.delivery.dead(await self._account(request))
        return web.json_response({"callbacks": [render.delivery(row) for row in rows]})

    async def resend(self, request: web.Request) -> web.Response:
        """Send one again, from its first attempt."""
        row = await self._services.delivery.resend(request.match_info["delivery"])
        return web.json_response(render.delivery(row), status=202)

    async def resend_all(self, request: web.Request) -> web.Response:
        """Send all again; `?account=`."""
        rows = await self._services.delivery.dead(await self._account(request))
        for row in rows:
            await self._services.delivery.resend(row.id)
        return web.json_response({"resent": len(rows)}, status=202)

    async def _account(self, request: web.Request) -> str | None:
        name = request.query.get("account")
        if not name:
            return None
        return (await self._services.db.read(lambda conn: account_settings.find(conn, name))).id
