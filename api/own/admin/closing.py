"""The route that removes an account."""

import msgspec
from aiohttp import web

from engine.features.accounts.closing import Closing
from engine.platform.audit import ADMIN
from engine.platform.feature import Features


class ClosingAdmin:
    """The handlers."""

    def __init__(self, features: Features) -> None:
        self._closing = features[Closing]

    def routes(self) -> list[web.RouteDef]:
        """The route."""
        return [web.delete("/accounts/{account}", self.remove)]

    async def remove(self, request: web.Request) -> web.Response:
        """Remove an account; with `?purge=true` its ledger, calls and recordings too."""
        purge = request.query.get("purge") == "true"
        removed = await self._closing.remove(ADMIN, request.match_info["account"], purge=purge)
        return web.json_response(msgspec.to_builtins(removed))
