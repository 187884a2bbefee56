"""Voicemail of any account: the routes that accounts have, below /accounts/{account}, and messages by their ids."""

from aiohttp import web

from api.own.access import Caller
from api.own.features.voicemail import render
from api.own.features.voicemail.schema import PURGE, Voicemail
from api.own.features.voicemail.v1 import SOUND, VoicemailRoutes, deleted, sound_of
from api.own.operations import operation
from api.own.services import OwnServices
from engine.features.voicemail.service import VoicemailService
from engine.platform import audit


class VoicemailAdmin:
    """The handlers."""

    def __init__(self, services: OwnServices) -> None:
        self._services, self._voicemail = services, services.features[VoicemailService]

    def routes(self) -> list[web.RouteDef]:
        """Every route of voicemail."""
        return [
            *VoicemailRoutes(self._services, self._caller).routes("/accounts/{account}"),
            web.get("/voicemails/{voicemail}", self.show),
            web.get("/voicemails/{voicemail}/audio", self.audio),
            web.delete("/voicemails/{voicemail}", self.delete),
        ]

    @operation("getAnyVoicemail", {200: Voicemail})
    async def show(self, request: web.Request) -> web.Response:
        """Show a message of any account."""
        row = await self._voicemail.message(None, request.match_info["voicemail"])
        owner = self._services.cache.find(row.account)
        numbers = {box.id: box.number for box in await self._voicemail.boxes(row.account)}
        return web.json_response(render.voicemail(row, numbers, owner.name if owner else None))

    @operation("getAnyVoicemailAudio", {200: SOUND, 206: SOUND}, errors=(416,))
    async def audio(self, request: web.Request) -> web.StreamResponse:
        """Fetch the sound of a message of any account."""
        return await sound_of(self._voicemail, None, request.match_info["voicemail"])

    @operation("deleteAnyVoicemail", {204: None}, query=(PURGE,))
    async def delete(self, request: web.Request) -> web.Response:
        """Put a message of any account into the trash, where one that is there stays; or remove it for good."""
        await deleted(self._voicemail, request, None, request.match_info["voicemail"], audit.ADMIN)
        return web.Response(status=204)

    async def _caller(self, request: web.Request) -> Caller:
        return Caller(await self._services.account_named(request.match_info["account"]), audit.ADMIN)


ADMIN = VoicemailAdmin
