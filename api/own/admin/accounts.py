"""Routes of accounts: create, show, limit, credit, allow prefixes, renew keys, list changes."""

from decimal import Decimal, InvalidOperation

from aiohttp import web

from api.own import accounts, render
from api.own.audit import audit_page
from api.own.bodies import switch_of
from api.own.errors import BadRequest
from api.own.operations import Body, operation, taking
from api.own.schema.admin_accounts import (
    Account,
    Accounts,
    AccountWithHolds,
    CallerId,
    ChangedAccount,
    ChangedLimits,
    Credentials,
    Credit,
    NewAccount,
    OpenedAccount,
    Prefix,
    Rotation,
)
from api.own.schema.people import Audit
from api.own.schema.queries import CLOSED, PAGE
from api.own.services import OwnServices
from engine.features.accounts import model
from engine.features.accounts.model import AccountView, Change, Limits
from engine.features.accounts.service import AccountService
from engine.features.users.service import UserService
from engine.model.money import MILLION
from engine.platform.audit import ADMIN

_MOST_MONEY = Decimal(1_000_000_000)


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

    @operation("listAccounts", {200: Accounts}, query=(CLOSED,))
    async def list_all(self, request: web.Request) -> web.Response:
        """List the accounts, or those that were removed and whose books are still here."""
        found = await self._accounts.list_all(closed=switch_of(request, "closed") or False)
        return web.json_response({"accounts": [accounts.shape(view) for view in found]})

    @taking("createAccount", NewAccount, {201: OpenedAccount}, errors=(409,))
    async def create(self, request: web.Request, body: Body[NewAccount]) -> web.Response:
        """Make an account, with credentials for every dialect, and a number if a dialect's applications have one.

        It buys the numbers that are wanted; where none is free, it is made without them. Nothing is made if anything
        else is refused.
        """
        wanted = await body()
        new = model.NewAccount(
            name=wanted.name,
            allow_private=wanted.allow_private,
            country=wanted.country,
            currency=wanted.currency,
            email=wanted.email,
            texting_number=wanted.texting_number,
            fax_number=wanted.fax_number,
        )
        opened = await self._accounts.create(ADMIN, new)
        return web.json_response(accounts.opened(opened, self._services.dialect), status=201)

    @operation("getAccount", {200: AccountWithHolds})
    async def show(self, request: web.Request) -> web.Response:
        """Show an account, and what is held of its money; one that was removed is found by its id."""
        view = await self._accounts.show(request.match_info["account"])
        return web.json_response(accounts.shape(view) | {"holds": [render.hold(each) for each in view.holds]})

    @taking("changeAccount", ChangedAccount, {200: Account}, errors=(409,))
    async def change(self, request: web.Request, body: Body[ChangedAccount]) -> web.Response:
        """Change an account's switches and its dialects' settings."""
        wanted = await body()
        change = Change(allow_private=wanted.allow_private, disabled=wanted.disabled, settings=wanted.dialect)
        return _shown(await self._accounts.change(ADMIN, request.match_info["account"], change))

    @operation("listChangesOfAccount", {200: Audit}, query=PAGE)
    async def history(self, request: web.Request) -> web.Response:
        """List what was changed of an account, newest first."""
        account = await self._accounts.find(request.match_info["account"], closed=True)
        return await audit_page(request, self._services.platform.audit, account.id)

    @operation("listChanges", {200: Audit}, query=PAGE)
    async def installation_history(self, request: web.Request) -> web.Response:
        """List what was changed that belongs to no account, such as trunks."""
        return await audit_page(request, self._services.platform.audit, None)

    @operation("getCredentials", {200: Credentials})
    async def credentials(self, request: web.Request) -> web.Response:
        """Show an account's keys and secrets."""
        keys = await self._accounts.keys(request.match_info["account"])
        return await self._keys(keys)

    @taking("allowPrefix", Prefix, {200: Account}, errors=(409,))
    async def allow(self, request: web.Request, body: Body[Prefix]) -> web.Response:
        """Allow an account to call a prefix or a host, or not any more."""
        wanted, name = await body(), request.match_info["account"]
        if wanted.allowed:
            return _shown(await self._accounts.allow(ADMIN, name, wanted.prefix, high_risk=wanted.high_risk))
        return _shown(await self._accounts.disallow(ADMIN, name, wanted.prefix))

    @taking("verifyCaller", CallerId, {200: Account}, errors=(409,))
    async def verify(self, request: web.Request, body: Body[CallerId]) -> web.Response:
        """Set whether an account has verified a number."""
        wanted, name = await body(), request.match_info["account"]
        change = self._accounts.add_caller if wanted.verified else self._accounts.remove_caller
        return _shown(await change(ADMIN, name, wanted.number))

    @taking("limitAccount", ChangedLimits, {200: Account}, errors=(409,))
    async def limit(self, request: web.Request, body: Body[ChangedLimits]) -> web.Response:
        """Change an account's limits."""
        wanted = await body()
        unlimited = (wanted.daily_spend or "").lower() == "none"
        limits = Limits(
            max_calls=wanted.max_calls,
            calls_per_second=wanted.calls_per_second,
            max_attempts=wanted.max_attempts,
            daily_spend=None if wanted.daily_spend is None or unlimited else money_of(wanted.daily_spend),
            unlimited_spend=unlimited,
        )
        return _shown(await self._accounts.limit(ADMIN, request.match_info["account"], limits))

    @taking("creditAccount", Credit, {200: Account}, errors=(409,))
    async def credit(self, request: web.Request, body: Body[Credit]) -> web.Response:
        """Pay money into an account; the first payment makes an account prepaid."""
        wanted = await body()
        amount = None if wanted.amount.lower() == "none" else money_of(wanted.amount)
        return _shown(await self._accounts.pay_in(ADMIN, request.match_info["account"], amount, wanted.note))

    @taking("rotateKeys", Rotation, {200: Credentials}, errors=(409,))
    async def rotate(self, request: web.Request, body: Body[Rotation]) -> web.Response:
        """Renew keys and secrets; the old ones are refused at once. An application keeps its key."""
        wanted = await body()
        return await self._keys(await self._accounts.rotate(ADMIN, request.match_info["account"], wanted.dialect))

    async def _keys(self, keys: model.Keys) -> web.Response:
        users = await self._services.features[UserService].list_all(keys.account.id)
        return web.json_response(accounts.keys(keys, self._services.dialect, users))


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
