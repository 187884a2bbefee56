"""The settings in memory: what every call asks for. The store stays the truth, and is read again after each change."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

import msgspec
from sqlalchemy import Connection

from engine.commands import NumberRefused
from engine.features.rating import RateTable
from engine.store import accounts, applications, extensions, numbers, rates, trunks
from engine.store.accounts import Account
from engine.store.applications import Application
from engine.store.database import Database
from engine.store.extensions import Extension
from engine.store.numbers import VOICE, Number
from engine.store.rates import Rate
from engine.store.trunks import Trunk

_FEWEST_DIGITS = 7  # of a number that may be shown as a caller: a shorter one means nothing outside


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """An account and what it may do. `owned` are the numbers that it may show as a caller, the default one first."""

    account: Account
    prefixes: tuple[str, ...]
    owned: tuple[str, ...]


class AccountSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What an account has, as read in one transaction. `numbers` are those that take calls."""

    rules: Rules
    extensions: dict[str, Extension]
    numbers: tuple[Number, ...]
    applications: tuple[Application, ...]


class Book:
    """Accounts, trunks, extensions, numbers, applications and rates in memory.

    After a change of what one account has, `reload` reads that account again: its cost does not grow with the others.
    `load_trunks` and `load_rates` read those, `load` everything but the rates. Balances in here are as old as the last
    reading: who needs one asks the store.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._accounts: dict[str, AccountSettings] = {}
        self._numbers: dict[str, Number] = {}
        self._applications: dict[str, Application] = {}
        self._by_sip_user: dict[str, Extension] = {}
        self._countries: frozenset[str] = frozenset()
        self._trunks: tuple[Trunk, ...] = ()
        self.rates = RateTable()
        self._reading = asyncio.Lock()  # of two readings at once the older must not be kept last
        self._turns: defaultdict[str, _Turns] = defaultdict(_Turns)

    async def load(self) -> None:
        """Read everything but the rates."""
        await self._once("", self._read_everything)

    async def reload(self, account: str) -> None:
        """Read again what one account has, by its id; one that is not there any more goes from here too."""
        await self._once(account, partial(self._read_account, account))

    async def load_trunks(self) -> None:
        """Read the trunks."""
        async with self._reading:
            self._trunks = tuple(await self._db.read(trunks.list))

    async def load_rates(self) -> None:
        """Read the rates."""
        async with self._reading:
            self.rates = RateTable(await self._db.read(rates.list))

    async def _once(self, what: str, read: Callable[[], Awaitable[None]]) -> None:
        """Read it; those who ask while it is read share the next reading."""
        turns = self._turns[what]
        turns.asked = mine = turns.asked + 1
        async with self._reading:
            if turns.read >= mine:
                return
            asked = turns.asked
            await read()
            turns.read = asked

    async def _read_everything(self) -> None:
        found, self._trunks = await self._db.read(_everything)
        self._accounts, self._numbers, self._applications, self._by_sip_user = {}, {}, {}, {}
        for settings in found:
            self._put(settings)
        self._count_countries()

    async def _read_account(self, id: str) -> None:
        found = await self._db.read(partial(_one_account, id=id))
        self._drop(id)
        if found:
            self._put(found)
        self._count_countries()

    def _put(self, settings: AccountSettings) -> None:
        self._accounts[settings.rules.account.id] = settings
        self._numbers.update((number.number, number) for number in settings.numbers)
        self._applications.update((application.id, application) for application in settings.applications)
        self._by_sip_user.update((extension.sip_user, extension) for extension in settings.extensions.values())

    def _drop(self, id: str) -> None:
        settings = self._accounts.pop(id, None)
        if settings is None:
            return
        for number in settings.numbers:
            held = self._numbers.get(number.number)  # it may be another account's by now
            if held and held.account == id:
                del self._numbers[number.number]
        for application in settings.applications:
            del self._applications[application.id]
        for extension in settings.extensions.values():
            del self._by_sip_user[extension.sip_user]

    def _count_countries(self) -> None:
        self._countries = frozenset(each.rules.account.country for each in self._accounts.values() if each.numbers)

    def rules(self, account: str) -> Rules:
        """Return an account's rules; raises NumberRefused where it does not exist or is disabled."""
        found = self._accounts.get(account)
        if found is None or found.rules.account.disabled:
            raise NumberRefused("This account is disabled.")
        return found.rules

    def find(self, account: str) -> Account | None:
        """Return an account, a disabled one too."""
        found = self._accounts.get(account)
        return found.rules.account if found else None

    @property
    def trunks(self) -> tuple[Trunk, ...]:
        """All trunks."""
        return self._trunks

    def extension(self, account: str, number: str) -> Extension | None:
        """Return an account's extension by its number (exactly these digits)."""
        found = self._accounts.get(account)
        return found.extensions.get(number) if found else None

    def extension_of(self, sip_user: str) -> Extension | None:
        """Return the extension whose phone registers with a SIP user name: Asterisk's name of its endpoint."""
        return self._by_sip_user.get(sip_user)

    def extensions(self, account: str | None = None) -> list[Extension]:
        """Return an account's extensions by number; those of all accounts without an account."""
        wanted = self._accounts.values() if account is None else filter(None, [self._accounts.get(account)])
        found = [extension for each in wanted for extension in each.extensions.values()]
        return sorted(found, key=lambda one: (one.number, one.account))

    @property
    def countries(self) -> frozenset[str]:
        """The countries (ISO 3166) of the accounts that have numbers."""
        return self._countries

    def trunk(self, name: str) -> Trunk | None:
        """Return a trunk by its name."""
        return next((trunk for trunk in self._trunks if trunk.name == name), None)

    def number(self, digits: str) -> Number | None:
        """Return a number that takes calls (exactly these digits)."""
        return self._numbers.get(digits)

    def application_of(self, number: str) -> Application | None:
        """Return what answers `number` (exactly these digits)."""
        found = self._numbers.get(number)
        return self._applications.get(found.application) if found and found.application else None

    def application(self, id: str) -> Application | None:
        """Return an application by its id."""
        return self._applications.get(id)

    def extension_named(self, account: str, name: str) -> Extension | None:
        """Return an account's extension by its number, or else by the name it shows, in any case."""
        name, found = name.strip(), self._accounts.get(account)
        if not name or found is None:
            return None
        named = (one for one in found.extensions.values() if one.name.casefold() == name.casefold())
        return found.extensions.get(name) or next(named, None)

    def rate_of(self, account: str, digits: str) -> Rate | None:
        """Return what a minute from an account to `digits` costs; None: nothing (its own extension, or no rate)."""
        if "@" in digits:  # a SIP address costs nothing, whatever number it begins with
            return None
        owner = self.find(account)
        if owner is None or self.extension(account, digits):
            return None
        return self.rates.match(digits, owner.currency, account)


class _Turns:
    """How often a reading was asked for, and how many of those the last one counts for."""

    asked = read = 0


def _everything(conn: Connection) -> tuple[list[AccountSettings], tuple[Trunk, ...]]:
    by_account: dict[str, _Owned] = defaultdict(_Owned)
    for extension in extensions.list(conn):
        by_account[extension.account].extensions.append(extension)
    for number in numbers.list(conn):
        by_account[number.account].numbers.append(number)
    for application in applications.list(conn):
        by_account[application.account].applications.append(application)
    return [_settings(conn, each, by_account[each.id]) for each in accounts.list(conn)], tuple(trunks.list(conn))


def _one_account(conn: Connection, id: str) -> AccountSettings | None:
    account = accounts.get(conn, id)
    if account is None:
        return None
    owned = _Owned(extensions.list(conn, id), numbers.list(conn, id), applications.list(conn, id))
    return _settings(conn, account, owned)


@dataclass(frozen=True, slots=True)
class _Owned:
    """Rows of one account."""

    extensions: list[Extension] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    applications: list[Application] = field(default_factory=list)


def _settings(conn: Connection, account: Account, owned: _Owned) -> AccountSettings:
    shown = dict.fromkeys(number.number for number in owned.numbers if len(number.number) >= _FEWEST_DIGITS)
    return AccountSettings(
        rules=Rules(
            account=account,
            prefixes=tuple(accounts.allowed(conn, account.id)),
            owned=(*accounts.caller_ids(conn, account.id), *shown),
        ),
        extensions={extension.number: extension for extension in owned.extensions},
        numbers=tuple(number for number in owned.numbers if number.capability == VOICE),
        applications=tuple(owned.applications),
    )
