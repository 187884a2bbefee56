"""The route that sets the destinations of calls that an extension does not take."""

import msgspec
from aiohttp import web

from api.own.admin.destinations import Wanted, given
from api.own.bodies import body_of
from api.own.services import OwnServices
from engine.features.destinations.diversions import DiversionFields, ExtensionDiversions
from engine.features.destinations.registry import Destinations
from engine.platform.audit import ADMIN


class ChangedDiversions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Changes of an extension (of `account`, if several accounts have that number); absent fields stay.

    null: no destination; `ring_seconds` null or 0: as long as a call may ring.
    """

    account: str | None = None
    no_answer: Wanted | msgspec.UnsetType = msgspec.UNSET
    busy: Wanted | msgspec.UnsetType = msgspec.UNSET
    unregistered: Wanted | msgspec.UnsetType = msgspec.UNSET
    ring_seconds: float | msgspec.UnsetType | None = msgspec.UNSET


class DiversionsAdmin:
    """The handler."""

    def __init__(self, services: OwnServices) -> None:
        self._diversions = services.features[ExtensionDiversions]
        self._kinds = services.features[Destinations]

    def routes(self) -> list[web.RouteDef]:
        """The route."""
        return [web.patch("/extensions/{number}", self.change)]

    async def change(self, request: web.Request) -> web.Response:
        """Change the destinations."""
        wanted = await body_of(request, ChangedDiversions)
        seconds, kinds = wanted.ring_seconds, self._kinds
        fields = DiversionFields(
            no_answer=given(kinds, wanted.no_answer),
            busy=given(kinds, wanted.busy),
            unregistered=given(kinds, wanted.unregistered),
            ring_seconds=None if isinstance(seconds, msgspec.UnsetType) else seconds or 0.0,
        )
        number = request.match_info["number"]
        return web.json_response(await self._diversions.change(ADMIN, wanted.account, number, fields))
