"""Who the users of accounts are, for the settings in memory; engine.features.users has the rest of them."""

import builtins

import msgspec
from sqlalchemy import Connection, bindparam

from engine.store.rows import Mapped
from engine.store.statement import Statement
from engine.store.tables import users


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A user of an account. `email` is in lower case and unique within the account."""

    id: str
    account: str
    email: str


_person = Mapped(Person, users)
_of_account = Statement(_person.select.where(users.c.account == bindparam("account")))
_all = Statement(_person.select)


def list(conn: Connection, account: str | None = None) -> builtins.list[Person]:
    """Return an account's users; those of all accounts without an account."""
    return _person.all(conn, _all) if account is None else _person.all(conn, _of_account, account=account)
