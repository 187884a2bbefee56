"""Routes of the lab's SMSC: what arrived, texts that it sends, and whether it is up."""

from typing import Annotated

import msgspec
from aiohttp import web

from api.lab_smsc.client import LabSmscClient
from api.lab_smsc.personas import PERSONAS
from api.own.errors import BadRequest
from api.own.operations import Body, Parameter, operation, taking
from api.own.render import moment
from api.own.schema.fields import says
from api.own.schema.lab_texts import (
    ArrivedTexts,
    LabSmscState,
    LabText,
    LabTextSent,
    ShownLabSmscState,
    TextPersonas,
)
from api.own.services import OwnServices

_NUMBER = Parameter(name="number", kind=Annotated[str, says("The number that they arrived at.")], required=True)


class LabTextsAdmin:
    """The handlers."""

    def __init__(self, services: OwnServices) -> None:
        self._services = services

    def routes(self) -> list[web.RouteDef]:
        """Every route of the lab's SMSC."""
        return [
            web.get("/lab/texts/personas", self.personas),
            web.get("/lab/texts", self.arrived),
            web.post("/lab/texts", self.send),
            web.get("/lab/smsc", self.state),
            web.put("/lab/smsc", self.become),
        ]

    @operation("listTextPersonas", {200: TextPersonas})
    async def personas(self, request: web.Request) -> web.Response:
        """List the numbers of the lab that take texts in a way of their own."""
        return web.json_response({"personas": [{"number": one.number, "does": one.does} for one in PERSONAS]})

    @operation("listLabTexts", {200: ArrivedTexts}, query=(_NUMBER,), errors=(502,))
    async def arrived(self, request: web.Request) -> web.Response:
        """List the texts that arrived at a number of the lab."""
        if not (number := request.query.get("number", "")):
            raise BadRequest("number is missing: the number of the lab whose texts are listed.")
        found = await self._smsc().arrived(number)
        return web.json_response({"texts": [msgspec.to_builtins(one) | {"at": moment(one.at)} for one in found]})

    @taking("sendLabText", LabText, {202: LabTextSent}, errors=(502,))
    async def send(self, request: web.Request, body: Body[LabText]) -> web.Response:
        """Let the lab send a text to one of our numbers."""
        wanted = await body()
        parts = await self._smsc().send(wanted.sender, wanted.recipient, wanted.text)
        return web.json_response({"parts": parts}, status=202)

    @operation("getLabSmsc", {200: ShownLabSmscState}, errors=(502,))
    async def state(self, request: web.Request) -> web.Response:
        """Show how the lab's SMSC is."""
        return web.json_response({"state": await self._smsc().state()})

    @taking("setLabSmsc", LabSmscState, {200: ShownLabSmscState}, errors=(502,))
    async def become(self, request: web.Request, body: Body[LabSmscState]) -> web.Response:
        """Set the lab's SMSC up, down or slow."""
        wanted = await body()
        await self._smsc().become(wanted.state)
        return web.json_response({"state": wanted.state})

    def _smsc(self) -> LabSmscClient:
        if self._services.lab_smsc is None:
            raise BadRequest("This installation has no lab: CARILLON_LAB_SMSC_PASSWORD is not set.")
        return self._services.lab_smsc
