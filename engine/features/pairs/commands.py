"""The commands of pairs."""

from engine.commands.base import Command
from engine.commands.refusals import CommandRefused
from engine.features.pairs.model import Pair, WantedPair


class PlacePair(Command[Pair], frozen=True, kw_only=True, tag="place_pair"):
    """Call two parties one after the other, at once or `at` a time (Unix seconds); returns it before anybody is called.

    The numbers of both are checked first: where the second one may not be called, neither is the first one.
    Raises NumberRefused (NoSuchExtension), CallerRefused, LimitReached, CreditSpent, EngineUnavailable, PairRefused.
    """

    account: str
    wanted: WantedPair
    at: float | None = None


class CancelPair(Command[Pair], frozen=True, kw_only=True, tag="cancel_pair"):
    """End a pair, whatever its state. Returns it: ENDED if it had not begun, and then nobody is called; else as it was
    when its calls were ended, and PairEnded says how it ended.

    Raises NoSuchPair, and PairOver if it has ended.
    """

    repeatable = True
    account: str
    pair: str


class NoSuchPair(CommandRefused):
    """There is no such pair in this account."""


class PairOver(CommandRefused):
    """The pair has ended."""


class PairRefused(CommandRefused):
    """The two cannot be connected as it was asked for: a time that is not possible, or twice the same number."""
