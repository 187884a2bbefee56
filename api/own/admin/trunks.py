"""Routes of trunks: add, change, remove, and show their state."""

from typing import Any

import msgspec
from aiohttp import web

from api.own import render
from api.own.admin import refused as refusals
from api.own.bodies import body_of
from api.own.errors import BadRequest
from api.own.services import OwnServices
from engine.features.endpoints.push import Endpoints
from engine.features.trunks.model import Trunk
from engine.features.trunks.refused_requests import RefusedRequests
from engine.features.trunks.service import Trunks
from engine.features.trunks.trunk import endpoint_of
from engine.platform.audit import ADMIN


class NewTrunk(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A trunk to add."""

    name: str
    host: str
    port: int = 5060
    user: str | None = None
    password: str | None = None
    register: bool = False
    codecs: str = "ulaw,alaw"
    dtmf: str = "rfc4733"
    prefix: str = ""
    priority: int = 10
    sources: list[str] = msgspec.field(default_factory=list, name="from")
    country: str = ""


class ChangedTrunk(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Changes of a trunk; absent fields stay."""

    host: str | msgspec.UnsetType = msgspec.UNSET
    port: int | msgspec.UnsetType = msgspec.UNSET
    user: str | msgspec.UnsetType | None = msgspec.UNSET
    password: str | msgspec.UnsetType | None = msgspec.UNSET
    register: bool | msgspec.UnsetType = msgspec.UNSET
    codecs: str | msgspec.UnsetType = msgspec.UNSET
    dtmf: str | msgspec.UnsetType = msgspec.UNSET
    prefix: str | msgspec.UnsetType = msgspec.UNSET
    priority: int | msgspec.UnsetType = msgspec.UNSET
    sources: list[str] | msgspec.UnsetType = msgspec.field(default=msgspec.UNSET, name="from")
    country: str | msgspec.UnsetType = msgspec.UNSET


class TrunksAdmin:
    """The handlers."""

    def __init__(self, services: OwnServices) -> None:
        self._services = services

    def routes(self) -> list[web.RouteDef]:
        """Every route of trunks, and of all endpoints together."""
        return [
            web.get("/trunks", self.list_trunks),
            web.post("/trunks", self.add_trunk),
            web.patch("/trunks/{name}", self.change_trunk),
            web.delete("/trunks/{name}", self.remove_trunk),
            web.post("/lines/push", self.push),
        ]

    async def list_trunks(self, request: web.Request) -> web.Response:
        """List all trunks with their state, and the SIP requests refused since the controller's start."""
        states, lost = await self._states(), await self._services.features[Trunks].unmatched()
        return web.json_response(
            {
                "trunks": [
                    _trunk(trunk, states[endpoint_of(trunk.name)]) | {"unmatched": lost.get(trunk.name, 0)}
                    for trunk in self._services.features[Trunks].all()
                ],
                "refused": [
                    msgspec.to_builtins(each) | {"at": render.moment(each.at), "sentence": refusals.sentence(each)}
                    for each in self._services.features[RefusedRequests].seen()
                ],
            }
        )

    async def add_trunk(self, request: web.Request) -> web.Response:
        """Add a trunk, also to Asterisk."""
        trunk = await self._services.features[Trunks].add(ADMIN, Trunk(**_fields(await body_of(request, NewTrunk))))
        states = await self._states()
        return web.json_response(_trunk(trunk, states[endpoint_of(trunk.name)]), status=201)

    async def change_trunk(self, request: web.Request) -> web.Response:
        """Change a trunk, also in Asterisk."""
        fields = _fields(await body_of(request, ChangedTrunk))
        trunk = await self._services.features[Trunks].change(ADMIN, request.match_info["name"], **fields)
        states = await self._states()
        return web.json_response(_trunk(trunk, states[endpoint_of(trunk.name)]))

    async def remove_trunk(self, request: web.Request) -> web.Response:
        """Remove a trunk."""
        await self._services.features[Trunks].remove(ADMIN, request.match_info["name"])
        return web.Response(status=204)

    async def push(self, request: web.Request) -> web.Response:
        """Write all trunks and extensions to Asterisk again."""
        await self._services.features[Endpoints].push_all()
        return web.Response(status=204)

    async def _states(self) -> dict[str, str]:
        return {endpoint.name: endpoint.state for endpoint in await self._services.features[Endpoints].states()}


def _fields(wanted: NewTrunk | ChangedTrunk) -> dict[str, Any]:
    """Return the fields of a trunk in a request, with the store's names."""
    given = {name: value for name, value in msgspec.structs.asdict(wanted).items() if value is not msgspec.UNSET}
    if "user" in given:
        given["username"] = given.pop("user")
    if "sources" in given:
        if any("," in each for each in given["sources"]):
            raise BadRequest("Each entry of 'from' must be one address, network or host name.")
        given["sources"] = ",".join(given["sources"])
    return given


def _trunk(trunk: Trunk, state: str) -> render.Shape:
    shape: render.Shape = msgspec.to_builtins(trunk)
    shape["user"] = shape.pop("username")
    del shape["password"]
    shape["from"] = [each for each in shape.pop("sources").split(",") if each]
    return shape | {"state": state}
