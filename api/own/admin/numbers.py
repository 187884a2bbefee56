"""Numbers: owned, and assigned to the applications that answer them."""

import msgspec
from aiohttp import web
from sqlalchemy import Connection

from api.own import render
from api.own.admin.applications import named, parts, put, shape
from api.own.bodies import body_of
from api.own.errors import BadRequest
from api.own.services import OwnServices
from engine.features import accounts as account_settings
from engine.features.destinations import digits_of, is_emergency
from engine.features.errors import AlreadyThere, NotThere
from engine.store import accounts, applications, extensions, numbers
from engine.store.accounts import Account
from engine.store.applications import Application
from engine.store.numbers import CAPABILITIES, VOICE, Number
from engine.tasks.kinds import AnyTask


class NewNumber(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number for an account: with an application by its name, with what one is made of, or with none as yet.

    An application made so is named as the number. `replace`: the account may have the number already, and what
    answers it is replaced.
    """

    number: str
    account: str
    capability: str = VOICE
    application: str | None = None
    unassigned: bool = False
    replace: bool = False
    tasks: tuple[AnyTask, ...] | None = None
    dialect: str | None = None
    url: str | None = None
    fallback: str | None = None


class Assignment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The application, by its name, that a number of the same account leads to; None: nobody answers it."""

    application: str | None
    capability: str = VOICE


class NumbersAdmin:
    """The handlers."""

    def __init__(self, services: OwnServices) -> None:
        self._services = services

    def routes(self) -> list[web.RouteDef]:
        """Every route of numbers."""
        return [
            web.get("/numbers", self.list_all),
            web.post("/numbers", self.add),
            web.patch("/numbers/{number}", self.assign),
            web.delete("/numbers/{number}", self.remove),
        ]

    async def list_all(self, request: web.Request) -> web.Response:
        """All numbers, one entry a capability."""

        def read(conn: Connection) -> list[render.Shape]:
            names = {account.id: account.name for account in accounts.list(conn)}
            answering = {application.id: application for application in applications.list(conn)}
            return [
                _number(row, names.get(row.account, row.account), answering.get(row.application or ""))
                for row in numbers.list(conn)
            ]

        return web.json_response({"numbers": await self._services.db.read(read)})

    async def add(self, request: web.Request) -> web.Response:
        """Give an account a number and let it lead to an application."""
        wanted = await body_of(request, NewNumber)
        digits = digits_of(wanted.number)
        if not 2 <= len(digits) <= 15:
            raise BadRequest("A number has 2 to 15 digits.")
        built = wanted.tasks is not None or wanted.url is not None
        if built + (wanted.application is not None) + wanted.unassigned != 1:
            raise BadRequest("Give either an application's name, or its tasks, or a dialect and its URL.")
        _check_capability(wanted.capability)

        def unit(conn: Connection) -> render.Shape:
            account = account_settings.find(conn, wanted.account)
            if is_emergency(digits, account.country):
                raise BadRequest("An emergency number cannot be one of ours.")
            if extensions.get(conn, account.id, digits):
                raise AlreadyThere(
                    f"{digits} is an extension of the account {account.name} already: a number must have other digits."
                )
            self._check_new(conn, account, digits, wanted)
            application = self._application(conn, account, digits, wanted)
            row = Number(
                number=digits,
                account=account.id,
                application=application.id if application else None,
                capability=wanted.capability,
            )
            numbers.assign(conn, row)
            return _number(row, account.name, application)

        added = await self._services.writer.write(unit)
        await self._services.refresh()
        return web.json_response(added, status=201)

    async def assign(self, request: web.Request) -> web.Response:
        """Let a number lead to another application of its account, or to nobody."""
        wanted = await body_of(request, Assignment)
        digits = digits_of(request.match_info["number"])
        _check_capability(wanted.capability)

        def unit(conn: Connection) -> render.Shape:
            row = numbers.get(conn, digits, wanted.capability)
            if row is None:
                raise NotThere(f"There is no number {digits} for {wanted.capability}.")
            application = None if wanted.application is None else named(conn, row.account, wanted.application)
            row = msgspec.structs.replace(row, application=application.id if application else None)
            numbers.assign(conn, row)
            return _number(row, account_settings.find(conn, row.account).name, application)

        assigned = await self._services.writer.write(unit)
        await self._services.refresh()
        return web.json_response(assigned)

    async def remove(self, request: web.Request) -> web.Response:
        """Take a number away, and the application that was made for it alone."""
        digits = digits_of(request.match_info["number"])

        def unit(conn: Connection) -> None:
            rows = numbers.of(conn, digits)
            if not rows or not numbers.release(conn, digits):
                raise NotThere(f"There is no number {digits}.")
            for row in rows:
                application = applications.get(conn, row.application) if row.application else None
                others = any(each.application == row.application for each in numbers.list(conn, row.account))
                if application and application.name == digits and not others:
                    applications.delete(conn, application.id)

        await self._services.writer.write(unit)
        await self._services.refresh()
        return web.Response(status=204)

    def _check_new(self, conn: Connection, account: Account, digits: str, wanted: NewNumber) -> None:
        """Refuse to replace what answers a number unless that was asked for; raises AlreadyThere."""
        had = numbers.get(conn, digits, wanted.capability)
        if wanted.replace or had is None or had.account != account.id:
            return
        by = applications.get(conn, had.application) if had.application else None
        raise AlreadyThere(
            f"The account {account.name} has the number {digits} already, answered by {by.name if by else 'nobody'}: "
            f'"replace" (carillon numbers add {digits} --replace …) changes what answers it, '
            f"carillon numbers assign {digits} APPLICATION leads it to another application."
        )

    def _application(self, conn: Connection, account: Account, digits: str, wanted: NewNumber) -> Application | None:
        if wanted.unassigned:
            return None
        if wanted.application is not None:
            return named(conn, account.id, wanted.application)
        return put(conn, self._services, account.id, digits, parts(self._services, account.country, wanted))


def _check_capability(capability: str) -> None:
    if capability not in CAPABILITIES:
        raise BadRequest(f"A number's capability is {' or '.join(sorted(CAPABILITIES))}.")


def _number(row: Number, account: str, application: Application | None) -> render.Shape:
    return {
        "number": row.number,
        "account": account,
        "capability": row.capability,
        "application": shape(application) if application else None,
    }
