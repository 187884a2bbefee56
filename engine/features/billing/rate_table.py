"""Rates in memory: the price of a minute without a query."""

from collections.abc import Iterable

from engine.features.billing.store import Rate


class RateTable:
    """Rates in memory, to find the longest prefix without asking the store."""

    def __init__(self, rates: Iterable[Rate] = ()) -> None:
        self._rates = {(rate.account, rate.currency, rate.prefix): rate for rate in rates}
        self._accounts = {rate.account for rate in self._rates.values()}
        self._longest = max((len(rate.prefix) for rate in self._rates.values()), default=0)

    def match(self, digits: str, currency: str, account: str = "") -> Rate | None:
        """Return the rate with the longest prefix of `digits` in `currency`; None: there is none.

        Where one of the account's own rates matches, those of every account do not count.
        """
        own = self._match(digits, currency, account) if account in self._accounts else None
        return own or self._match(digits, currency, "")

    def _match(self, digits: str, currency: str, account: str) -> Rate | None:
        for length in range(min(self._longest, len(digits)), -1, -1):
            if rate := self._rates.get((account, currency, digits[:length])):
                return rate
        return None
