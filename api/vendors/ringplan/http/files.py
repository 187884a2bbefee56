"""RingPlan's files. The document shows the object and names no way to upload one: these operations are ours."""

import asyncio
from contextlib import suppress

from aiohttp import BodyPartReader, web

from api.vendors.ringplan.errors import Invalid, NotFound
from api.vendors.ringplan.http import fax_shapes
from api.vendors.ringplan.http.authenticated import AuthenticatedRequest, Handler
from engine.commands import EngineUnavailable, LimitReached
from engine.features.errors import FeatureError, NotThere
from engine.features.fax.model import Fax, Way
from engine.features.fax.service import FaxService
from engine.features.files.model import MOST_BYTES, NewFile
from engine.features.files.service import FileService

_UPLOAD_SECONDS = 300.0
_LONGEST_FIELD = 4096


class FileOperations:
    """Takes and shows them. A fax that came in is a file too, by the fax's id: its pages as a PDF."""

    def __init__(self, files: FileService, faxes: FaxService) -> None:
        self._files, self._faxes = files, faxes

    def operations(self) -> dict[str, Handler]:
        """Return those without a body of their own, by their method and path."""
        one = "/files/{file}"
        return {f"GET {one}": self.show, f"GET {one}/content": self.content, f"DELETE {one}": self.remove}

    def uploads(self) -> dict[str, Handler]:
        """Return those that read their bodies themselves."""
        return {"POST /files": self.add}

    async def add(self, request: AuthenticatedRequest) -> web.Response:
        """Take a file: multipart/form-data with a part `file`, and `name` and `description` if wanted."""
        if not request.http.content_type.startswith("multipart/"):
            raise Invalid("The body must be multipart/form-data, with the file as the part `file`.")
        try:
            async with asyncio.timeout(_UPLOAD_SECONDS):
                wanted, content = await _parts(request)
        except TimeoutError:
            raise Invalid(f"The file did not arrive within {_UPLOAD_SECONDS:g} s.") from None
        except ValueError as error:
            raise Invalid(f"The body is not multipart/form-data as it should be: {error}.") from None
        row = await self._files.put(request.account.id, wanted, content)
        shown = fax_shapes.file(row, await self._preview(request, row.id))
        return web.json_response(shown, status=201)

    async def show(self, request: AuthenticatedRequest) -> web.Response:
        """Show a file with a picture of its first page, if it has pages."""
        account, id = request.account.id, request.part("file")
        try:
            row = await self._files.get(account, id)
        except NotThere:
            fax = await self._received(account, id)
            pdf = await self._faxes.document(account, id, "pdf")
            preview = await self._faxes.document(account, id, "png")
            return web.json_response(fax_shapes.received_file(fax, len(pdf), preview))
        return web.json_response(fax_shapes.file(row, await self._preview(request, id)))

    async def content(self, request: AuthenticatedRequest) -> web.Response:
        """Answer a file's bytes."""
        account, id = request.account.id, request.part("file")
        try:
            content = await self._files.content(account, id)
        except NotThere:
            content = await self._faxes.document(account, (await self._received(account, id)).id, "pdf")
        headers = {"Content-Disposition": "attachment", "Cache-Control": "private"}
        return web.Response(body=content, content_type="application/octet-stream", headers=headers)

    async def remove(self, request: AuthenticatedRequest) -> web.Response:
        """Delete a file; faxes that were made of it keep their pages."""
        try:
            await self._files.remove(request.account.id, request.part("file"))
        except NotThere:
            raise _none(request.part("file")) from None
        return web.Response(status=204)

    async def _received(self, account: str, id: str) -> Fax:
        """Return a fax that came in; raises NotFound."""
        with suppress(NotThere):
            fax = await self._faxes.get(account, id)
            if fax.way is Way.IN:
                return fax
        raise _none(id)

    async def _preview(self, request: AuthenticatedRequest, id: str) -> bytes | None:
        with suppress(FeatureError, EngineUnavailable, LimitReached):  # a preview is not worth waiting for
            return await self._faxes.preview(request.account.id, id)
        return None


def _none(id: str) -> NotFound:
    return NotFound(f"The company has no such file: {id[:80]}.")


async def _parts(request: AuthenticatedRequest) -> tuple[NewFile, bytes]:
    """Read the parts; raises Invalid, ValueError."""
    texts, content, uploaded, kind = dict[str, str](), None, "", "application/octet-stream"
    async for part in await request.http.multipart():
        if not isinstance(part, BodyPartReader):
            raise Invalid("A part of the body must not be multipart itself.")
        if part.name == "file" or (part.filename and content is None):
            content = await _read(part, MOST_BYTES)
            uploaded, kind = part.filename or "", part.headers.get("Content-Type", kind)
        elif part.name in ("name", "description"):
            texts[part.name] = (await _read(part, _LONGEST_FIELD)).decode("utf-8", "replace")
    uploaded, kind = _text(uploaded), _text(kind)
    if "\0" in "".join((uploaded, kind, *texts.values())):
        raise Invalid("name, description and the file's name must have no NUL.")
    if content is None:
        raise Invalid("file is missing: send the file as the part `file`.")
    by = request.requester.user
    wanted = NewFile(uploaded_name=uploaded, media_type=kind.partition(";")[0].strip(), by=by.id if by else "", **texts)
    return wanted, content


def _text(header: str) -> str:
    """Return a header's text; of bytes that are no UTF-8 what can be read of them."""
    return header.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


async def _read(part: BodyPartReader, most: int) -> bytes:
    content = bytearray()
    while chunk := await part.read_chunk():
        content += chunk
        if len(content) > most:
            raise Invalid(f"{part.name} must have at most {most:,} bytes.")
    return bytes(content)
