"""What is held for a call, and why an account's money does not cover one (engine.calls.admission_protocol.Cover)."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from engine.calls.admission_protocol import AHEAD_SECONDS, Held, Price, Uncovered
from engine.features.billing import rating
from engine.features.billing.rating import decimal
from engine.store import holds, ledger
from engine.store.accounts import Account
from engine.store.holds import Funds, Hold
from engine.store.rates import Rate

NAMED = 3  # holds that a refusal names
_FOREVER = Held(seconds=float("inf"))


class CallCover:
    """The money held for one leg of an account that has a balance or a daily spend; `rate` None: the leg is free.

    The rate stays as it was when the leg was admitted: what is charged is what was held, whatever is loaded meanwhile.
    """

    def __init__(
        self, account: Account, call: str, callee: str, rate: Rate | None, longest: float, held: Held | None = None
    ) -> None:
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
        return self._hold(conn, at, wanted=min(self._longest, AHEAD_SECONDS), least=0, left=funds.left)

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
        available = None if left is None else left + had
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
        purpose = self._purpose
        holds.put(
            conn,
            Hold(
                kind=purpose.kind,
                id=purpose.id,
                account=self._account.id,
                at=at,
                amount=amount,
                terms=terms_of(self._rate),
                note=f"call to {self._callee}",
            ),
        )
        return Held(amount=amount, seconds=self._lasting(amount), short=amount < cost)

    def _lasting(self, amount: int) -> float:
        assert self._rate
        return rating.max_seconds(self._rate, amount) or 0.0

    def _refusal(self, conn: Connection, funds: Funds | None) -> str | None:
        if funds is None:
            return "This account is closed."
        if funds.spendable is None:
            return None
        if funds.spendable <= 0:
            return f"{_limit(funds)} is used up."
        least = rating.price(self._rate, 0.001) if self._rate else 0
        if funds.left is None or funds.left >= least:
            return None
        return _uncovered(funds, holds.list(conn, self._account.id), least, self._rate)


def terms_of(rate: Rate) -> str:
    """Return a rate as what is kept with a hold."""
    return msgspec.json.encode(rate).decode()


def held_by(hold: Hold) -> tuple[Rate, Held]:
    """Return by which rate a call's hold was reckoned, and what it covers."""
    rate = msgspec.json.decode(hold.terms or "", type=Rate)
    return rate, Held(amount=hold.amount, seconds=rating.max_seconds(rate, hold.amount) or 0.0)


def _limit(funds: Funds) -> str:
    """Name the limit that leaves less."""
    if funds.daily_spend is not None and (funds.balance is None or funds.daily_spend - funds.spent < funds.balance):
        spent = f", {decimal(funds.spent)} of it spent today (UTC)," if funds.spent else ""
        return f"The daily spend of {decimal(funds.daily_spend)} {funds.currency}{spent}"
    return f"The balance of {decimal(funds.balance or 0)} {funds.currency}"


def _uncovered(funds: Funds, held: Sequence[Hold], least: int, rate: Rate | None) -> str:
    named = ", ".join(f"{decimal(one.amount)} by the {one.note} ({one.id})" for one in held[:NAMED])
    rest = sum(one.amount for one in held[NAMED:])
    more = f" and {decimal(rest)} by {len(held) - NAMED} more" if rest else ""
    kept = f": {decimal(funds.held)} is held for what goes on, {named}{more}" if held else ""
    seconds = rating.billed(rate, 0.001) if rate else 0
    needed = f"{decimal(max(0, funds.left or 0))} is left, and the first {seconds} s cost {decimal(least)}"
    return f"{_limit(funds)} does not cover this call{kept}; {needed}."
