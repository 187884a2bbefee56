"""Files of an account."""

import asyncio
from urllib.parse import quote

from aiohttp import web

from api.bodies import BodyTooLarge
from api.own.access import CallerOf
from api.own.bodies import number_of
from api.own.errors import BadRequest
from api.own.features.files import render
from api.own.features.files.schema import CONTENT, NAME, File, Files
from api.own.operations import operation
from api.own.schema.queries import PAGE
from api.own.services import OwnServices
from engine.features.files.model import MOST_BYTES, NewFile
from engine.features.files.service import FileService

_CHUNK = 65_536
_UPLOAD_SECONDS = 300.0


class FileRoutes:
    """The handlers; `caller_of` says whose files a request is about, and who asks."""

    def __init__(self, services: OwnServices, caller_of: CallerOf) -> None:
        self._caller_of, self._files = caller_of, services.features[FileService]

    def routes(self, prefix: str) -> list[web.RouteDef]:
        """Every route, below `prefix`."""
        one = prefix + "/files/{file}"
        return [
            web.get(prefix + "/files", self.list_all),
            web.post(prefix + "/files", self.add),
            web.get(one, self.show),
            web.get(one + "/content", self.content),
            web.delete(one, self.remove),
        ]

    @operation("listFiles", {200: Files}, query=PAGE)
    async def list_all(self, request: web.Request) -> web.Response:
        """List the account's files, newest first."""
        account = (await self._caller_of(request)).account
        limit, before = number_of(request, "limit", 100), request.query.get("before")
        found = await self._files.page(account.id, limit=limit, before=before)
        return web.json_response({"files": [render.file(row) for row in found]})

    @operation("addFile", {201: File}, query=(NAME,), errors=(409, 413), body=CONTENT)
    async def add(self, request: web.Request) -> web.Response:
        """Upload a file: the body is its bytes, and its Content-Type is kept."""
        caller = await self._caller_of(request)
        user = caller.by.id if caller.by.kind == "user" else ""
        wanted = NewFile(uploaded_name=request.query.get("name", ""), media_type=request.content_type, by=user)
        row = await self._files.put(caller.account.id, wanted, await body_of(request))
        return web.json_response(render.file(row), status=201)

    @operation("getFile", {200: File})
    async def show(self, request: web.Request) -> web.Response:
        """Show what is known of a file."""
        account = (await self._caller_of(request)).account
        return web.json_response(render.file(await self._files.get(account.id, request.match_info["file"])))

    @operation("getFileContent", {200: CONTENT})
    async def content(self, request: web.Request) -> web.Response:
        """Fetch a file's bytes."""
        account, id = (await self._caller_of(request)).account, request.match_info["file"]
        row = await self._files.get(account.id, id)
        headers = {
            "Content-Type": "application/octet-stream",  # whatever it was said to be: a browser is to show none of it
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(row.uploaded_name, safe='')}",
            "Cache-Control": "private",
        }
        return web.Response(body=await self._files.content(account.id, id), headers=headers)

    @operation("removeFile", {204: None})
    async def remove(self, request: web.Request) -> web.Response:
        """Delete a file; faxes that were made of it keep their pages."""
        account = (await self._caller_of(request)).account
        await self._files.remove(account.id, request.match_info["file"])
        return web.Response(status=204)


async def body_of(request: web.Request) -> bytes:
    """Return a body as bytes; raises BodyTooLarge, and BadRequest if it does not arrive in time."""
    parts, size = list[bytes](), 0
    try:
        async with asyncio.timeout(_UPLOAD_SECONDS):
            async for chunk in request.content.iter_chunked(_CHUNK):
                size += len(chunk)
                if size > MOST_BYTES:
                    raise BodyTooLarge(f"A file must have at most {MOST_BYTES:,} bytes.")
                parts.append(chunk)
    except TimeoutError:
        raise BadRequest(f"The file did not arrive within {_UPLOAD_SECONDS:g} s.") from None
    return b"".join(parts)


ROUTES = FileRoutes
