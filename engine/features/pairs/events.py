"""The events of pairs, each once for a pair, in this order. Their subject and root is the pair's id, which is the first
party's call; `data` is what was stored with it."""

from engine.events.base import Event
from engine.events.calls import EndedLeg
from engine.features.pairs.model import Result


class PairFirstAnswered(Event, frozen=True, kw_only=True, tag="pair_first_answered"):
    """The first party answered; the second one is called."""

    first: str
    second: str


class PairConnected(Event, frozen=True, kw_only=True, tag="pair_connected"):
    """The two were connected."""

    first: str
    second: str


class PairEnded(Event, frozen=True, kw_only=True, tag="pair_ended"):
    """The pair has ended: the last event of its call tree.

    `legs`: the first party's call, then the second one's, with how each ended, its seconds from its answer, and its
    price in millionths of `currency`; empty if nobody was called. `seconds`: for how long the two were connected.
    `price` is the sum. `reason` says why it was refused.
    """

    first: str
    second: str
    result: Result
    reason: str = ""
    legs: tuple[EndedLeg, ...] = ()
    seconds: float = 0.0
    price: int = 0
    currency: str = "USD"
