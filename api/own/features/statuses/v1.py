"""Statuses of the users of an account."""

from aiohttp import web

from api.own.access import Caller, CallerOf
from api.own.features.statuses.schema import UserStatus, WantedStatus
from api.own.operations import Body, operation, taking
from api.own.render import Shape, moment
from api.own.scheduled import time_of
from api.own.services import OwnServices
from engine.features.statuses import model
from engine.features.statuses.service import UserStatuses


class StatusRoutes:
    """The handlers; `caller_of` says whose users a request is about, and who asks."""

    def __init__(self, services: OwnServices, caller_of: CallerOf) -> None:
        self._services, self._caller_of = services, caller_of
        self._statuses = services.features[UserStatuses]

    def routes(self, prefix: str) -> list[web.RouteDef]:
        """Every route, below `prefix`."""
        one = prefix + "/users/{user}/status"
        return [web.get(one, self.show), web.put(one, self.set), web.delete(one, self.unset)]

    @operation("getUserStatus", {200: UserStatus})
    async def show(self, request: web.Request) -> web.Response:
        """Show a user's status."""
        caller = await self._caller_of(request)
        return self._shown(caller, await self._statuses.of(caller.account.id, request.match_info["user"]))

    @taking("setUserStatus", WantedStatus, {200: UserStatus}, is_own=True)
    async def set(self, request: web.Request, body: Body[WantedStatus]) -> web.Response:
        """Set a user's status; what its phones say counts again once this one is unset or over."""
        caller, wanted = await self._caller_of(request), await body()
        until = None if wanted.until is None else time_of(wanted.until, "until")
        user = request.match_info["user"]
        found = await self._statuses.set(caller.by, caller.account.id, user, wanted.status, until)
        return self._shown(caller, found)

    @operation("unsetUserStatus", {200: UserStatus}, is_own=True)
    async def unset(self, request: web.Request) -> web.Response:
        """Let a user's phones say its status again."""
        caller = await self._caller_of(request)
        found = await self._statuses.unset(caller.by, caller.account.id, request.match_info["user"])
        return self._shown(caller, found)

    def _shown(self, caller: Caller, status: model.UserStatus | None) -> web.Response:
        return web.json_response({"status": status and self._shape(caller, status)})

    def _shape(self, caller: Caller, status: model.UserStatus) -> Shape:
        person = self._services.cache.user(caller.account.id, status.user)
        return {
            "id": status.id,
            "user": status.user,
            "email": person.email if person else "",
            "status": status.status,
            "set_by": status.set_by,
            "created": moment(status.created),
            "until": moment(status.until),
        }


ROUTES = StatusRoutes
