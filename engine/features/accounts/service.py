"""The rules of accounts: every change of one goes through here, and is audited."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sqlalchemy import Connection

from engine.features.accounts import changes, issuing, views
from engine.features.accounts.allowed_prefixes import shown as shown_prefix
from engine.features.accounts.lookup import find
from engine.features.accounts.model import AccountView, Change, Keys, KeyScheme, Limits, NewAccount, Opened
from engine.features.accounts.opening import create, rotate
from engine.features.applications import keys as application_keys
from engine.features.errors import InvalidSetting
from engine.features.numbers.pool import Pool
from engine.features.numbers.sales import FAX_USE, TEXTING_USE, NumberSales, NumberUse
from engine.features.users import adding
from engine.features.users.model import NewUser, UserDraft
from engine.features.users.role import Role
from engine.features.users.service import UserService
from engine.model.money import decimal
from engine.platform import audit
from engine.platform.audit import SYSTEM, Actor
from engine.store import accounts, applications
from engine.store.accounts import Account
from engine.store.database import Database
from engine.store.writer import Writer

Unit = Callable[[Connection, Account], str | None]
"""A change of an account; returns what it is about, None: the account itself."""


class AccountService:
    """Makes, changes and shows accounts. An account is named by its name or its id.

    `dialects` are all that an account may have keys in. `refresh` makes a committed change count at once.
    Every method raises NotThere where there is no such account.
    """

    def __init__(
        self,
        db: Database,
        writer: Writer,
        dialects: Sequence[KeyScheme],
        pool: Pool,
        refresh: Callable[[], Awaitable[None]],
        sales: NumberSales,
        users: UserService,
    ) -> None:
        self._db, self._writer, self._refresh = db, writer, refresh
        self._dialects, self._pool = tuple(dialects), pool
        self._sales, self._users = sales, users

    # Reading

    async def list_all(self, *, closed: bool = False) -> list[AccountView]:
        """Return all accounts by name; with `closed` those that were removed, whose books are still here."""

        def read(conn: Connection) -> list[AccountView]:
            found = [account for account in accounts.list(conn) if (account.closed is not None) == closed]
            return [views.view(conn, account) for account in found]

        return await self._db.read(read)

    async def find(self, name: str, *, closed: bool = False) -> Account:
        """Return one account, one that was removed too where `closed`."""
        return await self._db.read(lambda conn: find(conn, name, closed=closed))

    async def show(self, name: str) -> AccountView:
        """Return one account with what is held of its money; one that was removed by its id."""
        return await self._db.read(lambda conn: views.view(conn, find(conn, name, closed=True), with_holds=True))

    async def keys(self, name: str) -> Keys:
        """Return an account's keys and secrets; an account that is older than a dialect gets its keys here."""
        keys = await self._db.read(lambda conn: views.keys(conn, find(conn, name), self._dialects))
        return await self.complete(keys.account.id) if self._missing(keys) else keys

    # Writing

    async def complete(self, account: str) -> Keys:
        """Give an account the keys and numbers that a new one gets, as far as it has none; returns all of them."""

        def unit(conn: Connection) -> Keys:
            found = find(conn, account)
            missing = self._missing(views.keys(conn, found, self._dialects))
            for dialect in missing:
                if dialect.name not in accounts.credentials(conn, found.id):
                    rotate(conn, found.id, dialect.name)
                issuing.number(conn, found.id, dialect, self._pool)
            if missing:
                after = {"dialects": [each.name for each in missing], "applications": []}
                audit.record(conn, SYSTEM, account=found.id, what="keys.added", subject=found.name, after=after)
            return views.keys(conn, found, self._dialects)

        keys = await self._writer.write(unit)
        await self._refresh()
        return keys

    async def create(self, by: Actor, wanted: NewAccount) -> Opened:
        """Make an account with keys for every dialect, and an application with a number where a dialect has those.

        With the numbers that it buys and the owner that are wanted: all, or nothing is made; only where the pool has no
        number left the account is made without one. A new account is postpaid, so that its numbers are charged, and
        are not refused for want of credit. Raises InvalidSetting, AlreadyThere.
        """
        owner = await self._owner(wanted.email)

        def unit(conn: Connection) -> Opened:
            account, _ = create(conn, wanted, self._of_accounts())
            for dialect in self._dialects:
                if dialect.issue:
                    issuing.first(conn, account.id, dialect, self._pool)
                issuing.number(conn, account.id, dialect, self._pool)
            shown = views.view(conn, account)
            after = views.audited(shown)
            audit.record(conn, by, account=account.id, what="account.created", subject=account.name, after=after)
            return Opened(
                keys=views.keys(conn, account, self._dialects),
                allowed=shown.allowed,
                texting_number=self._bought(conn, by, account, TEXTING_USE) if wanted.texting_number else None,
                fax_number=self._bought(conn, by, account, FAX_USE) if wanted.fax_number else None,
                owner=adding.put(conn, by, account.id, owner) if owner else None,
            )

        opened = await self._writer.write(unit)
        await self._refresh()
        return opened

    async def change(self, by: Actor, name: str, change: Change) -> AccountView:
        """Change an account's switches and its dialects' settings; raises InvalidSetting."""
        return await self._change(
            by, name, "account.changed", lambda conn, account: changes.switch(conn, account, change, self._dialects)
        )

    async def limit(self, by: Actor, name: str, limits: Limits) -> AccountView:
        """Change an account's limits; raises InvalidSetting."""
        return await self._change(
            by, name, "limits.changed", lambda conn, account: changes.limit(conn, account, limits)
        )

    async def allow(self, by: Actor, name: str, prefix: str, *, high_risk: bool = False) -> AccountView:
        """Let an account call a prefix, such as +44, `*`, or sip:host[:port]; raises InvalidNumber, InvalidSetting."""
        return await self._change(
            by,
            name,
            "prefix.allowed",
            lambda conn, account: shown_prefix(changes.allow(conn, account, prefix, high_risk=high_risk)),
        )

    async def disallow(self, by: Actor, name: str, prefix: str) -> AccountView:
        """Take a prefix back; raises InvalidNumber, NotThere."""
        return await self._change(
            by, name, "prefix.removed", lambda conn, account: shown_prefix(changes.disallow(conn, account, prefix))
        )

    async def add_caller(self, by: Actor, name: str, number: str) -> AccountView:
        """Note that a number is the account's own, so that it may be shown as the caller; raises InvalidNumber."""
        return await self._change(
            by, name, "caller.added", lambda conn, account: changes.add_caller(conn, account, number)
        )

    async def remove_caller(self, by: Actor, name: str, number: str) -> AccountView:
        """Forget a caller id; raises InvalidNumber, NotThere."""
        return await self._change(
            by, name, "caller.removed", lambda conn, account: changes.remove_caller(conn, account, number)
        )

    async def pay_in(self, by: Actor, name: str, amount: int | None, note: str = "") -> AccountView:
        """Pay in millionths, out below zero; the first payment makes an account prepaid, None ends prepayment."""
        paid = {} if amount is None else {"paid": decimal(amount), "note": note}
        return await self._change(
            by,
            name,
            "prepayment.ended" if amount is None else "credit.paid",
            lambda conn, account: changes.pay_in(conn, account, amount, note),
            paid,
        )

    async def rotate(self, by: Actor, name: str, dialect: str | None = None) -> Keys:
        """Renew an account's keys, of one dialect or of all; the old ones are refused at once.

        An application keeps its key, which names it, and has a new secret. Raises InvalidSetting.
        """
        if dialect is not None and self._dialect(dialect) is None:
            raise InvalidSetting(f"There is no dialect {dialect[:80]!r}.")

        def unit(conn: Connection) -> Keys:
            account = find(conn, name)
            own = [each for each in self._of_accounts() if dialect in (None, each)]
            for each in own:
                rotate(conn, account.id, each)
            listed = [row for row in applications.list(conn, account.id) if dialect in (None, row.dialect)]
            renewed = [row.name for row in listed if application_keys.renew(conn, row, self._dialect(row.dialect))]
            after = {"dialects": own, "applications": renewed}
            audit.record(conn, by, account=account.id, what="keys.rotated", subject=account.name, after=after)
            return views.keys(conn, account, self._dialects)

        keys = await self._writer.write(unit)
        await self._refresh()
        return keys

    async def _change(
        self, by: Actor, name: str, what: str, unit: Unit, more: dict[str, Any] | None = None
    ) -> AccountView:
        """Run a change and audit the fields that it changed, with `more` beside those that are new."""

        def write(conn: Connection) -> AccountView:
            before = views.view(conn, find(conn, name))
            subject = unit(conn, before.account)
            after = views.view(conn, find(conn, before.account.id))
            old, new = audit.changed(views.audited(before), views.audited(after))
            if old or more:
                audit.record(
                    conn,
                    by,
                    account=before.account.id,
                    what=what,
                    subject=subject or before.account.name,
                    before=old,
                    after=new | (more or {}),
                )
            return after

        shown = await self._writer.write(write)
        await self._refresh()
        return shown

    async def _owner(self, email: str | None) -> UserDraft | None:
        return None if email is None else await self._users.draft(NewUser(email=email, role=Role.OWNER))

    def _bought(self, conn: Connection, by: Actor, account: Account, use: NumberUse) -> str | None:
        return self._sales.sell_first(conn, by, account.id, use)

    def _missing(self, keys: Keys) -> list[KeyScheme]:
        """Return the dialects in which an account should have a key of its own, and has none."""
        had = {each.dialect for each in keys.own}
        return [each for each in self._dialects if each.issue is None and each.name not in had]

    def _of_accounts(self) -> list[str]:
        """Return the dialects in which an account has a key of its own."""
        return [dialect.name for dialect in self._dialects if dialect.issue is None]

    def _dialect(self, name: str) -> KeyScheme | None:
        return next((each for each in self._dialects if each.name == name), None)
