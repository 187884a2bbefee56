"""Accounts: made, limited, given credit, and their keys."""

import re
import secrets
import time
from collections.abc import Sequence

import msgspec
import phonenumbers
from sqlalchemy import Connection

from engine.features.currencies import is_currency
from engine.features.errors import AlreadyThere, InvalidSetting, NotThere
from engine.features.numbers.phone_numbers import NEW_ACCOUNT_PREFIXES
from engine.ids import new_id
from engine.store import accounts, ledger
from engine.store.accounts import Account

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """What a program of one dialect signs in with."""

    dialect: str
    key: str
    secret: str


class NewAccount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an account is made of; `country` (ISO 3166) says how its national numbers are read."""

    name: str
    allow_private: bool = False
    country: str = "US"
    currency: str = "USD"


def create(conn: Connection, wanted: NewAccount, dialects: Sequence[str]) -> tuple[Account, list[Credential]]:
    """Make an account with random credentials for each dialect; it may call the lab's numbers and its extensions.

    Raises InvalidSetting, AlreadyThere.
    """
    if not _NAME.fullmatch(wanted.name):
        raise InvalidSetting(
            "An account's name is 1 to 64 of letters, digits and . _ - and begins with one of the first."
        )
    if wanted.country not in phonenumbers.SUPPORTED_REGIONS:
        raise InvalidSetting(f"{wanted.country!r} is no country; two capital letters such as US are.")
    if not is_currency(wanted.currency):
        raise InvalidSetting(f"currency must be a code of ISO 4217, such as USD (got {wanted.currency!r}).")
    if accounts.by_name(conn, wanted.name):
        raise AlreadyThere(f"There is an account {wanted.name} already.")
    account = Account(
        id=new_id("account"),
        name=wanted.name,
        created=time.time(),
        allow_private=wanted.allow_private,
        country=wanted.country,
        currency=wanted.currency,
    )
    accounts.create(conn, account)
    for prefix in NEW_ACCOUNT_PREFIXES:
        accounts.allow(conn, account.id, prefix)
    return account, [rotate(conn, account.id, dialect) for dialect in dialects]


def rotate(conn: Connection, account: str, dialect: str) -> Credential:
    """Give an account a new key and secret for a dialect; the old ones are worth nothing from now on."""
    credential = Credential(dialect=dialect, key=secrets.token_hex(16), secret=secrets.token_hex(24))
    accounts.set_credential(conn, account, dialect, credential.key, credential.secret)
    return credential


def find(conn: Connection, name: str, *, closed: bool = False) -> Account:
    """Return an account by its name or id, one that was removed too where `closed`; raises NotThere."""
    account = accounts.by_name(conn, name) or accounts.get(conn, name)
    if account is None or (account.closed is not None and not closed):
        raise NotThere(f"There is no account {name}.")
    return account


def limit(
    conn: Connection,
    account: str,
    *,
    max_calls: int | None = None,
    calls_per_second: float | None = None,
    daily_spend: int | None = None,
    unlimited_spend: bool = False,
) -> Account:
    """Change an account's limits; None leaves one as it is, `unlimited_spend` takes the daily one away.

    `daily_spend` is in millionths of its currency, per day in UTC. Raises InvalidSetting.
    """
    fields: dict[str, int | float | None] = {}
    if max_calls is not None:
        if not 0 <= max_calls <= 100_000:
            raise InvalidSetting("Calls at once are 0 to 100000.")
        fields["max_calls"] = max_calls
    if calls_per_second is not None:
        if not 0 < calls_per_second <= 1000:
            raise InvalidSetting("Calls a second are more than 0 and at most 1000.")
        fields["calls_per_second"] = calls_per_second
    if daily_spend is not None:
        if daily_spend < 0:
            raise InvalidSetting("A daily spend is 0 or more.")
        fields["daily_spend"] = daily_spend
        ledger.recount(conn, account, time.time())
    if unlimited_spend:
        fields["daily_spend"] = None
    accounts.update(conn, account, **fields)
    return find(conn, account)
