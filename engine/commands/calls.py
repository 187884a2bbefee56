"""Commands that place and end calls."""

from engine.calls.call import Call
from engine.calls.cause import HangupCause
from engine.commands.base import Command
from engine.model.call_data import CallData
from engine.model.leg_options import Reach, Transport
from engine.tasks.kinds import AnyTask


class PlaceCall(Command[Call], frozen=True, kw_only=True, tag="place_call"):
    """Call `callee` (an own extension, or 7 to 15 digits). Returns at once, the call QUEUED; its tasks wait for it.

    `party` is the number of the call that this one will be connected with; it is shown if no `caller` is given.
    `reach`, `transport`, `private` and `headers` are those of engine.tasks.dial.Dial.

    Raises NumberRefused (NoSuchExtension), HeadersRefused, CallerRefused, LimitReached, CreditSpent, EngineUnavailable.
    `data` is stored with the call and comes back in its events; `root` is the first leg of its call tree.
    `reports_tree`: RootEnded is written when this call and all legs that it dialled have ended.
    """

    account: str
    callee: str
    caller: str | None = None
    party: str | None = None
    data: CallData | None = None
    application: str | None = None
    tasks: tuple[AnyTask, ...] = ()
    root: str | None = None
    id: str | None = None
    ring_seconds: float | None = None
    max_seconds: float | None = None
    reach: Reach = "any"
    transport: Transport = "udp"
    private: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    reports_tree: bool = False


class HangUpCall(Command[None], frozen=True, kw_only=True, tag="hang_up_call"):
    """End a call now; its queued tasks are discarded. Raises NoSuchCall."""

    account: str
    call: str
    cause: HangupCause = HangupCause.NORMAL
