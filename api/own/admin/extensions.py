"""Routes of extensions: add, remove, and show the settings of their phones."""

from aiohttp import web

from api.own import render
from api.own.operations import Body, operation, taking
from api.own.schema.leading import ExtensionCredentials, ExtensionList, NewExtension
from api.own.schema.queries import ACCOUNT
from api.own.schema.shown_tasks import as_given
from api.own.services import OwnServices
from engine.features.destinations.extension_settings import ExtensionDiversions
from engine.features.endpoints import model
from engine.features.endpoints.model import Extension
from engine.features.endpoints.push import Endpoints
from engine.features.endpoints.service import Extensions
from engine.platform.audit import ADMIN


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
            web.delete("/extensions/{number}", self.remove),
        ]

    @operation("listExtensions", {200: ExtensionList}, query=(ACCOUNT,), errors=(502,))
    async def list_all(self, request: web.Request) -> web.Response:
        """List all extensions, or an account's, and whether a phone is registered."""
        account = await self._services.account_of(request)
        states = {endpoint.name: endpoint.state for endpoint in await self._services.features[Endpoints].states()}
        found = self._services.features[Extensions].all(account.id if account else None)
        shapes = [self._shape(each, states.get(each.sip_user, "missing")) for each in found]
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
        )
        added = await self._services.features[Extensions].add(ADMIN, new)
        return web.json_response(self._credentials(added), status=201)

    @operation("getExtensionCredentials", {200: ExtensionCredentials}, query=(ACCOUNT,))
    async def credentials(self, request: web.Request) -> web.Response:
        """Show what a softphone is set up with."""
        return web.json_response(self._credentials(self._found(request)))

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
        return {
            "number": extension.number,
            "name": extension.name,
            "account": self._services.features[Extensions].account_name(extension),
            "user": extension.sip_user,
            "password": extension.password,
            "server": f"{addresses.sip_host}:{addresses.sip_port}",
            "transport": "udp",
        }
