"""Routes of applications, the programs that answer numbers, and of their keys."""

from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from api.callbacks.callback import BadAddress, address
from api.dialects import Dialect
from api.own import render
from api.own.errors import BadRequest
from api.own.operations import Body, operation, taking
from api.own.schema.engine_tasks import engine_tasks
from api.own.schema.leading import Application as ShownApplication
from api.own.schema.leading import Applications, ChangedUrls, NewApplication
from api.own.schema.shown_tasks import as_given
from api.own.services import OwnServices
from engine.features.applications.model import Application, ApplicationDetails, WantedApplication
from engine.features.applications.service import ApplicationService, named
from engine.platform.audit import ADMIN
from engine.tasks.kinds import AnyTask, shown

__all__ = ["ApplicationsAdmin", "named", "parts", "put", "shape"]


class ApplicationsAdmin:
    """The handlers."""

    def __init__(self, services: OwnServices) -> None:
        self._services, self._applications = services, services.features[ApplicationService]

    def routes(self) -> list[web.RouteDef]:
        """Every route of applications, which are given by id or key."""
        one = "/applications/{application}"
        return [
            web.get("/applications", self.list_all),
            web.post("/applications", self.add),
            web.get(one, self.show),
            web.patch(one, self.change),
            web.post(one + "/rotate", self.rotate),
            web.delete(one, self.remove),
        ]

    @operation("listApplications", {200: Applications})
    async def list_all(self, request: web.Request) -> web.Response:
        """List the applications, by their accounts' names."""
        listed = await self._applications.list()
        shapes = [shape(row.application, row.key) | {"account": row.account} for row in listed]
        return web.json_response({"applications": shapes})

    @taking("putApplication", NewApplication, {201: ShownApplication}, errors=(403, 409))
    async def add(self, request: web.Request, body: Body[NewApplication]) -> web.Response:
        """Make or replace an application of an account; the answer shows its key and secret if it has its own."""
        wanted = await body()
        account = await self._services.account_named(wanted.account)
        read = wanted_of(self._services, account.country, wanted)
        made = await self._applications.put(ADMIN, account.id, wanted.name, read)
        return web.json_response(self._shown(made), status=201)

    @operation("getApplication", {200: ShownApplication})
    async def show(self, request: web.Request) -> web.Response:
        """Show an application, with its key and secret and its numbers."""
        return web.json_response(self._shown(await self._applications.details(request.match_info["application"])))

    @taking("changeApplication", ChangedUrls, {200: ShownApplication}, errors=(409,))
    async def change(self, request: web.Request, body: Body[ChangedUrls]) -> web.Response:
        """Change the URLs of an application."""
        wanted, name = await body(), request.match_info["application"]
        found = await self._applications.details(name)
        dialect = self._applications.dialect(found.application.dialect)
        for url in (wanted.url, wanted.fallback):
            if url:
                checked_url(url, dialect)
        made = await self._applications.set_urls(ADMIN, name, url=wanted.url, fallback=wanted.fallback)
        return web.json_response(self._shown(made))

    @operation("rotateApplication", {200: ShownApplication}, errors=(409,))
    async def rotate(self, request: web.Request) -> web.Response:
        """Renew an application's secret; the old one is refused at once. The key stays."""
        made = await self._applications.renew_secret(ADMIN, request.match_info["application"])
        return web.json_response(self._shown(made))

    @operation("removeApplication", {204: None}, errors=(409,))
    async def remove(self, request: web.Request) -> web.Response:
        """Delete an application that no number leads to."""
        await self._applications.remove(ADMIN, request.match_info["application"])
        return web.Response(status=204)

    def _shown(self, details: ApplicationDetails) -> render.Shape:
        dialect = self._applications.dialect(details.application.dialect)
        shown = shape(details.application)
        if dialect and details.key is not None:
            shown |= {dialect.key: details.key, dialect.secret: details.secret}
        return shown | {"numbers": list(details.numbers)}


def wanted_of(services: OwnServices, country: str, wanted: Any) -> WantedApplication:
    """Return the fields that a NewApplication (or a NewNumber) describes, with its tasks and URLs checked.

    Raises BadRequest, NumberRefused, and PromptError for a text that cannot be spoken.
    """
    dialect = services.features[ApplicationService].dialect(wanted.dialect or "")
    for url in (wanted.url, wanted.fallback):
        if url is not None:
            checked_url(url, dialect)
    tasks = None if wanted.tasks is None else engine_tasks(wanted.tasks, country)
    return WantedApplication(tasks=tasks, dialect=wanted.dialect, url=wanted.url, fallback=wanted.fallback)


def parts(services: OwnServices, country: str, wanted: Any) -> dict[str, Any]:
    """Return the fields that a NewNumber describes; raises BadRequest and what `wanted_of` raises."""
    return services.features[ApplicationService].fields(wanted_of(services, country, wanted))


def checked_url(url: str, dialect: Dialect | None) -> str:
    """Return a URL after checking that a dialect can notify or ask it; raises BadRequest."""
    try:
        address(url, credentials=dialect is None or not dialect.signs)
    except BadAddress as error:
        raise BadRequest(f"The URL cannot be used. {error}") from None
    return url


def put(conn: Connection, services: OwnServices, account: str, name: str, given: dict[str, Any]) -> Application:
    """Create or replace the application of a number, in the transaction that adds the number."""
    return services.features[ApplicationService].put_within(conn, ADMIN, account, name, given)


def shape(row: Application, key: str | None = None) -> render.Shape:
    """Return an application for display, without its secret."""
    tasks = None if row.tasks is None else [_task(task) for task in row.tasks]
    fields: render.Shape = {
        "id": row.id,
        "account": row.account,
        "name": row.name,
        "dialect": row.dialect,
        "settings": row.settings,
        "tasks": tasks,
    }
    return fields if key is None else fields | {"key": key}


def _task(task: AnyTask) -> render.Shape:
    fields: render.Shape = as_given(shown(task))
    return fields
