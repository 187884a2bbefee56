"""What billing returns: rates and holds. Money is in millionths."""

from typing import NamedTuple

from engine.store.holds import Hold
from engine.store.rates import Rate

__all__ = ["Hold", "ListedRate", "Rate"]


class ListedRate(NamedTuple):
    """A rate, and the name of the account whose own it is; None: it is every account's."""

    rate: Rate
    account: str | None
