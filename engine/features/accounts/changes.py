"""What may be changed of an account, and what is refused; each function is a part of a transaction."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from engine.features.accounts import allowed_prefixes
from engine.features.accounts.model import Change, KeyScheme, Limits
from engine.features.errors import InvalidSetting, NotThere
from engine.features.numbers.phone_numbers import normalise
from engine.platform import ledger
from engine.store import accounts
from engine.store.accounts import Account

_MOST_CALLS, _MOST_CALLS_PER_SECOND, _MOST_ATTEMPTS = 100_000, 1000, 100


def switch(conn: Connection, account: Account, change: Change, dialects: Sequence[KeyScheme]) -> None:
    """Change an account's switches and its dialects' settings; raises InvalidSetting."""
    switches = {"allow_private": change.allow_private, "disabled": change.disabled}
    fields: dict[str, Any] = {name: value for name, value in switches.items() if value is not None}
    settings = dict(account.settings)
    for name, value in change.settings.items():
        dialect, setting = _setting(dialects, name, value)
        settings[dialect] = {**settings.get(dialect, {}), setting: value}
    accounts.update(conn, account.id, **fields, settings=settings)


def limit(conn: Connection, account: Account, limits: Limits) -> None:
    """Change an account's limits; raises InvalidSetting."""
    fields: dict[str, int | float | None] = {}
    if limits.max_calls is not None:
        if not 0 <= limits.max_calls <= _MOST_CALLS:
            raise InvalidSetting(f"max_calls must be 0 to {_MOST_CALLS} (got {limits.max_calls}).")
        fields["max_calls"] = limits.max_calls
    if limits.calls_per_second is not None:
        if not 0 < limits.calls_per_second <= _MOST_CALLS_PER_SECOND:
            raise InvalidSetting(
                f"calls_per_second must be more than 0 and at most {_MOST_CALLS_PER_SECOND}"
                f" (got {limits.calls_per_second:g})."
            )
        fields["calls_per_second"] = limits.calls_per_second
    if limits.max_attempts is not None:
        if not 0 <= limits.max_attempts <= _MOST_ATTEMPTS:
            raise InvalidSetting(f"max_attempts must be 0 to {_MOST_ATTEMPTS} (got {limits.max_attempts}).")
        fields["max_attempts"] = limits.max_attempts or None
    if limits.daily_spend is not None:
        if limits.daily_spend < 0:
            raise InvalidSetting("daily_spend must be 0 or more.")
        fields["daily_spend"] = limits.daily_spend
        ledger.recount(conn, account.id, time.time())
    if limits.unlimited_spend:
        fields["daily_spend"] = None
    accounts.update(conn, account.id, **fields)


def allow(conn: Connection, account: Account, text: str, *, high_risk: bool = False) -> str:
    """Let an account call a prefix or a host; returns it as it is stored. Raises InvalidNumber, InvalidSetting."""
    prefix = allowed_prefixes.allowance_of(text, high_risk=high_risk)
    accounts.allow(conn, account.id, prefix)
    return prefix


def disallow(conn: Connection, account: Account, text: str) -> str:
    """Take a prefix or a host back; returns it as it was stored. Raises InvalidNumber, NotThere."""
    prefix = allowed_prefixes.stored_form(text)
    if not accounts.disallow(conn, account.id, prefix):
        raise NotThere(f"The prefix {allowed_prefixes.shown(prefix)} is not allowed for this account.")
    return prefix


def add_caller(conn: Connection, account: Account, text: str) -> str:
    """Note that a number is the account's own; returns its digits. Raises InvalidNumber."""
    number = normalise(text, account.country)
    accounts.add_caller_id(conn, account.id, number)
    return number


def remove_caller(conn: Connection, account: Account, text: str) -> str:
    """Forget a caller id; returns its digits. Raises InvalidNumber, NotThere."""
    number = normalise(text, account.country)
    if not accounts.remove_caller_id(conn, account.id, number):
        raise NotThere(f"{number} is not a caller id of this account.")
    return number


def pay_in(conn: Connection, account: Account, amount: int | None, note: str) -> None:
    """Pay in millionths of the account's currency, out below zero; the first payment makes an account prepaid.

    None ends prepayment.
    """
    if amount is None:
        accounts.update(conn, account.id, balance=None)
        return
    if account.balance is None:
        accounts.update(conn, account.id, balance=0)
    ledger.credit(conn, account.id, amount, note)


def _setting(dialects: Sequence[KeyScheme], name: str, value: str) -> tuple[str, str]:
    """Return the dialect that has a setting, and the setting: `sig` is that of the first dialect that has one, and
    `NAME.sig` that of the dialect NAME. Raises InvalidSetting for an unknown name or value."""
    of, _, setting = name.rpartition(".")
    for dialect in dialects:
        settings: Mapping[str, Sequence[str]] = dialect.settings
        if setting in settings and of in ("", dialect.name):
            if value not in settings[setting]:
                raise InvalidSetting(f"{name} must be one of {', '.join(settings[setting])} (got {value[:80]!r}).")
            return dialect.name, setting
    raise InvalidSetting(f"There is no setting {name[:80]!r}.")
