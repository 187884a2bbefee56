"""Routes of an account's uploaded prompts, which are played as `upload:<name>`: put, list, fetch, delete."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

from api.files import File
from api.own import render
from api.own.errors import BadRequest
from api.own.operations import Media, operation
from api.own.schema.recordings import Prompt, Prompts
from api.own.services import OwnServices
from engine.features.uploads.service import UploadService, is_sheet
from engine.media import errors
from engine.media.check import kind_of
from engine.platform.audit import Actor

_CHUNK = 65_536
_UPLOAD_SECONDS = 300.0
_SHEET = "application/octet-stream"
_TYPES = {"WAV": "audio/wav", "MP3": "audio/mpeg", "FLAC": "audio/flac", "OGG": "audio/ogg"}
FILE = Media("A file: WAV, MP3, FLAC or OGG, whatever its Content-Type.", ("application/octet-stream", "audio/*"))
AUDIO = Media("The file as it was uploaded.", (*sorted(_TYPES.values()), _SHEET))
Owner = tuple[str, Actor]
"""The account whose files a request is about, and the actor of its changes."""
OwnerOf = Callable[[web.Request], Awaitable[Owner]]


class PromptRoutes:
    """The handlers; `owner_of` returns the Owner of a request."""

    def __init__(self, services: OwnServices, owner_of: OwnerOf) -> None:
        self._services, self._owner_of = services, owner_of

    @property
    def _uploads(self) -> UploadService:
        return self._services.features[UploadService]

    def routes(self, prefix: str) -> list[web.RouteDef]:
        """Every route, below `prefix`. A name may contain slashes."""
        one = prefix + "/prompts/{name:.+}"
        return [
            web.get(prefix + "/prompts", self.list_all),
            web.put(one, self.put),
            web.get(one, self.get),
            web.delete(one, self.delete),
        ]

    @operation("listPrompts", {200: Prompts})
    async def list_all(self, request: web.Request) -> web.Response:
        """List the account's prompts, by name."""
        account, _ = await self._owner_of(request)
        return web.json_response({"prompts": [render.upload(row) for row in await self._uploads.list(account)]})

    @operation("putPrompt", {200: Prompt, 201: Prompt}, body=FILE)
    async def put(self, request: web.Request) -> web.Response:
        """Upload a prompt: WAV, MP3, FLAC or OGG, whatever the Content-Type says. A name may contain slashes.

        A file of numbers for campaigns is kept here too, if its name ends in .xlsx or .csv.
        """
        account, by = await self._owner_of(request)
        if (request.content_length or 0) > self._services.platform.prompts.upload_limit:
            raise errors.TooLarge(f"{request.content_length} bytes")
        try:
            async with asyncio.timeout(_UPLOAD_SECONDS):
                chunks = request.content.iter_chunked(_CHUNK)
                row, new = await self._uploads.put(by, account, request.match_info["name"], chunks)
        except TimeoutError:
            raise BadRequest(f"The file did not arrive within {_UPLOAD_SECONDS:g} s.") from None
        return web.json_response(render.upload(row), status=201 if new else 200)

    @operation("getPrompt", {200: AUDIO, 206: AUDIO}, errors=(416,))
    async def get(self, request: web.Request) -> web.StreamResponse:
        """Fetch a prompt as it was uploaded."""
        account, _ = await self._owner_of(request)
        row = await self._uploads.get(account, request.match_info["name"])
        path = self._services.platform.prompts.path_of(row.file)

        def kind() -> str:
            with path.open("rb") as file:
                return _SHEET if is_sheet(row.name) else _TYPES[kind_of(file)]

        try:
            content_type = await asyncio.to_thread(kind)
        except OSError:
            raise errors.AudioNotFound("the uploaded file is gone") from None
        return File(path, headers={"Content-Type": content_type, "Cache-Control": "private"})

    @operation("removePrompt", {204: None})
    async def delete(self, request: web.Request) -> web.Response:
        """Delete a prompt."""
        account, by = await self._owner_of(request)
        await self._uploads.delete(by, account, request.match_info["name"])
        return web.Response(status=204)
