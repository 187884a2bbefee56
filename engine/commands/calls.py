"""Commands that place and end calls."""

from engine.commands.base import Command
from engine.commands.once import Once
from engine.model.call import Call
from engine.model.call_data import CallData
from engine.model.cause import HangupCause
from engine.model.leg_options import PLAIN, LegOptions
from engine.tasks.kinds import AnyTask


class PlaceCall(Command[Call], frozen=True, kw_only=True, tag="place_call"):
    """Call `callee` (an own extension, or 7 to 15 digits). Returns at once, the call QUEUED; its tasks wait for it.

    `options` say how it is dialled. `party` is the number of the call that this one will be connected with; it is shown
    if the options have no `caller`. `max_seconds`: the longest that it may last from its answer.

    Raises NumberRefused (NoSuchExtension), CallerRefused, LimitReached, CreditSpent, EngineUnavailable, KeyReused.
    `once` names the request: for a day the same one is answered with the same call, and places none.
    `data` is stored with the call and comes back in its events; `root` is the first leg of its call tree.
    `reports_tree`: RootEnded is written when this call and all legs that it dialled have ended.
    """

    account: str
    callee: str
    options: LegOptions = PLAIN
    party: str | None = None
    data: CallData | None = None
    application: str | None = None
    tasks: tuple[AnyTask, ...] = ()
    root: str | None = None
    id: str | None = None
    max_seconds: float | None = None
    reports_tree: bool = False
    once: Once | None = None


class HangUpCall(Command[None], frozen=True, kw_only=True, tag="hang_up_call"):
    """End a call now; its queued tasks are discarded. Raises NoSuchCall."""

    repeatable = True
    account: str
    call: str
    cause: HangupCause = HangupCause.NORMAL
