"""Faxes of an account, and the boxes that they come into."""

from enum import StrEnum
from typing import TypeVar

from aiohttp import web

from api.own.access import CallerOf
from api.own.bodies import number_of
from api.own.errors import BadRequest
from api.own.features.fax import render
from api.own.features.fax.schema import (
    DOCUMENT,
    FORMAT,
    STATE,
    WAY,
    ChangedFaxBox,
    Fax,
    FaxBox,
    FaxBoxes,
    Faxes,
    FaxWithAttempts,
    NewFax,
    NewFaxBox,
)
from api.own.operations import Body, operation, taking
from api.own.scheduled import time_of
from api.own.schema.queries import PAGE
from api.own.services import OwnServices
from engine.features.errors import NotThere
from engine.features.fax import boxes, model
from engine.features.fax.pages.model import What
from engine.features.fax.service import FaxService

_FORMATS: dict[str, tuple[What, str]] = {
    "pdf": ("pdf", "application/pdf"),
    "tiff": ("tiff", "image/tiff"),
    "png": ("png", "image/png"),
}
E = TypeVar("E", bound=StrEnum)


class FaxRoutes:
    """The handlers; `caller_of` says whose faxes a request is about, and who asks."""

    def __init__(self, services: OwnServices, caller_of: CallerOf) -> None:
        self._caller_of = caller_of
        self._faxes, self._boxes = services.features[FaxService], services.features[boxes.FaxBoxes]

    def routes(self, prefix: str) -> list[web.RouteDef]:
        """Every route, below `prefix`."""
        one, box = prefix + "/faxes/{fax}", prefix + "/fax-boxes/{box}"
        return [
            web.get(prefix + "/faxes", self.list_all),
            web.post(prefix + "/faxes", self.send),
            web.get(one, self.show),
            web.delete(one, self.remove),
            web.post(one + "/retry", self.retry),
            web.get(one + "/document", self.document),
            web.get(prefix + "/fax-boxes", self.list_boxes),
            web.post(prefix + "/fax-boxes", self.add_box),
            web.get(box, self.show_box),
            web.patch(box, self.change_box),
            web.delete(box, self.remove_box),
        ]

    @operation("listFaxes", {200: Faxes}, query=(*PAGE, WAY, STATE))
    async def list_all(self, request: web.Request) -> web.Response:
        """List the account's faxes, newest first."""
        account = (await self._caller_of(request)).account
        limit, before = number_of(request, "limit", 100), request.query.get("before")
        way, state = _one_of(model.Way, request, "way"), _one_of(model.State, request, "state")
        found = await self._faxes.page(account.id, limit=limit, before=before, way=way, state=state)
        return web.json_response({"faxes": [self._shown(row) for row in found]})

    @taking("sendFax", NewFax, {202: Fax}, errors=(403, 409, 429))
    async def send(self, request: web.Request, body: Body[NewFax]) -> web.Response:
        """Send a file of the account to a fax machine; it is converted at once, and refused if that cannot be."""
        caller, given = await self._caller_of(request), await body()
        wanted = model.NewFax(
            to=given.to,
            file=given.file,
            sender=given.sender,
            from_name=given.from_name,
            to_name=given.to_name,
            subject=given.subject,
            cover=given.cover,
            emails=given.emails,
            at=None if given.at is None else time_of(given.at),
            retries=given.retries,
            wait_seconds=given.wait_seconds,
            header=given.header,
        )
        return web.json_response(self._shown(await self._faxes.send(caller.account, wanted)), status=202)

    @operation("getFax", {200: FaxWithAttempts})
    async def show(self, request: web.Request) -> web.Response:
        """Show a fax with its calls."""
        account = (await self._caller_of(request)).account
        row = await self._faxes.get(account.id, _id(request))
        calls = render.attempts(await self._faxes.attempts(account.id, row.id))
        return web.json_response(self._shown(row) | {"calls": calls})

    @operation("removeFax", {204: None}, errors=(409,))
    async def remove(self, request: web.Request) -> web.Response:
        """Delete a fax with its pages; one that waits is not sent any more."""
        account = (await self._caller_of(request)).account
        await self._faxes.remove(account.id, _id(request))
        return web.Response(status=204)

    @operation("retryFax", {202: Fax}, errors=(409,))
    async def retry(self, request: web.Request) -> web.Response:
        """Send a fax again that has failed."""
        account = (await self._caller_of(request)).account
        return web.json_response(self._shown(await self._faxes.retry(account.id, _id(request))), status=202)

    @operation("getFaxDocument", {200: DOCUMENT}, query=(FORMAT,))
    async def document(self, request: web.Request) -> web.Response:
        """Fetch a fax as a PDF, as the TIFF that was exchanged, or its first page as a PNG."""
        account, wanted = (await self._caller_of(request)).account, request.query.get("format", "pdf")
        if wanted not in _FORMATS:
            raise BadRequest(f"format must be pdf, tiff or png (got {wanted[:40]!r}).")
        what, media = _FORMATS[wanted]
        content = await self._faxes.document(account.id, _id(request), what)
        return web.Response(body=content, content_type=media, headers={"Cache-Control": "private"})

    @operation("listFaxBoxes", {200: FaxBoxes})
    async def list_boxes(self, request: web.Request) -> web.Response:
        """List the account's fax boxes, the oldest first."""
        account = (await self._caller_of(request)).account
        return web.json_response({"boxes": [render.box(row) for row in self._boxes.all(account.id)]})

    @taking("addFaxBox", NewFaxBox, {201: FaxBox}, errors=(409,))
    async def add_box(self, request: web.Request, body: Body[NewFaxBox]) -> web.Response:
        """Add a box, to which a number may lead: its faxes are sent on to the box's e-mail addresses."""
        caller, given = await self._caller_of(request), await body()
        row = await self._boxes.add(caller.by, caller.account.id, given.name, given.emails)
        return web.json_response(render.box(row), status=201)

    @operation("getFaxBox", {200: FaxBox})
    async def show_box(self, request: web.Request) -> web.Response:
        """Show a box."""
        account = (await self._caller_of(request)).account
        return web.json_response(render.box(self._boxes.get(account.id, request.match_info["box"])))

    @taking("changeFaxBox", ChangedFaxBox, {200: FaxBox}, errors=(409,))
    async def change_box(self, request: web.Request, body: Body[ChangedFaxBox]) -> web.Response:
        """Change a box."""
        caller, given = await self._caller_of(request), await body()
        named = request.match_info["box"]
        row = await self._boxes.change(caller.by, caller.account.id, named, name=given.name, emails=given.emails)
        return web.json_response(render.box(row))

    @operation("removeFaxBox", {204: None}, errors=(409,))
    async def remove_box(self, request: web.Request) -> web.Response:
        """Remove a box; its faxes stay."""
        caller = await self._caller_of(request)
        await self._boxes.remove(caller.by, caller.account.id, request.match_info["box"])
        return web.Response(status=204)

    def _shown(self, row: model.Fax) -> dict[str, object]:
        return render.fax(row, self._box(row))

    def _box(self, row: model.Fax) -> str | None:
        try:
            return self._boxes.get(row.account, row.box).name if row.box else None
        except NotThere:
            return None


def _id(request: web.Request) -> str:
    return request.match_info["fax"]


def _one_of(kind: type[E], request: web.Request, name: str) -> E | None:
    text = request.query.get(name)
    try:
        return kind(text) if text else None
    except ValueError:
        raise BadRequest(f"{name} must be one of {', '.join(kind)} (got {str(text)[:40]!r}).") from None


ROUTES = FaxRoutes
