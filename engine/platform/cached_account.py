"""What an account has, as it is kept in memory, and how it is read: everything in one transaction."""

from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

from engine.store import accounts, applications, extensions, numbers, people, ring_groups, trunks
from engine.store.accounts import Account
from engine.store.applications import Application
from engine.store.extensions import Extension
from engine.store.numbers import Number
from engine.store.people import Person
from engine.store.ring_groups import RingGroup
from engine.store.trunks import Trunk

_FEWEST_DIGITS = 7  # of a number that may be shown as a caller: a shorter one means nothing outside


class AccountRules(msgspec.Struct, frozen=True, kw_only=True):
    """An account and what it may do. `owned` are the numbers that it may show as a caller, the default one first."""

    account: Account
    prefixes: tuple[str, ...]
    owned: tuple[str, ...]


@dataclass(slots=True)
class CachedAccount:
    """What an account has: extensions and numbers (one row a capability) by their digits, applications by their ids,
    ring groups by their names, users by their ids.

    `caller_ids` are the numbers of others that it proved to be its own.
    """

    account: Account
    prefixes: tuple[str, ...]
    caller_ids: tuple[str, ...]
    extensions: dict[str, Extension] = field(default_factory=dict)
    numbers: dict[str, tuple[Number, ...]] = field(default_factory=dict)
    applications: dict[str, Application] = field(default_factory=dict)
    groups: dict[str, RingGroup] = field(default_factory=dict)
    users: dict[str, Person] = field(default_factory=dict)
    rules: AccountRules = field(init=False)

    def __post_init__(self) -> None:
        self.count_owned()

    def count_owned(self) -> None:
        """Bring `rules` up to date with the numbers."""
        shown = sorted(digits for digits in self.numbers if len(digits) >= _FEWEST_DIGITS)
        owned = tuple(dict.fromkeys((*self.caller_ids, *shown)))
        self.rules = AccountRules(account=self.account, prefixes=self.prefixes, owned=owned)


class NumberRows(NamedTuple):
    """A number's rows, and the applications that it has to do with; None: one that is not there any more."""

    rows: tuple[Number, ...]
    applications: dict[str, Application | None]


def number_rows(conn: Connection, account: str, digits: str, led_to: set[str | None]) -> NumberRows:
    """Read an account's number, the applications that it leads to, and those of the ids in `led_to`."""
    rows = tuple(row for row in numbers.of(conn, digits) if row.account == account)
    ids = led_to | {row.application for row in rows}
    return NumberRows(rows, {id: applications.get(conn, id) for id in ids if id})


def everything(conn: Connection) -> tuple[list[CachedAccount], tuple[Trunk, ...]]:
    """Read all accounts and trunks."""
    found = {account.id: _account(conn, account) for account in accounts.list(conn)}
    for extension in extensions.list(conn):
        found[extension.account].extensions[extension.number] = extension
    for group in ring_groups.list(conn):
        found[group.account].groups[group.name] = group
    for person in people.list(conn):
        found[person.account].users[person.id] = person
    for application in applications.list(conn):
        found[application.account].applications[application.id] = application
    for number in numbers.list(conn):
        had = found[number.account].numbers
        had[number.number] = (*had.get(number.number, ()), number)
    for settings in found.values():
        settings.count_owned()
    return list(found.values()), tuple(trunks.list(conn))


def one_account(conn: Connection, id: str) -> CachedAccount | None:
    """Read an account; None where there is none."""
    account = accounts.get(conn, id)
    if account is None:
        return None
    settings = _account(conn, account)
    settings.extensions = {extension.number: extension for extension in extensions.list(conn, id)}
    settings.applications = {application.id: application for application in applications.list(conn, id)}
    settings.groups = {group.name: group for group in ring_groups.list(conn, id)}
    settings.users = {person.id: person for person in people.list(conn, id)}
    for number in numbers.list(conn, id):
        settings.numbers[number.number] = (*settings.numbers.get(number.number, ()), number)
    settings.count_owned()
    return settings


def _account(conn: Connection, account: Account) -> CachedAccount:
    return CachedAccount(account, accounts.allowed(conn, account.id), accounts.caller_ids(conn, account.id))
