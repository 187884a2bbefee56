"""Connect this call to another party."""

from typing import ClassVar, Protocol

from engine.model.call_data import CallData
from engine.model.destination import Diversions
from engine.model.leg_options import PLAIN, LegOptions
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


class Dial(Task, frozen=True, kw_only=True, tag="dial"):
    """Call `to` and connect it with this call when it answers; holds the queue until then.

    `leg` says how (its fields are the task's own in JSON, see engine.tasks.kinds). Its `reach` says what `to` is: "any"
    an extension of the account, else a number; "extension" an extension only; "sip" is `user@host[:port]`, by
    `transport`, at a host that the account may call. If `caller` is None, this call's party is shown as the caller;
    with `private` no caller is shown. `headers` (X- names) are added to the INVITE.
    Meanwhile this call's party hears `music` (a class of music on hold) if one is named and the call was answered; else
    the ringing tone of `ringback` (a zone of Asterisk's indications.conf such as "de"; before the answer as early
    media); else a 180 before the answer and silence after it (an inbound call: Asterisk's own ringing tone).
    `before_bridge` runs in the other leg's own queue once it answered; the two legs are connected when that queue is
    empty. If the other leg has joined a conference by then, this call joins it too, and each still ends with the
    other. A leg that ends before that was not reached.
    `max_seconds` counts from the connection: then both legs end. `hang_up_after`: this call ends when the other leg
    ends or is not reached, with its cause. `continue_after`: if the two are connected, this call goes on when the other
    leg has ended, with what is queued behind, which waits until then; `hang_up_after` is for a leg that is not reached.
    `diversions`: where this call is led instead if the other party was not
    reached (see GoTo, also for `hops`).
    """

    requires: ClassVar[Requires] = Requires.NOTHING
    recovery: ClassVar[Recovery] = Recovery.ADOPT

    to: str
    leg: LegOptions = PLAIN
    max_seconds: float | None = None
    before_bridge: tuple[Before, ...] = ()
    call_data: CallData | None = None
    hang_up_after: bool = True
    continue_after: bool = False
    diversions: Diversions | None = None
    hops: int = 0

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
