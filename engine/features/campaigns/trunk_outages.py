"""Trunks that took no call of a campaign a while ago: the contacts whose turn it is wait, and count no attempt.

It is in memory: after a restart each trunk is tried once more.
"""

from collections.abc import Sequence
from typing import NamedTuple

from engine.events import CallDialing, CallEnded, CallRinging, Event, RouteFailed
from engine.model.call import Party
from engine.model.cause import HangupCause

OFFLINE_SECONDS = 15.0
"""Until a trunk is tried again that did not answer or is out of its hours; and between two calls that try it."""
FULL_SECONDS = 2.0
"""Until a trunk is tried again that had as many calls as it may have."""
_SILENT = (HangupCause.NO_RESPONSE.value, Party.NETWORK.value)
_ENDED_SO = {
    _SILENT,
    (HangupCause.NO_ROUTE.value, Party.NETWORK.value),
    (HangupCause.OVER_LIMIT.value, Party.US.value),
}
_TRUNK_S_OWN = {"full", "out_of_hours", "resting", "gone", "no_response"}
"""The reasons of a failed route for which no carrier said anything of the call."""


class Outage(NamedTuple):
    """The first trunk of a call that no trunk took, and why it did not."""

    trunk: str
    reason: str


class TrunkOutages:
    """By trunk: until when no call is given to it, and the last call that tried it."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}
        self._tried_by: dict[str, str] = {}

    def __bool__(self) -> bool:
        return bool(self._until)

    def note(self, outage: Outage, now: float) -> None:
        """Note that a trunk took no call."""
        self._tried_by.pop(outage.trunk, None)
        self._until[outage.trunk] = now + (FULL_SECONDS if outage.reason == "full" else OFFLINE_SECONDS)

    def blocked(self, now: float) -> dict[str, float]:
        """Return the trunks that no call is given to, and until when."""
        return {trunk: until for trunk, until in self._until.items() if until > now}

    def trying(self, trunk: str, call: str, now: float) -> bool:
        """Note that a call is given to a trunk; whether it is one that tries the trunk, and others wait."""
        if trunk not in self._until:
            return False
        self._until[trunk], self._tried_by[trunk] = now + OFFLINE_SECONDS, call
        return True

    def carried(self, call: str) -> bool:
        """Note that an INVITE of a call left; whether the call tried a trunk, which is used again now."""
        for trunk in [trunk for trunk, tried_by in self._tried_by.items() if tried_by == call]:
            del self._tried_by[trunk], self._until[trunk]
            return True
        return False


def not_carried(ended: CallEnded, found: Sequence[Event]) -> Outage | None:
    """Return why no trunk took a call; None if one did, or no trunk carries the number.

    A carrier that answered nothing, not even with 100 Trying, took it as little as one that was not dialled.
    """
    how = (ended.cause, ended.hung_up_by)
    if ended.answered or how not in _ENDED_SO or any(isinstance(event, CallRinging) for event in found):
        return None
    failures = [event for event in found if isinstance(event, RouteFailed)]
    dialled = [event.trunk for event in found if isinstance(event, CallDialing) and event.trunk]
    if any(failed.reason not in _TRUNK_S_OWN for failed in failures):
        return None
    if how == _SILENT and dialled:
        return Outage(failures[0].trunk if failures else dialled[0], "no_response")
    silent = [failed.trunk for failed in failures if failed.reason == "no_response"]
    if not failures or len(dialled) > len(silent):
        return None
    return Outage(failures[0].trunk, failures[0].reason)
