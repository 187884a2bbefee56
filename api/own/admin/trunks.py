"""Routes of trunks: add, change, remove, and show their state."""

from typing import Any

import msgspec
from aiohttp import web

from api.own import render
from api.own.admin import refused as refusals
from api.own.errors import BadRequest
from api.own.operations import Body, operation, taking
from api.own.schema.system import ChangedTrunk, NewTrunk, TrunkList
from api.own.schema.system import Trunk as ShownTrunk
from api.own.services import OwnServices
from engine.features.endpoints.push import Endpoints
from engine.features.trunks.model import Trunk
from engine.features.trunks.refused_requests import RefusedRequests
from engine.features.trunks.service import Trunks
from engine.features.trunks.trunk import endpoint_of
from engine.platform.audit import ADMIN


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

    @operation("listTrunks", {200: TrunkList}, errors=(502,))
    async def list_trunks(self, request: web.Request) -> web.Response:
        """List the trunks, and which SIP requests were refused since the controller's start."""
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

    @taking("addTrunk", NewTrunk, {201: ShownTrunk}, errors=(409, 502))
    async def add_trunk(self, request: web.Request, body: Body[NewTrunk]) -> web.Response:
        """Add a trunk, to Asterisk too."""
        trunk = await self._services.features[Trunks].add(ADMIN, Trunk(**_fields(await body())))
        states = await self._states()
        return web.json_response(_trunk(trunk, states[endpoint_of(trunk.name)]), status=201)

    @taking("changeTrunk", ChangedTrunk, {200: ShownTrunk}, errors=(409, 502))
    async def change_trunk(self, request: web.Request, body: Body[ChangedTrunk]) -> web.Response:
        """Change a trunk, in Asterisk too."""
        fields = _fields(await body())
        trunk = await self._services.features[Trunks].change(ADMIN, request.match_info["name"], **fields)
        states = await self._states()
        return web.json_response(_trunk(trunk, states[endpoint_of(trunk.name)]))

    @operation("removeTrunk", {204: None}, errors=(409, 502))
    async def remove_trunk(self, request: web.Request) -> web.Response:
        """Remove a trunk."""
        await self._services.features[Trunks].remove(ADMIN, request.match_info["name"])
        return web.Response(status=204)

    @operation("pushEndpoints", {204: None}, errors=(502,))
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
