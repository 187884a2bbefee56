"""Ring several parties, and connect this call to the first that answers."""

import re
from typing import ClassVar, Protocol

from engine.model.destination import Destination
from engine.model.leg_options import PLAIN, LegOptions
from engine.model.ring_strategy import Strategy
from engine.tasks.interfaces import Subject
from engine.tasks.results import Dialled
from engine.tasks.task import Recovery, Requires, Task

MOST_MEMBERS = 20
LONGEST_SECONDS = 600.0
_MEMBER = re.compile(r"\+?[0-9]{2,15}", re.ASCII)


class Ring(Task, frozen=True, kw_only=True, tag="ring"):
    """Ring `members` (own extensions, or numbers of 7 to 15 digits), and connect the first that answers; as Dial does.

    `strategy` "all": all at once, each for `seconds`. "in_order": one after the other, each for `seconds_each`, and no
    longer than `seconds` in all. A member that is busy, declines, is not registered or may not be called is passed
    over; so is who calls. When one answers the others are cancelled, as answered elsewhere (RFC 3326 section 2: the
    phone shows no missed call).
    Where nobody answers the call is led on to `otherwise` (see GoTo, also for `hops`), or ends with the cause that
    says most: no_answer, else busy, else unavailable.
    `max_seconds` and `hang_up_after` are as those of Dial; of `leg` it has `caller`, `ringback` and `music`: how long a
    member rings is said by the seconds, and a member is an extension or a number. Raises ValueError.
    """

    requires: ClassVar[Requires] = Requires.NOTHING
    recovery: ClassVar[Recovery] = Recovery.ADOPT

    members: tuple[str, ...]
    strategy: Strategy = "all"
    seconds: float = 60.0
    seconds_each: float = 20.0
    leg: LegOptions = PLAIN
    max_seconds: float | None = None
    hang_up_after: bool = True
    otherwise: str = ""
    hops: int = 0

    def __post_init__(self) -> None:
        """Refuse a group that cannot be rung."""
        if not 1 <= len(self.members) <= MOST_MEMBERS:
            raise ValueError(f"members must be 1 to {MOST_MEMBERS} extensions and numbers (got {len(self.members)}).")
        for member in self.members:
            if not _MEMBER.fullmatch(member):
                raise ValueError(f"A member must be an extension or a number in digits (got {member[:64]!r}).")
        if len(set(self.members)) < len(self.members):
            raise ValueError("A member must be named once.")
        for name, seconds in (("seconds", self.seconds), ("seconds_each", self.seconds_each)):
            if not 1 <= seconds <= LONGEST_SECONDS:
                raise ValueError(f"{name} must be 1 to {LONGEST_SECONDS:g} (got {seconds:g}).")
        if self.leg != LegOptions(caller=self.leg.caller, ringback=self.leg.ringback, music=self.leg.music):
            raise ValueError("The leg options of a ring must be caller, ringback and music only.")
        if self.otherwise:
            Destination.read(self.otherwise)

    async def run(self, on: "Ringing") -> Dialled:
        """Ring until bridged."""
        return await on.dialler.ring(self, on)


class Ringer(Protocol):
    """Connects this call to the first of several parties."""

    async def ring(self, task: Ring, on: Subject) -> Dialled:
        """Call several parties, and bridge this call with the first that answers; returns as `Dialler.dial` does."""


class Ringing(Subject, Protocol):
    """What a Ring needs."""

    @property
    def dialler(self) -> Ringer:
        """Connects."""
