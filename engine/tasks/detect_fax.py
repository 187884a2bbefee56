"""Move the call to where faxes go, if its party is a fax machine."""

from typing import ClassVar, Protocol

from engine.tasks.interfaces import Subject
from engine.tasks.results import Done
from engine.tasks.task import Recovery, Requires, Task

SECONDS = 60.0


class DetectFax(Task, frozen=True, kw_only=True, omit_defaults=True, tag="detect_fax"):
    """Listen for the tone of a calling fax machine (CNG, ITU-T T.30 section 4.1), and move the call to `destination`.

    It listens for `seconds` from the call's answer, which it waits for; the queue goes on meanwhile. `destination` is
    one of the kind fax, as stored (engine.model.destination), and `written` the same as it is shown.
    After a restart of the controller it listens for what remains: the machine sends its tone until it is answered.
    """

    requires: ClassVar[Requires] = Requires.NOTHING
    recovery: ClassVar[Recovery] = Recovery.REPEAT
    offered: ClassVar[bool] = False

    destination: str
    written: str = ""
    seconds: float = SECONDS

    @property
    def background(self) -> bool:
        """Always: whoever talks, or what is played, goes on meanwhile."""
        return True

    async def run(self, on: "DetectingFax") -> Done:
        """Listen; a call in which no fax machine is heard goes on as it is."""
        await on.fax_detector.detect_fax(self, on)
        return Done()


class FaxDetector(Protocol):
    """Listens for calling fax machines."""

    async def detect_fax(self, task: DetectFax, on: Subject) -> None:
        """Do what a task says; returns once the call is to be moved, or is not. Raises AriError when the call ends."""


class DetectingFax(Subject, Protocol):
    """What a DetectFax needs."""

    @property
    def fax_detector(self) -> FaxDetector:
        """Listens for calling fax machines."""
