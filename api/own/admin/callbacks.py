"""Routes of callbacks that failed for good: list them, send them again."""

from aiohttp import web

from api.own import render
from api.own.operations import operation
from api.own.replaying import replayed
from api.own.schema.calls import Callback, Replayed
from api.own.schema.queries import ACCOUNT, CALL, EVENT, SINCE_DELIVERY, SUBSCRIPTION
from api.own.schema.system import Callbacks, ResentCallbacks
from api.own.services import OwnServices
from engine.platform.audit import ADMIN


class CallbacksAdmin:
    """The handlers."""

    def __init__(self, services: OwnServices) -> None:
        self._services = services

    def routes(self) -> list[web.RouteDef]:
        """Every route of callbacks."""
        return [
            web.get("/callbacks/failed", self.failed),
            web.post("/callbacks/failed/resend", self.resend_all),
            web.post("/callbacks/replay", self.replay),
            web.post("/callbacks/{delivery}/resend", self.resend),
        ]

    @operation("listFailedCallbacks", {200: Callbacks}, query=(ACCOUNT,))
    async def failed(self, request: web.Request) -> web.Response:
        """List callbacks that were given up, oldest first."""
        account = await self._services.account_of(request)
        rows = await self._services.delivery.dead(account.id if account else None)
        return web.json_response({"callbacks": [render.delivery(row) for row in rows]})

    @operation("resendCallback", {202: Callback})
    async def resend(self, request: web.Request) -> web.Response:
        """Send a callback again, from its first attempt."""
        row = await self._services.delivery.resend(ADMIN, request.match_info["delivery"])
        return web.json_response(render.delivery(row), status=202)

    @operation("replayCallbacks", {202: Replayed}, query=(EVENT, CALL, SUBSCRIPTION, SINCE_DELIVERY))
    async def replay(self, request: web.Request) -> web.Response:
        """Deliver again what was delivered or given up, of one event, call or subscription."""
        return await replayed(request, self._services, ADMIN)

    @operation("resendFailedCallbacks", {202: ResentCallbacks}, query=(ACCOUNT,))
    async def resend_all(self, request: web.Request) -> web.Response:
        """Send all callbacks again that were given up."""
        account = await self._services.account_of(request)
        rows = await self._services.delivery.dead(account.id if account else None)
        for row in rows:
            await self._services.delivery.resend(ADMIN, row.id)
        return web.json_response({"resent": len(rows)}, status=202)
