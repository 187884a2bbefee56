"""Wait for the program that answers the call."""

from typing import ClassVar, Protocol

from engine.tasks.interfaces import Subject
from engine.tasks.results import Done
from engine.tasks.task import Requires, Task


class Offer(Task, frozen=True, kw_only=True, tag="offer"):
    """Hold the queue until a task is queued behind this one.

    Without one in `seconds` (from its beginning, over a restart too) the call ends with `no_application`. A call that
    came in and was not answered rings meanwhile.
    """

    requires: ClassVar[Requires] = Requires.NOTHING

    seconds: float = 10.0

    async def run(self, on: "Offering") -> Done:
        """Wait."""
        await on.router.offered(self, on)
        return Done()


class Offers(Protocol):
    """Offers calls to programs."""

    async def offered(self, task: Offer, on: Subject) -> None:
        """Wait until a task is queued behind this one, or end the call."""


class Offering(Subject, Protocol):
    """What an Offer needs."""

    @property
    def router(self) -> Offers:
        """Offers the call."""
