"""Rooms of an account, and who is in them."""

from typing import Any

from aiohttp import web
from msgspec import UNSET

from api.own.access import Caller, CallerOf
from api.own.features.rooms.render import participants, room, with_pins
from api.own.features.rooms.schema import (
    ChangedRoom,
    LockedRoom,
    MutedParticipants,
    NewRoom,
    Room,
    RoomParticipants,
    Rooms,
    RoomWithPins,
)
from api.own.operations import Body, operation, taking
from api.own.scheduled import time_of
from api.own.services import OwnServices
from engine.commands import (
    ConferenceView,
    FindConference,
    HangUpConference,
    KickMember,
    LockConference,
    MuteAll,
    MuteMember,
    NoSuchConference,
)
from engine.features.rooms import model
from engine.features.rooms.model import RoomChange, RoomSettings
from engine.features.rooms.service import RoomService
from engine.model.conference_rules import Announcing

_OF_THE_ROOM = frozenset({"number", "name", "pin", "admin_pin"})


class RoomRoutes:
    """The handlers; `caller_of` says whose rooms a request is about, and who asks."""

    def __init__(self, services: OwnServices, caller_of: CallerOf) -> None:
        self._services, self._caller_of = services, caller_of
        self._rooms = services.features[RoomService]

    def routes(self, prefix: str) -> list[web.RouteDef]:
        """Every route, below `prefix`. A room is named by its id or its number."""
        one = prefix + "/rooms/{room}"
        return [
            web.get(prefix + "/rooms", self.list_all),
            web.post(prefix + "/rooms", self.add),
            web.get(one, self.show),
            web.patch(one, self.change),
            web.delete(one, self.remove),
            web.get(one + "/participants", self.participants),
            web.patch(one + "/participants", self.mute_all),
            web.patch(one + "/participants/{call}", self.mute),
            web.delete(one + "/participants/{call}", self.kick),
            web.post(one + "/lock", self.lock),
            web.post(one + "/end", self.end),
        ]

    @operation("listRooms", {200: Rooms})
    async def list_all(self, request: web.Request) -> web.Response:
        """List the account's rooms by number."""
        caller = await self._caller_of(request)
        found = await self._rooms.list_all(caller.account.id)
        return web.json_response({"rooms": [room(each) for each in found]})

    @taking("addRoom", NewRoom, {201: RoomWithPins}, errors=(409,))
    async def add(self, request: web.Request, body: Body[NewRoom]) -> web.Response:
        """Make a room. Its PINs are shown here alone."""
        caller = await self._caller_of(request)
        given = await body()
        fields = _given(given)
        wanted = model.NewRoom(
            number=given.number,
            name=fields.get("name"),
            pin=fields.get("pin"),
            admin_pin=fields.get("admin_pin"),
            settings=RoomSettings(**_settings(fields)),
        )
        added = await self._rooms.add(caller.by, caller.account.id, wanted)
        return web.json_response(with_pins(added), status=201)

    @operation("getRoom", {200: Room})
    async def show(self, request: web.Request) -> web.Response:
        """Show a room, without its PINs."""
        return web.json_response(room((await self._named(request))[1]))

    @taking("changeRoom", ChangedRoom, {200: RoomWithPins}, errors=(409,))
    async def change(self, request: web.Request, body: Body[ChangedRoom]) -> web.Response:
        """Change a room; a conference that goes on in it keeps its rules. PINs that are set are shown here alone."""
        caller, id = await self._caller_of(request), request.match_info["room"]
        fields = _given(await body())
        change = RoomChange(
            name=fields.get("name"),
            pin=fields.get("pin"),
            admin_pin=fields.get("admin_pin"),
            settings=_settings(fields),
        )
        changed = await self._rooms.change(caller.by, caller.account.id, id, change)
        return web.json_response(with_pins(changed))

    @operation("removeRoom", {204: None}, errors=(409,))
    async def remove(self, request: web.Request) -> web.Response:
        """Remove a room; a conference that goes on in it is not ended."""
        caller = await self._caller_of(request)
        await self._rooms.remove(caller.by, caller.account.id, request.match_info["room"])
        return web.Response(status=204)

    @operation("listRoomParticipants", {200: RoomParticipants})
    async def participants(self, request: web.Request) -> web.Response:
        """List those who are in a room now."""
        caller, found = await self._named(request)
        return web.json_response(participants(found, await self._view(caller, found)))

    @taking("muteRoomParticipants", MutedParticipants, {200: RoomParticipants})
    async def mute_all(self, request: web.Request, body: Body[MutedParticipants]) -> web.Response:
        """Mute all but the admins, those who come later too, or unmute them."""
        caller, found = await self._named(request)
        muted = (await body()).muted
        await self._services.engine.submit(MuteAll(account=found.account, name=found.id, muted=muted))
        return await self._changed(caller, found, "room.muted" if muted else "room.unmuted")

    @taking("muteRoomParticipant", MutedParticipants, {200: RoomParticipants})
    async def mute(self, request: web.Request, body: Body[MutedParticipants]) -> web.Response:
        """Mute or unmute a participant."""
        caller, found = await self._named(request)
        call, muted = request.match_info["call"], (await body()).muted
        await self._services.engine.submit(MuteMember(account=found.account, name=found.id, call=call, muted=muted))
        what = "room.participant_muted" if muted else "room.participant_unmuted"
        return await self._changed(caller, found, what, call=call)

    @operation("removeRoomParticipant", {204: None})
    async def kick(self, request: web.Request) -> web.Response:
        """Hang up a participant's call."""
        caller, found = await self._named(request)
        call = request.match_info["call"]
        await self._services.engine.submit(KickMember(account=found.account, name=found.id, call=call))
        await self._note(caller, found, "room.participant_removed", call=call)
        return web.Response(status=204)

    @taking("lockRoom", LockedRoom, {200: RoomParticipants})
    async def lock(self, request: web.Request, body: Body[LockedRoom]) -> web.Response:
        """Lock or open the conference that goes on in a room."""
        caller, found = await self._named(request)
        locked = (await body()).locked
        await self._services.engine.submit(LockConference(account=found.account, name=found.id, locked=locked))
        return await self._changed(caller, found, "room.locked" if locked else "room.opened")

    @operation("endRoomConference", {204: None})
    async def end(self, request: web.Request) -> web.Response:
        """End the conference that goes on in a room; all its calls are hung up."""
        caller, found = await self._named(request)
        await self._services.engine.submit(HangUpConference(account=found.account, name=found.id))
        await self._note(caller, found, "room.ended")
        return web.Response(status=204)

    async def _named(self, request: web.Request) -> tuple[Caller, model.Room]:
        caller = await self._caller_of(request)
        return caller, await self._rooms.get(caller.account.id, request.match_info["room"])

    async def _view(self, caller: Caller, found: model.Room) -> ConferenceView | None:
        try:
            return await self._services.engine.submit(FindConference(account=caller.account.id, name=found.id))
        except NoSuchConference:
            return None

    async def _note(self, caller: Caller, found: model.Room, what: str, **after: str) -> None:
        """Write down in the account's history what was done in a room."""
        audit = self._services.platform.audit
        await audit.note(caller.by, account=found.account, what=what, subject=found.id, after=after or None)

    async def _changed(self, caller: Caller, found: model.Room, what: str, **after: str) -> web.Response:
        await self._note(caller, found, what, **after)
        return web.json_response(participants(found, await self._view(caller, found)))


def _given(body: ChangedRoom) -> dict[str, Any]:
    values = {name: getattr(body, name) for name in ChangedRoom.__struct_fields__}
    return {name: value for name, value in values.items() if value is not UNSET}


def _settings(fields: dict[str, Any]) -> dict[str, Any]:
    settings = {name: value for name, value in fields.items() if name not in _OF_THE_ROOM}
    for name in settings.keys() & {"opens", "closes"}:
        settings[name] = None if settings[name] is None else time_of(settings[name], name)
    if "announces" in settings:
        settings["announces"] = Announcing(settings["announces"])
    return settings


ROUTES = RoomRoutes
