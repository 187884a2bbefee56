"""Which accounts wait for a trunk that has as many calls of campaigns as it may have.

It is in memory: after a restart each account joins again with its next look.
"""

AGAIN_SECONDS = 1.0
"""Until another look at a campaign whose contacts wait for a trunk, if nobody says that there is a place."""
GONE_SECONDS = 3 * AGAIN_SECONDS
"""An account that has not looked for so long does not wait any more."""


class TrunkQueues:
    """By trunk: the accounts that wait for it, the first first, and when each looked last (Unix seconds)."""

    def __init__(self) -> None:
        self._waiting: dict[str, dict[str, float]] = {}

    def join(self, trunk: str, account: str, now: float) -> None:
        """Note that an account waits for a trunk; it keeps its place."""
        self._waiting.setdefault(trunk, {})[account] = now

    def leave(self, trunk: str, account: str) -> None:
        """Note that an account does not wait any more, or had its turn."""
        self._waiting.get(trunk, {}).pop(account, None)

    def ahead(self, trunk: str, account: str, now: float) -> int:
        """Return how many other accounts go before one; of one that does not wait, all that do."""
        return [*self.waiting(trunk, now), account].index(account)

    def waiting(self, trunk: str, now: float) -> list[str]:
        """Return the accounts that wait for a trunk, the first first."""
        found = self._waiting.get(trunk, {})
        for account in [each for each, looked in found.items() if looked < now - GONE_SECONDS]:
            del found[account]
        return list(found)
