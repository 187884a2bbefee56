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
