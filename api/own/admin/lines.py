"""Trunks and extensions: added, removed, and how they are."""

from typing import Any

import msgspec
from aiohttp import web
from sqlalchemy import Connection

from api.own import render
from api.own.admin import refused as refusals
from api.own.admin.applications import named
from api.own.bodies import body_of
from api.own.errors import BadRequest
from api.own.services import OwnServices
from engine.features import accounts as account_settings
from engine.features import extensions as extension_settings
from engine.features.trunks import endpoint_of
from engine.store import unmatched_calls
from engine.store.accounts import Account
from engine.store.extensions import Extension
from engine.store.trunks import Trunk


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
    """What changes of a trunk; what is left out stays."""

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


class NewExtension(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An extension to add; without a password it gets a random one. `application` is one of the account's, by name."""

    number: str
    account: str
    name: str = ""
    password: str | None = None
    application: str | None = None


class LinesAdmin:
    """The handlers."""

    def __init__(self, services: OwnServices) -> None:
        self._services = services

    def routes(self) -> list[web.RouteDef]:
        """Every route of trunks and extensions."""
        return [
            web.get("/trunks", self.list_trunks),
            web.post("/trunks", self.add_trunk),
            web.patch("/trunks/{name}", self.change_trunk),
            web.delete("/trunks/{name}", self.remove_trunk),
            web.get("/extensions", self.list_extensions),
            web.post("/extensions", self.add_extension),
            web.get("/extensions/{number}/credentials", self.extension_credentials),
            web.delete("/extensions/{number}", self.remove_extension),
            web.post("/lines/push", self.push),
        ]

    async def list_trunks(self, request: web.Request) -> web.Response:
        """All trunks and how they are, and which SIP requests were refused since the controller's start."""
        states, lost = await self._states(), await self._services.db.read(unmatched_calls.by_trunk)
        return web.json_response(
            {
                "trunks": [
                    _trunk(trunk, states[endpoint_of(trunk.name)]) | {"unmatched": lost.get(trunk.name, 0)}
                    for trunk in self._services.cache.trunks
                ],
                "refused": [
                    msgspec.to_builtins(each) | {"at": render.moment(each.at), "sentence": refusals.sentence(each)}
                    for each in self._services.refused()
                ],
            }
        )

    async def add_trunk(self, request: web.Request) -> web.Response:
        """Add a trunk, to Asterisk too."""
        trunk = await self._services.lines.add_trunk(Trunk(**_fields(await body_of(request, NewTrunk))))
        states = await self._states()
        return web.json_response(_trunk(trunk, states[endpoint_of(trunk.name)]), status=201)

    async def change_trunk(self, request: web.Request) -> web.Response:
        """Change a trunk, in Asterisk too."""
        fields = _fields(await body_of(request, ChangedTrunk))
        trunk = await self._services.lines.change_trunk(request.match_info["name"], **fields)
        states = await self._states()
        return web.json_response(_trunk(trunk, states[endpoint_of(trunk.name)]))

    async def remove_trunk(self, request: web.Request) -> web.Response:
        """Remove a trunk."""
        await self._services.lines.remove_trunk(request.match_info["name"])
        return web.Response(status=204)

    async def list_extensions(self, request: web.Request) -> web.Response:
        """All extensions and whether a phone is registered (online)."""
        states = await self._states()
        extensions = sorted(self._services.cache.extensions.values(), key=lambda each: each.number)
        shapes = [self._extension(each, states[each.number]) for each in extensions]
        return web.json_response({"extensions": shapes})

    async def add_extension(self, request: web.Request) -> web.Response:
        """Add an extension; the answer shows its password."""
        wanted = await body_of(request, NewExtension)

        def read(conn: Connection) -> tuple[Account, str | None]:
            owner = account_settings.find(conn, wanted.account)
            return owner, named(conn, owner.id, wanted.application).id if wanted.application else None

        account, application = await self._services.db.read(read)
        extension = Extension(
            number=wanted.number,
            account=account.id,
            name=wanted.name,
            password=wanted.password or extension_settings.new_password(),
            application=application,
        )
        added = await self._services.lines.add_extension(extension)
        return web.json_response(self._credentials(added), status=201)

    async def extension_credentials(self, request: web.Request) -> web.Response:
        """What a softphone is set up with."""
        extension = self._services.cache.extensions.get(request.match_info["number"])
        if extension is None:
            raise web.HTTPNotFound(reason=f"There is no extension {request.match_info['number']}.")
        return web.json_response(self._credentials(extension))

    async def remove_extension(self, request: web.Request) -> web.Response:
        """Remove an extension."""
        await self._services.lines.remove_extension(request.match_info["number"])
        return web.Response(status=204)

    async def push(self, request: web.Request) -> web.Response:
        """Put all trunks and extensions into Asterisk again."""
        await self._services.lines.push_all()
        return web.Response(status=204)

    async def _states(self) -> dict[str, str]:
        return {line.name: line.state for line in await self._services.lines.states()}

    def _extension(self, extension: Extension, state: str) -> render.Shape:
        account = self._services.cache.find(extension.account)
        application = self._services.cache.application(extension.application) if extension.application else None
        return {
            "number": extension.number,
            "name": extension.name,
            "account": account.name if account else extension.account,
            "application": application.name if application else None,
            "state": state,
            **(self._services.leading.diversions.shown(account, extension) if account else {}),
        }

    def _credentials(self, extension: Extension) -> render.Shape:
        addresses = self._services.addresses
        return {
            "number": extension.number,
            "name": extension.name,
            "user": extension.number,
            "password": extension.password,
            "server": f"{addresses.sip_host}:{addresses.sip_port}",
            "transport": "udp",
        }


def _fields(wanted: NewTrunk | ChangedTrunk) -> dict[str, Any]:
    """Return the fields of a trunk that a request gives, as the store names them."""
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
