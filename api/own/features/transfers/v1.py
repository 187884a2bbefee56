"""Transfers of an account's calls."""

from aiohttp import web

from api.own.access import CallerOf
from api.own.features.transfers.schema import NewTransfer, StartedTransfer
from api.own.features.transfers.wanted import command_of
from api.own.operations import Body, taking
from api.own.services import OwnServices


class TransferRoutes:
    """The handlers; `caller_of` says whose calls a request is about, and who asks."""

    def __init__(self, services: OwnServices, caller_of: CallerOf) -> None:
        self._services, self._caller_of = services, caller_of

    def routes(self, prefix: str) -> list[web.RouteDef]:
        """Every route, below `prefix`."""
        return [web.post(prefix + "/calls/{call}/transfer", self.transfer)]

    @taking("transferCall", NewTransfer, {202: StartedTransfer}, errors=(403, 409))
    async def transfer(self, request: web.Request, body: Body[NewTransfer]) -> web.Response:
        """Move the party of an answered call to another one.

        Whom it is connected with waits, and its call ends when the party is there. If that fails, the two are connected
        again.
        """
        caller, call = await self._caller_of(request), request.match_info["call"]
        command = command_of(self._services, caller.account, call, await body())
        task = await self._services.engine.submit(command)
        if caller.user:
            log = self._services.platform.audit
            to = {"to": command.to or command.to_call}
            await log.note(caller.by, account=caller.account.id, what="call.transferred", subject=call, after=to)
        return web.json_response({"task": task}, status=202)


ROUTES = TransferRoutes
