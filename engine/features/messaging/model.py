"""What texts are: plain types. Times are Unix seconds, money is millionths of the account's currency."""

from enum import StrEnum

import msgspec

from engine.model.call_data import CallData

SIP = "sip"
"""The carrier of texts to and from the phones of extensions."""


VERIFICATION = "verification"
"""The origin of a text with a code that proves a number; such a text is sealed where it is stored."""
PREFIX = "message"
"""Of a text's id (engine.ids)."""


class Direction(StrEnum):
    """Who sent a text: the account (`out`), or somebody to the account (`in`)."""

    OUT = "out"
    IN = "in"


class State(StrEnum):
    """What became of a text. One that came in is received; the last five of the others are final.

    `sent`: a carrier took all parts, and its receipts are awaited; final for texts to phones by SIP, which have none.
    `unknown`: a part left and nothing is known of it, or no receipt came; a receipt that comes later still counts.
    """

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    RECEIVED = "received"


class PartState(StrEnum):
    """What became of a part. `submitting`: it is about to leave, or left; its answer is not stored yet."""

    WAITING = "waiting"
    SUBMITTING = "submitting"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class NewMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A text to send: `to` is digits or an own extension's number.

    `sender` is one of the account's texting numbers or extensions; None: its default. `at`: not before that time.
    `valid_seconds`: for how long it may be tried from then; None: the longest. `data` comes back in its events and in
    those of replies. `files`: ids of the account's files, or http(s) URLs that are fetched; each becomes a link in the
    text (engine.features.messaging.attachments). Only SendMessage takes them.
    """

    to: str
    text: str
    sender: str | None = None
    at: float | None = None
    valid_seconds: float | None = None
    application: str | None = None
    data: CallData | None = None
    files: tuple[str, ...] = ()


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A text, sent or received.

    `carrier` is the SMSC's name, `sip` for a phone of the account; "": none was chosen yet. `due` is when it may be
    tried next, `expires` when it is given up, or its receipts are. `price` is what was charged; `parts` how many parts
    it has. `reason` says why it is failed, expired or unknown, or why it still waits. `reply_to` is the id of the text
    that one that came in replies to. `origin` says who wrote one that is sent: "": a program of the account,
    `extension:101`: that phone, `relay`: who texted a number that leads to the phone which gets it, `confirmation`:
    we, because of STOP or START, `notice`: we, because of a text that a phone sent, `campaign`: a
    campaign, `verification`: we, with a code that proves a number, and the text is shown to nobody. `user` is the id of
    the user in whose inbox one is that came in. `files` are the ids of the files whose links the text has; they may be
    deleted since.
    `ended` is when it became final: delivered, failed, expired, unknown, or sent by SIP.
    """

    id: str
    account: str
    direction: Direction
    sender: str
    recipient: str
    text: str
    state: State
    created: float
    carrier: str = ""
    parts: int = 1
    due: float = 0.0
    expires: float = 0.0
    sent: float | None = None
    ended: float | None = None
    reason: str = ""
    price: int = 0
    currency: str = "USD"
    application: str | None = None
    data: CallData | None = None
    reply_to: str = ""
    origin: str = ""
    user: str | None = None
    files: tuple[str, ...] = ()

    @property
    def inside(self) -> bool:
        """Whether it is sent to a phone of its account."""
        return self.carrier == SIP

    @property
    def masked(self) -> bool:
        """Whether its text is shown to nobody."""
        return self.origin == VERIFICATION


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One part of an outbound text. `reference` joins the parts of one text.

    `carrier_id` is what its receipts name; "": it was accepted and has none, None: it was not accepted.
    """

    message: str
    number: int
    carrier: str
    state: PartState
    carrier_id: str | None = None
    reference: int = 0
    at: float | None = None
    reason: str = ""


class Smsc(msgspec.Struct, frozen=True, kw_only=True):
    """A text carrier that is reached by SMPP, with the prefixes that it carries.

    `settings` are those of its link (engine.features.messaging.smpp), as JSON. `per_second`: the pace that it is
    given at most. `password` is sealed where it is stored. `country` (ISO 3166): where the numbers are read that it
    sends without +; "": they are international.
    """

    name: str
    host: str
    port: int
    system_id: str
    password: str
    per_second: float = 100.0
    settings: str = "{}"
    disabled: bool = False
    country: str = ""


class MessageRoute(msgspec.Struct, frozen=True, kw_only=True):
    """Which SMSC carries texts to numbers that begin with `prefix` ("": all): the longest wins, then the lowest
    `priority`. `account`: whose own route it is, which is looked for first; "": everybody's.
    """

    prefix: str
    smsc: str
    account: str = ""
    priority: int = 10


class MessageRate(msgspec.Struct, frozen=True, kw_only=True):
    """What a part of a text to numbers that begin with `prefix` costs, in millionths of `currency`.

    The longest prefix wins. `account`: whose own rate it is, which is looked for first; "": everybody's.
    """

    prefix: str
    currency: str
    per_part: int
    account: str = ""


class Keyword(msgspec.Struct, frozen=True, kw_only=True):
    """The first word of texts to a number, and where those lead: before the number's own destination.

    `word` is in upper case. `leads_to` is `application:ID`, `extension:NUMBER` or `user:ID` (engine.model.destination).
    `owner` had the number when this was set: if another account has it now, this does not count.
    """

    number: str
    word: str
    account: str
    leads_to: str
    owner: str


class TextingRules(msgspec.Struct, frozen=True, kw_only=True):
    """What an account has set for its texts. `sender`: its texting number; "": the first of its numbers for texts.

    `per_second` is the pace of its texts. `stop_words`: whether STOP and START in a text to it count.
    """

    account: str
    sender: str = ""
    per_second: float = 10.0
    stop_words: bool = True
