"""RingPlan's company and its instances."""

from aiohttp import web

from api.vendors.ringplan import fields
from api.vendors.ringplan.http import resources
from api.vendors.ringplan.http.authenticated import AuthenticatedRequest, Handler
from api.vendors.ringplan.ids import DIALECT
from engine.features.details.service import DetailService
from engine.features.users.service import UserService

KIND = f"{DIALECT} company"
_OURS = ("id", "created", "updated", "status")


class CompanyOperations:
    """Shows and changes the company. `host` is where phones register."""

    def __init__(self, details: DetailService, users: UserService, host: str) -> None:
        self._details, self._users, self._host = details, users, host

    def operations(self) -> dict[str, Handler]:
        """Return each by its method and path."""
        return {"GET /company": self.show, "PATCH /company": self.change, "GET /instances": self.instances}

    async def show(self, request: AuthenticatedRequest) -> web.Response:
        """Show the company."""
        account = request.account
        details = await self._details.get(account.id, KIND, account.id)
        users = await self._users.list_all(account.id)
        return web.json_response(resources.company(account, details, len(users)))

    async def change(self, request: AuthenticatedRequest) -> web.Response:
        """Change what the company says of itself. The account keeps its name, which it is found by."""
        request.must_own()
        fields.text_or_none(request.fields, "name", 200)
        fields.inner(request.fields, "address")
        account = request.account
        await self._details.merge(account.id, KIND, account.id, fields.without(request.fields, *_OURS))
        return await self.show(request)

    async def instances(self, request: AuthenticatedRequest) -> web.Response:
        """Show the one instance that a company has: this installation."""
        account = request.account
        details = await self._details.get(account.id, KIND, account.id)
        name = resources.company_name(account, details.fields)
        return web.json_response([resources.instance(request.requester, name, self._host)])
