"""The money that is held for a leg: engine.platform.money's holds, reckoned in seconds of talk."""

import msgspec
from sqlalchemy import Connection

from engine.calls.admission_protocol import AHEAD_SECONDS, Held, Price, Uncovered
from engine.features.billing import rating
from engine.features.billing.store import Rate
from engine.platform import holds, ledger, money
from engine.platform.holds import Funds, Hold
from engine.platform.ledger import Purpose
from engine.platform.money import Backing
from engine.store.accounts import Account

_FOREVER = Held(seconds=float("inf"))
NEAR_SECONDS = 15.0
"""So many seconds ahead a call takes from the hold of what it is a part of, if nothing else is left."""


_FIRST_SECONDS = 0.001
"""A call of so many costs the first increment."""


def alone(conn: Connection, purpose: Purpose) -> Purpose | None:
    """Say that a call is a part of nothing (engine.platform.money.Backing)."""
    return None


class CallCover:
    """The money held for one leg of an account that has a balance or a daily spend; `rate` None: the leg is free.

    The rate stays as it was when the leg was admitted: what is charged is what was held, whatever is loaded meanwhile.
    `backing` says whose hold pays for it too.
    """

    def __init__(
        self,
        account: Account,
        call: str,
        callee: str,
        rate: Rate | None,
        longest: float,
        held: Held | None = None,
        *,
        backing: Backing = alone,
    ) -> None:
        self._backing = backing
        self.held = held or Held()
        self._account, self._callee, self._longest = account, callee, longest
        self._purpose = ledger.for_call(call)
        self._rate = rate if rate and rate.per_minute > 0 else None

    def take(self, conn: Connection, at: float) -> Held | Uncovered:
        """Hold what the beginning of the leg costs, or nothing where the account does not have that."""
        funds = holds.funds(conn, self._account.id, at)
        if why := self._refusal(conn, funds):
            return Uncovered(why)
        if self._rate is None:
            return _FOREVER
        assert funds
        left = self._drawn(conn, funds.left, rating.price(self._rate, _FIRST_SECONDS))
        return self._hold(conn, at, wanted=min(self._longest, AHEAD_SECONDS), least=0, left=left)

    def refusal(self, conn: Connection, at: float) -> str | None:
        """Return why `take` would hold nothing; None: it would."""
        return self._refusal(conn, holds.funds(conn, self._account.id, at))

    def grow(self, conn: Connection, used: float, at: float) -> Held:
        """Hold what a leg that has lasted `used` seconds costs until AHEAD_SECONDS from now, or as much as there is.

        A hold never becomes less; one that was never taken is what was used.
        """
        if self._rate is None:
            return _FOREVER
        own = holds.get(conn, self._purpose)
        funds = holds.funds(conn, self._account.id, at)
        left = 0 if funds is None else funds.left
        had = own.amount if own else 0
        least = had if own else rating.price(self._rate, used)
        near = rating.price(self._rate, min(self._longest, used + NEAR_SECONDS))
        available = self._drawn(conn, None if left is None else left + had, near)
        return self._hold(conn, at, wanted=min(self._longest, used + AHEAD_SECONDS), least=least, left=available)

    def price(self, seconds: float) -> Price:
        """What the leg costs by the rate that was its own when it was admitted."""
        amount = rating.price(self._rate, seconds) if self._rate else 0
        return Price(amount=amount, currency=self._account.currency)

    def _hold(self, conn: Connection, at: float, *, wanted: float, least: int, left: int | None) -> Held:
        """Hold what `wanted` seconds cost, or as many whole increments as `left` pays for; `least` in any case."""
        assert self._rate
        cost = rating.price(self._rate, wanted)
        paid = cost if left is None or left >= cost else rating.price(self._rate, self._lasting(left))
        amount = max(least, paid)
        note, terms = f"call to {self._callee}", terms_of(self._rate)
        money.put(conn, self._account.id, self._purpose, amount, at, note=note, terms=terms)
        return Held(amount=amount, seconds=self._lasting(amount), short=amount < cost)

    def _lasting(self, amount: int) -> float:
        assert self._rate
        return rating.max_seconds(self._rate, amount) or 0.0

    def _refusal(self, conn: Connection, funds: Funds | None) -> str | None:
        rate = self._rate
        least, seconds = (rating.price(rate, _FIRST_SECONDS), rating.billed(rate, _FIRST_SECONDS)) if rate else (0, 0)
        costs, had = f"the first {seconds} s cost", 0
        if funds is not None and funds.left is not None and funds.left < least:
            backing = self._backing_hold(conn)
            had = backing.amount if backing else 0
        return money.refusal(conn, self._account.id, funds, least, what=self._purpose.kind, costs=costs, had=had)

    def _drawn(self, conn: Connection, left: int | None, needed: int) -> int | None:
        """Return what is left, with as much of the backing hold as is needed beside it; that is held there no more."""
        if left is None or left >= needed or (backing := self._backing_hold(conn)) is None:
            return left
        more = min(needed - left, backing.amount)
        holds.reduce(conn, Purpose(backing.kind, backing.id), more)
        return left + more

    def _backing_hold(self, conn: Connection) -> Hold | None:
        backing = self._backing(conn, self._purpose)
        return holds.get(conn, backing) if backing else None


def terms_of(rate: Rate) -> str:
    """Return a rate as what is kept with a hold."""
    return msgspec.json.encode(rate).decode()


def held_by(hold: Hold) -> tuple[Rate, Held]:
    """Return by which rate a call's hold was reckoned, and what it covers."""
    rate = msgspec.json.decode(hold.terms or "", type=Rate)
    return rate, Held(amount=hold.amount, seconds=rating.max_seconds(rate, hold.amount) or 0.0)
