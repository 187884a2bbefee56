"""Commands that place and end calls."""

from engine.commands.base import Command
from engine.commands.once import Once
from engine.model.call import Call
from engine.model.call_data import CallData
from engine.model.cause import HangupCause
from engine.model.leg_options import PLAIN, LegOptions
from engine.tasks.kinds import AnyTask
from engine.tasks.play import Play
from engine.tasks.say import Say


class PlaceCall(Command[Call], frozen=True, kw_only=True, tag="place_call"):
    """Call `callee` (an own extension, or 7 to 15 digits). Returns at once, the call QUEUED; its tasks wait for it.

    `options` say how it is dialled. `party` is the number of the call that this one will be connected with; it is shown
    if the options have no `caller`. `party_by_trunk`: that call is a trunk's, so its party is no extension of ours,
    whatever number it shows. `max_seconds`: the longest that it may last from its answer.

    Raises NumberRefused (NoSuchExtension), CallerRefused, LimitReached, CreditSpent, EngineUnavailable, KeyReused.
    `once` names the request: for a day the same one is answered with the same call, and places none.
    `data` is stored with the call and comes back in its events; `root` is the first leg of its call tree.
    `reports_tree`: RootEnded is written when this call and all legs that it dialled have ended.
    """

    account: str
    callee: str
    options: LegOptions = PLAIN
    party: str | None = None
    party_by_trunk: bool = False
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


class TransferCall(Command[str], frozen=True, kw_only=True, tag="transfer_call"):
    """Move the party of an answered call to `to` (a destination, as stored); returns the id of the task that does it.

    Whom it is connected with is parted from it, and its call ends once the party is there; if that fails, the two are
    connected again. What holds the call's queue is stopped. See engine.tasks.transfer.Transfer for the other fields.
    Instead of `to`, `to_call` is another call of the account, whose party the transferor has spoken with by a second
    call: the two parties are connected, and both calls of the transferor end (an attended transfer).

    Raises NoSuchCall, NotTransferable, NumberRefused, EngineUnavailable.
    """

    account: str
    call: str
    to: str = ""
    to_call: str = ""
    announcement: tuple[Play | Say, ...] = ()
    accept: str = ""
    music: str = "default"
    ring_seconds: float | None = None
