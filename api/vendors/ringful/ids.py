"""Ringful's ids: opaque strings (its document shows `1234-5678-9012-3456` and `1234-abcd`); ours serve as they are."""

from engine.ids import new_id

DIALECT = "ringful"
"""The dialect's name in the store, in call data and on the command line."""
INBOUND_URL = "inboundUrl"
"""The setting of an application with the URL that is notified of its calls."""
_CONFERENCE = "conf"


def new_conference_id() -> str:
    """Return the id of a conference that is about to be started."""
    return new_id(_CONFERENCE)


def is_conference(owner: str) -> bool:
    """Whether an id names a conference and not a call."""
    return owner.startswith(f"{_CONFERENCE}-")
