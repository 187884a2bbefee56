"""Voicemail of an account: its boxes, and the messages in them."""

from collections.abc import Mapping

from aiohttp import web

from api.files import File
from api.own.access import CallerOf
from api.own.bodies import number_as_read, number_of, switch_of, time_of
from api.own.errors import BadRequest
from api.own.features.voicemail import render
from api.own.features.voicemail.boxes import BoxRoutes
from api.own.features.voicemail.schema import (
    BOX,
    CALLER,
    FOLDER,
    PURGE,
    READ,
    SINCE,
    UNTIL,
    ChangedVoicemail,
    Forwarding,
    Voicemail,
    Voicemails,
)
from api.own.operations import Body, Media, operation, taking
from api.own.schema.queries import PAGE
from api.own.services import OwnServices
from engine.commands import NumberRefused
from engine.features.accounts import Account
from engine.features.voicemail.model import Folder, Message
from engine.features.voicemail.service import VoicemailService
from engine.media.recordings import CONTENT_TYPES
from engine.platform.audit import Actor

FILTERS = (BOX, FOLDER, CALLER, READ, SINCE, UNTIL, *PAGE)
SOUND = Media("The message's sound.", tuple(sorted(CONTENT_TYPES.values())))
WITHHELD = "withheld"


class VoicemailRoutes:
    """The handlers; `caller_of` says whose messages a request is about, and who asks."""

    def __init__(self, services: OwnServices, caller_of: CallerOf) -> None:
        self._caller_of = caller_of
        self._voicemail = services.features[VoicemailService]
        self._boxes = BoxRoutes(services, caller_of)

    def routes(self, prefix: str) -> list[web.RouteDef]:
        """Every route, below `prefix`."""
        one = prefix + "/voicemails/{voicemail}"
        return [
            *self._boxes.routes(prefix),
            web.get(prefix + "/voicemails", self.list_all),
            web.get(one, self.show),
            web.get(one + "/audio", self.audio),
            web.patch(one, self.change),
            web.delete(one, self.delete),
            web.post(one + "/undelete", self.undelete),
            web.post(one + "/forward", self.forward),
        ]

    @operation("listVoicemails", {200: Voicemails}, query=FILTERS)
    async def list_all(self, request: web.Request) -> web.Response:
        """List the account's voicemail messages, newest first."""
        account = (await self._caller_of(request)).account
        found = await listed(self._voicemail, request, account)
        numbers = await self._numbers(account)
        return web.json_response({"voicemails": [render.voicemail(row, numbers) for row in found]})

    @operation("getVoicemail", {200: Voicemail})
    async def show(self, request: web.Request) -> web.Response:
        """Show a message."""
        account = (await self._caller_of(request)).account
        return await self._answer(account, await self._voicemail.message(account.id, _named(request)))

    @operation("getVoicemailAudio", {200: SOUND, 206: SOUND}, errors=(416,))
    async def audio(self, request: web.Request) -> web.StreamResponse:
        """Fetch a message's sound; it does not count as read by that."""
        account = (await self._caller_of(request)).account
        return await sound_of(self._voicemail, account.id, _named(request))

    @taking("changeVoicemail", ChangedVoicemail, {200: Voicemail})
    async def change(self, request: web.Request, body: Body[ChangedVoicemail]) -> web.Response:
        """Mark a message as read or new, or move it into another folder."""
        caller, given = await self._caller_of(request), await body()
        account, name = caller.account, _named(request)
        folder = None if given.folder is None else Folder(given.folder)
        row = await self._voicemail.change(account.id, name, folder=folder, read=given.read, by=caller.by)
        return await self._answer(account, row)

    @operation("deleteVoicemail", {204: None}, query=(PURGE,))
    async def delete(self, request: web.Request) -> web.Response:
        """Put a message into the trash, where one that is there stays; or remove it for good."""
        caller, name = await self._caller_of(request), _named(request)
        await deleted(self._voicemail, request, caller.account.id, name, caller.by)
        return web.Response(status=204)

    @operation("undeleteVoicemail", {200: Voicemail})
    async def undelete(self, request: web.Request) -> web.Response:
        """Take a message out of the trash."""
        caller = await self._caller_of(request)
        row = await self._voicemail.undelete(caller.account.id, _named(request), by=caller.by)
        return await self._answer(caller.account, row)

    @taking("forwardVoicemail", Forwarding, {201: Voicemail}, errors=(409,))
    async def forward(self, request: web.Request, body: Body[Forwarding]) -> web.Response:
        """Put a copy of a message into another box of the account."""
        caller, given = await self._caller_of(request), await body()
        row = await self._voicemail.forward(caller.account.id, _named(request), given.box, by=caller.by)
        return await self._answer(caller.account, row, status=201)

    async def _answer(self, account: Account, row: Message, status: int = 200) -> web.Response:
        return web.json_response(render.voicemail(row, await self._numbers(account)), status=status)

    async def _numbers(self, account: Account) -> Mapping[str, str]:
        return {box.id: box.number for box in await self._voicemail.boxes(account.id)}


async def listed(voicemail: VoicemailService, request: web.Request, account: Account) -> list[Message]:
    """Return the messages that a request asks for, of an account; raises BadRequest."""
    query = request.query
    return await voicemail.messages(
        account.id,
        query.get("box") or None,
        _folder(query.get("folder")),
        caller=_caller(query.get("caller"), account),
        read=switch_of(request, "read"),
        since=time_of(request, "since"),
        until=time_of(request, "until"),
        before=query.get("before"),
        limit=number_of(request, "limit", 100),
    )


async def sound_of(voicemail: VoicemailService, account: str | None, name: str) -> web.StreamResponse:
    """Return the file of a message's sound."""
    sound = await voicemail.sound(account, name)
    return File(sound.path, headers={"Content-Type": CONTENT_TYPES[sound.format], "Cache-Control": "private"})


async def deleted(voicemail: VoicemailService, request: web.Request, account: str | None, name: str, by: Actor) -> None:
    """Put a message into the trash, or with `purge` remove it for good; raises BadRequest."""
    if switch_of(request, "purge"):
        await voicemail.purge(account, name, by=by)
    else:
        await voicemail.delete(account, name, by=by)


def _named(request: web.Request) -> str:
    return request.match_info["voicemail"]


def _folder(text: str | None) -> Folder | None:
    try:
        return Folder(text) if text else None
    except ValueError:
        raise BadRequest(f"folder must be one of {', '.join(Folder)}.") from None


def _caller(text: str | None, account: Account) -> str | None:
    """Read a number as the account writes it; what is none stays, and fits no message."""
    if not text:
        return None
    if text.strip() == WITHHELD:
        return ""
    try:
        return number_as_read(text, account.country)
    except NumberRefused:
        return text.strip()


ROUTES = VoicemailRoutes
