"""Lead the call on to a destination."""

from typing import ClassVar

from engine.model.destination import Destination
from engine.tasks.interfaces import Subject
from engine.tasks.results import Done
from engine.tasks.task import Recovery, Requires, Task


class GoTo(Task, frozen=True, kw_only=True, tag="go_to"):
    """Go on as a number that leads to `destination` (see engine.model.destination): what is queued behind is replaced.

    `hops` is how often the call was led on before this; after MOST_HOPS it is ended. `diverted_by` is the extension
    that diverts the call, "" for none. Raises ValueError for a text that is not a destination.
    """

    requires: ClassVar[Requires] = Requires.NOTHING
    recovery: ClassVar[Recovery] = Recovery.ADOPT

    destination: str
    hops: int = 0
    diverted_by: str = ""

    def __post_init__(self) -> None:
        """Refuse a text that is not a destination."""
        Destination.read(self.destination)

    async def run(self, on: Subject) -> Done:
        """Lead on, once even over a restart."""
        if not on.was_accepted:
            await on.lead(self.destination, hops=self.hops, by=self.diverted_by)
        return Done()
