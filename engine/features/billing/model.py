"""What billing returns: rates, holds, what an account has, and the ledger's entries. Money is in millionths."""

from typing import NamedTuple

from engine.store.holds import Funds, Hold
from engine.store.ledger import Entry
from engine.store.rates import Rate

__all__ = ["Entry", "Funds", "Hold", "ListedRate", "Rate"]


class ListedRate(NamedTuple):
    """A rate, and the name of the account whose own it is; None: it is every account's."""

    rate: Rate
    account: str | None
