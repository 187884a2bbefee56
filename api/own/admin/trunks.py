"""Routes of trunks: add, change, remove, and show their state."""

from typing import Any

import msgspec
from aiohttp import web

from api.own import render
from api.own.admin import refused as refusals
from api.own.errors import BadRequest
from api.own.operations import Body, operation, taking
from api.own.schema.system import ChangedTrunk, NewTrunk, TrunkList
from api.own.schema.trunk_details import ChangedTrunkShown, TrunkDetails, TrunkProfiles
from api.own.services import OwnServices
from engine.features.endpoints.push import Endpoints
from engine.features.trunks.model import GROUPS, Group, Trunk, made
from engine.features.trunks.profiles import PROFILES, applied
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
            web.get("/trunks/{name}", self.show_trunk),
            web.get("/trunk-profiles", self.profiles),
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

    @operation("showTrunk", {200: TrunkDetails}, errors=(502,))
    async def show_trunk(self, request: web.Request) -> web.Response:
        """Show all settings of a trunk, and what Asterisk has of it."""
        trunks = self._services.features[Trunks]
        trunk = trunks.find(request.match_info["name"])
        shape = await self._shown(trunk) | {"defaults": _defaults(trunk), "asterisk": await trunks.in_asterisk(trunk)}
        return web.json_response(shape)

    @operation("listTrunkProfiles", {200: TrunkProfiles})
    async def profiles(self, request: web.Request) -> web.Response:
        """List the ready-made settings of trunks."""
        return web.json_response({"profiles": [msgspec.to_builtins(each) for each in PROFILES.values()]})

    @taking("addTrunk", NewTrunk, {201: ChangedTrunkShown}, errors=(409, 502))
    async def add_trunk(self, request: web.Request, body: Body[NewTrunk]) -> web.Response:
        """Add a trunk, to Asterisk too."""
        trunk = await self._services.features[Trunks].add(ADMIN, made(_new(await body())))
        return web.json_response(await self._shown(trunk), status=201)

    @taking("changeTrunk", ChangedTrunk, {200: ChangedTrunkShown}, errors=(409, 502))
    async def change_trunk(self, request: web.Request, body: Body[ChangedTrunk]) -> web.Response:
        """Change a trunk, in Asterisk too."""
        fields = _fields(await body())
        trunk = await self._services.features[Trunks].change(ADMIN, request.match_info["name"], **fields)
        return web.json_response(await self._shown(trunk))

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

    async def _shown(self, trunk: Trunk) -> render.Shape:
        states = await self._states()
        warnings = self._services.features[Trunks].warnings(trunk)
        return _trunk(trunk, states[endpoint_of(trunk.name)]) | {"warnings": warnings}

    async def _states(self) -> dict[str, str]:
        return {endpoint.name: endpoint.state for endpoint in await self._services.features[Endpoints].states()}


def _new(wanted: NewTrunk) -> dict[str, Any]:
    """Return the fields of a new trunk, with those of its profile."""
    given = _fields(wanted)
    profile = given.pop("profile", None)
    return applied(profile, given) if profile else given


def _defaults(trunk: Trunk) -> list[str]:
    """Return the names of the fields that are as the default says."""
    plain = made({"name": trunk.name, "host": trunk.host})
    fields = [name for name in ("codecs", "dtmf", "priority") if getattr(trunk, name) == getattr(plain, name)]
    for group in GROUPS:
        now, default = msgspec.structs.asdict(getattr(trunk, group)), msgspec.structs.asdict(getattr(plain, group))
        fields += [f"{group}.{name}" for name in now if now[name] == default[name]]
    return fields


def _fields(wanted: NewTrunk | ChangedTrunk) -> dict[str, Any]:
    """Return the fields of a trunk in a request, with the store's names."""
    given = _given(wanted)
    if "port" in given:
        if given["port"] == 0:
            raise BadRequest("port must be 1 to 65535, or null: the host is looked up (got 0).")
        given["port"] = given["port"] or 0
    if "user" in given:
        given["username"] = given.pop("user")
    if "sources" in given:
        if any("," in each for each in given["sources"]):
            raise BadRequest("Each entry of 'from' must be one address, network or host name.")
        given["sources"] = ",".join(given["sources"])
    for name in GROUPS.keys() & given.keys():
        given[name] = _given(given[name])
    return given


def _given(wanted: msgspec.Struct) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(wanted).items() if value is not msgspec.UNSET}


def _trunk(trunk: Trunk, state: str) -> render.Shape:
    shape: render.Shape = msgspec.structs.asdict(trunk)
    shape["user"] = shape.pop("username")
    shape["port"] = shape["port"] or None
    del shape["password"]
    shape["from"] = [each for each in shape.pop("sources").split(",") if each]
    return shape | {name: _group(shape[name]) for name in GROUPS} | {"state": state}


def _group(group: Group) -> render.Shape:
    """Return the fields of a group; of its secrets only whether they are there."""
    values = msgspec.structs.asdict(group)
    secrets = {f"has_{name}": bool(values.pop(name)) for name in sorted(group.secrets)}
    return values | secrets
