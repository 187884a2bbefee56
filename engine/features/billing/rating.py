"""What a call costs, how long a balance lasts, and the files that rates come in. Money is in millionths, times in
seconds."""

import csv
import io
from decimal import Decimal, InvalidOperation
from math import ceil

from engine.features.accounts.currencies import is_currency
from engine.features.billing.store import Rate
from engine.features.errors import InvalidNumber, RatesInvalid
from engine.features.numbers.phone_numbers import prefix_of
from engine.model.money import MILLION

COLUMNS = ("prefix", "price", "first", "next", "currency")
_LONGEST_INCREMENT = 3600
_HIGHEST_PRICE = Decimal(1000)


def price(rate: Rate, seconds: float) -> int:
    """Return what an answered call of this length costs, in millionths, rounded up.

    The first increment is charged whole, then each next one that was begun; a call never answered (0 s) is free.
    """
    return -(-rate.per_minute * billed(rate, seconds) // 60)


def billed(rate: Rate, seconds: float) -> int:
    """Return how many seconds of an answered call of this length are charged; 0 for one never answered (0 s)."""
    if seconds <= 0:
        return 0
    beyond = max(0, ceil(round(seconds - rate.first, 3) / rate.next))
    return rate.first + beyond * rate.next


def max_seconds(rate: Rate, balance: int) -> float | None:
    """Return how long a call may last so that `balance` (millionths) pays for it; None: no limit, it is free.

    0 where not even the first increment is paid for.
    """
    if rate.per_minute <= 0:
        return None
    paid = balance * 60 // rate.per_minute
    if balance < 0 or paid < rate.first:
        return 0.0
    return float(rate.first + (paid - rate.first) // rate.next * rate.next)


def read_csv(text: str, account: str = "", currency: str | None = None) -> list[Rate]:
    """Read lines of prefix, price per minute, first and next increment in seconds, currency: an account's, or all's.

    `currency` is the only one that is taken; None: every one of ISO 4217.

    The first line may name the columns, in any order. Raises RatesInvalid that names each line that is wrong.
    """
    columns: tuple[str, ...] = COLUMNS
    rates: dict[tuple[str, str], Rate] = {}
    problems: list[str] = []
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    try:
        for row in rows:
            fields = [field.strip() for field in row]
            if not any(fields) or fields[0].startswith("#"):
                continue
            if not rates and not problems and (named := _header(fields)):
                columns = named
                continue
            try:
                rate = _rate(dict(zip(columns, fields, strict=False)), len(fields), account)
                if currency and rate.currency != currency:
                    raise ValueError(f"the currency must be the account's, {currency} (got {rate.currency!r})")
                if (key := (rate.prefix, rate.currency)) in rates:
                    raise ValueError(f"the prefix {rate.prefix or '(every number)'} is there twice")
                rates[key] = rate
            except ValueError as error:
                problems.append(f"line {rows.line_num}: {error}")
    except csv.Error as error:
        problems.append(f"line {rows.line_num}: {error}")
    if problems:
        raise RatesInvalid(problems)
    if not rates:
        raise RatesInvalid(["the file has no rates"])
    return list(rates.values())


def _header(fields: list[str]) -> tuple[str, ...] | None:
    names = tuple(_column(field) for field in fields)
    return names if "prefix" in names and "price" in names else None


def _column(title: str) -> str:
    """Map a title such as "price per minute" or "first_increment" to one of COLUMNS."""
    words = title.lower().replace("_", " ").split()
    return words[0] if words and words[0] in COLUMNS else "price" if words[:1] == ["per"] else title


def _rate(fields: dict[str, str], count: int, account: str) -> Rate:
    missing = [name for name in COLUMNS if not fields.get(name) and name != "prefix"]
    if missing or count != len(COLUMNS):
        raise ValueError(f"5 columns are needed ({', '.join(COLUMNS)}), {count} are there")
    try:
        prefix = prefix_of(fields["prefix"])
    except InvalidNumber:
        raise ValueError(f"the prefix {fields['prefix']!r} is not digits") from None
    currency = fields["currency"].upper()
    if not is_currency(currency):
        raise ValueError(f"the currency must be one of ISO 4217, such as USD (got {fields['currency']!r})")
    return Rate(
        prefix=prefix,
        currency=currency,
        per_minute=_money(fields["price"]),
        first=_increment(fields["first"], "first"),
        next=_increment(fields["next"], "next"),
        account=account,
    )


def _money(text: str) -> int:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"the price {text!r} is not a number") from None
    if not (amount.is_finite() and 0 <= amount <= _HIGHEST_PRICE):
        raise ValueError(f"the price {text!r} is not between 0 and {_HIGHEST_PRICE} a minute")
    if amount * MILLION != int(amount * MILLION):
        raise ValueError(f"the price {text!r} has more than 6 decimals")
    return int(amount * MILLION)


def _increment(text: str, which: str) -> int:
    least = 1 if which == "next" else 0
    if not (text.isascii() and text.isdigit() and least <= int(text) <= _LONGEST_INCREMENT):
        raise ValueError(f"the {which} increment {text!r} is not {least} to {_LONGEST_INCREMENT} whole seconds")
    return int(text)
