"""Meetings of an account."""

from aiohttp import web
from msgspec import UNSET, UnsetType

from api.own.access import CallerOf
from api.own.features.meetings.render import meeting
from api.own.features.meetings.schema import ChangedMeeting, Meeting, Meetings, MeetingWithPins, NewMeeting
from api.own.operations import Body, operation, taking
from api.own.scheduled import time_of
from api.own.services import OwnServices
from engine.features.meetings import model
from engine.features.meetings.model import MeetingChange
from engine.features.meetings.service import MeetingService


class MeetingRoutes:
    """The handlers; `caller_of` says whose meetings a request is about, and who asks."""

    def __init__(self, services: OwnServices, caller_of: CallerOf) -> None:
        self._services, self._caller_of = services, caller_of
        self._meetings = services.features[MeetingService]

    def routes(self, prefix: str) -> list[web.RouteDef]:
        """Every route, below `prefix`."""
        one = prefix + "/meetings/{meeting}"
        return [
            web.get(prefix + "/meetings", self.list_all),
            web.post(prefix + "/meetings", self.add),
            web.get(one, self.show),
            web.patch(one, self.change),
            web.delete(one, self.remove),
        ]

    @operation("listMeetings", {200: Meetings})
    async def list_all(self, request: web.Request) -> web.Response:
        """List the account's meetings, the oldest first."""
        caller = await self._caller_of(request)
        found = await self._meetings.list_all(caller.account.id)
        return web.json_response({"meetings": [meeting(self._services, each, caller) for each in found]})

    @taking("addMeeting", NewMeeting, {201: MeetingWithPins}, errors=(409,))
    async def add(self, request: web.Request, body: Body[NewMeeting]) -> web.Response:
        """Make a meeting. Its PINs are shown here alone."""
        caller, given = await self._caller_of(request), await body()
        wanted = model.NewMeeting(
            name=given.name,
            starts=None if given.starts is None else time_of(given.starts, "starts"),
            ends=None if given.ends is None else time_of(given.ends, "ends"),
            pin=given.pin,
            owner=given.owner or (caller.user.id if caller.user else None),
            waits_for_host=given.waits_for_host,
            language=given.language,
            timezone=given.timezone,
        )
        added = await self._meetings.add(caller.by, caller.account.id, wanted)
        return web.json_response(meeting(self._services, added, caller), status=201)

    @operation("getMeeting", {200: Meeting})
    async def show(self, request: web.Request) -> web.Response:
        """Show a meeting, without its PINs."""
        caller = await self._caller_of(request)
        found = await self._meetings.get(caller.account.id, request.match_info["meeting"])
        return web.json_response(meeting(self._services, found, caller))

    @taking("changeMeeting", ChangedMeeting, {200: MeetingWithPins}, errors=(409,))
    async def change(self, request: web.Request, body: Body[ChangedMeeting]) -> web.Response:
        """Change a meeting; who is in it stays. A PIN that is set is shown here alone."""
        caller, given = await self._caller_of(request), await body()
        change = MeetingChange(
            name=None if given.name is UNSET else given.name,
            starts=_time(given.starts, "starts"),
            ends=_time(given.ends, "ends"),
            pin=None if given.pin is UNSET else given.pin,
            new_links=given.new_links,
        )
        changed = await self._meetings.change(caller.by, caller.account.id, request.match_info["meeting"], change)
        return web.json_response(meeting(self._services, changed, caller))

    @operation("removeMeeting", {204: None}, errors=(409,))
    async def remove(self, request: web.Request) -> web.Response:
        """Remove a meeting and its room; who is in it stays."""
        caller = await self._caller_of(request)
        await self._meetings.remove(caller.by, caller.account.id, request.match_info["meeting"])
        return web.Response(status=204)


def _time(given: float | str | UnsetType | None, name: str) -> float | None:
    """A time that changes; 0 for one that is taken away, None for one that stays."""
    return None if isinstance(given, UnsetType) else 0.0 if given is None else time_of(given, name)


ROUTES = MeetingRoutes
