"""The route that sets the destinations of calls that an extension does not take."""

import msgspec
from aiohttp import web

from api.own.admin.destinations import given
from api.own.operations import Body, taking
from api.own.schema.leading import ChangedDiversions, Diverted
from api.own.schema.shown_tasks import as_given
from api.own.services import OwnServices
from engine.features.destinations.extension_settings import DiversionFields, ExtensionDiversions
from engine.features.destinations.registry import Destinations
from engine.platform.audit import ADMIN


class DiversionsAdmin:
    """The handler."""

    def __init__(self, services: OwnServices) -> None:
        self._diversions = services.features[ExtensionDiversions]
        self._kinds = services.features[Destinations]

    def routes(self) -> list[web.RouteDef]:
        """The route."""
        return [web.patch("/extensions/{number}", self.change)]

    @taking("divertExtension", ChangedDiversions, {200: Diverted}, errors=(403, 409))
    async def change(self, request: web.Request, body: Body[ChangedDiversions]) -> web.Response:
        """Change which calls an extension takes, where the others go, and whose it is."""
        wanted = await body()
        seconds, kinds = wanted.ring_seconds, self._kinds
        owner = wanted.owner
        fields = DiversionFields(
            always=given(kinds, wanted.always),
            no_answer=given(kinds, wanted.no_answer),
            busy=given(kinds, wanted.busy),
            unregistered=given(kinds, wanted.unregistered),
            do_not_disturb=_switch(wanted.do_not_disturb),
            call_waiting=_switch(wanted.call_waiting),
            ring_seconds=None if isinstance(seconds, msgspec.UnsetType) else seconds or 0.0,
            owner=None if isinstance(owner, msgspec.UnsetType) else owner or "",
        )
        number = request.match_info["number"]
        changed = await self._diversions.change(ADMIN, wanted.account, number, fields)
        return web.json_response(as_given(changed))


def _switch(given: bool | msgspec.UnsetType) -> bool | None:
    return None if isinstance(given, msgspec.UnsetType) else given
