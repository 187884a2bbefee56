"""Accounts: balances, keys, caller IDs, and the prefixes that they may call."""

import builtins
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.exc import IntegrityError

from engine.store import tables
from engine.store.errors import StoreConflict
from engine.store.rows import Mapped, plain, to_json
from engine.store.statement import Statement, Updates, insert_into
from engine.store.tables import accounts, allowed_prefixes


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """The tenant. Money is in millionths of `currency`; `balance` None: not prepaid; `daily_spend` None: no limit.
    `max_attempts`: routes that are dialled for one call; None: as many as the settings say.

    `allow_private`: its callbacks and prompts may use private addresses. `country` (ISO 3166-1): the country in which
    its national numbers are read. `settings` are those of each dialect, by dialect. `hint_context` is the number of the
    context in which its phones subscribe to states (engine.features.endpoints.presence). `closed`: when it was removed
    (its ledger, calls and recordings stay).
    """

    id: str
    name: str
    created: float
    disabled: bool = False
    allow_private: bool = False
    country: str = "US"
    currency: str = "USD"
    balance: int | None = None
    daily_spend: int | None = None
    max_calls: int = 100
    calls_per_second: float = 10.0
    max_attempts: int | None = None
    settings: dict[str, Any] = {}
    hint_context: int | None = None
    closed: float | None = None


class KeyHolder(NamedTuple):
    """The owner of a key: its account, its secret, and the id of the application if the key is an application's.

    `user`: the id of the user if it is a user's token, and then `secret` is the token's digest; `expires` in Unix
    seconds.
    """

    account: Account
    secret: str
    application: str | None
    user: str | None = None
    expires: float | None = None


_account = Mapped(Account, accounts, converters={"settings": msgspec.json.decode})
_insert = insert_into(accounts, without=("spent", "spent_day"))
_updates = Updates(accounts, "id")
_get = Statement(_account.select.where(accounts.c.id == bindparam("id")))
_by_name = Statement(_account.select.where(accounts.c.name == bindparam("name")))
_list = Statement(_account.select.order_by(accounts.c.name))
_by_key = Statement(
    _account.select.add_columns(
        tables.credentials.c.secret,
        tables.credentials.c.application,
        tables.credentials.c.user,
        tables.credentials.c.expires,
    )
    .join_from(accounts, tables.credentials)
    .where(tables.credentials.c.dialect == bindparam("dialect"), tables.credentials.c.key == bindparam("key"))
)
_credentials = Statement(
    select(tables.credentials.c.dialect, tables.credentials.c.key, tables.credentials.c.secret)
    .where(
        tables.credentials.c.account == bindparam("account"),
        tables.credentials.c.application.is_(None),
        tables.credentials.c.user.is_(None),
    )
    .order_by(tables.credentials.c.dialect)
)
_hint_contexts = Statement(
    select(accounts.c.hint_context, accounts.c.closed).where(accounts.c.hint_context.is_not(None))
)
_drop_credential = Statement(
    delete(tables.credentials).where(
        tables.credentials.c.account == bindparam("account"),
        tables.credentials.c.dialect == bindparam("dialect"),
        tables.credentials.c.application.is_(None),
        tables.credentials.c.user.is_(None),
    )
)
_add_credential = insert_into(tables.credentials, without=("kind", "user", "name", "expires"))
_allowed = Statement(
    select(allowed_prefixes.c.prefix)
    .where(allowed_prefixes.c.account == bindparam("account"))
    .order_by(allowed_prefixes.c.prefix)
)
_allow = Statement(
    lambda insert: (
        insert(allowed_prefixes)
        .values(account=bindparam("account"), prefix=bindparam("prefix"))
        .on_conflict_do_nothing()
    )
)
_disallow = Statement(
    delete(allowed_prefixes).where(
        allowed_prefixes.c.account == bindparam("account"), allowed_prefixes.c.prefix == bindparam("prefix")
    )
)
_caller_ids = Statement(
    select(tables.caller_ids.c.number)
    .where(tables.caller_ids.c.account == bindparam("account"))
    .order_by(tables.caller_ids.c.preferred.is_(None), tables.caller_ids.c.number)
)
_add_caller_id = Statement(
    lambda insert: (
        insert(tables.caller_ids)
        .values(account=bindparam("account"), number=bindparam("number"), verified=bindparam("verified"))
        .on_conflict_do_nothing()
    )
)
_remove_caller_id = Statement(
    delete(tables.caller_ids).where(
        tables.caller_ids.c.account == bindparam("account"), tables.caller_ids.c.number == bindparam("number")
    )
)


def create(conn: Connection, account: Account) -> Account:
    """Store a new account; raises StoreConflict if the name is taken."""
    try:
        _insert.run(conn, **plain(account) | {"settings": to_json(account.settings)})
    except IntegrityError as error:
        raise StoreConflict(f"There is already an account named {account.name!r}.") from error
    return account


def hint_contexts(conn: Connection) -> builtins.list[tuple[int, float | None]]:
    """Return the contexts of Asterisk that accounts have, each with when its account was closed."""
    return [(row[0], row[1]) for row in _hint_contexts.all(conn)]


def update(conn: Connection, id: str, **fields: Any) -> bool:
    """Change fields of an account; False if there is no such account. Raises StoreConflict if the name is taken."""
    if "settings" in fields:
        fields["settings"] = to_json(fields["settings"])
    try:
        return _updates.run(conn, id, fields) > 0
    except IntegrityError as error:
        raise StoreConflict(f"There is already an account named {fields.get('name')!r}.") from error


def get(conn: Connection, id: str) -> Account | None:
    """Return an account by its id."""
    return _account.one(conn, _get, id=id)


def by_name(conn: Connection, name: str) -> Account | None:
    """Return an account by its name."""
    return _account.one(conn, _by_name, name=name)


def list(conn: Connection) -> builtins.list[Account]:
    """Return all accounts by name."""
    return _account.all(conn, _list)


def by_key(conn: Connection, dialect: str, key: str) -> KeyHolder | None:
    """Return the owner of this key in this dialect, even if its account is disabled."""
    row = _by_key.first(conn, dialect=dialect, key=key)
    return None if row is None else KeyHolder(_account.of(row[:-4]), *row[-4:])


def credentials(conn: Connection, account: str) -> dict[str, tuple[str, str]]:
    """Return an account's own (key, secret) by dialect, without those of its applications."""
    return {dialect: (key, secret) for dialect, key, secret in _credentials.all(conn, account=account)}


def set_credential(conn: Connection, account: str, dialect: str, key: str, secret: str) -> None:
    """Replace an account's key in a dialect; raises StoreConflict if another account has that key."""
    _drop_credential.run(conn, account=account, dialect=dialect)
    try:
        _add_credential.run(
            conn, dialect=dialect, key=key, account=account, application=None, secret=secret, created=time.time()
        )
    except IntegrityError as error:
        raise StoreConflict("Another account has this key, or there is no such account.") from error


def allow(conn: Connection, account: str, prefix: str) -> None:
    """Allow an account to call numbers that begin with `prefix` (digits, no plus)."""
    _allow.run(conn, account=account, prefix=prefix)


def disallow(conn: Connection, account: str, prefix: str) -> bool:
    """Remove a prefix; returns False if it was not allowed."""
    return _disallow.run(conn, account=account, prefix=prefix) > 0


def allowed(conn: Connection, account: str) -> tuple[str, ...]:
    """Return the prefixes that an account may call."""
    return _firsts(_allowed.all(conn, account=account))


def add_caller_id(conn: Connection, account: str, number: str) -> None:
    """Add a caller ID: a number that the account has proved to be its own."""
    _add_caller_id.run(conn, account=account, number=number, verified=time.time())


def remove_caller_id(conn: Connection, account: str, number: str) -> bool:
    """Remove a caller ID; returns False if there was none."""
    return _remove_caller_id.run(conn, account=account, number=number) > 0


def caller_ids(conn: Connection, account: str) -> tuple[str, ...]:
    """Return the numbers that an account has proved to be its own, the one that it shows by default first."""
    return _firsts(_caller_ids.all(conn, account=account))


def _firsts(rows: Sequence[tuple[Any, ...]]) -> tuple[str, ...]:
    return tuple(row[0] for row in rows)
