"""Routes of numbers, and of what they lead to."""

import msgspec
from aiohttp import web

from api.own import render
from api.own.admin.applications import named, parts, put, shape
from api.own.destinations import leads_to
from api.own.errors import BadRequest
from api.own.operations import Body, operation, taking
from api.own.schema.leading import Assignment, NewNumber, Number, NumberList
from api.own.schema.queries import ACCOUNT
from api.own.schema.shown_tasks import as_given
from api.own.services import OwnServices
from engine.features.destinations.choosing import LeadsTo, nowhere
from engine.features.destinations.registry import Destinations
from engine.features.numbers import model
from engine.features.numbers.model import NumberView
from engine.features.numbers.phone_numbers import digits_of
from engine.features.numbers.service import Numbers
from engine.platform.audit import ADMIN


class NumbersAdmin:
    """The handlers."""

    def __init__(self, services: OwnServices) -> None:
        self._services = services
        self._numbers = services.features[Numbers]

    def routes(self) -> list[web.RouteDef]:
        """Every route of numbers."""
        return [
            web.get("/numbers", self.list_all),
            web.post("/numbers", self.add),
            web.patch("/numbers/{number}", self.assign),
            web.delete("/numbers/{number}", self.remove),
        ]

    @operation("listNumbers", {200: NumberList}, query=(ACCOUNT,))
    async def list_all(self, request: web.Request) -> web.Response:
        """List the numbers of all accounts, or of one."""
        account = await self._services.account_of(request)
        found = await self._numbers.list()
        shown = [_number(view) for view in found if account is None or view.account == account.name]
        return web.json_response({"numbers": shown})

    @taking("addNumber", NewNumber, {201: Number}, errors=(403, 409))
    async def add(self, request: web.Request, body: Body[NewNumber]) -> web.Response:
        """Give an account a number."""
        wanted = await body()
        built = wanted.tasks is not None or wanted.url is not None
        if built + (wanted.application is not None) + (wanted.to is not None) + wanted.unassigned != 1:
            raise BadRequest(
                "Give either a destination, or an application's name, or its tasks, or a dialect and its URL."
            )
        new = model.NewNumber(
            number=wanted.number,
            account=wanted.account,
            capability=wanted.capability,
            replace=wanted.replace,
            fax_to=wanted.fax_to or "",
        )
        added = await self._numbers.add(ADMIN, new, self._leads_to(wanted))
        return web.json_response(_number(added), status=201)

    @taking("leadNumber", Assignment, {200: Number}, errors=(403, 409))
    async def assign(self, request: web.Request, body: Body[Assignment]) -> web.Response:
        """Lead a number, or its faxes, to another destination, or nowhere."""
        wanted = await body()
        given = [each for each in (wanted.to, wanted.application) if each is not msgspec.UNSET]
        if len(given) > 1 or not (given or wanted.fax_to is not msgspec.UNSET):
            raise BadRequest("Give either a destination (to) or an application, or fax_to; null leads to nothing.")
        leading = self._assigned(wanted) if given else None
        fax_to = None if wanted.fax_to is msgspec.UNSET else str(wanted.fax_to or "")
        number = request.match_info["number"]
        led = await self._numbers.lead(ADMIN, number, leading, capability=wanted.capability, fax_to=fax_to)
        return web.json_response(_number(led))

    @operation("removeNumber", {204: None}, errors=(409,))
    async def remove(self, request: web.Request) -> web.Response:
        """Remove a number, and the application that was made for it alone."""
        await self._numbers.remove(ADMIN, request.match_info["number"])
        return web.Response(status=204)

    def _assigned(self, wanted: Assignment) -> LeadsTo:
        if isinstance(wanted.to, msgspec.UnsetType):
            return _application(wanted.application) if isinstance(wanted.application, str) else nowhere
        return leads_to(self._services.features[Destinations], wanted.to)

    def _leads_to(self, wanted: NewNumber) -> LeadsTo:
        services = self._services
        if wanted.to is not None or wanted.unassigned:
            return leads_to(services.features[Destinations], wanted.to)
        if wanted.application is not None:
            return _application(wanted.application)
        name = digits_of(wanted.number)
        return lambda conn, account: (
            f"application:{put(conn, services, account.id, name, parts(services, account.country, wanted)).id}"
        )


def _application(name: str) -> LeadsTo:
    return lambda conn, account: f"application:{named(conn, account.id, name).id}"


def _number(view: NumberView) -> render.Shape:
    return {
        "number": view.number,
        "account": view.account,
        "capability": view.capability,
        "application": shape(view.application) if view.application else None,
        "leads_to": as_given(view.leads_to),
        "fax_to": as_given(view.fax_to),
    }
