"""Move this call's party to another one."""

from typing import ClassVar, Protocol

import msgspec

from engine.tasks.interfaces import Subject
from engine.tasks.play import Play
from engine.tasks.playing import Audible
from engine.tasks.results import Dialled
from engine.tasks.say import Say
from engine.tasks.task import Recovery, Requires, Task


class Parted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Two calls that are connected until a transfer takes them apart, as engine.calls.pair had them.

    `task` is what connected them, of the call `session`, at `since` (Unix seconds); the rest is as in a Dial.
    """

    session: str
    other: str
    task: str
    since: float
    max_seconds: float | None = None
    hang_up_after: bool = True
    continue_after: bool = False

    def left(self, now: float) -> float | None:
        """Seconds that the two had left at `now`; None: as long as the calls last."""
        return None if self.max_seconds is None else max(1.0, self.since + self.max_seconds - now)


class Transfer(Task, frozen=True, kw_only=True, omit_defaults=True, tag="transfer"):
    """Move this call's party to `to`, in the place of whom it is connected with.

    `to` is a destination (engine.model.destination); with `phone`, the SIP user name of a phone, what that phone would
    dial. Instead of it, `consulted` are two of an attended transfer, the transferor and the one whom this party is
    connected with; or `conference` is the one that this party joins.
    `parted` are this party and the transferor, who are connected again if the transfer fails; `holders` are the
    transferor's calls, which wait, and end when it succeeds. `refer`: the first of them asked for it by REFER, and is
    notified (RFC 3515 section 2.4.5).
    Who is called hears `announcement` before it is connected; with `accept` it must then press that key, or was not
    reached. Meanwhile this party hears `music`. `ring_seconds`: how long it rings, None: as long as else.
    """

    requires: ClassVar[Requires] = Requires.ANSWERED
    recovery: ClassVar[Recovery] = Recovery.ADOPT
    offered: ClassVar[bool] = False

    to: str = ""
    phone: str = ""
    conference: str = ""
    consulted: Parted | None = None
    parted: Parted | None = None
    holders: tuple[str, ...] = ()
    refer: bool = False
    announcement: tuple[Play | Say, ...] = ()
    accept: str = ""
    music: str = "default"
    ring_seconds: float | None = None
    max_seconds: float | None = None
    hang_up_after: bool = True
    continue_after: bool = False

    @property
    def attended(self) -> bool:
        """Whether the transferor has spoken with whom the party is moved to."""
        return bool(self.consulted or self.conference)

    @property
    def prompts(self) -> tuple[Audible, ...]:
        """What it will play: nothing itself, for the announcement is played on the other call."""
        return ()

    async def run(self, on: "Transferring") -> Dialled:
        """Move the party, and return when it is there, or when it was given back."""
        return await on.transfer(self)


class Transferring(Subject, Protocol):
    """What a Transfer needs."""

    async def transfer(self, task: Transfer) -> Dialled:
        """Move the call's party, or give it back; returns then."""
