"""What happens to a call, and to a call tree."""

import msgspec

from engine.events.base import Event


class CallOffered(Event, frozen=True, kw_only=True, tag="call_offered"):
    """An inbound call waits until its application queues tasks."""

    application: str
    caller: str
    callee: str


class CallDialing(Event, frozen=True, kw_only=True, tag="call_dialing"):
    """An INVITE goes out through `trunk` (or to an extension: None)."""

    trunk: str | None = None


class RouteFailed(Event, frozen=True, kw_only=True, tag="route_failed"):
    """`trunk` did not carry the call, and the next one is tried if there is one.

    `reason` is a cause (engine.model.cause), or why it was not dialled: full, out_of_hours, gone.
    `sip_status` is what the carrier answered; `detail` a sentence for the operator.
    """

    trunk: str
    reason: str
    sip_status: int | None = None
    detail: str = ""


class CallRinging(Event, frozen=True, kw_only=True, tag="call_ringing"):
    """The far party's phone rings (a 180 came)."""


class CallAnswered(Event, frozen=True, kw_only=True, tag="call_answered"):
    """The call was answered (by the far party, or by us if inbound)."""


class CallEnded(Event, frozen=True, kw_only=True, tag="call_ended"):
    """The call has ended: its last event, except for events of its recordings (RootEnded is the tree's).

    `seconds` counts from the answer, `price` in millionths. `hung_up_by` is an engine.model.call.Party.
    """

    cause: str
    hung_up_by: str
    answered: bool
    seconds: float
    price: int
    currency: str
    sip_status: int | None = None


class CallTransferred(Event, frozen=True, kw_only=True, tag="call_transferred"):
    """The call's party was moved to `to` (a destination, or what a phone dialled; "" where it is `attended`).

    `by` is the call of whoever transferred it, "" for nobody: a program moved a call that was connected with nobody.
    `call` is the one that it is connected with now, "" where it goes on with tasks. `attended`: whoever transferred it
    had spoken with the other party before, or takes part in the conference that the call joins. `task` is the transfer.
    """

    task: str
    to: str
    by: str
    attended: bool
    call: str


class TransferFailed(Event, frozen=True, kw_only=True, tag="transfer_failed"):
    """The call's party was not moved, and is connected as before if whoever transferred it is still there.

    `cause` is a word of engine.model.cause, `reason` a sentence. The others are those of CallTransferred.
    """

    task: str
    to: str
    by: str
    attended: bool
    cause: str
    reason: str


class EndedLeg(msgspec.Struct, frozen=True, kw_only=True):
    """One leg of a call tree that has ended, as in its CallEnded."""

    call: str
    caller: str
    callee: str
    cause: str
    hung_up_by: str
    answered: bool
    seconds: float
    price: int


class ScheduledCallRefused(Event, frozen=True, kw_only=True, tag="scheduled_call_refused"):
    """A call that was scheduled could not be placed at its time; there is no call of that id.

    `data` is what was to be stored with the call.
    """

    reason: str


class RootEnded(Event, frozen=True, kw_only=True, tag="root_ended"):
    """All legs of a call tree have ended. Written once, if the root has `reports_tree`.

    `subject` is the root, `data` its own at the end. `cause` and `hung_up_by` are the root leg's: if a Dial did not
    reach its party, or the connected party hung up, they say so (Party.CONNECTED).
    `answered`: the root leg was answered and, if it dialled, one of the dialled legs was too: if the callee was busy,
    the tree was not answered. `seconds`: how long the dialled legs were answered, added up; if none was dialled, that
    of the root leg. `price`, in millionths, is the sum of all legs; `legs` are in the order of their creation, the
    root first.
    """

    cause: str
    hung_up_by: str
    answered: bool
    seconds: float
    price: int
    currency: str
    caller: str
    callee: str
    legs: tuple[EndedLeg, ...]
