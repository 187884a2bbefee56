"""The settings in memory: what every call asks for. The store stays the truth, and is read again after each change."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from functools import partial

from engine.commands import NumberRefused
from engine.platform.cached_account import AccountRules, CachedAccount, everything, number_rows, one_account
from engine.store import extensions, trunks
from engine.store.accounts import Account
from engine.store.applications import Application
from engine.store.database import Database
from engine.store.extensions import Extension
from engine.store.numbers import VOICE, Number
from engine.store.people import Person
from engine.store.ring_groups import RingGroup
from engine.store.trunks import Trunk


class SettingsCache:
    """Accounts, trunks, extensions, numbers and applications in memory; each change is followed by a reading.

    Its cost does not grow with what is there: `reload_extension` and `reload_number` read one row, `reload` what one
    account has. `load_trunks` reads those, `load` everything. Balances in here are as old as the last reading: who
    needs one asks the store. It is changed in the event loop and may be read in any thread.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._accounts: dict[str, CachedAccount] = {}
        self._numbers: dict[str, Number] = {}  # those that take calls
        self._applications: dict[str, Application] = {}
        self._by_sip_user: dict[str, Extension] = {}
        self._countries: Counter[str] = Counter()  # of the numbers
        self._trunks: tuple[Trunk, ...] = ()
        self._reading = asyncio.Lock()  # of two readings at once the older must not be kept last
        self._turns: defaultdict[str, _Turns] = defaultdict(_Turns)

    async def load(self) -> None:
        """Read everything."""
        await self._once("", self._read_everything)

    async def reload(self, account: str) -> None:
        """Read again what one account has, by its id; one that is not there any more goes from here too."""
        await self._once(account, partial(self._read_account, account))

    async def reload_extension(self, account: str, number: str) -> None:
        """Read an account's extension again, and no other; one that is not there any more goes from here too."""
        async with self._reading:
            found = await self._db.read(partial(extensions.get, account=account, number=number))
            if settings := self._accounts.get(account):
                self._forget_extension(settings, number)
                if found:
                    self._know_extension(settings, found)

    async def reload_number(self, account: str, digits: str) -> None:
        """Read an account's number again, with the application that it leads to or led to, and no other."""
        async with self._reading:
            settings = self._accounts.get(account)
            if settings is None:
                return
            led_to = {row.application for row in settings.numbers.get(digits, ())}
            found = await self._db.read(partial(number_rows, account=account, digits=digits, led_to=led_to))
            self._forget_number(settings, digits)
            for id, application in found.applications.items():
                self._forget_application(settings, id)
                if application and application.account == account:
                    self._know_application(settings, application)
            if found.rows:
                self._know_number(settings, digits, found.rows)
            settings.count_owned()

    async def load_trunks(self) -> None:
        """Read the trunks."""
        async with self._reading:
            self._trunks = tuple(await self._db.read(trunks.list))

    async def _once(self, what: str, read: Callable[[], Awaitable[None]]) -> None:
        """Read it; those who ask while it is read share the next reading."""
        turns = self._turns[what]
        turns.requested = mine = turns.requested + 1
        async with self._reading:
            if turns.read >= mine:
                return
            requested = turns.requested
            await read()
            turns.read = requested

    async def _read_everything(self) -> None:
        found, known_trunks = await self._db.read(everything)
        fresh = SettingsCache(self._db)  # filled apart: the writer's units look in here from their thread
        for settings in found:
            fresh._know(settings)
        self._accounts, self._numbers, self._applications = fresh._accounts, fresh._numbers, fresh._applications
        self._by_sip_user, self._countries, self._trunks = fresh._by_sip_user, fresh._countries, known_trunks

    async def _read_account(self, id: str) -> None:
        found = await self._db.read(partial(one_account, id=id))
        if before := self._accounts.pop(id, None):
            self._forget(before)
        if found:
            self._know(found)

    def _know(self, settings: CachedAccount) -> None:
        self._accounts[settings.account.id] = settings
        for extension in settings.extensions.values():
            self._know_extension(settings, extension)
        for application in settings.applications.values():
            self._know_application(settings, application)
        for digits, rows in settings.numbers.items():
            self._know_number(settings, digits, rows)

    def _forget(self, settings: CachedAccount) -> None:
        for number in list(settings.extensions):
            self._forget_extension(settings, number)
        for id in list(settings.applications):
            self._forget_application(settings, id)
        for digits in list(settings.numbers):
            self._forget_number(settings, digits)

    def _know_extension(self, settings: CachedAccount, extension: Extension) -> None:
        settings.extensions[extension.number] = extension
        self._by_sip_user |= dict.fromkeys(extension.sip_users, extension)

    def _forget_extension(self, settings: CachedAccount, number: str) -> None:
        if extension := settings.extensions.pop(number, None):
            for sip_user in extension.sip_users:
                del self._by_sip_user[sip_user]

    def _know_application(self, settings: CachedAccount, application: Application) -> None:
        settings.applications[application.id] = self._applications[application.id] = application

    def _forget_application(self, settings: CachedAccount, id: str) -> None:
        if settings.applications.pop(id, None):
            del self._applications[id]

    def _know_number(self, settings: CachedAccount, digits: str, rows: tuple[Number, ...]) -> None:
        settings.numbers[digits] = rows
        for row in rows:
            self._countries[settings.account.country] += 1
            if row.capability == VOICE:
                self._numbers[digits] = row

    def _forget_number(self, settings: CachedAccount, digits: str) -> None:
        for row in settings.numbers.pop(digits, ()):
            self._countries -= Counter([settings.account.country])
            if self._numbers.get(digits) is row:  # it may be another account's by now
                del self._numbers[digits]

    def rules(self, account: str) -> AccountRules:
        """Return an account's rules; raises NumberRefused where it does not exist or is disabled."""
        found = self._accounts.get(account)
        if found is None or found.account.disabled:
            raise NumberRefused("This account is disabled.")
        return found.rules

    def find(self, account: str) -> Account | None:
        """Return an account, a disabled one too."""
        found = self._accounts.get(account)
        return found.account if found else None

    @property
    def trunks(self) -> tuple[Trunk, ...]:
        """All trunks."""
        return self._trunks

    def extension(self, account: str, number: str) -> Extension | None:
        """Return an account's extension by its number (exactly these digits)."""
        found = self._accounts.get(account)
        return found.extensions.get(number) if found else None

    def extension_of(self, sip_user: str) -> Extension | None:
        """Return the extension of a SIP user name, of its phones or browsers: Asterisk's name of their endpoint."""
        return self._by_sip_user.get(sip_user)

    def extensions(self, account: str | None = None) -> list[Extension]:
        """Return an account's extensions by number; those of all accounts without an account."""
        wanted = self._accounts.values() if account is None else filter(None, [self._accounts.get(account)])
        found = [extension for each in list(wanted) for extension in list(each.extensions.values())]
        return sorted(found, key=lambda one: (one.number, one.account))

    def has_owners(self, account: str) -> bool:
        """Whether an extension of an account belongs to a user."""
        found = self._accounts.get(account)
        return found is not None and any(each.owner for each in list(found.extensions.values()))

    @property
    def countries(self) -> frozenset[str]:
        """The countries (ISO 3166) of the accounts that have numbers."""
        return frozenset(self._countries)

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

    def group(self, account: str, name: str) -> RingGroup | None:
        """Return an account's ring group by its name."""
        found = self._accounts.get(account)
        return found.groups.get(name) if found else None

    def groups(self, account: str) -> list[RingGroup]:
        """Return an account's ring groups."""
        found = self._accounts.get(account)
        return list(found.groups.values()) if found else []

    def user(self, account: str, id: str) -> Person | None:
        """Return an account's user by its id."""
        found = self._accounts.get(account)
        return found.users.get(id) if found else None

    def user_named(self, account: str, name: str) -> Person | None:
        """Return an account's user by its id or its e-mail address."""
        written, found = name.strip(), self._accounts.get(account)
        people = list(found.users.values()) if found else []
        return next((one for one in people if written == one.id or written.lower() == one.email), None)

    def extensions_of(self, account: str, user: str) -> list[Extension]:
        """Return the extensions that belong to a user (its id), by their numbers."""
        return [one for one in self.extensions(account) if one.owner == user]

    def numbers(self, account: str, capability: str = VOICE) -> list[Number]:
        """Return an account's numbers that take calls, or have another capability."""
        found = self._accounts.get(account)
        rows = [row for each in list(found.numbers.values()) for row in each] if found else []
        return [row for row in rows if row.capability == capability]

    def application(self, id: str) -> Application | None:
        """Return an application by its id."""
        return self._applications.get(id)

    def application_named(self, account: str, name: str) -> Application | None:
        """Return an account's application by its name."""
        found = self._accounts.get(account)
        own = list(found.applications.values()) if found else []
        return next((one for one in own if one.name == name), None)

    def extension_named(self, account: str, name: str) -> Extension | None:
        """Return an account's extension by its number, or else by the name it shows, in any case."""
        name, found = name.strip(), self._accounts.get(account)
        if not name or found is None:
            return None
        named = (one for one in list(found.extensions.values()) if one.name.casefold() == name.casefold())
        return found.extensions.get(name) or next(named, None)


class _Turns:
    """How often a reading was asked for, and how many of those the last one counts for."""

    requested = read = 0
