"""The do-not-call list of an account."""

from typing import Annotated

from aiohttp import web

from api.own.access import CallerOf
from api.own.bodies import number_of
from api.own.features.campaigns import render
from api.own.features.campaigns.schema import AddedDoNotCall, DoNotCall, NewDoNotCall
from api.own.operations import Body, Parameter, operation, taking
from api.own.schema.fields import says
from api.own.schema.queries import LIMIT
from api.own.services import OwnServices
from engine.features.campaigns.do_not_call import DoNotCallLists

AFTER = Parameter(name="after", kind=Annotated[str, says("A number; those after it are listed.")])


class DoNotCallRoutes:
    """The handlers; `caller_of` says whose list a request is about, and who asks."""

    def __init__(self, services: OwnServices, caller_of: CallerOf) -> None:
        self._caller_of, self._lists = caller_of, services.features[DoNotCallLists]

    def routes(self, prefix: str) -> list[web.RouteDef]:
        """Every route, below `prefix`."""
        return [
            web.get(prefix + "/do-not-call", self.list_all),
            web.post(prefix + "/do-not-call", self.add),
            web.delete(prefix + "/do-not-call/{number}", self.remove),
        ]

    @operation("listDoNotCall", {200: DoNotCall}, query=(LIMIT, AFTER))
    async def list_all(self, request: web.Request) -> web.Response:
        """List the numbers that no campaign of the account calls or texts."""
        account = (await self._caller_of(request)).account
        limit, after = number_of(request, "limit", 100), request.query.get("after", "")
        found = await self._lists.page(account.id, limit=limit, after=after)
        return web.json_response({"numbers": [render.do_not_call(row) for row in found]})

    @taking("addDoNotCall", NewDoNotCall, {200: AddedDoNotCall})
    async def add(self, request: web.Request, body: Body[NewDoNotCall]) -> web.Response:
        """Put numbers on the list: campaigns that run do not call them any more either."""
        caller, given = await self._caller_of(request), await body()
        added, bad = await self._lists.add(caller.by, caller.account.id, given.numbers, given.why)
        return web.json_response({"added": len(added), "bad": [render.bad(each) for each in bad]})

    @operation("removeDoNotCall", {204: None})
    async def remove(self, request: web.Request) -> web.Response:
        """Take a number off the list."""
        caller = await self._caller_of(request)
        await self._lists.remove(caller.by, caller.account.id, request.match_info["number"])
        return web.Response(status=204)
