"""The route that removes an account."""

import msgspec
from aiohttp import web

from engine.features.tenants import Tenants
from engine.platform.audit import ADMIN


class ClosingAdmin:
    """The handlers."""

    def __init__(self, tenants: Tenants) -> None:
        self._closing = tenants.closing

    def routes(self) -> list[web.RouteDef]:
        """The route."""
        return [web.delete("/accounts/{account}", self.remove)]

    async def remove(self, request: web.Request) -> web.Response:
        """Remove an account; with `?purge=true` its ledger, calls and recordings too."""
        purge = request.query.get("purge") == "true"
        removed = await self._closing.remove(ADMIN, request.match_info["account"], purge=purge)
        return web.json_response(msgspec.to_builtins(removed))
