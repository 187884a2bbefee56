"""Answer an inbound call."""

from engine.tasks.interfaces import Subject
from engine.tasks.results import Done
from engine.tasks.task import Task


class Answer(Task, frozen=True, kw_only=True, tag="answer"):
    """Answer the call now (an outbound one: wait until the far party does). That it requires an answer does it."""

    async def run(self, on: Subject) -> Done:
        """There is nothing left to do."""
        return Done()
