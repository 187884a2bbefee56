"""Detect whether an answering machine has answered."""

from engine.tasks.interfaces import Subject
from engine.tasks.results import Detected
from engine.tasks.task import Task


class DetectMachine(Task, frozen=True, kw_only=True, tag="detect_machine"):
    """Listen for some seconds to the party that answered: a person says a word and waits, a machine keeps talking.

    The task holds the queue until the result is known; with `beside` the queue continues meanwhile. After a restart of
    the controller it listens again, and the greeting may have ended by then.
    """

    beside: bool = False

    @property
    def background(self) -> bool:
        """Beside what follows, where that is asked for."""
        return self.beside

    async def run(self, on: Subject) -> Detected:
        """Listen; not being sure is a result too."""
        return await on.detector.detect(on)
