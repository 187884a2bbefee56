"""The record of one call: one leg between us and one party."""

from enum import StrEnum

import msgspec

from engine.model.call_data import CallData
from engine.model.cause import HangupCause
from engine.model.leg_options import LegOptions
from engine.model.verstat import Verstat


class CallState(StrEnum):
    """Where a call stands, as it is stored and shown. That it is being hung up is not stored."""

    QUEUED = "queued"
    DIALING = "dialing"
    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"


class Direction(StrEnum):
    """Who placed the call: `outbound` we did, `inbound` the far party did."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Party(StrEnum):
    """Who ended a call: its far party, us (a request, a task, a limit), the network, or the other party of two that a
    Dial connected or was to connect."""

    FAR = "far"
    US = "us"
    NETWORK = "network"
    CONNECTED = "other"


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A call as last committed; replaced, never mutated.

    Times are Unix seconds (UTC); `price` is in millionths of `currency`; `data` is what a customer stored with it.
    `sip_call_id` is the leg's SIP Call-ID (RFC 3261 §8.1.1.4), known once Asterisk has sent or seen the INVITE.
    `short_of_credit`: it may last `max_seconds` because the money lasts no longer. `reports_tree`: once the last leg of
    its root has ended, RootEnded is written. `options` None: dialled as a plain number. `headers`, `diverted_from`:
    what the INVITE of an inbound call said besides (engine.calls.inbound_invite), if asked for. `private`: its
    caller asked not to be shown (engine.calls.privacy), and who calls from outside is not kept. `verstat`: what the
    INVITE of a call by a trunk says of the right to its caller's number (engine.calls.verstat). `ended`: when it was
    seen to end; where nobody saw it, the last moment at which it was known to be up, and no second after it is charged.
    """

    id: str
    root: str
    account: str
    direction: Direction
    caller: str
    callee: str
    state: CallState
    created: float
    application: str | None = None
    data: CallData | None = None
    answered: float | None = None
    ended: float | None = None
    cause: HangupCause | None = None
    sip_status: int | None = None
    hung_up_by: Party | None = None
    price: int = 0
    currency: str = "USD"
    trunk: str | None = None
    sip_call_id: str | None = None
    node: str = "asterisk-0"
    ari_application: str = "carillon-0"
    channel_id: str = ""
    ring_seconds: float = 60.0
    max_seconds: float = 14400.0
    short_of_credit: bool = False
    reports_tree: bool = msgspec.field(default=False, name="whole")
    options: LegOptions | None = msgspec.field(default=None, name="manner")
    headers: tuple[tuple[str, str], ...] = ()
    diverted_from: str = ""
    private: bool = False
    verstat: Verstat | None = None

    @property
    def far_number(self) -> str:
        """The number of its far party: whom we called, or who called us."""
        return self.callee if self.direction is Direction.OUTBOUND else self.caller

    @property
    def duration(self) -> float:
        """Seconds from answer to end; 0 for a call never answered or not ended."""
        return self.ended - self.answered if self.ended and self.answered else 0.0
