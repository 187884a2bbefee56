"""Extensions of all accounts."""

from aiohttp import web

from api.own.features.extensions import changes, render
from api.own.features.extensions.schema import (
    ChangedDiversions,
    ChangedPhones,
    Diverted,
    ExtensionCredentials,
    ExtensionList,
    NewExtension,
)
from api.own.features.extensions.schema import Extension as ShownExtension
from api.own.operations import Body, operation, taking
from api.own.schema.queries import ACCOUNT
from api.own.schema.shown_tasks import as_given
from api.own.services import OwnServices
from engine.features.destinations.extension_settings import ExtensionDiversions
from engine.features.destinations.registry import Destinations
from engine.features.endpoints.model import Extension
from engine.features.endpoints.push import Endpoints
from engine.features.endpoints.service import Extensions
from engine.platform.audit import ADMIN as BY


class ExtensionsAdmin:
    """The handlers. `?account=` (name or id) is needed if several accounts have the extension's number."""

    def __init__(self, services: OwnServices) -> None:
        self._services = services
        self._extensions = services.features[Extensions]
        self._diversions = services.features[ExtensionDiversions]

    def routes(self) -> list[web.RouteDef]:
        """Every route of extensions."""
        return [
            web.get("/extensions", self.list_all),
            web.post("/extensions", self.add),
            web.get("/extensions/{number}", self.show),
            web.get("/extensions/{number}/credentials", self.credentials),
            web.patch("/extensions/{number}", self.divert),
            web.patch("/extensions/{number}/phones", self.change_phones),
            web.delete("/extensions/{number}", self.remove),
        ]

    @operation("listExtensions", {200: ExtensionList}, query=(ACCOUNT,), errors=(502,))
    async def list_all(self, request: web.Request) -> web.Response:
        """List all extensions, or an account's, and whether a phone is registered."""
        account = await self._services.account_of(request)
        states = {endpoint.name: endpoint.state for endpoint in await self._services.features[Endpoints].states()}
        found = self._extensions.all(account.id if account else None)
        return web.json_response({"extensions": [render.extension(self._services, each, states) for each in found]})

    @taking("addExtension", NewExtension, {201: ExtensionCredentials}, errors=(409, 502))
    async def add(self, request: web.Request, body: Body[NewExtension]) -> web.Response:
        """Add an extension; the answer shows its SIP user name and its password."""
        wanted = await body()
        added = await self._extensions.add(BY, changes.to_add(wanted.account, wanted))
        return web.json_response(render.credentials(self._services, added), status=201)

    @operation("getAnyExtension", {200: ShownExtension}, query=(ACCOUNT,), errors=(502,))
    async def show(self, request: web.Request) -> web.Response:
        """Show an extension, and whether a phone of it is registered."""
        found = self._found(request)
        states = {endpoint.name: endpoint.state for endpoint in await self._services.features[Endpoints].states()}
        return web.json_response(render.extension(self._services, found, states))

    @operation("getExtensionCredentials", {200: ExtensionCredentials}, query=(ACCOUNT,))
    async def credentials(self, request: web.Request) -> web.Response:
        """Show what a softphone is set up with."""
        return web.json_response(render.credentials(self._services, self._found(request)))

    @taking("divertExtension", ChangedDiversions, {200: Diverted}, errors=(403, 409))
    async def divert(self, request: web.Request, body: Body[ChangedDiversions]) -> web.Response:
        """Change which calls an extension takes, where the others go, and whose it is."""
        wanted, number = await body(), request.match_info["number"]
        fields = changes.of_calls(self._services.features[Destinations], wanted)
        return web.json_response(as_given(await self._diversions.change(BY, wanted.account, number, fields)))

    @taking("changePhones", ChangedPhones, {200: ExtensionCredentials}, errors=(502,))
    async def change_phones(self, request: web.Request, body: Body[ChangedPhones]) -> web.Response:
        """Change an extension's name, how many phones it has, whether browsers may be among them, their password."""
        wanted = await body()
        found = self._extensions.find(request.match_info["number"], wanted.account)
        changed = await self._extensions.equip(BY, found.account, found.number, changes.of_phones(wanted))
        return web.json_response(render.credentials(self._services, changed))

    @operation("removeExtension", {204: None}, query=(ACCOUNT,), errors=(409, 502))
    async def remove(self, request: web.Request) -> web.Response:
        """Remove an extension."""
        found = self._found(request)
        await self._extensions.remove(BY, found.account, found.number)
        return web.Response(status=204)

    def _found(self, request: web.Request) -> Extension:
        return self._extensions.find(request.match_info["number"], request.query.get("account"))


ADMIN = ExtensionsAdmin
