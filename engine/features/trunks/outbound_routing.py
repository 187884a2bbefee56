"""Which trunks carry a number, and in which order: the longest prefix first, then the priority, then the cost.

Trunks that are alike in all of these share the calls by their weights. The rest is there to fail over to.
"""

import hashlib
import math
from collections.abc import Callable, Iterable

from engine.calls.admission_protocol import Route
from engine.features.numbers.phone_numbers import prefix_of
from engine.features.trunks import numbering, signalling
from engine.features.trunks.numbering import CallerWriter
from engine.model import next_on
from engine.store.trunks import Trunk

LAST_RESORT = 1000  # from this priority on a trunk is tried only where no other carries the number
CostOf = Callable[[str, str], int | None]
"""What a minute by a trunk (its name) to a number (its digits) costs, in millionths; None: it is not known."""


def no_costs(trunk: str, digits: str) -> int | None:
    """No cost is known."""
    return None


def choose(trunks: Iterable[Trunk], digits: str, *, call: str = "", cost_of: CostOf = no_costs) -> tuple[Trunk, ...]:
    """Return the trunks that carry `digits`, in the order to try them; empty if none does.

    A trunk of which no cost is known comes behind those that are otherwise alike. Of one call (its id) the order is
    always the same.
    """
    matching = [(length, trunk) for trunk in trunks if (length := _matched(trunk, digits)) is not None]
    # A trunk of last resort keeps what it names; only its catch-all stands back.
    own = [found for found in matching if not is_last_resort(found[1], digits)]
    found = own or matching
    if len(found) > 1:
        found.sort(key=lambda each: _rank(each[0], each[1], digits, call, cost_of))
    return tuple(trunk for _, trunk in found)


def routes(trunks: Iterable[Trunk], digits: str, *, call: str, cost_of: CostOf = no_costs) -> tuple[Route, ...]:
    """Return the routes of a call to `digits`, in the order to try them."""
    return tuple(_route(trunk, digits) for trunk in choose(trunks, digits, call=call, cost_of=cost_of))


def is_last_resort(trunk: Trunk, digits: str) -> bool:
    """Whether a trunk would carry `digits` only because no other one does."""
    return trunk.priority >= LAST_RESORT and not _matched(trunk, digits)


def prefixes_of(trunk: Trunk) -> tuple[str, ...]:
    """Return the prefixes a trunk carries; an empty one is every number."""
    return tuple(prefix_of(text) for text in trunk.prefix.split(","))


def dial_string(trunk: Trunk, digits: str) -> str:
    """Return what Asterisk dials; nothing of a customer's text but ASCII digits gets here.

    It is the carrier's URI, and not the trunk's AOR: to an AOR that answers no OPTIONS Asterisk sends no INVITE.
    """
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError("only digits are dialled")
    return f"PJSIP/trunk-{trunk.name}/{signalling.uri(trunk, numbering.called(trunk, digits))}"


def _route(trunk: Trunk, digits: str) -> Route:
    routing = trunk.routing
    return Route(
        endpoint=dial_string(trunk, digits),
        trunk=trunk.name,
        last_resort=is_last_resort(trunk, digits),
        next_on=next_on.parse(routing.next_on) if routing.next_on else next_on.STANDARD,
        response_seconds=routing.response_seconds,
        write_caller=CallerWriter(trunk),
    )


def _rank(length: int, trunk: Trunk, digits: str, call: str, cost_of: CostOf) -> tuple[int, int, float, float, str]:
    cost = cost_of(trunk.name, digits)
    known = math.inf if cost is None else cost
    return -length, trunk.priority, known, _share(call, trunk), trunk.name


def _share(call: str, trunk: Trunk) -> float:
    """A number by which equal trunks are ordered, so that each is first as often as its weight says.

    Weighted sampling without replacement (Efraimidis and Spirakis, 2006); chance is a hash of the call's id, so that
    a controller that takes a call over goes on in the same order.
    """
    if not call:
        return 0.0
    digest = hashlib.blake2b(f"{call}/{trunk.name}".encode(), digest_size=7).digest()
    return -math.log((int.from_bytes(digest) + 1) / 2**56) / trunk.routing.weight


def _matched(trunk: Trunk, digits: str) -> int | None:
    """Return the length of the longest prefix that matches; None where none does."""
    return max((len(prefix) for prefix in prefixes_of(trunk) if digits.startswith(prefix)), default=None)
