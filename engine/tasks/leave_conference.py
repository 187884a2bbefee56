"""Leave a conference."""

from typing import ClassVar, Protocol

from engine.tasks.interfaces import Subject
from engine.tasks.results import Done
from engine.tasks.task import Requires, Task


class LeaveConference(Task, frozen=True, kw_only=True, tag="leave_conference"):
    """Take the call out of `conference`; without effect for its moderator."""

    requires: ClassVar[Requires] = Requires.NOTHING

    conference: str

    async def run(self, on: "Leaving") -> Done:
        """Leave."""
        await on.conferences.leave(self.conference)
        return Done()


class Leaves(Protocol):
    """Conferences that this call may leave."""

    async def leave(self, conference: str) -> None:
        """Take the call out; without effect for the moderator."""


class Leaving(Subject, Protocol):
    """What a LeaveConference needs."""

    @property
    def conferences(self) -> Leaves:
        """Leaves conferences."""
