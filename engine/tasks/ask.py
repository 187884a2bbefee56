"""Ask the customer what to do next, and hold the queue until it is said."""

from typing import ClassVar

from engine.tasks.play import Play
from engine.tasks.results import Answered, Digits
from engine.tasks.roles import Subject
from engine.tasks.say import Say
from engine.tasks.task import Recovery, Requires, Task


class Ask(Task, frozen=True, kw_only=True, tag="ask"):
    """Ask `question`, e.g. "offered" or "answered", under this task's id; a Reply's tasks are run next.

    `about` is the kind of an earlier task of this queue whose outcome goes with the question, e.g. "detect_machine";
    `given` is what goes with it where no task brought it.
    Without a reply in `seconds` (from when it was first asked, over a restart too) the queue goes on, or, where
    `hang_up_on_silence` is set, the `apology` is played and the call ended. An inbound call that is asked about
    rings meanwhile.
    """

    requires: ClassVar[Requires] = Requires.NOTHING
    recovery: ClassVar[Recovery] = Recovery.ADOPT

    question: str
    about: str = ""
    given: Digits | None = None
    seconds: float = 12.0
    apology: Say | Play | None = None
    hang_up_on_silence: bool = False

    async def run(self, on: Subject) -> Answered:
        """Ask; no answer is a result too. An answer that was committed before a restart is not asked for again."""
        if on.was_accepted:
            return Answered()
        return await on.customer.ask(self, on)
