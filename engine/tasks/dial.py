"""Connect this call to another party."""

import re
from typing import ClassVar, Protocol

import msgspec

from engine.model.call_data import CallData
from engine.model.destination import Diversions
from engine.model.leg_options import LegOptions, Reach, Transport
from engine.tasks.answer import Answer
from engine.tasks.ask import Ask
from engine.tasks.detect_machine import DetectMachine
from engine.tasks.interfaces import Subject
from engine.tasks.pause import Pause
from engine.tasks.play import Play
from engine.tasks.results import Dialled
from engine.tasks.say import Say
from engine.tasks.send_dtmf import SendDtmf
from engine.tasks.task import Recovery, Requires, Task

Before = Play | Say | SendDtmf | Pause | Answer | DetectMachine | Ask
"""The tasks that may run on the other leg between its answer and the connection."""
_ZONE = re.compile(r"[a-z]{2}(-[a-z]{1,8})?|", re.ASCII)
_CLASS = re.compile(r"[A-Za-z0-9_-]{0,64}", re.ASCII)


def check_heard(ringback: str, music: str) -> None:
    """Refuse what a caller cannot hear meanwhile (see Dial); raises ValueError."""
    if not _ZONE.fullmatch(ringback):
        raise ValueError("ringback must be a zone of Asterisk's indications.conf, such as de or us-old.")
    if not _CLASS.fullmatch(music):
        raise ValueError("music must be a class of music on hold: at most 64 letters, digits, _ and -.")


class Dial(Task, frozen=True, kw_only=True, tag="dial"):
    """Call `to` and connect it with this call when it answers; holds the queue until then.

    `reach` says what `to` is: "any" an extension of the account, else a number; "extension" an extension only; "sip"
    is `user@host[:port]`, by `transport`, at a host that the account may call. If `caller` is None, this call's party
    is shown as the caller; with `private` no caller is shown. `headers` (X- names) are added to the INVITE.
    Meanwhile this call's party hears `music` (a class of music on hold) if one is named and the call was answered; else
    the ringing tone of `ringback` (a zone of Asterisk's indications.conf such as "de"; before the answer as early
    media); else a 180 before the answer and silence after it (an inbound call: Asterisk's own ringing tone).
    `before_bridge` runs in the other leg's own queue once it answered; the two legs are connected when that queue is
    empty. If the other leg has joined a conference by then, this call joins it too, and each still ends with the
    other. A leg that ends before that was not reached.
    `max_seconds` counts from the connection: then both legs end. `hang_up_after`: this call ends when the other leg
    ends or is not reached, with its cause. `diversions`: where this call is led instead if the other party was not
    reached (see GoTo, also for `hops`). Raises ValueError for an invalid header, ringback or class of music.
    """

    requires: ClassVar[Requires] = Requires.NOTHING
    recovery: ClassVar[Recovery] = Recovery.ADOPT

    to: str
    reach: Reach = msgspec.field(default="any", name="over")
    transport: Transport = "udp"
    caller: str | None = None
    private: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    ring_seconds: float | None = None
    max_seconds: float | None = None
    ringback: str = ""
    music: str = ""
    before_bridge: tuple[Before, ...] = ()
    call_data: CallData | None = None
    hang_up_after: bool = True
    diversions: Diversions | None = None
    hops: int = 0

    def __post_init__(self) -> None:
        """Refuse headers, zones and classes that are not valid."""
        LegOptions(headers=self.headers)
        check_heard(self.ringback, self.music)

    async def run(self, on: "Dialling") -> Dialled:
        """Dial, and return when the two are connected or will not be."""
        return await on.dialler.dial(self, on)


class Dialler(Protocol):
    """Connects this call to another party."""

    async def dial(self, task: Dial, on: Subject) -> Dialled:
        """Call the other party, and bridge the two when it answers; returns then, or when it will not be."""


class Dialling(Subject, Protocol):
    """What a Dial needs."""

    @property
    def dialler(self) -> Dialler:
        """Connects."""
