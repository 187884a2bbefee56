"""The administrator's route of transfers, for calls of all accounts."""

from aiohttp import web

from api.own.errors import NotFound
from api.own.features.transfers.schema import NewTransfer, StartedTransfer
from api.own.features.transfers.wanted import command_of
from api.own.operations import Body, taking
from api.own.services import OwnServices
from engine.features.call_history.views import CallHistory


class TransfersAdmin:
    """The handlers."""

    def __init__(self, services: OwnServices) -> None:
        self._services = services

    def routes(self) -> list[web.RouteDef]:
        """Every route of transfers."""
        return [web.post("/calls/{call}/transfer", self.transfer)]

    @taking("transferCall", NewTransfer, {202: StartedTransfer}, errors=(403, 409))
    async def transfer(self, request: web.Request, body: Body[NewTransfer]) -> web.Response:
        """Move the party of an answered call to another one."""
        call = await self._services.features[CallHistory].get(request.match_info["call"])
        account = self._services.cache.find(call.account) if call else None
        if call is None or account is None:
            raise NotFound("There is no such call.")
        task = await self._services.engine.submit(command_of(self._services, account, call.id, await body()))
        return web.json_response({"task": task}, status=202)


ADMIN = TransfersAdmin
