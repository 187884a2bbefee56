"""The names and patterns of events that a customer gives."""

from collections.abc import Sequence

from engine.features.errors import InvalidSetting
from engine.platform.catalogue import Catalogue


def checked(catalogue: Catalogue, patterns: Sequence[str]) -> tuple[str, ...]:
    """Return names and patterns without repetitions; raises InvalidSetting."""
    if not patterns:
        raise InvalidSetting("events must name at least one event, such as call.ended, call.* or *.")
    known = (*catalogue.patterns, *catalogue.names)
    for pattern in patterns:
        if pattern not in known:
            named = ", ".join(known)
            raise InvalidSetting(f"events must be names of events (got {pattern[:80]!r}); there are: {named}.")
    return tuple(dict.fromkeys(patterns))
