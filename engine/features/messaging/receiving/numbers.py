"""Numbers as carriers write them: who sent a text, and which number of ours it is for."""

from collections.abc import Collection

from sqlalchemy import Connection

from engine.calls.directory import Unmatched, UnmatchedReason
from engine.features.errors import InvalidNumber
from engine.features.numbers.inbound_numbers import dialled, find, international_of
from engine.features.numbers.phone_numbers import digits_of
from engine.platform.settings_cache import SettingsCache
from engine.store import numbers
from engine.store.accounts import Account
from engine.store.numbers import SMS, Number

LONGEST = 64
"""Characters of a sender that are kept."""
FEWEST = 7
"""Digits of a number that is not a short code."""


def sender_as_read(text: str, country: str) -> str:
    """Return who sent a text: the international digits of a number, or a short code or letters as they stand.

    A number without + and 00 is read as in `country` (ISO 3166; "": it is international already).
    """
    written = text.strip()
    try:
        digits = digits_of(written)
    except InvalidNumber:
        return written[:LONGEST]
    if written.startswith("+") or len(digits) < FEWEST:
        return digits
    found = international_of(digits, country) if country else digits
    return found.removeprefix("00") if found == digits else found


def recipient_of(conn: Connection, cache: SettingsCache, text: str, country: str) -> Number | Unmatched:
    """Return the number for texts that is meant, as calls find theirs (engine.features.numbers.inbound_numbers)."""
    wanted = dialled(text.strip())
    if wanted is None:
        return Unmatched(reason=UnmatchedReason.NO_NUMBER)
    known = _Texting(conn, cache)
    found = find(known, wanted, country)
    row = known.number(found) if isinstance(found, str) else None
    return row or Unmatched(reason=found.reason if isinstance(found, Unmatched) else UnmatchedReason.NO_NUMBER)


class _Texting:
    """The numbers for texts, read from the store."""

    def __init__(self, conn: Connection, cache: SettingsCache) -> None:
        self._conn, self._cache = conn, cache

    def number(self, digits: str) -> Number | None:
        return numbers.get(self._conn, digits, SMS)

    def find(self, account: str) -> Account | None:
        return self._cache.find(account)

    @property
    def countries(self) -> Collection[str]:
        return self._cache.countries
