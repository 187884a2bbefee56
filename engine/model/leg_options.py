"""How a party is dialled where a number alone does not say it, and what is heard meanwhile."""

import re
from typing import Literal

import msgspec

Reach = Literal["any", "extension", "sip"]
"""What a callee is: an own extension or else a number, an own extension only, or `user@host[:port]`."""
Transport = Literal["udp", "tcp"]
"""How the INVITE to a `user@host` travels."""

_TOKEN = re.compile(r"[A-Za-z0-9.!%*_+`'~-]{1,64}", re.ASCII)  # RFC 3261 §25.1
_ZONE = re.compile(r"[a-z]{2}(-[a-z]{1,8})?|", re.ASCII)
_CLASS = re.compile(r"[A-Za-z0-9_-]{0,64}", re.ASCII)
_VALUE = re.compile(r"[^\x00-\x1f\x7f]{0,1024}")
_MOST_HEADERS = 20
_MOST_BYTES = 4096  # of all headers; tried on Asterisk 22.10.1: 6000 go onto an INVITE over UDP, with 8000 none is sent


class LegOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How a leg out is dialled; raises ValueError for a header, ringback or class of music that is not valid.

    `caller` is the number that is shown (None: see who dials); `private`: the callee is not shown who calls (RFC 3323
    §4.1.1.3). `headers` go onto the INVITE: their names begin with X-, so that nothing of SIP's own can be said with
    them. `ring_seconds`: how long it may ring (None: as long as the settings say).
    `diverted_by`: the extension of the account whose diversion leads the call here, or the number that was called, as
    the callee is told (RFC 5806); "" for none.
    Whoever waits for the leg hears `music` (a class of music on hold) or the ringing tone of `ringback` (a zone of
    Asterisk's indications.conf); see engine.tasks.dial.Dial.
    """

    reach: Reach = msgspec.field(default="any", name="over")
    transport: Transport = "udp"
    caller: str | None = None
    private: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    ring_seconds: float | None = None
    ringback: str = ""
    music: str = ""
    diverted_by: str = ""

    def __post_init__(self) -> None:
        """Refuse headers that are none or that would break out of their line, zones and classes that are not valid."""
        if self.headers:
            self._check_headers()
        if not _ZONE.fullmatch(self.ringback):
            raise ValueError("ringback must be a zone of Asterisk's indications.conf, such as de or us-old.")
        if not _CLASS.fullmatch(self.music):
            raise ValueError("music must be a class of music on hold: at most 64 letters, digits, _ and -.")

    def _check_headers(self) -> None:
        if len(self.headers) > _MOST_HEADERS:
            raise ValueError(f"A call must have at most {_MOST_HEADERS} headers.")
        if sum(len(name) + len(value.encode()) for name, value in self.headers) > _MOST_BYTES:
            raise ValueError(f"The headers must have at most {_MOST_BYTES} bytes in all.")
        for name, value in self.headers:
            if not (name.upper().startswith("X-") and _TOKEN.fullmatch(name)):
                raise ValueError("A header's name must begin with X- and be a token of at most 64 characters.")
            if not _VALUE.fullmatch(value):
                raise ValueError("A header's value must have at most 1024 characters and no control characters.")


PLAIN = LegOptions()
"""A number, dialled as it stands."""
