"""Routes of ring groups."""

import msgspec
from aiohttp import web

from api.own.admin.destinations import Wanted, given
from api.own.bodies import body_of
from api.own.services import OwnServices
from engine.features.destinations.registry import Destinations
from engine.features.groups.service import GroupFields, Groups
from engine.model.ring_strategy import Strategy
from engine.platform.audit import ADMIN


class ChangedGroup(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Changes of an account's group; absent fields stay. `otherwise` null: no destination."""

    account: str
    members: tuple[str, ...] | None = None
    strategy: Strategy | None = None
    seconds: float | None = None
    seconds_each: float | None = None
    otherwise: Wanted | msgspec.UnsetType = msgspec.UNSET


class NewGroup(ChangedGroup, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A group to add."""

    name: str


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

    async def list_all(self, request: web.Request) -> web.Response:
        """List all groups by account."""
        return web.json_response({"groups": await self._groups.list()})

    async def add(self, request: web.Request) -> web.Response:
        """Create a group."""
        wanted = await body_of(request, NewGroup)
        made = await self._groups.add(ADMIN, wanted.account, wanted.name, self._fields(wanted))
        return web.json_response(made, status=201)

    async def change(self, request: web.Request) -> web.Response:
        """Change a group; calls that are ringing continue as before."""
        wanted = await body_of(request, ChangedGroup)
        fields = self._fields(wanted)
        return web.json_response(
            await self._groups.change(ADMIN, wanted.account, request.match_info["name"], fields)
        )

    async def remove(self, request: web.Request) -> web.Response:
        """Remove a group of the account `?account=`."""
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
