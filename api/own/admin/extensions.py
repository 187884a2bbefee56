"""Routes of extensions: add, remove, and show the settings of their phones."""

from collections.abc import Mapping
from urllib.parse import quote

from aiohttp import web

from api.own import render
from api.own.operations import Body, operation, taking
from api.own.schema.leading import ChangedPhones, ExtensionCredentials, ExtensionList, NewExtension
from api.own.schema.queries import ACCOUNT
from api.own.schema.shown_tasks import as_given
from api.own.services import OwnServices
from api.sip_socket import PATH
from engine.features.destinations.extension_settings import ExtensionDiversions
from engine.features.endpoints import model
from engine.features.endpoints.model import Extension, PhoneFields
from engine.features.endpoints.push import Endpoints
from engine.features.endpoints.service import Extensions
from engine.platform.audit import ADMIN

_UNESCAPED = "-_.!~*'()&=+$,"  # RFC 3261 section 25.1: what a password in a URI may have beside letters and digits


class ExtensionsAdmin:
    """The handlers. `?account=` (name or id) is needed if several accounts have the extension's number."""

    def __init__(self, services: OwnServices) -> None:
        self._services = services

    def routes(self) -> list[web.RouteDef]:
        """Every route of extensions."""
        return [
            web.get("/extensions", self.list_all),
            web.post("/extensions", self.add),
            web.get("/extensions/{number}/credentials", self.credentials),
            web.patch("/extensions/{number}/phones", self.change_phones),
            web.delete("/extensions/{number}", self.remove),
        ]

    @operation("listExtensions", {200: ExtensionList}, query=(ACCOUNT,), errors=(502,))
    async def list_all(self, request: web.Request) -> web.Response:
        """List all extensions, or an account's, and whether a phone is registered."""
        account = await self._services.account_of(request)
        states = {endpoint.name: endpoint.state for endpoint in await self._services.features[Endpoints].states()}
        found = self._services.features[Extensions].all(account.id if account else None)
        shapes = [self._shape(each, _state_of(each, states)) for each in found]
        return web.json_response({"extensions": shapes})

    @taking("addExtension", NewExtension, {201: ExtensionCredentials}, errors=(409, 502))
    async def add(self, request: web.Request, body: Body[NewExtension]) -> web.Response:
        """Add an extension; the answer shows its SIP user name and its password."""
        wanted = await body()
        new = model.NewExtension(
            number=wanted.number,
            account=wanted.account,
            name=wanted.name,
            password=wanted.password,
            application=wanted.application,
            owner=wanted.owner,
            max_contacts=wanted.max_contacts,
            webrtc=wanted.webrtc,
        )
        added = await self._services.features[Extensions].add(ADMIN, new)
        return web.json_response(self._credentials(added), status=201)

    @operation("getExtensionCredentials", {200: ExtensionCredentials}, query=(ACCOUNT,))
    async def credentials(self, request: web.Request) -> web.Response:
        """Show what a softphone is set up with."""
        return web.json_response(self._credentials(self._found(request)))

    @taking("changePhones", ChangedPhones, {200: ExtensionCredentials}, errors=(502,))
    async def change_phones(self, request: web.Request, body: Body[ChangedPhones]) -> web.Response:
        """Change an extension's name, how many phones it has, whether browsers may be among them, their password."""
        wanted = await body()
        extensions = self._services.features[Extensions]
        found = extensions.find(request.match_info["number"], wanted.account)
        fields = PhoneFields(
            name=wanted.name, max_contacts=wanted.max_contacts, webrtc=wanted.webrtc, password=wanted.password
        )
        changed = await extensions.equip(ADMIN, found.account, found.number, fields)
        return web.json_response(self._credentials(changed))

    @operation("removeExtension", {204: None}, query=(ACCOUNT,), errors=(409, 502))
    async def remove(self, request: web.Request) -> web.Response:
        """Remove an extension."""
        found = self._found(request)
        await self._services.features[Extensions].remove(ADMIN, found.account, found.number)
        return web.Response(status=204)

    def _found(self, request: web.Request) -> Extension:
        return self._services.features[Extensions].find(request.match_info["number"], request.query.get("account"))

    def _shape(self, extension: Extension, state: str) -> render.Shape:
        return {
            "number": extension.number,
            "name": extension.name,
            "account": self._services.features[Extensions].account_name(extension),
            "user": extension.sip_user,
            "application": self._services.features[Extensions].application_name(extension),
            "state": state,
            **as_given(self._services.features[ExtensionDiversions].of(extension)),
        }

    def _credentials(self, extension: Extension) -> render.Shape:
        addresses = self._services.addresses
        server = f"{addresses.sip_host}:{addresses.sip_port}"
        socket = f"{addresses.api.replace('http', 'ws', 1)}{PATH}"
        return {
            "number": extension.number,
            "name": extension.name,
            "account": self._services.features[Extensions].account_name(extension),
            "user": extension.sip_user,
            "password": extension.password,
            "server": server,
            "transport": "udp",
            "tls_server": f"{addresses.sip_host}:{addresses.sip_tls_port}",
            "uri": f"sip:{extension.sip_user}:{quote(extension.password, safe=_UNESCAPED)}@{server}",
            "max_contacts": extension.max_contacts,
            "browser": {"user": extension.browser_user, "url": socket} if extension.webrtc else None,
        }


def _state_of(extension: Extension, states: Mapping[str, str]) -> str:
    """Return the state of an extension's phones; online if one of them, or a browser, is."""
    found = [states.get(name, "missing") for name in extension.sip_users]
    return "online" if "online" in found else found[0]
