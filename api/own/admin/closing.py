"""Accounts removed."""

import msgspec
from aiohttp import web

from api.own.services import Services
from engine.features.closing import Closing


class ClosingAdmin:
    """The handlers."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._closing = Closing(services.writer, services.extensions, services.prompts, services.files, self._refresh)

    def routes(self) -> list[web.RouteDef]:
        """Every route of removing."""
        return [web.delete("/accounts/{account}", self.remove)]

    async def remove(self, request: web.Request) -> web.Response:
        """Remove an account; with `?purge=true` its books too."""
        purge = request.query.get("purge") == "true"
        removed = await self._closing.remove(request.match_info["account"], purge=purge)
        return web.json_response(msgspec.to_builtins(removed))

    async def _refresh(self) -> None:
        await self._services.refresh()
        await self._services.book.load_rates()
