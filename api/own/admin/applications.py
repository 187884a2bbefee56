"""Applications: what answers numbers, and the keys of those that have their own."""

import re
from typing import Any

import msgspec
from aiohttp import web
from sqlalchemy import Connection

from api.callbacks.callback import BadAddress, address
from api.dialects import Dialect
from api.own import render
from api.own.accounts import issued_key
from api.own.bodies import body_of, checked_tasks
from api.own.errors import BadRequest
from api.own.services import OwnServices
from engine.features import accounts as account_settings
from engine.features.accounts import issuing
from engine.features.errors import NotThere
from engine.ids import new_id
from engine.store import accounts, applications, numbers
from engine.store.applications import Application
from engine.tasks.kinds import AnyTask, shown

_NAME = re.compile(r"[\w .:+-]{1,64}")


class NewApplication(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An application: a fixed list of tasks, or a dialect's with the URL that is told or asked and one after it.

    A dialect whose applications have keys of their own needs no URL: its API sets it too.
    """

    account: str
    name: str = ""
    tasks: tuple[AnyTask, ...] | None = None
    dialect: str | None = None
    url: str | None = None
    fallback: str | None = None


class Urls(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """URLs to change; what is not there stays, "" takes one away."""

    url: str | None = None
    fallback: str | None = None


class ApplicationsAdmin:
    """The handlers."""

    def __init__(self, services: OwnServices) -> None:
        self._services = services

    def routes(self) -> list[web.RouteDef]:
        """Every route of applications; one is named by its id or its key."""
        one = "/applications/{application}"
        return [
            web.get("/applications", self.list_all),
            web.post("/applications", self.add),
            web.get(one, self.show),
            web.patch(one, self.change),
            web.post(one + "/rotate", self.rotate),
            web.delete(one, self.remove),
        ]

    async def list_all(self, request: web.Request) -> web.Response:
        """All applications, by their accounts' names."""

        def read(conn: Connection) -> list[render.Shape]:
            owners = {account.id: account.name for account in accounts.list(conn)}
            keys = {id: key for owner in owners for id, key in applications.keys(conn, owner).items()}
            rows = applications.list(conn)
            return [shape(row, keys.get(row.id)) | {"account": owners.get(row.account, row.account)} for row in rows]

        return web.json_response({"applications": await self._services.db.read(read)})

    async def add(self, request: web.Request) -> web.Response:
        """Make or replace an application of an account; the answer shows its key and secret, where it has its own."""
        wanted = await body_of(request, NewApplication)
        if not _NAME.fullmatch(wanted.name):
            raise BadRequest("An application's name is 1 to 64 letters, digits, blanks and . : + -")

        def unit(conn: Connection) -> render.Shape:
            account = account_settings.find(conn, wanted.account)
            fields = parts(self._services, account.country, wanted)
            return self._shown(conn, put(conn, self._services, account.id, wanted.name, fields))

        made = await self._services.writer.write(unit)
        await self._services.refresh()
        return web.json_response(made, status=201)

    async def show(self, request: web.Request) -> web.Response:
        """One application, with its key and secret and its numbers."""
        name = request.match_info["application"]
        return web.json_response(await self._services.db.read(lambda conn: self._shown(conn, self._find(conn, name))))

    async def change(self, request: web.Request) -> web.Response:
        """Change the URLs that are told or asked."""
        wanted, name = await body_of(request, Urls), request.match_info["application"]

        def unit(conn: Connection) -> render.Shape:
            row = self._find(conn, name)
            dialect = self._services.dialect(row.dialect)
            settings = dict(row.settings)
            for setting, url in (
                (dialect.url_setting if dialect else None, wanted.url),
                (dialect.fallback_setting if dialect else None, wanted.fallback),
            ):
                if url is not None and setting is None:
                    raise BadRequest("This application has no such URL.")
                if setting and url is not None:
                    settings[setting] = checked_url(url, dialect) if url else ""
            applications.update(conn, row.id, settings={key: value for key, value in settings.items() if value != ""})
            return self._shown(conn, self._find(conn, row.id))

        return await self._written(unit)

    async def rotate(self, request: web.Request) -> web.Response:
        """Renew an application's secret; the old one is worth nothing at once. The key, its name, stays."""
        name = request.match_info["application"]

        def unit(conn: Connection) -> render.Shape:
            row = self._find(conn, name)
            if not issuing.renew(conn, row, self._services.dialect(row.dialect)):
                raise BadRequest("This application has no key of its own: its account has (carillon accounts rotate).")
            return self._shown(conn, row)

        return await self._written(unit)

    async def remove(self, request: web.Request) -> web.Response:
        """Delete an application that no number leads to."""
        name = request.match_info["application"]
        await self._services.writer.write(lambda conn: applications.delete(conn, self._find(conn, name).id))
        await self._services.refresh()
        return web.Response(status=204)

    async def _written(self, unit: Any) -> web.Response:
        made = await self._services.writer.write(unit)
        await self._services.refresh()
        return web.json_response(made)

    def _find(self, conn: Connection, name: str) -> Application:
        found = applications.get(conn, name)
        for dialect in self._services.dialects:
            found = found or (applications.by_key(conn, dialect.name, name) if dialect.issue else None)
        if found is None:
            raise NotThere("There is no such application; `carillon applications list` shows the id and key of each.")
        return found

    def _shown(self, conn: Connection, row: Application) -> render.Shape:
        dialect = self._services.dialect(row.dialect)
        shown = shape(row) | issued_key(issuing.issued_to(conn, row), dialect)
        shown.pop("number", None)
        own = [each for each in numbers.list(conn, row.account) if each.application == row.id]
        return shown | {"numbers": [each.number for each in own]}


def parts(services: OwnServices, country: str, wanted: Any) -> dict[str, Any]:
    """Return the fields of what a NewApplication (or a NewNumber) describes; raises BadRequest."""
    if wanted.tasks is not None:
        if wanted.url is not None or wanted.fallback is not None:
            raise BadRequest("An application has either tasks or a URL.")
        return {"tasks": list(checked_tasks(wanted.tasks, country))}
    dialect = services.dialect(wanted.dialect or "")
    if wanted.url is None and not (dialect and dialect.issue):
        raise BadRequest("An application has either tasks or a URL.")
    if dialect is None or dialect.url_setting is None:
        raise BadRequest(f"The dialect {wanted.dialect!r} takes no calls by a URL.")
    settings = {} if wanted.url is None else {dialect.url_setting: checked_url(wanted.url, dialect)}
    if wanted.fallback is not None:
        if dialect.fallback_setting is None:
            raise BadRequest(f"The dialect {dialect.name!r} has no second URL.")
        settings[dialect.fallback_setting] = checked_url(wanted.fallback, dialect)
    return {"dialect": dialect.name, "settings": settings, "asks": dialect.asks}


def checked_url(url: str, dialect: Dialect | None) -> str:
    """Return a URL that can be told or asked by a dialect; raises BadRequest."""
    try:
        address(url, credentials=dialect is None or not dialect.signs)
    except BadAddress as error:
        raise BadRequest(f"The URL cannot be used. {error}") from None
    return url


def put(conn: Connection, services: OwnServices, account: str, name: str, given: dict[str, Any]) -> Application:
    """Make an application, or replace what the account has under that name; one that needs a key of its own gets it."""
    fields = {"dialect": "", "settings": {}, "tasks": None, "asks": False} | given
    if found := applications.by_name(conn, account, name):
        applications.update(conn, found.id, **fields)
        row = msgspec.structs.replace(found, **fields)
        if row.dialect != found.dialect:
            applications.drop_key(conn, row.id)
    else:
        row = applications.create(conn, Application(id=new_id("app"), account=account, name=name, **fields))
    dialect = services.dialect(row.dialect)
    if dialect and dialect.issue and applications.key(conn, row.id) is None:
        issuing.issue(conn, row, dialect)
    return row


def named(conn: Connection, account: str, name: str) -> Application:
    """Return an account's application by its name; raises NotThere."""
    application = applications.by_name(conn, account, name)
    if application is None:
        raise NotThere(f"The account has no application {name}; `carillon applications list` shows all.")
    return application


def shape(row: Application, key: str | None = None) -> render.Shape:
    """An application as it is shown; its secret is not."""
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
    return {name: value for name, value in shown(task).items() if name not in ("id", "tag")}
