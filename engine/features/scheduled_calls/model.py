"""What a scheduled call is."""

from typing import Literal

import msgspec

from engine.model.call_data import CallData
from engine.tasks.kinds import AnyTask

State = Literal["scheduled", "refused"]


class WantedCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call to place at a time; the fields are those of engine.commands.PlaceCall and of its leg options.

    `try_until` (Unix seconds): until then it is tried again where the account has as many calls as it may have.
    """

    callee: str
    caller: str | None = None
    tasks: tuple[AnyTask, ...] = ()
    ring_seconds: float | None = None
    max_seconds: float | None = None
    data: CallData | None = None
    reports_tree: bool = False
    try_until: float = 0.0


class ScheduledCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call that waits for its time, `at` (Unix seconds); the call has the same `id` when it is placed.

    `state` is refused, and `reason` says why, if it could not be placed at its time.
    """

    id: str
    account: str
    at: float
    state: State
    callee: str
    caller: str | None
    reason: str | None = None


class TakenBack(msgspec.Struct, frozen=True, kw_only=True):
    """What became of calls that were to be cancelled together: those that were, and the ids of those that had begun."""

    calls: tuple[ScheduledCall, ...]
    begun: tuple[str, ...]
