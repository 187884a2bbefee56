"""What a guess is, how many are looked at, and for how long a lock lasts."""

from enum import StrEnum
from typing import NamedTuple

HOUR, DAY = 3600.0, 86_400.0
FIRST_LOCK_SECONDS, LONGEST_LOCK_SECONDS = 900.0, DAY
MOST_DOUBLINGS = 10


class Budget(NamedTuple):
    """Wrong guesses that are looked at: `free` without a lock between them, and one is forgotten each `seconds`.

    The last free one locks for 15 minutes, and each further one for twice as long, at most for a day.
    """

    free: int
    seconds: float

    def left(self, spent: float, passed: float) -> float:
        """What remains of `spent` guesses after so many seconds."""
        return max(0.0, spent - passed / self.seconds)

    def lock(self, spent: float) -> float:
        """For how many seconds `spent` guesses lock; 0.0: for none."""
        beyond = round(spent) - self.free
        if beyond < 0:
            return 0.0
        return float(min(FIRST_LOCK_SECONDS * 2 ** min(beyond, MOST_DOUBLINGS), LONGEST_LOCK_SECONDS))


BY_CALLER = Budget(9, DAY)
"""Of one number: of one that is not known at all of an account, of one that is known at one target."""
BY_KNOWN = Budget(30, HOUR)
"""Of all known callers of one target together: a number can be forged."""


class Kind(NamedTuple):
    """One kind of what is guessed at, e.g. `room`, with the budgets of all callers that are not known.

    `one` is for each target, `all` for all targets of an account together.
    """

    name: str
    one: Budget
    all: Budget


class Guess(NamedTuple):
    """What a caller enters, before it is looked at.

    `target` is the number of what is guessed at, as it was dialled, whether it is there or not. `caller` is a number,
    "" for a withheld one. `trusted`: the caller is who it says, such as the phone of a box's own extension. `there`:
    something has that number; else it may be anything that was typed, such as a secret, and is shown to nobody.
    """

    account: str
    kind: Kind
    target: str
    caller: str
    trusted: bool = False
    there: bool = False


class Answer(StrEnum):
    """What became of a guess; one that is `locked` was not looked at, whether it would be right or not."""

    RIGHT = "right"
    WRONG = "wrong"
    LOCKED = "locked"


class Scope(StrEnum):
    """What a budget is for."""

    CALLER = "caller"
    TARGET = "target"
    ACCOUNT = "account"
    KNOWN_CALLER = "known_caller"  # at one target
    KNOWN = "known"  # all known callers of one target


class Meter(NamedTuple):
    """Where guesses are counted; a part that does not matter in a scope is ""."""

    account: str
    scope: Scope
    kind: str
    target: str
    caller: str


def meters_of(guess: Guess, *, known: bool) -> dict[Meter, Budget]:
    """Where a guess counts. A withheld caller has no budget of its own: it would be that of all who withhold theirs."""
    account, (kind, one, all_), target, caller, *_ = guess
    if known:
        found = {Meter(account, Scope.KNOWN, kind, target, ""): BY_KNOWN}
        mine = Meter(account, Scope.KNOWN_CALLER, kind, target, caller)
    else:
        found = {Meter(account, Scope.TARGET, kind, target, ""): one, Meter(account, Scope.ACCOUNT, kind, "", ""): all_}
        mine = Meter(account, Scope.CALLER, "", "", caller)
    return found | ({mine: BY_CALLER} if caller else {})
