"""Recordings: listed, measured, fetched, deleted."""

import time

import msgspec
from aiohttp import web

from api.files import File
from api.own import render
from api.own.bodies import number_of
from api.own.services import OwnServices
from engine.features import accounts as account_settings
from engine.features.errors import NotThere
from engine.media.recordings import CONTENT_TYPES
from engine.store import recordings
from engine.store.recordings import RecordingRow


class RecordingsAdmin:
    """The handlers."""

    def __init__(self, services: OwnServices) -> None:
        self._services = services

    def routes(self) -> list[web.RouteDef]:
        """Every route of recordings."""
        one = "/recordings/{recording}"
        return [
            web.get("/recordings", self.list_all),
            web.get(one + "/measure", self.measure),
            web.get(one + "/audio", self.audio),
            web.delete(one, self.delete),
        ]

    async def list_all(self, request: web.Request) -> web.Response:
        """Recordings, newest first; `?account= limit= before=`."""
        limit, before = number_of(request, "limit", 100), request.query.get("before")
        name = request.query.get("account")
        account = None
        if name:
            account = (await self._services.db.read(lambda conn: account_settings.find(conn, name))).id
        rows = await self._services.db.read(lambda conn: recordings.list(conn, account, limit=limit, before=before))
        links = self._services.recordings
        return web.json_response({"recordings": [render.recording(row, links) for row in rows]})

    async def measure(self, request: web.Request) -> web.Response:
        """Length, size and level (dBFS) of a recording's file."""
        row = await self._row(request)
        return web.json_response(msgspec.to_builtins(await self._services.files.measure(row.id)))

    async def audio(self, request: web.Request) -> web.StreamResponse:
        """A recording's file."""
        row = await self._row(request)
        path = self._services.files.path(row.id, row.format)
        if not path.is_file():
            raise NotThere("The recording's file is not there.")
        return File(path, headers={"Content-Type": CONTENT_TYPES[row.format]})

    async def delete(self, request: web.Request) -> web.Response:
        """Delete a recording's file; that it was there stays noted."""
        row = await self._row(request)
        await self._services.writer.write(lambda conn: recordings.mark_deleted(conn, row.id, time.time()))
        await self._services.files.delete(row.id)
        return web.Response(status=204)

    async def _row(self, request: web.Request) -> RecordingRow:
        row = await self._services.db.read(lambda conn: recordings.get(conn, request.match_info["recording"]))
        if row is None or row.deleted is not None:
            raise NotThere("There is no such recording.")
        return row
