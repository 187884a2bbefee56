"""Routes of recordings: list, measure, fetch, delete."""

import msgspec
from aiohttp import web

from api.files import File
from api.own import render
from api.own.bodies import number_of
from api.own.operations import Media, operation
from api.own.schema.queries import ACCOUNT, PAGE
from api.own.schema.recordings import Measure, Recordings
from api.own.services import OwnServices
from engine.features.recordings.service import RecordingService
from engine.media.recordings import CONTENT_TYPES
from engine.platform.audit import ADMIN

AUDIO = Media("The recording's file.", tuple(sorted(CONTENT_TYPES.values())))


class RecordingsAdmin:
    """The handlers."""

    def __init__(self, services: OwnServices) -> None:
        self._services, self._recordings = services, services.features[RecordingService]

    def routes(self) -> list[web.RouteDef]:
        """Every route of recordings."""
        one = "/recordings/{recording}"
        return [
            web.get("/recordings", self.list_all),
            web.get(one + "/measure", self.measure),
            web.get(one + "/audio", self.audio),
            web.delete(one, self.delete),
        ]

    @operation("listRecordings", {200: Recordings}, query=(ACCOUNT, *PAGE))
    async def list_all(self, request: web.Request) -> web.Response:
        """List recordings, newest first."""
        limit, before = number_of(request, "limit", 100), request.query.get("before")
        account = await self._services.account_of(request)
        rows = await self._recordings.page(account.id if account else None, limit=limit, before=before)
        links = self._services.recordings
        return web.json_response({"recordings": [render.recording(row, links) for row in rows]})

    @operation("measureRecording", {200: Measure})
    async def measure(self, request: web.Request) -> web.Response:
        """Measure the length, size and level of a recording."""
        return web.json_response(msgspec.to_builtins(await self._recordings.measure(request.match_info["recording"])))

    @operation("getAudio", {200: AUDIO, 206: AUDIO}, errors=(416,))
    async def audio(self, request: web.Request) -> web.StreamResponse:
        """Fetch a recording's file."""
        found = await self._recordings.file(request.match_info["recording"])
        return File(found.path, headers={"Content-Type": CONTENT_TYPES[found.format]})

    @operation("removeRecording", {204: None})
    async def delete(self, request: web.Request) -> web.Response:
        """Delete a recording's file; its record stays."""
        await self._recordings.delete(ADMIN, request.match_info["recording"])
        return web.Response(status=204)
