"""Find out whether a machine has answered."""

from engine.tasks.results import Detected
from engine.tasks.roles import Subject
from engine.tasks.task import Task


class DetectMachine(Task, frozen=True, kw_only=True, tag="detect_machine"):
    """Listen to who answered, for some seconds: a person says a word and waits, a machine talks on.

    It holds the queue until it is known; with `beside` the queue goes on meanwhile. After a restart of the controller
    it listens again, so a greeting may be over by then.
    """

    beside: bool = False

    @property
    def background(self) -> bool:
        """Beside what follows, where that is asked for."""
        return self.beside

    async def run(self, on: Subject) -> Detected:
        """Listen; not being sure is a result too."""
        return await on.detector.detect(on)
