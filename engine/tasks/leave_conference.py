"""Leave a conference."""

from typing import ClassVar

from engine.tasks.interfaces import Subject
from engine.tasks.results import Done
from engine.tasks.task import Requires, Task


class LeaveConference(Task, frozen=True, kw_only=True, tag="leave_conference"):
    """Take the call out of `conference`; without effect for its moderator."""

    requires: ClassVar[Requires] = Requires.NOTHING

    conference: str

    async def run(self, on: Subject) -> Done:
        """Leave."""
        await on.conferences.leave(self.conference)
        return Done()
