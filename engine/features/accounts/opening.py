"""New accounts and new keys."""

import re
import secrets
import time
from collections.abc import Sequence

import phonenumbers
from sqlalchemy import Connection

from engine.features.accounts.currencies import is_currency
from engine.features.accounts.model import Credential, NewAccount
from engine.features.errors import AlreadyThere, InvalidSetting
from engine.features.numbers.phone_numbers import NEW_ACCOUNT_PREFIXES
from engine.ids import new_id
from engine.store import accounts
from engine.store.accounts import Account

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def create(conn: Connection, wanted: NewAccount, dialects: Sequence[str]) -> tuple[Account, list[Credential]]:
    """Make an account with random keys for each dialect; it may call the lab's numbers and its own extensions.

    Raises InvalidSetting, AlreadyThere.
    """
    _check(wanted)
    if accounts.by_name(conn, wanted.name):
        raise AlreadyThere(f"An account named {wanted.name} already exists.")
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
    """Give an account a new key and secret for a dialect; the old ones are refused from now on."""
    credential = Credential(dialect=dialect, key=secrets.token_hex(16), secret=secrets.token_hex(24))
    accounts.set_credential(conn, account, dialect, credential.key, credential.secret)
    return credential


def _check(wanted: NewAccount) -> None:
    if not _NAME.fullmatch(wanted.name):
        raise InvalidSetting(
            "name must be 1 to 64 letters, digits and . _ - and must begin with a letter or a digit"
            f" (got {wanted.name[:80]!r})."
        )
    if wanted.country not in phonenumbers.SUPPORTED_REGIONS:
        raise InvalidSetting(f"country must be two letters of ISO 3166-1, such as US (got {wanted.country[:80]!r}).")
    if not is_currency(wanted.currency):
        raise InvalidSetting(f"currency must be a code of ISO 4217, such as USD (got {wanted.currency!r}).")
