"""Money: what things cost, what is held while they go on, and what is charged for them, the same for every kind.

A price, a hold and a charge name what they are for, their `Purpose`: a kind, such as call or message, and an id.

1. A feature that sells something registers how its kind is priced (`Prices`).
2. It takes a hold in the transaction that stores the work (`hold`), before the work begins.
3. It settles in the transaction that stores the end: the charge, once, and no hold any more (`settle`).

What an account may spend is its balance, or the rest of its daily spend, less its holds. All of this runs in the
transactions of the store's writer, one after the other: nobody spends what another holds.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec
from sqlalchemy import Connection

from engine.model.money import Price, decimal
from engine.platform import holds, ledger
from engine.platform.holds import Funds, Hold
from engine.platform.ledger import Purpose

__all__ = [
    "Backing",
    "Funds",
    "Hold",
    "NoPrice",
    "Price",
    "Prices",
    "Pricing",
    "Purpose",
    "Refused",
    "hold",
    "refusal",
    "settle",
]
NAMED = 3  # holds that a refusal names
CLOSED = "This account is closed."
Backing = Callable[[Connection, Purpose], Purpose | None]
"""Of what a purpose is a part, such as a call of a campaign: what is held for that pays for it too, if nothing else is
left. None: it is a part of nothing.
"""


class NoPrice(LookupError):
    """There is no way to price this kind of thing: the feature that it belongs to is not there."""


class Refused(msgspec.Struct, frozen=True):
    """The account's money does not cover something; `why` is a sentence for the customer."""

    why: str


class Pricing(Protocol):
    """How one kind of thing is priced."""

    def price(self, account: str, to: str, quantity: float) -> Price:
        """Return what an account pays for so much of it, sent or made to `to` (digits, an address); 0: nothing.

        What the quantity counts is the kind's to say: seconds of a call, parts of a message, pages of a fax.
        """


class Prices:
    """What things cost, by their kinds; each kind's feature adds its own."""

    def __init__(self) -> None:
        self._by_kind: dict[str, Pricing] = {}

    def add(self, kind: str, pricing: Pricing) -> None:
        """Let things of a kind be priced so; raises ValueError for a kind that is priced already."""
        if kind in self._by_kind:
            raise ValueError(f"two features price the kind {kind!r}")
        self._by_kind[kind] = pricing

    def price(self, kind: str, account: str, to: str, quantity: float) -> Price:
        """Return a price (`Pricing.price`); raises NoPrice for an unknown kind."""
        try:
            pricing = self._by_kind[kind]
        except KeyError:
            raise NoPrice(f"nothing prices the kind {kind!r}") from None
        return pricing.price(account, to, quantity)


def hold(
    conn: Connection,
    account: str,
    purpose: Purpose,
    amount: int,
    at: float,
    *,
    note: str = "",
    terms: str | None = None,
) -> Hold | Refused:
    """Hold an amount in place of what is held for the same purpose, or nothing if the account does not have it.

    `note` says to people what it is for; `terms` is what the amount is reckoned by, as JSON of the caller's own.
    An account without limits holds too, so that what its work will cost is seen. Raises ValueError for an amount below
    nothing, and for what is held for another account.
    """
    own = holds.get(conn, purpose)
    funds = holds.funds(conn, account, at)
    if own and own.account != account:
        raise ValueError(f"the money for the {purpose.kind} {purpose.id} is held for another account")
    had = own.amount if own else 0
    _refuse_negative(amount, purpose)
    if why := refusal(conn, account, funds, amount, what=purpose.kind, had=had):
        return Refused(why)
    return put(conn, account, purpose, amount, at, note=note, terms=terms)


def put(
    conn: Connection,
    account: str,
    purpose: Purpose,
    amount: int,
    at: float,
    *,
    note: str = "",
    terms: str | None = None,
) -> Hold:
    """Hold an amount whatever the account has: for who has looked at its funds, or owes it already.

    Raises ValueError for an amount below nothing: it would be money to spend.
    """
    _refuse_negative(amount, purpose)
    made = Hold(kind=purpose.kind, id=purpose.id, account=account, at=at, amount=amount, terms=terms, note=note)
    holds.put(conn, made)
    return made


def add(conn: Connection, account: str, purpose: Purpose, amount: int, at: float, *, note: str = "") -> None:
    """Hold an amount beside what is held for the same purpose, whatever the account has.

    So many small things have one hold, and what an account has left does not take longer to know the more they are.
    Raises ValueError for an amount below nothing.
    """
    _refuse_negative(amount, purpose)
    if amount:
        holds.add(conn, Hold(kind=purpose.kind, id=purpose.id, account=account, at=at, amount=amount, note=note))


def settle(
    conn: Connection, account: str, purpose: Purpose, amount: int, at: float, *, note: str = "", held: bool = True
) -> bool:
    """Charge an amount, once, and hold nothing for the purpose any more.

    0 charges nothing. Returns whether it was charged: a second charge for the same purpose changes nothing. `held` is
    false where it is known that nothing is held, which saves a statement. Raises ValueError for an amount below
    nothing: it would be a payment.
    """
    _refuse_negative(amount, purpose)
    charged = bool(amount) and ledger.charge(conn, account, purpose, amount, note, at)
    if held:
        holds.end(conn, purpose)
    return charged


def refusal(
    conn: Connection,
    account: str,
    funds: Funds | None,
    amount: int,
    *,
    what: str,
    costs: str = "",
    had: int = 0,
) -> str | None:
    """Return why an account cannot hold an amount, as a sentence; None: it can.

    `funds` is what the account has (engine.platform.holds.funds). `what` is the thing's kind, `costs` says what the
    amount pays for if it is not all of it, such as "the first 60 s cost"; `had` is held for the thing already.
    """
    if funds is None:
        return CLOSED
    if funds.spendable is None:
        return None
    if funds.spendable <= 0:
        return f"{_limit(funds)} is used up."
    if funds.left is None or funds.left + had >= amount:
        return None
    kept = _kept(funds, holds.list(conn, account))
    needed = f"{decimal(max(0, funds.left))} is left, and {costs or 'it costs'} {decimal(amount)}"
    return f"{_limit(funds)} does not cover this {what}{kept}; {needed}."


def _refuse_negative(amount: int, purpose: Purpose) -> None:
    if amount < 0:
        raise ValueError(f"the {purpose.kind} {purpose.id} cannot cost {decimal(amount)}")


def _limit(funds: Funds) -> str:
    """Name the limit that leaves less."""
    if funds.daily_spend is not None and (funds.balance is None or funds.daily_spend - funds.spent < funds.balance):
        spent = f", {decimal(funds.spent)} of it spent today (UTC)," if funds.spent else ""
        return f"The daily spend of {decimal(funds.daily_spend)} {funds.currency}{spent}"
    return f"The balance of {decimal(funds.balance or 0)} {funds.currency}"


def _kept(funds: Funds, held: Sequence[Hold]) -> str:
    if not held:
        return ""
    named = ", ".join(f"{decimal(one.amount)} by the {one.note or one.kind} ({one.id})" for one in held[:NAMED])
    rest = sum(one.amount for one in held[NAMED:])
    more = f" and {decimal(rest)} by {len(held) - NAMED} more" if rest else ""
    return f": {decimal(funds.held)} is held for what goes on, {named}{more}"
