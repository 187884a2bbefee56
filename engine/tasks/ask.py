"""Ask the customer what the call does next, and hold the queue until the answer."""

from typing import ClassVar, Protocol

from engine.tasks.interfaces import Subject
from engine.tasks.play import Play
from engine.tasks.results import Answered, Digits
from engine.tasks.say import Say
from engine.tasks.task import Recovery, Requires, Task


class Ask(Task, frozen=True, kw_only=True, tag="ask"):
    """Ask `question`, e.g. "offered" or "answered", under this task's id; the tasks of the Reply run next.

    `about` is the kind of an earlier task of this queue whose outcome is sent with the question, e.g.
    "detect_machine"; `given` is sent instead if there is no such task.
    Without a reply within `seconds` (from when it was first asked, over a restart too) the queue continues, or, if
    `hang_up_on_silence` is set, the `apology` plays and the call ends. An inbound call rings meanwhile.
    """

    requires: ClassVar[Requires] = Requires.NOTHING
    recovery: ClassVar[Recovery] = Recovery.ADOPT
    offered: ClassVar[bool] = False
    """Only a dialect's server is asked."""

    question: str
    about: str = ""
    given: Digits | None = None
    seconds: float = 12.0
    apology: Say | Play | None = None
    hang_up_on_silence: bool = False

    async def run(self, on: "Asking") -> Answered:
        """Ask; no answer is a result too. After a restart it does not ask again if the answer was committed."""
        if on.was_accepted:
            return Answered()
        return await on.ask(self)


class Asking(Subject, Protocol):
    """What an Ask needs."""

    async def ask(self, task: Ask) -> Answered:
        """Ask the customer, and wait for the reply or the end of the time; what was replied is queued next then."""
