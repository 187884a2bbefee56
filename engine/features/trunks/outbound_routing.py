"""Which trunk carries a number: the longest prefix first, then the priority; the rest is there to fail over to."""

from collections.abc import Iterable

from engine.features.numbers.phone_numbers import prefix_of
from engine.store.trunks import Trunk

LAST_RESORT = 1000  # from this priority on a trunk is tried only where no other carries the number


def choose(trunks: Iterable[Trunk], digits: str) -> tuple[Trunk, ...]:
    """Return the trunks that carry `digits`, in the order to try them; empty if none does."""
    matching = [(length, trunk) for trunk in trunks if (length := _matched(trunk, digits)) is not None]
    matching.sort(key=lambda found: (-found[0], found[1].priority, found[1].name))
    # A trunk of last resort keeps what it names; only its catch-all stands back.
    own = [found for found in matching if not is_last_resort(found[1], digits)]
    return tuple(trunk for _, trunk in own or matching)


def is_last_resort(trunk: Trunk, digits: str) -> bool:
    """Whether a trunk would carry `digits` only because no other one does."""
    return trunk.priority >= LAST_RESORT and not _matched(trunk, digits)


def prefixes_of(trunk: Trunk) -> tuple[str, ...]:
    """Return the prefixes a trunk carries; an empty one is every number."""
    return tuple(prefix_of(text) for text in trunk.prefix.split(","))


def dial_string(trunk: Trunk, digits: str) -> str:
    """Return what Asterisk dials; nothing of a customer's text but ASCII digits gets here."""
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError("only digits are dialled")
    return f"PJSIP/{digits}@trunk-{trunk.name}"


def _matched(trunk: Trunk, digits: str) -> int | None:
    """Return the length of the longest prefix that matches; None where none does."""
    return max((len(prefix) for prefix in prefixes_of(trunk) if digits.startswith(prefix)), default=None)
