"""Routes of the lab: its personas, the numbers that were given one, and calls that it places."""

import msgspec
from aiohttp import web

from api.lab import TRUNKS, Lab
from api.lab_carriers import CARRIERS
from api.own.errors import BadRequest
from api.own.operations import Body, operation, taking
from api.own.schema.system import LabCall, LabCallPlaced, LabCarriers, LabMapping, MappedNumber, MappedNumbers, Personas
from api.own.services import OwnServices
from engine.features.numbers.phone_numbers import digits_of, normalise


class LabAdmin:
    """The handlers."""

    def __init__(self, services: OwnServices) -> None:
        self._services = services

    def routes(self) -> list[web.RouteDef]:
        """Every route of the lab."""
        return [
            web.get("/lab/personas", self.personas),
            web.get("/lab/carriers", self.carriers),
            web.get("/lab/mapped", self.mapped),
            web.post("/lab/map", self.map),
            web.post("/lab/dial", self.dial),
        ]

    @operation("listPersonas", {200: Personas})
    async def personas(self, request: web.Request) -> web.Response:
        """List the lab's personas."""
        shapes = [msgspec.to_builtins(persona) for persona in Lab.personas()]
        return web.json_response({"personas": shapes})

    @operation("listLabCarriers", {200: LabCarriers}, errors=(502,))
    async def carriers(self, request: web.Request) -> web.Response:
        """List the lab's carriers, and how each is connected."""
        network, port = self._services.lab_carriers, self._services.lab_sip_port
        shapes = [
            {
                "name": carrier.name,
                "host": carrier.host(network),
                "port": None if carrier.last is None else port,
                "transport": carrier.transport,
                "does": carrier.does,
                "calls": carrier.calls,
                "command": carrier.command(network, port),
            }
            for carrier in CARRIERS
        ]
        return web.json_response({"carriers": shapes, "authority": await self._lab().authority()})

    @operation("listMappedNumbers", {200: MappedNumbers}, errors=(502,))
    async def mapped(self, request: web.Request) -> web.Response:
        """List the numbers that were given a persona."""
        return web.json_response({"mapped": await self._lab().mapped()})

    @taking("mapNumber", LabMapping, {200: MappedNumber}, errors=(502,))
    async def map(self, request: web.Request, body: Body[LabMapping]) -> web.Response:
        """Give a number a persona, or take it away."""
        wanted = await body()
        number = normalise(wanted.number, "US")
        if wanted.persona is None:
            await self._lab().unmap(number)
        else:
            await self._lab().map(number, _persona(wanted.persona))
        return web.json_response({"number": number, "persona": wanted.persona and _persona(wanted.persona)})

    @taking("placeLabCall", LabCall, {201: LabCallPlaced}, errors=(502,))
    async def dial(self, request: web.Request, body: Body[LabCall]) -> web.Response:
        """Let the lab call one of our numbers."""
        wanted = await body()
        if not 1 <= wanted.seconds <= 3600:
            raise BadRequest("A call of the lab lasts 1 to 3600 seconds.")
        if wanted.trunk not in TRUNKS:
            raise BadRequest(f"trunk must be {', '.join(TRUNKS[:-1])} or {TRUNKS[-1]} (got '{wanted.trunk}').")
        persona = _persona(wanted.persona)
        number = digits_of(wanted.number)
        dialled = await self._lab().dial(number, as_=persona, seconds=wanted.seconds, trunk=wanted.trunk)
        state = await self._lab().outcome(dialled.channel)
        shape = {"channel": dialled.channel, "sip_call_id": dialled.call_id, "state": state}
        return web.json_response(shape | {"known": self._known(number)}, status=201)

    def _known(self, number: str) -> bool:
        found = self._services.cache.number(number)
        return bool(found and found.leads_to)

    def _lab(self) -> Lab:
        if self._services.lab is None:
            raise BadRequest("This installation has no lab: CARILLON_LAB_ARI_PASSWORD is not set.")
        return self._services.lab


def _persona(text: str) -> str:
    """Return a persona's number, which may be given by its last four digits, e.g. 0114."""
    digits = digits_of(text)
    return f"1201555{digits}" if len(digits) == 4 else digits
