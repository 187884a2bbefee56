"""Voicemail boxes of an account: added, changed, removed; their PINs and greetings."""

import asyncio
from typing import Any

from aiohttp import web

from api.files import File
from api.own.access import CallerOf
from api.own.destinations import given as given_destination
from api.own.errors import BadRequest
from api.own.features.voicemail import render
from api.own.features.voicemail.schema import Box, Boxes, ChangedBox, Greeting, Greetings, MadeBox, NewBox, Pin
from api.own.operations import Body, Media, operation, taking
from api.own.services import OwnServices
from engine.features.accounts import Account
from engine.features.destinations.registry import Destinations
from engine.features.errors import NotThere
from engine.features.voicemail import model
from engine.features.voicemail.greetings import MOST_BYTES
from engine.features.voicemail.model import BoxFields, GreetingKind
from engine.features.voicemail.service import VoicemailService
from engine.media import errors
from engine.media.check import kind_of

_CHUNK = 65_536
_UPLOAD_SECONDS = 300.0
_TYPES = {"WAV": "audio/wav", "MP3": "audio/mpeg", "FLAC": "audio/flac", "OGG": "audio/ogg"}
SOUND = Media(
    "A file of at most 10 MB and 120 s: WAV, MP3, FLAC or OGG, whatever its Content-Type.",
    ("application/octet-stream", "audio/*"),
)
AUDIO = Media("The file as it was recorded or uploaded.", tuple(sorted(_TYPES.values())))


class BoxRoutes:
    """The handlers; `caller_of` says whose boxes a request is about, and who asks."""

    def __init__(self, services: OwnServices, caller_of: CallerOf) -> None:
        self._caller_of = caller_of
        self._voicemail = services.features[VoicemailService]
        self._destinations = services.features[Destinations]

    def routes(self, prefix: str) -> list[web.RouteDef]:
        """Every route of boxes, below `prefix`."""
        one = prefix + "/voicemail-boxes/{box}"
        return [
            web.get(prefix + "/voicemail-boxes", self.list_all),
            web.post(prefix + "/voicemail-boxes", self.add),
            web.get(one, self.show),
            web.patch(one, self.change),
            web.delete(one, self.remove),
            web.put(one + "/pin", self.set_pin),
            web.get(one + "/greetings", self.greetings),
            web.get(one + "/greetings/{greeting}", self.greeting),
            web.put(one + "/greetings/{greeting}", self.set_greeting),
            web.delete(one + "/greetings/{greeting}", self.reset_greeting),
        ]

    @operation("listVoicemailBoxes", {200: Boxes})
    async def list_all(self, request: web.Request) -> web.Response:
        """List the account's voicemail boxes, by number."""
        account = (await self._caller_of(request)).account
        shown = [await self._shown(account, box) for box in await self._voicemail.boxes(account.id)]
        return web.json_response({"boxes": shown})

    @taking("addVoicemailBox", NewBox, {201: MadeBox}, errors=(409,))
    async def add(self, request: web.Request, body: Body[NewBox]) -> web.Response:
        """Add a voicemail box; its PIN is shown here alone."""
        caller, given = await self._caller_of(request), await body()
        made = await self._voicemail.create_box(
            caller.by, caller.account.id, given.number, self._fields(given), pin=given.pin
        )
        return web.json_response(await self._shown(caller.account, made.box) | {"pin": made.pin}, status=201)

    @operation("getVoicemailBox", {200: Box})
    async def show(self, request: web.Request) -> web.Response:
        """Show a voicemail box, and how many messages it has."""
        account = (await self._caller_of(request)).account
        box = await self._voicemail.box(account.id, request.match_info["box"])
        return web.json_response(await self._shown(account, box))

    @taking("changeVoicemailBox", ChangedBox, {200: Box}, errors=(409,))
    async def change(self, request: web.Request, body: Body[ChangedBox]) -> web.Response:
        """Change a voicemail box."""
        caller, given = await self._caller_of(request), await body()
        account, name = caller.account, request.match_info["box"]
        box = await self._voicemail.update_box(caller.by, account.id, name, self._fields(given))
        return web.json_response(await self._shown(account, box))

    @operation("removeVoicemailBox", {204: None}, errors=(409,))
    async def remove(self, request: web.Request) -> web.Response:
        """Remove a voicemail box with its messages; nothing may lead to it."""
        caller = await self._caller_of(request)
        await self._voicemail.delete_box(caller.by, caller.account.id, request.match_info["box"])
        return web.Response(status=204)

    @taking("setVoicemailPin", Pin, {204: None}, errors=(409,))
    async def set_pin(self, request: web.Request, body: Body[Pin]) -> web.Response:
        """Set a box's PIN, which also unlocks the box after too many wrong ones."""
        caller = await self._caller_of(request)
        await self._voicemail.set_pin(caller.by, caller.account.id, request.match_info["box"], (await body()).pin)
        return web.Response(status=204)

    @operation("listVoicemailGreetings", {200: Greetings})
    async def greetings(self, request: web.Request) -> web.Response:
        """List a box's greetings that were recorded or uploaded."""
        account = (await self._caller_of(request)).account
        found = await self._voicemail.greetings(account.id, request.match_info["box"])
        return web.json_response({"greetings": [render.greeting(row) for row in found]})

    @operation("getVoicemailGreeting", {200: AUDIO, 206: AUDIO}, errors=(416,))
    async def greeting(self, request: web.Request) -> web.StreamResponse:
        """Fetch a greeting as it was recorded or uploaded."""
        account, kind = (await self._caller_of(request)).account, _kind(request)
        found = await self._voicemail.greeting(account.id, request.match_info["box"], kind)
        if found is None:
            raise NotThere(f"The box has no greeting of its own for {kind}: a voice speaks it.")
        path = self._voicemail.greeting_path(found)

        def content_type() -> str:
            with path.open("rb") as file:
                return _TYPES[kind_of(file)]

        try:
            headers = {"Content-Type": await asyncio.to_thread(content_type), "Cache-Control": "private"}
        except OSError:
            raise errors.AudioNotFound("the greeting's file is gone") from None
        return File(path, headers=headers)

    @operation("setVoicemailGreeting", {200: Greeting}, body=SOUND)
    async def set_greeting(self, request: web.Request) -> web.Response:
        """Upload a greeting: WAV, MP3, FLAC or OGG, whatever the Content-Type says."""
        caller, kind = await self._caller_of(request), _kind(request)
        if (request.content_length or 0) > MOST_BYTES:
            raise errors.TooLarge(f"{request.content_length} bytes")
        account, box = caller.account.id, request.match_info["box"]
        try:
            async with asyncio.timeout(_UPLOAD_SECONDS):
                chunks = request.content.iter_chunked(_CHUNK)
                row = await self._voicemail.set_greeting(caller.by, account, box, kind, chunks)
        except TimeoutError:
            raise BadRequest(f"The file did not arrive within {_UPLOAD_SECONDS:g} s.") from None
        return web.json_response(render.greeting(row))

    @operation("resetVoicemailGreeting", {204: None})
    async def reset_greeting(self, request: web.Request) -> web.Response:
        """Let a voice speak a greeting again."""
        caller, kind = await self._caller_of(request), _kind(request)
        await self._voicemail.reset_greeting(caller.by, caller.account.id, request.match_info["box"], kind)
        return web.Response(status=204)

    def _fields(self, given: ChangedBox) -> BoxFields:
        fields: dict[str, Any] = {name: getattr(given, name) for name in BoxFields.__struct_fields__}
        return BoxFields(**fields | {"zero": given_destination(self._destinations, given.zero)})

    async def _shown(self, account: Account, box: model.Box) -> render.Shape:
        counts = await self._voicemail.counts(account.id, box.id)
        return render.box(box, counts, self._destinations.shown(account, box.zero))


def _kind(request: web.Request) -> GreetingKind:
    try:
        return GreetingKind(request.match_info["greeting"])
    except ValueError:
        raise NotThere("A greeting is one of all, busy and away.") from None
