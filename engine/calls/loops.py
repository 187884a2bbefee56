"""Calls that a carrier brings back: a number whose call dials the number itself, or one that leads there again.

The carrier gives such a call a new Call-ID and a whole Max-Forwards, and mostly drops headers it does not know. So it
is known by what was dialled: while our own leg to a number is not answered, a call to that number by the same caller
is that leg, come back. It is a loop if a call to the number is what placed that leg, directly or over other numbers.
Two accounts that call each other by a carrier are none. Known are the calls of this controller.

A number outside that is forwarded to ours, which is forwarded to it, is known by its rounds alone: each is a new call
to our number, and a new leg to the other one.
"""

from engine.calls.registry import Registry
from engine.calls.session import Session
from engine.model.call import Call, Direction
from engine.model.destination import MOST_HOPS

MOST_ROUNDS = 3
"""So many calls to a number may dial it at once where the carrier shows another caller than we sent."""
_ALIKE = 7  # last digits in which two spellings of a caller agree


class Loops:
    """Remembers which call an arriving one is the other end of."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._led_from: dict[str, str] = {}  # root of an arrived call → root of the leg that came back as it

    def returned(self, number: str, caller: str) -> Session | None:
        """Return our leg that comes back as a call to `number` by `caller`, if that makes a loop."""
        legs = [leg for leg in self._registry.dialled(number) if leg.call.trunk and not leg.answered]
        for leg in legs:
            if _alike(leg.call.caller, caller) and self._was_called(leg.call.root, number):
                return leg
        rounds = [leg for leg in legs if self._number_of(leg.call.root) == number]
        return rounds[-1] if len(rounds) >= MOST_ROUNDS else None

    def note(self, call: Call) -> None:
        """An inbound call was taken: it may be the other end of a leg of ours."""
        number = _digits(call.callee)
        for leg in self._registry.dialled(number):
            if leg.call.trunk and not leg.answered and _alike(leg.call.caller, call.caller):
                self._forget_ended()
                self._led_from[call.root] = leg.call.root
                return

    def _was_called(self, root: str, number: str) -> bool:
        for _ in range(MOST_HOPS):
            if self._number_of(root) == number:
                return True
            if (before := self._led_from.get(root)) is None:
                return False
            root = before
        return True  # led on too often, wherever to

    def _number_of(self, root: str) -> str | None:
        """The number that a call tree began with; None where no carrier brought it."""
        session = self._registry.get(root)
        by_trunk = session and session.call.direction is Direction.INBOUND and session.call.trunk
        return _digits(session.call.callee) if session and by_trunk else None

    def _forget_ended(self) -> None:
        self._led_from = {root: before for root, before in self._led_from.items() if self._registry.get(root)}


def goes_round(leg: Call, registry: Registry) -> bool:
    """Whether a leg by a carrier is one round too many: as many to this number are not answered, each for a call by the
    same caller to the same number of ours. Callers that are not known are not compared."""
    called = _arrived(leg, registry)
    if called is None:
        return False
    rounds = [one for one in registry.dialled(leg.callee) if one.call.id != leg.id and one.call.trunk]
    alike = [_arrived(one.call, registry) for one in rounds if not one.answered]
    return sum(called == one for one in alike) >= MOST_HOPS


def _arrived(leg: Call, registry: Registry) -> tuple[str, str] | None:
    """The number of ours and the caller of the call by a carrier that a leg was dialled for; None for any other leg."""
    root = registry.get(leg.root)
    if root is None or root.call.direction is not Direction.INBOUND or not root.call.trunk:
        return None
    caller = "".join(letter for letter in root.call.caller if letter.isdigit())[-_ALIKE:]
    return (_digits(root.call.callee), caller) if len(caller) == _ALIKE else None


def _digits(number: str) -> str:
    return number.removeprefix("+")


def _alike(sent: str, shown: str) -> bool:
    """Whether two callers may be one: their last digits agree, or one of them is not known."""
    one, other = ("".join(letter for letter in text if letter.isdigit())[-_ALIKE:] for text in (sent, shown))
    return min(len(one), len(other)) < _ALIKE or one == other
