"""Accounts: made, shown, allowed, limited, credited, their keys renewed."""

import time
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec
from aiohttp import web
from sqlalchemy import Connection

from api.dialects import OWN, Dialect
from api.own import render
from api.own.admin import issuing
from api.own.bodies import body_of
from api.own.errors import BadRequest
from api.own.services import Services
from engine.features import accounts as account_settings
from engine.features import allowances
from engine.features.accounts import NewAccount
from engine.features.billing.rating import MILLION
from engine.features.destinations import normalise
from engine.features.errors import NotThere
from engine.store import accounts, applications, holds, ledger
from engine.store.accounts import Account

_MOST_MONEY = Decimal(1_000_000_000)


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is changed of an account; what is not there stays. `dialect` are settings such as {"sig": "kvmd5"}."""

    allow_private: bool | None = None
    disabled: bool | None = None
    dialect: dict[str, str] = {}


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Limits to change; `daily_spend` is a decimal, "none" takes it away."""

    max_calls: int | None = None
    calls_per_second: float | None = None
    daily_spend: str | None = None


class Prefix(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A prefix that may be called, or a host at which SIP addresses may (sip:host[:port]), or not any more.

    `high_risk` is the word that a prefix within a range of high risk needs (engine.features.high_risk).
    """

    prefix: str
    allowed: bool = True
    high_risk: bool = False


class Caller(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number that the account has proved to be its own, or not any more."""

    number: str
    verified: bool = True


class Credit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Money paid in, a decimal in the account's currency (below zero: paid out); "none" ends prepayment."""

    amount: str
    note: str = ""


class Rotation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which dialect's key is renewed; None: every one's."""

    dialect: str | None = None


class AccountsAdmin:
    """The handlers."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def routes(self) -> list[web.RouteDef]:
        """Every route of accounts."""
        one = "/accounts/{account}"
        return [
            web.get("/accounts", self.list_all),
            web.post("/accounts", self.create),
            web.get(one, self.show),
            web.patch(one, self.change),
            web.get(one + "/credentials", self.credentials),
            web.post(one + "/prefixes", self.allow),
            web.post(one + "/callers", self.verify),
            web.patch(one + "/limits", self.limit),
            web.post(one + "/credit", self.credit),
            web.post(one + "/rotate", self.rotate),
        ]

    async def list_all(self, request: web.Request) -> web.Response:
        """All accounts; with `?closed=true` those that were removed, whose books are still here."""
        closed = request.query.get("closed") == "true"

        def read(conn: Connection) -> list[render.Shape]:
            return [_shape(conn, account) for account in accounts.list(conn) if (account.closed is not None) == closed]

        return web.json_response({"accounts": await self._services.db.read(read)})

    async def create(self, request: web.Request) -> web.Response:
        """A new account with credentials for every dialect, and a number where a dialect's applications have one."""
        wanted = await body_of(request, NewAccount)

        def unit(conn: Connection) -> Account:
            account, _ = account_settings.create(conn, wanted, self._of_accounts())
            for dialect in self._services.dialects:
                if dialect.issue:
                    issuing.first(conn, account.id, dialect, self._services.pool)
            return account

        account = await self._services.writer.write(unit)
        await self._services.refresh()
        allowed = await self._services.db.read(lambda conn: accounts.allowed(conn, account.id))
        return web.json_response(await self._credentials(account) | {"allowed": allowed}, status=201)

    async def show(self, request: web.Request) -> web.Response:
        """One account, and what is held of its money by what; one that was removed by its id."""
        name = request.match_info["account"]

        def read(conn: Connection) -> render.Shape:
            account = account_settings.find(conn, name, closed=True)
            return _shape(conn, account) | {"holds": [render.hold(each) for each in holds.list(conn, account.id)]}

        return web.json_response(await self._services.db.read(read))

    async def change(self, request: web.Request) -> web.Response:
        """Change an account's switches and its dialects' settings."""
        wanted = await body_of(request, Settings)
        chosen = [(self._owner_of(name, value), name, value) for name, value in wanted.dialect.items()]

        def unit(conn: Connection, account: Account) -> None:
            fields: dict[str, Any] = {}
            if wanted.allow_private is not None:
                fields["allow_private"] = wanted.allow_private
            if wanted.disabled is not None:
                fields["disabled"] = wanted.disabled
            settings = dict(account.settings)
            for dialect, name, value in chosen:
                settings[dialect.name] = {**settings.get(dialect.name, {}), name: value}
            accounts.update(conn, account.id, **fields, settings=settings)

        return await self._changed(request, unit)

    async def credentials(self, request: web.Request) -> web.Response:
        """An account's keys and secrets."""
        name = request.match_info["account"]
        account = await self._services.db.read(lambda conn: account_settings.find(conn, name))
        return web.json_response(await self._credentials(account))

    async def allow(self, request: web.Request) -> web.Response:
        """Allow or disallow a prefix."""
        wanted = await body_of(request, Prefix)
        prefix = (
            allowances.allowance_of(wanted.prefix, high_risk=wanted.high_risk)
            if wanted.allowed
            else allowances.stored_form(wanted.prefix)
        )

        def unit(conn: Connection, account: Account) -> None:
            if wanted.allowed:
                accounts.allow(conn, account.id, prefix)
            elif not accounts.disallow(conn, account.id, prefix):
                raise NotThere(f"The prefix {allowances.shown(prefix)} was not allowed.")

        return await self._changed(request, unit)

    async def verify(self, request: web.Request) -> web.Response:
        """Note or forget a caller id."""
        wanted = await body_of(request, Caller)

        def unit(conn: Connection, account: Account) -> None:
            number = normalise(wanted.number, account.country)
            if wanted.verified:
                accounts.add_caller_id(conn, account.id, number)
            elif not accounts.remove_caller_id(conn, account.id, number):
                raise NotThere(f"{number} was no caller id of this account.")

        return await self._changed(request, unit)

    async def limit(self, request: web.Request) -> web.Response:
        """Change limits."""
        wanted = await body_of(request, Limits)
        unlimited = (wanted.daily_spend or "").lower() == "none"
        daily = None if wanted.daily_spend is None or unlimited else money_of(wanted.daily_spend)

        def unit(conn: Connection, account: Account) -> None:
            account_settings.limit(
                conn,
                account.id,
                max_calls=wanted.max_calls,
                calls_per_second=wanted.calls_per_second,
                daily_spend=daily,
                unlimited_spend=unlimited,
            )

        return await self._changed(request, unit)

    async def credit(self, request: web.Request) -> web.Response:
        """Pay in; the first payment makes an account prepaid."""
        wanted = await body_of(request, Credit)
        amount = None if wanted.amount.lower() == "none" else money_of(wanted.amount)

        def unit(conn: Connection, account: Account) -> None:
            if amount is None:
                accounts.update(conn, account.id, balance=None)
                return
            if account.balance is None:
                accounts.update(conn, account.id, balance=0)
            ledger.credit(conn, account.id, amount, wanted.note)

        return await self._changed(request, unit)

    async def rotate(self, request: web.Request) -> web.Response:
        """Renew keys and secrets; the old ones are worth nothing at once. An application keeps its key, its name."""
        wanted = await body_of(request, Rotation)
        if wanted.dialect is not None and self._services.dialect(wanted.dialect) is None:
            raise BadRequest(f"There is no dialect {wanted.dialect!r}.")
        name = request.match_info["account"]

        def unit(conn: Connection) -> Account:
            account = account_settings.find(conn, name)
            for dialect in self._of_accounts():
                if wanted.dialect in (None, dialect):
                    account_settings.rotate(conn, account.id, dialect)
            for application in applications.list(conn, account.id):
                if wanted.dialect in (None, application.dialect):
                    issuing.renew(conn, application, self._services.dialect(application.dialect))
            return account

        account = await self._services.writer.write(unit)
        await self._services.refresh()
        return web.json_response(await self._credentials(account))

    async def _changed(self, request: web.Request, unit: Any) -> web.Response:
        """Run a change of the account that the path names, and show it as it is then."""
        name = request.match_info["account"]

        def write(conn: Connection) -> render.Shape:
            unit(conn, account_settings.find(conn, name))
            return _shape(conn, account_settings.find(conn, name))

        shape = await self._services.writer.write(write)
        await self._services.refresh()
        return web.json_response(shape)

    async def _credentials(self, account: Account) -> render.Shape:
        pairs, firsts = await self._services.db.read(
            lambda conn: (
                accounts.credentials(conn, account.id),
                issuing.firsts(conn, account.id, self._services.dialects),
            )
        )
        shape: render.Shape = {"account": account.id, "name": account.name}
        for name, (key, secret) in pairs.items():
            dialect = self._services.dialect(name) or Dialect(name=name)
            shape[name] = {dialect.key: key, dialect.secret: secret}
        if OWN.name in pairs:
            shape[OWN.name]["token"] = ".".join(pairs[OWN.name])
        return shape | firsts

    def _of_accounts(self) -> list[str]:
        """Return the dialects in which an account has a key of its own."""
        return [dialect.name for dialect in (OWN, *self._services.dialects) if dialect.issue is None]

    def _owner_of(self, name: str, value: str) -> Dialect:
        """Find the dialect that has a setting of this name; raises BadRequest for an unknown name or value."""
        for dialect in self._services.dialects:
            if name in dialect.settings:
                if value not in dialect.settings[name]:
                    raise BadRequest(f"{name} is one of {', '.join(dialect.settings[name])}.")
                return dialect
        raise BadRequest(f"There is no setting {name!r}.")


def money_of(text: str) -> int:
    """Read a decimal amount as millionths; raises BadRequest."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise BadRequest(f"{text!r} is no amount; 12.50 is.") from None
    if not amount.is_finite() or abs(amount) > _MOST_MONEY or amount * MILLION != int(amount * MILLION):
        raise BadRequest(f"{text!r} is no amount with at most 6 decimals.")
    return int(amount * MILLION)


def _shape(conn: Connection, account: Account) -> render.Shape:
    shape = render.account(account, accounts.allowed(conn, account.id), accounts.caller_ids(conn, account.id))
    funds = holds.funds(conn, account.id, time.time())
    return shape | {"held": render.money(funds.held if funds else 0), "closed": render.moment(account.closed)}
