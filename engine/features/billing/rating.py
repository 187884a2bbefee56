"""What a call costs, how long a balance lasts, and the files that rates come in. Money is in millionths, times in
seconds."""

from math import ceil

from engine.features.billing import rate_files
from engine.features.billing.rate_files import Line
from engine.features.billing.store import Rate

COLUMNS = ("prefix", "price", "first", "next", "currency")
_LONGEST_INCREMENT = 3600


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

    `currency` is the only one that is taken; None: every one of ISO 4217. Raises RatesInvalid that names each line that
    is wrong (engine.features.billing.rate_files).
    """
    return rate_files.read(text, COLUMNS, currency, lambda line: _rate(line, account))


def _rate(line: Line, account: str) -> Rate:
    return Rate(
        prefix=line.prefix,
        currency=line.currency,
        per_minute=line.price("a minute"),
        first=_increment(line.fields["first"], "first"),
        next=_increment(line.fields["next"], "next"),
        account=account,
    )


def _increment(text: str, which: str) -> int:
    least = 1 if which == "next" else 0
    if not (text.isascii() and text.isdigit() and least <= int(text) <= _LONGEST_INCREMENT):
        raise ValueError(f"the {which} increment {text!r} is not {least} to {_LONGEST_INCREMENT} whole seconds")
    return int(text)
