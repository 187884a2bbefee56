"""How many mails are sent within an hour: nobody confirmed that an address wants them, and each event is one mail."""

import time
from collections import deque
from collections.abc import Callable

MOST_TO_AN_ADDRESS = 100
"""How many mails go to one address within an hour, at most, whichever accounts send them."""
MOST_OF_AN_ACCOUNT = 1000
"""How many mails an account sends within an hour, at most."""
_SECONDS = 3600.0


class MailBudget:
    """Counts the mails of the last hour in memory: it begins anew with the process. `clock` returns seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._taken: dict[str, deque[float]] = {}  # by account or address; an address alone has an @

    def take(self, account: str, address: str) -> str | None:
        """Count a mail; returns a sentence instead if it is one too many."""
        if len(self._recent(address)) >= MOST_TO_AN_ADDRESS:
            return f"At most {MOST_TO_AN_ADDRESS} mails an hour are sent to one address."
        if len(self._recent(account)) >= MOST_OF_AN_ACCOUNT:
            return f"At most {MOST_OF_AN_ACCOUNT} mails an hour are sent for one account."
        for name in (account, address):
            self._taken.setdefault(name, deque()).append(self._clock())
        return None

    def give_back(self, account: str, address: str) -> None:
        """Forget a mail that was not sent in the end."""
        for name in (account, address):
            if taken := self._taken.get(name):
                taken.pop()

    def _recent(self, name: str) -> deque[float]:
        """Return when the last hour's were; forgets who had none."""
        taken = self._taken.get(name, deque())
        begin = self._clock() - _SECONDS
        while taken and taken[0] <= begin:
            taken.popleft()
        if not taken:
            self._taken.pop(name, None)
        return taken
