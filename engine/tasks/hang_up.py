"""End the call when its turn comes."""

from typing import ClassVar

from engine.tasks.interfaces import Subject
from engine.tasks.results import Done
from engine.tasks.task import Requires, Task


class HangUp(Task, frozen=True, kw_only=True, tag="hang_up"):
    """End the call (or the conference), after everything queued before.

    `cause` is a HangupCause's value: what the call ends with, and a call that was not answered is refused with.
    """

    requires: ClassVar[Requires] = Requires.NOTHING

    cause: str = "normal"

    async def run(self, on: Subject) -> Done:
        """Hang up."""
        await on.line.hang_up(self.cause)
        return Done()
