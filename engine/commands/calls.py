"""Commands that place and end calls."""

from dataclasses import dataclass

from engine.calls.call import Call
from engine.calls.cause import HangupCause
from engine.commands.base import Command
from engine.model.leg_options import PLAIN, LegOptions
from engine.tasks.kinds import AnyTask


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceCall(Command[Call]):
    """Call `callee` (an own extension, or 7 to 15 digits). Returns at once, the call QUEUED; its tasks wait for it.

    `options` say how it is dialled. `party` is the number of the call that this one will be connected with; it is shown
    if the options have no `caller`. `max_seconds`: the longest that it may last from its answer.

    Raises NumberRefused (NoSuchExtension), CallerRefused, LimitReached, CreditSpent, EngineUnavailable.
    `tag` comes back in the call's events; `root` is the first leg of the call tree that this leg belongs to.
    `reports_tree`: RootEnded is written when this call and all legs that it dialled have ended.
    """

    account: str
    callee: str
    options: LegOptions = PLAIN
    party: str | None = None
    tag: str = ""
    application: str | None = None
    tasks: tuple[AnyTask, ...] = ()
    root: str | None = None
    id: str | None = None
    max_seconds: float | None = None
    reports_tree: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class HangUpCall(Command[None]):
    """End a call now; its queued tasks are discarded. Raises NoSuchCall."""

    account: str
    call: str
    cause: HangupCause = HangupCause.NORMAL
