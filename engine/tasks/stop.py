"""Stop a background task of the same queue, when its turn comes."""

from typing import ClassVar

from engine.model.call_data import CallData
from engine.tasks.interfaces import Subject
from engine.tasks.results import Done
from engine.tasks.task import Requires, Task


class StopBackground(Task, frozen=True, kw_only=True, tag="stop_background"):
    """Stop the running tasks of kind `stops`, e.g. "record"; `stopped_data`, if given, goes with their end."""

    requires: ClassVar[Requires] = Requires.NOTHING

    stops: str
    stopped_data: CallData | None = None

    @property
    def momentary(self) -> bool:
        """It only asks."""
        return True

    async def run(self, on: Subject) -> Done:
        """Ask them to stop."""
        on.stop_background(self.stops, self.stopped_data)
        return Done()
