"""The settings in memory: what is asked on the way of every call. The store stays the truth; `load` reads it again."""

import asyncio
from collections import defaultdict

import msgspec
from sqlalchemy import Connection

from engine.commands import NumberRefused
from engine.platform.rate_table import RateTable
from engine.store import accounts, applications, extensions, numbers, rates, ring_groups, trunks
from engine.store.accounts import Account
from engine.store.applications import Application
from engine.store.database import Database
from engine.store.extensions import Extension
from engine.store.numbers import VOICE, Number
from engine.store.rates import Rate
from engine.store.ring_groups import RingGroup
from engine.store.trunks import Trunk


class AccountRules(msgspec.Struct, frozen=True, kw_only=True):
    """An account and what it may do. `owned` are the numbers that it may show as a caller, the default one first."""

    account: Account
    prefixes: tuple[str, ...]
    owned: tuple[str, ...]


class CachedSettings(msgspec.Struct, frozen=True, kw_only=True):
    """All of it, as read in one transaction."""

    rules: dict[str, AccountRules]
    trunks: tuple[Trunk, ...]
    extensions: dict[str, Extension]
    numbers: dict[str, Number]
    countries: frozenset[str]
    applications: dict[str, Application]
    groups: dict[tuple[str, str], RingGroup] = {}


class SettingsCache:
    """Accounts, trunks, extensions, numbers, applications and rates in memory; `load` after each change of them.

    Balances in here are as old as the last load: who needs one asks the store.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._contents = CachedSettings(
            rules={}, trunks=(), extensions={}, numbers={}, countries=frozenset(), applications={}
        )
        self.rates = RateTable()
        self._loading = asyncio.Lock()  # of two reads at once the older must not be kept last
        self._requested = self._read = 0  # how often it was asked for, and what the last reading counts for

    async def load(self) -> None:
        """Read everything but the rates. Those who ask while one is read share the next reading."""
        self._requested = mine = self._requested + 1
        async with self._loading:
            if self._read >= mine:
                return
            requested = self._requested
            self._contents = await self._db.read(_contents)
            self._read = requested

    async def load_rates(self) -> None:
        """Read the rates."""
        async with self._loading:
            self.rates = RateTable(await self._db.read(rates.list))

    def rules(self, account: str) -> AccountRules:
        """Return an account's rules; raises NumberRefused where it does not exist or is disabled."""
        rules = self._contents.rules.get(account)
        if rules is None or rules.account.disabled:
            raise NumberRefused("This account is disabled.")
        return rules

    def find(self, account: str) -> Account | None:
        """Return an account, a disabled one too."""
        rules = self._contents.rules.get(account)
        return rules.account if rules else None

    @property
    def trunks(self) -> tuple[Trunk, ...]:
        """All trunks."""
        return self._contents.trunks

    @property
    def extensions(self) -> dict[str, Extension]:
        """All extensions, by number."""
        return self._contents.extensions

    @property
    def countries(self) -> frozenset[str]:
        """The countries (ISO 3166) of the accounts that have numbers."""
        return self._contents.countries

    def trunk(self, name: str) -> Trunk | None:
        """Return a trunk by its name."""
        return next((trunk for trunk in self._contents.trunks if trunk.name == name), None)

    def number(self, digits: str) -> Number | None:
        """Return a number that takes calls (exactly these digits)."""
        return self._contents.numbers.get(digits)

    def application_of(self, number: str) -> Application | None:
        """Return what answers `number` (exactly these digits)."""
        found = self._contents.numbers.get(number)
        return self._contents.applications.get(found.application) if found and found.application else None

    def group(self, account: str, name: str) -> RingGroup | None:
        """Return an account's ring group by its name."""
        return self._contents.groups.get((account, name))

    @property
    def groups(self) -> tuple[RingGroup, ...]:
        """All ring groups."""
        return tuple(self._contents.groups.values())

    @property
    def numbers(self) -> tuple[Number, ...]:
        """All numbers that take calls."""
        return tuple(self._contents.numbers.values())

    def application(self, id: str) -> Application | None:
        """Return an application by its id."""
        return self._contents.applications.get(id)

    def application_named(self, account: str, name: str) -> Application | None:
        """Return an account's application by its name."""
        own = (one for one in self._contents.applications.values() if one.account == account)
        return next((one for one in own if one.name == name), None)

    def extension_named(self, account: str, name: str) -> Extension | None:
        """Return an account's extension by its number, or else by the name it shows, in any case."""
        name = name.strip()
        if not name:
            return None
        found = self.extensions.get(name)
        if found and found.account == account:
            return found
        own = (one for one in self.extensions.values() if one.account == account)
        return next((one for one in own if one.name.casefold() == name.casefold()), None)

    def rate_of(self, account: str, digits: str) -> Rate | None:
        """Return what a minute from an account to `digits` costs; None: nothing (its own extension, or no rate)."""
        if "@" in digits:  # a SIP address costs nothing, whatever number it begins with
            return None
        owner, extension = self.find(account), self.extensions.get(digits)
        if owner is None or (extension and extension.account == account):
            return None
        return self.rates.match(digits, owner.currency, account)


def _contents(conn: Connection) -> CachedSettings:
    everyone = accounts.list(conn)
    all_numbers = numbers.list(conn)
    countries = {account.id: account.country for account in everyone}
    owned: dict[str, dict[str, None]] = defaultdict(dict)
    for number in all_numbers:
        if len(number.number) >= 7:
            owned[number.account][number.number] = None
    return CachedSettings(
        rules={
            account.id: AccountRules(
                account=account,
                prefixes=tuple(accounts.allowed(conn, account.id)),
                owned=(*accounts.caller_ids(conn, account.id), *owned[account.id]),
            )
            for account in everyone
        },
        trunks=tuple(trunks.list(conn)),
        extensions={extension.number: extension for extension in extensions.list(conn)},
        numbers={number.number: number for number in all_numbers if number.capability == VOICE},
        countries=frozenset(
            countries[number.account]
            for number in all_numbers
            if number.capability == VOICE and number.account in countries
        ),
        applications={application.id: application for application in applications.list(conn)},
        groups={(group.account, group.name): group for group in ring_groups.list(conn)},
    )
