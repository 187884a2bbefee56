"""Routes of accounts: create, show, limit, credit, allow prefixes, renew keys, list changes."""

from decimal import Decimal, InvalidOperation

import msgspec
from aiohttp import web

from api.own import accounts, render
from api.own.audit import audit_page
from api.own.bodies import body_of
from api.own.errors import BadRequest
from api.own.services import OwnServices
from engine.features.accounts.model import AccountView, Change, Limits, NewAccount
from engine.features.accounts.service import AccountService
from engine.model.money import MILLION
from engine.platform.audit import ADMIN

_MOST_MONEY = Decimal(1_000_000_000)


class ChangedAccount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Changes of an account; absent fields stay. `dialect` has a dialect's settings, such as {"sig": "off"}."""

    allow_private: bool | None = None
    disabled: bool | None = None
    dialect: dict[str, str] = {}


class ChangedLimits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Limits to change; `daily_spend` is a decimal, or "none" for no limit."""

    max_calls: int | None = None
    calls_per_second: float | None = None
    daily_spend: str | None = None


class Prefix(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A prefix of numbers, or a host of SIP addresses (sip:host[:port]), to allow or to disallow.

    `high_risk` must be true for a prefix in a high-risk range (engine.features.accounts.high_risk).
    """

    prefix: str
    allowed: bool = True
    high_risk: bool = False


class CallerId(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A caller ID to add or to remove: a number that the account has proved to be its own."""

    number: str
    verified: bool = True


class Credit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A payment, a decimal in the account's currency (negative: out); "none" ends prepayment."""

    amount: str
    note: str = ""


class Rotation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The dialect whose key is renewed; None: all."""

    dialect: str | None = None


class AccountsAdmin:
    """The handlers."""

    def __init__(self, services: OwnServices) -> None:
        self._services = services
        self._accounts = services.features[AccountService]

    def routes(self) -> list[web.RouteDef]:
        """Every route of accounts."""
        one = "/accounts/{account}"
        return [
            web.get("/accounts", self.list_all),
            web.post("/accounts", self.create),
            web.get("/audit", self.installation_history),
            web.get(one, self.show),
            web.patch(one, self.change),
            web.get(one + "/audit", self.history),
            web.get(one + "/credentials", self.credentials),
            web.post(one + "/prefixes", self.allow),
            web.post(one + "/callers", self.verify),
            web.patch(one + "/limits", self.limit),
            web.post(one + "/credit", self.credit),
            web.post(one + "/rotate", self.rotate),
        ]

    async def list_all(self, request: web.Request) -> web.Response:
        """List all accounts; with `?closed=true` those that were removed and not purged."""
        found = await self._accounts.list_all(closed=request.query.get("closed") == "true")
        return web.json_response({"accounts": [accounts.shape(view) for view in found]})

    async def create(self, request: web.Request) -> web.Response:
        """Create an account with credentials for every dialect, and a number if a dialect's applications have one."""
        opened = await self._accounts.create(ADMIN, await body_of(request, NewAccount))
        shape = accounts.keys(opened.keys, self._services.dialect)
        return web.json_response(shape | {"allowed": list(opened.allowed)}, status=201)

    async def show(self, request: web.Request) -> web.Response:
        """Show one account and its holds; a removed one is found by its id."""
        view = await self._accounts.show(request.match_info["account"])
        return web.json_response(accounts.shape(view) | {"holds": [render.hold(each) for each in view.holds]})

    async def change(self, request: web.Request) -> web.Response:
        """Change an account's settings and those of its dialects."""
        wanted = await body_of(request, ChangedAccount)
        change = Change(allow_private=wanted.allow_private, disabled=wanted.disabled, settings=wanted.dialect)
        return _shown(await self._accounts.change(ADMIN, request.match_info["account"], change))

    async def history(self, request: web.Request) -> web.Response:
        """List the changes of an account, newest first; `?limit= before=` (an entry's id)."""
        account = await self._accounts.find(request.match_info["account"], closed=True)
        return await audit_page(request, self._services.platform.audit, account.id)

    async def installation_history(self, request: web.Request) -> web.Response:
        """List the changes of what belongs to no account, such as trunks; `?limit= before=`."""
        return await audit_page(request, self._services.platform.audit, None)

    async def credentials(self, request: web.Request) -> web.Response:
        """Show an account's keys and secrets."""
        keys = await self._accounts.keys(request.match_info["account"])
        return web.json_response(accounts.keys(keys, self._services.dialect))

    async def allow(self, request: web.Request) -> web.Response:
        """Allow or disallow a prefix."""
        wanted, name = await body_of(request, Prefix), request.match_info["account"]
        if wanted.allowed:
            return _shown(await self._accounts.allow(ADMIN, name, wanted.prefix, high_risk=wanted.high_risk))
        return _shown(await self._accounts.disallow(ADMIN, name, wanted.prefix))

    async def verify(self, request: web.Request) -> web.Response:
        """Add or remove a caller ID."""
        wanted, name = await body_of(request, CallerId), request.match_info["account"]
        change = self._accounts.add_caller if wanted.verified else self._accounts.remove_caller
        return _shown(await change(ADMIN, name, wanted.number))

    async def limit(self, request: web.Request) -> web.Response:
        """Change limits."""
        wanted = await body_of(request, ChangedLimits)
        unlimited = (wanted.daily_spend or "").lower() == "none"
        limits = Limits(
            max_calls=wanted.max_calls,
            calls_per_second=wanted.calls_per_second,
            daily_spend=None if wanted.daily_spend is None or unlimited else money_of(wanted.daily_spend),
            unlimited_spend=unlimited,
        )
        return _shown(await self._accounts.limit(ADMIN, request.match_info["account"], limits))

    async def credit(self, request: web.Request) -> web.Response:
        """Store a payment; the first one makes an account prepaid."""
        wanted = await body_of(request, Credit)
        amount = None if wanted.amount.lower() == "none" else money_of(wanted.amount)
        return _shown(await self._accounts.pay_in(ADMIN, request.match_info["account"], amount, wanted.note))

    async def rotate(self, request: web.Request) -> web.Response:
        """Renew keys and secrets; the old ones are refused at once. An application keeps its key."""
        wanted = await body_of(request, Rotation)
        keys = await self._accounts.rotate(ADMIN, request.match_info["account"], wanted.dialect)
        return web.json_response(accounts.keys(keys, self._services.dialect))


def money_of(text: str) -> int:
    """Parse a decimal amount as millionths; raises BadRequest."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise BadRequest(f"The amount must be a decimal, such as 12.50 (got {text[:80]!r}).") from None
    if not amount.is_finite() or abs(amount) > _MOST_MONEY or amount * MILLION != int(amount * MILLION):
        raise BadRequest(
            f"The amount must be at most {_MOST_MONEY} and have at most 6 decimals, such as 12.50 (got {text[:80]!r})."
        )
    return int(amount * MILLION)


def _shown(view: AccountView) -> web.Response:
    return web.json_response(accounts.shape(view))
