"""The lab: who lives there, which numbers lead to whom, and calls that it places."""

import msgspec
from aiohttp import web

from api.lab import TRUNKS, Lab
from api.own.bodies import body_of
from api.own.errors import BadRequest
from api.own.services import OwnServices
from engine.features.numbers.phone_numbers import digits_of, normalise


class LabMapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number and the persona that it gets; None: it has none any more."""

    number: str
    persona: str | None


class LabCall(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A call of one of our numbers, placed by the lab as a persona, by one of the lab's trunks."""

    number: str
    persona: str = "12015550101"
    seconds: int = 20
    trunk: str = TRUNKS[0]


class LabAdmin:
    """The handlers."""

    def __init__(self, services: OwnServices) -> None:
        self._services = services

    def routes(self) -> list[web.RouteDef]:
        """Every route of the lab."""
        return [
            web.get("/lab/personas", self.personas),
            web.get("/lab/mapped", self.mapped),
            web.post("/lab/map", self.map),
            web.post("/lab/dial", self.dial),
        ]

    async def personas(self, request: web.Request) -> web.Response:
        """Everybody who lives in the lab."""
        shapes = [msgspec.to_builtins(persona) for persona in Lab.personas()]
        return web.json_response({"personas": shapes})

    async def mapped(self, request: web.Request) -> web.Response:
        """The numbers that were given a persona."""
        return web.json_response({"mapped": await self._lab().mapped()})

    async def map(self, request: web.Request) -> web.Response:
        """Give a number a persona, or take it away."""
        wanted = await body_of(request, LabMapping)
        number = normalise(wanted.number, "US")
        if wanted.persona is None:
            await self._lab().unmap(number)
        else:
            await self._lab().map(number, _persona(wanted.persona))
        return web.json_response({"number": number, "persona": wanted.persona and _persona(wanted.persona)})

    async def dial(self, request: web.Request) -> web.Response:
        """Let the lab call one of our numbers; `state` is how that goes (api.lab.Outcome), `known` whether it leads
        anywhere.
        """
        wanted = await body_of(request, LabCall)
        if not 1 <= wanted.seconds <= 3600:
            raise BadRequest("A call of the lab lasts 1 to 3600 seconds.")
        if wanted.trunk not in TRUNKS:
            raise BadRequest(f"{wanted.trunk} is no trunk of the lab: {' or '.join(TRUNKS)}.")
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
    """Read a persona as its number or the last four digits of it, e.g. 0114."""
    digits = digits_of(text)
    return f"1201555{digits}" if len(digits) == 4 else digits
