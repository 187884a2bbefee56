"""Calendars of the user who asks, or of the account itself if its key is shown."""

from aiohttp import web

from api.own.access import Caller, CallerOf
from api.own.errors import NotFound
from api.own.features.calendars.schema import Calendars, Consent
from api.own.operations import operation
from api.own.render import moment
from api.own.services import OwnServices
from engine.features.calendars.model import Provider
from engine.features.calendars.service import CalendarService


class CalendarRoutes:
    """The handlers; `caller_of` says who asks."""

    def __init__(self, services: OwnServices, caller_of: CallerOf) -> None:
        self._caller_of, self._calendars = caller_of, services.features[CalendarService]

    def routes(self, prefix: str) -> list[web.RouteDef]:
        """Every route, below `prefix`."""
        return [
            web.get(prefix + "/calendars", self.list_all),
            web.post(prefix + "/calendars/{provider}", self.ask),
            web.delete(prefix + "/calendars/{provider}/{address}", self.revoke),
        ]

    @operation("listCalendars", {200: Calendars})
    async def list_all(self, request: web.Request) -> web.Response:
        """List the calendars that the one who asks has connected."""
        caller = await self._caller_of(request)
        found = await self._calendars.list_all(caller.account.id, _user(caller))
        shown = [
            {
                "provider": one.provider,
                "address": one.address,
                "connected": moment(one.created),
                "updated": moment(one.updated),
            }
            for one in found
        ]
        return web.json_response({"calendars": shown})

    @operation("askForCalendar", {200: Consent}, errors=(409,), is_own=True)
    async def ask(self, request: web.Request) -> web.Response:
        """Answer where consent is given to connect a calendar."""
        caller, provider = await self._caller_of(request), provider_of(request)
        url = await self._calendars.ask(caller.account.id, _user(caller), provider)
        return web.json_response({"auth_url": url})

    @operation("revokeCalendar", {204: None}, errors=(409, 502), is_own=True)
    async def revoke(self, request: web.Request) -> web.Response:
        """Take the consent for a calendar back, at its provider too."""
        caller, provider = await self._caller_of(request), provider_of(request)
        address = request.match_info["address"]
        await self._calendars.revoke(caller.by, caller.account.id, _user(caller), provider, address)
        return web.Response(status=204)


def provider_of(request: web.Request) -> Provider:
    """Return the provider of a path; raises NotFound."""
    name = request.match_info["provider"]
    try:
        return Provider(name)
    except ValueError:
        raise NotFound(f"provider must be google or outlook (got {name[:40]!r}).") from None


def _user(caller: Caller) -> str:
    return caller.user.id if caller.user else caller.account.id


ROUTES = CalendarRoutes
