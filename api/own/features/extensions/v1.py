"""Extensions of an account: its phones, which calls they take, and where the others go."""

from aiohttp import web

from api.own.access import Caller, CallerOf
from api.own.errors import Forbidden
from api.own.features.extensions import changes, render
from api.own.features.extensions.schema import Extension as ShownExtension
from api.own.features.extensions.schema import (
    ExtensionCredentials,
    ExtensionList,
    ExtensionSettings,
    NewPhone,
    PhoneSettings,
)
from api.own.operations import Body, operation, taking
from api.own.render import Shape
from api.own.services import OwnServices
from api.permissions import refusal
from engine.features.destinations.extension_settings import ExtensionDiversions
from engine.features.destinations.registry import Destinations
from engine.features.endpoints.model import Extension
from engine.features.endpoints.push import Endpoints
from engine.features.endpoints.service import Extensions


class ExtensionRoutes:
    """The handlers; `caller_of` says whose extensions a request is about, and who asks."""

    def __init__(self, services: OwnServices, caller_of: CallerOf) -> None:
        self._services, self._caller_of = services, caller_of
        self._extensions = services.features[Extensions]
        self._diversions = services.features[ExtensionDiversions]

    def routes(self, prefix: str) -> list[web.RouteDef]:
        """Every route, below `prefix`."""
        one = prefix + "/extensions/{number}"
        return [
            web.get(prefix + "/extensions", self.list_all),
            web.post(prefix + "/extensions", self.add),
            web.get(one, self.show),
            web.patch(one, self.divert),
            web.delete(one, self.remove),
            web.patch(one + "/phones", self.change_phones),
            web.get(one + "/credentials", self.credentials),
        ]

    @operation("listOwnExtensions", {200: ExtensionList}, errors=(502,))
    async def list_all(self, request: web.Request) -> web.Response:
        """List the account's extensions, and whether a phone of each is registered."""
        caller = await self._caller_of(request)
        return web.json_response({"extensions": await self._shown(*self._extensions.all(caller.account.id))})

    @operation("getExtension", {200: ShownExtension}, errors=(502,))
    async def show(self, request: web.Request) -> web.Response:
        """Show an extension, and whether a phone of it is registered."""
        _, found = await self._found(request)
        return web.json_response((await self._shown(found))[0])

    @taking("addOwnExtension", NewPhone, {201: ExtensionCredentials}, errors=(403, 409, 502))
    async def add(self, request: web.Request, body: Body[NewPhone]) -> web.Response:
        """Add an extension; the answer shows its SIP user name and its password."""
        caller, wanted = await self._caller_of(request), await body()
        added = await self._extensions.add(caller.by, changes.to_add(caller.account.id, wanted))
        return web.json_response(render.credentials(self._services, added), status=201)

    @taking("changeExtension", ExtensionSettings, {200: ShownExtension}, errors=(403, 409, 502))
    async def divert(self, request: web.Request, body: Body[ExtensionSettings]) -> web.Response:
        """Change which calls an extension takes, where the others go, and whose it is."""
        caller, found = await self._found(request)
        fields = changes.of_calls(self._services.features[Destinations], await body())
        await self._diversions.change(caller.by, found.account, found.number, fields)
        return web.json_response((await self._shown(self._extensions.find(found.number, found.account)))[0])

    @taking("changeOwnPhones", PhoneSettings, {200: ExtensionCredentials}, errors=(403, 502))
    async def change_phones(self, request: web.Request, body: Body[PhoneSettings]) -> web.Response:
        """Change an extension's name, its phones, whether browsers may be among them, and their password."""
        caller, found = await self._found(request)
        changed = await self._extensions.equip(caller.by, found.account, found.number, changes.of_phones(await body()))
        return web.json_response(render.credentials(self._services, changed))

    @operation("getOwnExtensionCredentials", {200: ExtensionCredentials}, errors=(403,))
    async def credentials(self, request: web.Request) -> web.Response:
        """Show what a softphone is set up with; a member of the account may see it of its own extensions only."""
        caller, found = await self._found(request)
        its_own = caller.user is not None and found.owner == caller.user.id
        if not its_own and (why := refusal(caller.user, "PATCH")):
            raise Forbidden(why)
        return web.json_response(render.credentials(self._services, found))

    @operation("removeOwnExtension", {204: None}, errors=(403, 409, 502))
    async def remove(self, request: web.Request) -> web.Response:
        """Remove an extension: its phones cannot register or call any more."""
        caller, found = await self._found(request)
        await self._extensions.remove(caller.by, found.account, found.number)
        return web.Response(status=204)

    async def _found(self, request: web.Request) -> tuple[Caller, Extension]:
        caller = await self._caller_of(request)
        return caller, self._extensions.find(request.match_info["number"], caller.account.id)

    async def _shown(self, *rows: Extension) -> list[Shape]:
        states = {endpoint.name: endpoint.state for endpoint in await self._services.features[Endpoints].states()}
        return [render.extension(self._services, each, states) for each in rows]


ROUTES = ExtensionRoutes
