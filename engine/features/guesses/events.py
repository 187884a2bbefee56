"""The events of guesses. Their subject and root is an id of the lock's own."""

from engine.events.base import Event


class GuessesLocked(Event, frozen=True, kw_only=True, tag="guesses_locked"):
    """A lock began: no secret is looked at until `until` (Unix seconds). See engine.features.guesses.budgets.Scope.

    `kind` is what was guessed at, `target` its number (masked where nothing has it) and `caller` whose guess was the
    last; "" where the scope has none.
    """

    scope: str
    kind: str
    target: str
    caller: str
    until: float
