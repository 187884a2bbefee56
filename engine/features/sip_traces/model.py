"""What a SIP trace is: the messages of a call's legs, as Asterisk sent and received them."""

import msgspec

KEPT_HOURS = 24.0
MOST_MEGABYTES = 256
LARGEST_OF_CALL = 262_144
"""Bytes of messages that are kept of one call, all its legs' INVITEs together; later messages are counted."""


class TraceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept, and where it comes from.

    `hours` is how long messages are kept; 0: none are. `megabytes` bounds them all (of 1,000,000 bytes, as stored): the
    oldest go first. `port` is the UDP port on 127.0.0.1 to which Asterisk sends them, with `password`; without one
    none are taken.
    """

    hours: float = KEPT_HOURS
    megabytes: float = MOST_MEGABYTES
    port: int = 9060
    password: str = ""

    @property
    def on(self) -> bool:
        """Whether messages are taken."""
        return self.hours > 0 and bool(self.password)


class SipMessage(msgspec.Struct, frozen=True, array_like=True):
    """One SIP message: when Asterisk saw it (Unix seconds), from where to where (ADDRESS:PORT), and its octets.

    The octets are masked (engine.features.sip_traces.masking) once they are stored.
    """

    at: float
    source: str
    target: str
    content: bytes


class Dialog(msgspec.Struct, frozen=True, kw_only=True):
    """The messages of one SIP Call-ID (RFC 3261 section 8.1.1.4) of a leg, in the order in which Asterisk saw them.

    A leg has one Call-ID for each trunk that was tried. `call` is the leg's id; "": the call reached no number.
    `left_out` messages came beyond the limit of a call. `gaps` are places in `messages` before or after which messages
    may be missing: they were lost under load, or no controller was there to take them.
    """

    call: str
    sip_call_id: str
    messages: tuple[SipMessage, ...]
    left_out: int = 0
    gaps: tuple[int, ...] = ()
