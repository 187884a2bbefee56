"""What messaging needs of whatever carries texts: an SMSC's link, or Asterisk for SIP MESSAGE.

1. A sender submits one part of a text after another; several may be under way at once.
2. Each submission ends in one Answer: accepted, refused, put off, not sent, or unknown.
3. What comes in goes to the Inbox; the carrier acknowledges it to the far end after the Inbox has returned, which it
   does once it is committed. If the Inbox raises, the far end is asked to send it again.
"""

from enum import StrEnum
from typing import Protocol

import msgspec


class ReceiptState(StrEnum):
    """What a receipt says of a part (SMPP 3.4 §5.2.28, appendix B)."""

    DELIVERED = "delivered"
    FAILED = "failed"  # UNDELIV, REJECTD, DELETED
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    UNDER_WAY = "under way"  # ENROUTE, ACCEPTD: not final


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a text to submit.

    `id` is the part's, for logs. `sender` and `recipient` are digits, a short code, or (`sender` only) letters.
    `content` is encoded already, without a user data header. `unicode`: it is UCS-2, else GSM-7 with one septet an
    octet (unpacked). To a phone of an extension it is UTF-8, and `recipient` the phone's SIP user name. A part of a
    longer text has `reference` (0 to 65535), `number` (from 1) and `total`.
    `valid_seconds`: how long the SMSC may try; None: as long as it likes.
    """

    id: str
    sender: str
    recipient: str
    content: bytes
    unicode: bool = False
    reference: int = 0
    number: int = 1
    total: int = 1
    valid_seconds: float | None = None


class Accepted(msgspec.Struct, frozen=True):
    """The carrier took the part. `id` is the one its receipts name; "": it sends none, so nothing more is heard."""

    id: str


class Refused(msgspec.Struct, frozen=True):
    """The carrier will not take the part, now or later; `reason` is a sentence for the customer."""

    reason: str


class PutOff(msgspec.Struct, frozen=True):
    """The carrier does not take the part now (throttled, queue full, a fault of its own): try again in a while.

    `slower`: it asked for fewer texts a second, so nothing is submitted to it meanwhile.
    """

    reason: str
    slower: bool = False


class NotSent(msgspec.Struct, frozen=True):
    """The part did not leave: there is no link. It may be submitted again."""

    reason: str


class Unknown(msgspec.Struct, frozen=True):
    """The part left, and no answer came: only a receipt can say what became of it. It is not submitted again."""

    reason: str


Answer = Accepted | Refused | PutOff | NotSent | Unknown


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What a carrier says later of a part that it accepted. `error` is its own code or word, e.g. `001`; "": none."""

    id: str
    state: ReceiptState
    error: str = ""
    at: float | None = None


class Incoming(msgspec.Struct, frozen=True, kw_only=True):
    """A text, or one part of it, that came in. Sender and recipient are as the carrier wrote them.

    A part of a longer text has a `reference`, a `number` (from 1) and a `total`; `total` 1: it is whole.
    `key` names what came in, so that the same one that is sent twice is stored once; "": the carrier has no such name.
    """

    sender: str
    recipient: str
    text: str
    reference: int = 0
    number: int = 1
    total: int = 1
    key: str = ""


class Inbox(Protocol):
    """Who takes what comes in; each returns once it is committed."""

    async def receipt(self, carrier: str, receipt: Receipt) -> None:
        """Take a receipt; `carrier` is the SMSC's name."""

    async def incoming(self, carrier: str, incoming: Incoming) -> None:
        """Take a text or a part of one."""


class Carrier(Protocol):
    """One link, or several, to whoever takes texts."""

    @property
    def name(self) -> str:
        """The SMSC's name; `sip` for the phones of extensions."""

    @property
    def ready(self) -> bool:
        """Whether it takes texts now."""

    async def wait_ready(self) -> None:
        """Return as soon as it takes texts."""

    async def submit(self, part: Submission) -> Answer:
        """Submit one part; returns when it was answered, or when it is certain that no answer will come."""

    async def start(self) -> None:
        """Connect, and connect again whenever the link is lost, until `stop`."""

    async def stop(self) -> None:
        """End the link; what was not answered yet ends as Unknown."""
