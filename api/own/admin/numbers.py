"""Numbers and the applications that answer them."""

import re
from typing import Any

import msgspec
from aiohttp import web
from sqlalchemy import Connection

from api.own import render
from api.own.bodies import body_of, checked_tasks
from api.own.errors import BadRequest
from api.own.services import Services
from engine.features import accounts as account_settings
from engine.features.destinations import digits_of, is_emergency
from engine.features.errors import AlreadyThere, NotThere
from engine.ids import new_id
from engine.store import accounts, applications, extensions, numbers
from engine.store.applications import Application
from engine.store.numbers import Number
from engine.tasks.kinds import AnyTask

_URL = re.compile(r"https?://[^\s/]+\S*", re.IGNORECASE)
_NAME = re.compile(r"[\w .:+-]{1,64}")
_LONGEST_URL = 2000


class NewApplication(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An application: a fixed list of tasks, or a dialect's with the URL that is told of a call."""

    account: str
    name: str = ""
    tasks: tuple[AnyTask, ...] | None = None
    dialect: str | None = None
    url: str | None = None


class NewNumber(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number for an account: with an application by its name, or with what one is made of.

    An application made so is named as the number and replaced when the number is added again.
    """

    number: str
    account: str
    application: str | None = None
    tasks: tuple[AnyTask, ...] | None = None
    dialect: str | None = None
    url: str | None = None


class NumbersAdmin:
    """The handlers."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def routes(self) -> list[web.RouteDef]:
        """Every route of numbers and applications."""
        return [
            web.get("/numbers", self.list_numbers),
            web.post("/numbers", self.add_number),
            web.delete("/numbers/{number}", self.remove_number),
            web.get("/applications", self.list_applications),
            web.post("/applications", self.add_application),
            web.delete("/applications/{application}", self.remove_application),
        ]

    async def list_numbers(self, request: web.Request) -> web.Response:
        """All numbers."""

        def read(conn: Connection) -> list[render.Shape]:
            names = {account.id: account.name for account in accounts.list(conn)}
            answering = {application.id: application for application in applications.list(conn)}
            return [_number(row, names, answering[row.application]) for row in numbers.list(conn)]

        return web.json_response({"numbers": await self._services.db.read(read)})

    async def add_number(self, request: web.Request) -> web.Response:
        """Let a number lead to an application."""
        wanted = await body_of(request, NewNumber)
        digits = digits_of(wanted.number)
        if not 2 <= len(digits) <= 15:
            raise BadRequest("A number has 2 to 15 digits.")
        built = wanted.tasks is not None or wanted.url is not None
        if built == (wanted.application is not None):
            raise BadRequest("Give either an application's name, or its tasks, or a dialect and its URL.")

        def unit(conn: Connection) -> render.Shape:
            account = account_settings.find(conn, wanted.account)
            if is_emergency(digits, account.country):
                raise BadRequest("An emergency number cannot be one of ours.")
            if extensions.get(conn, digits):
                raise AlreadyThere(f"{digits} is an extension.")
            if wanted.application is not None:
                application = _named(conn, account.id, wanted.application)
            else:
                application = self._put(
                    conn,
                    account.id,
                    digits,
                    _parts(account.country, tasks=wanted.tasks, dialect=wanted.dialect, url=wanted.url),
                )
            row = Number(number=digits, account=account.id, application=application.id)
            numbers.assign(conn, row)
            return _number(row, {account.id: account.name}, application)

        shape = await self._services.writer.write(unit)
        await self._services.refresh()
        return web.json_response(shape, status=201)

    async def remove_number(self, request: web.Request) -> web.Response:
        """Take a number away, and the application that was made for it alone."""
        digits = digits_of(request.match_info["number"])

        def unit(conn: Connection) -> None:
            row = numbers.get(conn, digits)
            if row is None or not numbers.release(conn, digits):
                raise NotThere(f"There is no number {digits}.")
            application = applications.get(conn, row.application)
            others = any(each.application == row.application for each in numbers.list(conn, row.account))
            if application and application.name == digits and not others:
                applications.delete(conn, application.id)

        await self._services.writer.write(unit)
        await self._services.refresh()
        return web.Response(status=204)

    async def list_applications(self, request: web.Request) -> web.Response:
        """All applications."""
        rows = await self._services.db.read(applications.list)
        return web.json_response({"applications": [_application(row) for row in rows]})

    async def add_application(self, request: web.Request) -> web.Response:
        """Make or replace an application of an account."""
        wanted = await body_of(request, NewApplication)
        if not _NAME.fullmatch(wanted.name):
            raise BadRequest("An application's name is 1 to 64 letters, digits, blanks and . : + -")

        def unit(conn: Connection) -> Application:
            account = account_settings.find(conn, wanted.account)
            parts = _parts(account.country, tasks=wanted.tasks, dialect=wanted.dialect, url=wanted.url)
            return self._put(conn, account.id, wanted.name, parts)

        application = await self._services.writer.write(unit)
        await self._services.refresh()
        return web.json_response(_application(application), status=201)

    async def remove_application(self, request: web.Request) -> web.Response:
        """Delete an application that no number leads to."""
        id = request.match_info["application"]

        def unit(conn: Connection) -> None:
            if not applications.delete(conn, id):
                raise NotThere("There is no such application.")

        await self._services.writer.write(unit)
        await self._services.refresh()
        return web.Response(status=204)

    def _put(self, conn: Connection, account: str, name: str, parts: dict[str, Any]) -> Application:
        """Make an application, or replace what the account has under that name."""
        fields = {"dialect": "", "settings": {}, "tasks": None} | self._resolved(parts)
        if found := applications.by_name(conn, account, name):
            stored = msgspec.to_builtins(fields)
            applications.update(conn, found.id, **stored)
            return msgspec.structs.replace(found, **fields)
        return applications.create(conn, Application(id=new_id("app"), account=account, name=name, **fields))

    def _resolved(self, parts: dict[str, Any]) -> dict[str, Any]:
        if "url" not in parts:
            return parts
        dialect = self._services.dialect(parts["dialect"])
        if dialect is None or dialect.url_setting is None:
            raise BadRequest(f"The dialect {parts['dialect']!r} takes no calls by a URL.")
        return {"dialect": dialect.name, "settings": {dialect.url_setting: parts["url"]}}


def _parts(country: str, *, tasks: tuple[AnyTask, ...] | None, dialect: str | None, url: str | None) -> dict[str, Any]:
    """Check what an application is made of; raises BadRequest."""
    if (tasks is None) == (url is None):
        raise BadRequest("An application has either tasks or a URL.")
    if tasks is not None:
        return {"tasks": list(checked_tasks(tasks, country))}
    if url is None or len(url) > _LONGEST_URL or not _URL.fullmatch(url):
        raise BadRequest("The URL begins with http:// or https://.")
    return {"dialect": dialect or "", "url": url}


def _named(conn: Connection, account: str, name: str) -> Application:
    application = applications.by_name(conn, account, name)
    if application is None:
        raise NotThere(f"The account has no application {name}.")
    return application


def _number(row: Number, names: dict[str, str], application: Application) -> render.Shape:
    return {
        "number": row.number,
        "account": names.get(row.account, row.account),
        "application": _application(application),
    }


def _application(row: Application) -> render.Shape:
    tasks = None if row.tasks is None else [_shown(task) for task in row.tasks]
    return {
        "id": row.id,
        "account": row.account,
        "name": row.name,
        "dialect": row.dialect,
        "settings": row.settings,
        "tasks": tasks,
    }


def _shown(task: AnyTask) -> render.Shape:
    fields: render.Shape = msgspec.to_builtins(task)
    return {name: value for name, value in fields.items() if name not in ("id", "tag")}
