"""Accounts and their keys as they are shown."""

import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from engine.features.accounts import issuing
from engine.features.accounts.allowed_prefixes import shown as shown_prefix
from engine.features.accounts.model import AccountView, Credential, Keys, KeyScheme
from engine.model.money import decimal
from engine.platform import holds
from engine.store import accounts, numbers
from engine.store.accounts import Account


def view(conn: Connection, account: Account, *, with_holds: bool = False) -> AccountView:
    """Return an account as it is shown; what holds its money is listed only `with_holds`."""
    funds = holds.funds(conn, account.id, time.time())
    return AccountView(
        account=account,
        allowed=accounts.allowed(conn, account.id),
        callers=accounts.caller_ids(conn, account.id),
        held=funds.held if funds else 0,
        holds=tuple(holds.list(conn, account.id)) if with_holds else (),
    )


def keys(conn: Connection, account: Account, dialects: Sequence[KeyScheme]) -> Keys:
    """Return an account's keys and secrets."""
    own = accounts.credentials(conn, account.id)
    lead_to = {each.name: each.number_leads_to for each in dialects}
    return Keys(
        account=account,
        own=tuple(
            Credential(dialect=name, key=key, secret=secret, number=_leading_to(conn, account, lead_to.get(name)))
            for name, (key, secret) in own.items()
        ),
        issued=issuing.firsts(conn, account.id, dialects),
    )


def _leading_to(conn: Connection, account: Account, destination: str | None) -> str | None:
    """Return the account's first number that leads to a destination."""
    if destination is None:
        return None
    return next((row.number for row in numbers.list(conn, account.id) if row.destination == destination), None)


def audited(shown: AccountView) -> dict[str, Any]:
    """Return the fields of an account of which the audit keeps the changes; money as decimals."""
    account = shown.account
    return {
        "name": account.name,
        "disabled": account.disabled,
        "allow_private": account.allow_private,
        "country": account.country,
        "currency": account.currency,
        "balance": None if account.balance is None else decimal(account.balance),
        "daily_spend": None if account.daily_spend is None else decimal(account.daily_spend),
        "max_calls": account.max_calls,
        "calls_per_second": account.calls_per_second,
        "max_attempts": account.max_attempts,
        "settings": account.settings,
        "allowed": [shown_prefix(prefix) for prefix in shown.allowed],
        "callers": list(shown.callers),
    }
