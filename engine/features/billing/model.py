"""What billing returns: rates and holds. Money is in millionths."""

from typing import NamedTuple

from engine.features.billing.store import Rate
from engine.platform.holds import Hold

__all__ = ["Hold", "ListedRate", "Rate"]


class ListedRate(NamedTuple):
    """A rate, and the name of the account whose own it is; None: it is every account's."""

    rate: Rate
    account: str | None
