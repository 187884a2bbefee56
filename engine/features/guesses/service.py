"""Guesses at the secrets that callers enter: each is counted before it is looked at (docs/decisions/038)."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple, TypeVar

import msgspec
from sqlalchemy import Connection

from engine.features.guesses import store
from engine.features.guesses.budgets import DAY, Answer, Budget, Guess, Kind, Meter, Scope, meters_of
from engine.features.guesses.events import GuessesLocked
from engine.features.guesses.store import Count
from engine.ids import new_id
from engine.platform.platform import Platform
from engine.store import events
from engine.tasks.secret import MASK

KNOWN_SECONDS = 180 * DAY
"""For how long a caller that was right is known."""
CHECK_SECONDS = 60.0
"""A guess that is not decided for so long was being looked at when a controller died."""
T = TypeVar("T")


class _Counted(NamedTuple):
    """Where a guess was counted, and until when it locked each meter."""

    meters: dict[Meter, Budget]
    locks: dict[Meter, float | None]


class Guesses:
    """Decides whether a guess is looked at. Its counts survive a restart."""

    def __init__(self, platform: Platform) -> None:
        self._writer, self._clock = platform.writer, platform.clock

    async def check(self, guess: Guess, look: Callable[[], Awaitable[T | None]]) -> tuple[Answer, T | None]:
        """Look at a guess by `look`, which returns None (or False) for a wrong one, unless there is a lock.

        It counts before it is looked at: several at once all count, and a kill takes none back.
        """
        counted = await self._writer.write(lambda conn: self._count(conn, guess))
        if counted is None:
            return Answer.LOCKED, None
        found = await look()
        if not found:
            await self._writer.write(lambda conn: self._wrong(conn, guess, counted))
            return Answer.WRONG, None
        await self._writer.write(lambda conn: self._right(conn, guess, counted))
        return Answer.RIGHT, found

    def forget(self, conn: Connection, account: str, kind: Kind, target: str) -> None:
        """Unlock a target whose secret was set anew, and know nobody there: what they knew is worth nothing now.

        That of those who entered a secret without a target may have been this one: nobody is known of them either.
        """
        store.forget(conn, account, kind.name, target)

    def _count(self, conn: Connection, guess: Guess) -> _Counted | None:
        """Count a guess; None where a lock holds it back."""
        now = self._clock()
        store.expire(conn, now)
        meters = meters_of(guess, known=guess.trusted or self._knows(conn, guess))
        before = {meter: store.get(conn, meter) for meter in meters}
        locked = [count for count in before.values() if count and (count.locked_until or 0.0) > now]
        if locked:
            for count in locked:
                if now - count.at > CHECK_SECONDS:
                    self._notify(conn, guess, count)
            return None
        locks = {meter: self._add(conn, meter, budget, before[meter], now) for meter, budget in meters.items()}
        return _Counted(meters, locks)

    def _add(self, conn: Connection, meter: Meter, budget: Budget, had: Count | None, now: float) -> float | None:
        spent = 1.0 + (budget.left(had.spent, now - had.at) if had else 0.0)
        seconds = budget.lock(spent)
        until = now + seconds if seconds else None
        store.put(conn, _counted(meter, budget, spent, now, until))
        return until

    def _wrong(self, conn: Connection, guess: Guess, counted: _Counted) -> None:
        """Tell of the locks that this guess began."""
        for meter, until in counted.locks.items():
            count = store.get(conn, meter)
            if until is not None and count and count.locked_until == until:
                self._notify(conn, guess, count)

    def _right(self, conn: Connection, guess: Guess, counted: _Counted) -> None:
        """Take back what was counted, and know the caller."""
        now = self._clock()
        for meter, budget in counted.meters.items():
            count = store.get(conn, meter)
            if count is None or meter.scope is Scope.KNOWN_CALLER:
                store.remove(conn, meter)
                continue
            spent = budget.left(count.spent, now - count.at) - 1.0
            until = None if count.locked_until == counted.locks[meter] else count.locked_until
            after = _counted(meter, budget, max(0.0, spent), now, until)
            store.put(conn, msgspec.structs.replace(after, notified=count.notified))
        if guess.caller and not guess.trusted:
            store.know(conn, guess.account, guess.kind.name, guess.target, guess.caller, now)
        store.forget_callers(conn, now - KNOWN_SECONDS)

    def _knows(self, conn: Connection, guess: Guess) -> bool:
        account, kind, target, caller, *_ = guess
        return bool(caller) and store.is_known(conn, account, kind.name, target, caller)

    def _notify(self, conn: Connection, guess: Guess, count: Count) -> None:
        """Write the event of a lock, once."""
        if count.notified or count.locked_until is None:
            return
        store.put(conn, msgspec.structs.replace(count, notified=True))
        id = new_id("lock")
        event = GuessesLocked(
            id=new_id("event"),
            account=guess.account,
            subject=id,
            root=id,
            at=self._clock(),
            scope=count.scope,
            kind=guess.kind.name,
            target=count.target if guess.there or not count.target else MASK,
            caller=guess.caller,
            until=count.locked_until,
        )
        events.append(conn, event)


def _counted(meter: Meter, budget: Budget, spent: float, now: float, until: float | None) -> Count:
    return Count(
        account=meter.account,
        scope=meter.scope.value,
        kind=meter.kind,
        target=meter.target,
        caller=meter.caller,
        spent=spent,
        at=now,
        forgotten=max(now + spent * budget.seconds, until or 0.0),
        locked_until=until,
    )
