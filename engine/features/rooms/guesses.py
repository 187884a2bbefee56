"""The pace of wrong PINs: so slow that none is found by trying (docs/decisions/009)."""

from collections import OrderedDict
from collections.abc import Callable

MOST_KEPT = 20_000
"""How many callers and accounts are remembered, those used last."""
CALLER = (9.0, 1 / 300.0)
"""Wrong PINs that a caller may enter at once, and how many more each second."""
ACCOUNT = (30.0, 1 / 60.0)
"""Those that all unknown callers of an account may enter, and as many all known ones: a number can be forged."""
_KNOWN, _UNKNOWN = "\0known", "\0unknown"


class PinGuesses:
    """Budgets of wrong PINs by account and caller, and by account. A caller whose PIN was right before is not held
    back by what unknown callers of the account do. Kept in memory. `clock` gives Unix seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._spent: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()

    def allowed(self, account: str, caller: str) -> bool:
        """Whether a PIN of this caller is looked at."""
        if self._spent_by((account, caller or "-"), CALLER[1]) > CALLER[0] - 1:
            return False
        return self._spent_by((account, self._kind(account, caller)), ACCOUNT[1]) <= ACCOUNT[0] - 1

    def wrong(self, account: str, caller: str) -> None:
        """A PIN was wrong."""
        for key, budget in (((account, caller or "-"), CALLER), ((account, self._kind(account, caller)), ACCOUNT)):
            self._spent[key] = (self._spent_by(key, budget[1]) + 1, self._clock())
            self._spent.move_to_end(key)
            if len(self._spent) > MOST_KEPT:
                self._spent.popitem(last=False)

    def right(self, account: str, caller: str) -> None:
        """A PIN was right."""
        if caller:
            self._known[account, caller] = None
            self._known.move_to_end((account, caller))
            if len(self._known) > MOST_KEPT:
                self._known.popitem(last=False)

    def _kind(self, account: str, caller: str) -> str:
        return _KNOWN if caller and (account, caller) in self._known else _UNKNOWN

    def _spent_by(self, key: tuple[str, str], per_second: float) -> float:
        spent, at = self._spent.get(key, (0.0, 0.0))
        return max(0.0, spent - (self._clock() - at) * per_second)
