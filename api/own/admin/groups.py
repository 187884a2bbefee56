"""Routes of ring groups."""

from aiohttp import web

from api.own.destinations import given
from api.own.operations import Body, operation, taking
from api.own.schema.leading import ChangedGroup, Group, GroupList, NewGroup
from api.own.schema.queries import ACCOUNT
from api.own.schema.shown_tasks import as_given
from api.own.services import OwnServices
from engine.features.destinations.registry import Destinations
from engine.features.groups.service import GroupFields, Groups
from engine.platform.audit import ADMIN


class GroupsAdmin:
    """The handlers. A group's name is unique within its account."""

    def __init__(self, services: OwnServices) -> None:
        self._groups, self._kinds = services.features[Groups], services.features[Destinations]

    def routes(self) -> list[web.RouteDef]:
        """Every route of groups."""
        return [
            web.get("/groups", self.list_all),
            web.post("/groups", self.add),
            web.patch("/groups/{name}", self.change),
            web.delete("/groups/{name}", self.remove),
        ]

    @operation("listGroups", {200: GroupList})
    async def list_all(self, request: web.Request) -> web.Response:
        """List the ring groups, by their accounts."""
        return web.json_response({"groups": as_given(await self._groups.list())})

    @taking("addGroup", NewGroup, {201: Group}, errors=(403, 409))
    async def add(self, request: web.Request, body: Body[NewGroup]) -> web.Response:
        """Add a ring group."""
        wanted = await body()
        made = await self._groups.add(ADMIN, wanted.account, wanted.name, self._fields(wanted))
        return web.json_response(as_given(made), status=201)

    @taking("changeGroup", ChangedGroup, {200: Group}, errors=(403, 409))
    async def change(self, request: web.Request, body: Body[ChangedGroup]) -> web.Response:
        """Change a ring group; calls that ring go on as it was."""
        wanted = await body()
        fields = self._fields(wanted)
        changed = await self._groups.change(ADMIN, wanted.account, request.match_info["name"], fields)
        return web.json_response(as_given(changed))

    @operation("removeGroup", {204: None}, query=(ACCOUNT,), errors=(409,))
    async def remove(self, request: web.Request) -> web.Response:
        """Remove a ring group of an account."""
        account = request.query.get("account", "")
        await self._groups.remove(ADMIN, account, request.match_info["name"])
        return web.Response(status=204)

    def _fields(self, wanted: ChangedGroup) -> GroupFields:
        return GroupFields(
            members=wanted.members,
            strategy=wanted.strategy,
            seconds=wanted.seconds,
            seconds_each=wanted.seconds_each,
            otherwise=given(self._kinds, wanted.otherwise),
        )
