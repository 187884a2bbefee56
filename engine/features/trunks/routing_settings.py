"""The rules of a trunk's settings for routing: its share, its limits, and when the next trunk is tried."""

from engine.features.errors import InvalidSetting
from engine.features.trunks import hours
from engine.features.trunks.settings import must, within
from engine.model import next_on
from engine.store.trunk_groups import Routing
from engine.store.trunks import Trunk

HIGHEST_WEIGHT = 1000
MOST_CALLS = 100_000
MOST_CALLS_PER_SECOND = 10_000
LONGEST_RESPONSE = 32  # seconds: timer B of RFC 3261 section 17.1.1.2, by which Asterisk has given up
LONGEST_REST = 86_400


def checked(trunk: Trunk) -> Routing:
    """Return a trunk's settings of routing, which can be followed; raises InvalidSetting."""
    routing = trunk.routing
    within("weight", routing.weight, 1, HIGHEST_WEIGHT)
    within("max_calls", routing.max_calls, 1, MOST_CALLS, or_zero="any number")
    within("rest_seconds", routing.rest_seconds, 1, LONGEST_REST, or_zero="it does not rest")
    _up_to("calls_per_second", routing.calls_per_second, MOST_CALLS_PER_SECOND, "any number")
    _up_to("response_seconds", routing.response_seconds, LONGEST_RESPONSE, "as long as the call may ring")
    try:
        next_on.parse(routing.next_on)
        hours.parse(routing.hours)
        hours.zone(routing.time_zone)
    except ValueError as error:
        raise InvalidSetting(str(error)) from None
    must(routing.hours or not routing.time_zone, "time_zone is of no use without hours: set both, or make both empty.")
    return routing


def _up_to(field: str, value: float, most: int, zero: str) -> None:
    must(0 <= value <= most, f"{field} must be more than 0 and at most {most}, or 0: {zero} (got {value:g}).")
