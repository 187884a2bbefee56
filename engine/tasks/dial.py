"""Connect this call to another party."""

import re
from typing import ClassVar

import msgspec

from engine.model.leg_options import LegOptions, Reach, Transport
from engine.tasks.answer import Answer
from engine.tasks.ask import Ask
from engine.tasks.detect_machine import DetectMachine
from engine.tasks.pause import Pause
from engine.tasks.play import Play
from engine.tasks.results import Dialled
from engine.tasks.roles import Subject
from engine.tasks.say import Say
from engine.tasks.send_dtmf import SendDtmf
from engine.tasks.task import Recovery, Requires, Task

Before = Play | Say | SendDtmf | Pause | Answer | DetectMachine | Ask
"""What may happen on the other leg between its answer and the connecting."""
_ZONE = re.compile(r"[a-z]{2}(-[a-z]{1,8})?|", re.ASCII)
_CLASS = re.compile(r"[A-Za-z0-9_-]{0,64}", re.ASCII)


class Dial(Task, frozen=True, kw_only=True, tag="dial"):
    """Call `to` and bridge it with this call when it answers; holds the queue until then.

    `to` is looked for as `reach` says: "any" an own extension of that name, then a number; "extension" the former only;
    "sip" is `user@host[:port]`, by `transport`, at a host that the account is allowed. `caller` None shows this call's
    own party to the other, `private` nobody; `headers` (X- names) go onto the INVITE.
    Meanwhile this call's party hears, if it was answered, `music` (a class of music on hold) where one is named; else
    the ringing tone of `ringback`'s country (a zone of Asterisk's indications.conf such as "de"; before the answer as
    early media); else a 180 before the answer and silence after it (an inbound call: Asterisk's own ringing tone).
    `before_bridge` runs on the other leg, in its own queue, once it answered; the two are connected when that queue
    has nothing left to do: where that has joined a conference, this call joins it the same way, and still one ends with
    the other. A leg that ends before was not reached.
    `max_seconds` counts from the connecting: then both end. `hang_up_after`: this call ends when the other one does
    or is not reached, with its cause. Raises ValueError for a header, a country or a class that cannot be one.
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
    call_tag: str = ""
    hang_up_after: bool = True

    def __post_init__(self) -> None:
        """Refuse what could not be dialled or would be played as something else."""
        LegOptions(headers=self.headers)
        if not _ZONE.fullmatch(self.ringback):
            raise ValueError("ringback must be a zone of Asterisk's indications.conf, such as de or us-old.")
        if not _CLASS.fullmatch(self.music):
            raise ValueError("music must be a class of music on hold: at most 64 letters, digits, _ and -.")

    async def run(self, on: Subject) -> Dialled:
        """Dial until bridged."""
        return await on.dialler.dial(self, on)
