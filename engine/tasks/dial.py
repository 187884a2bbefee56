"""Connect this call to another party."""

from typing import ClassVar

from engine.tasks.results import Dialled
from engine.tasks.roles import Subject
from engine.tasks.task import Recovery, Requires, Task


class Dial(Task, frozen=True, kw_only=True, tag="dial"):
    """Call `to` and bridge it with this call when it answers; holds the queue until then.

    While the other phone rings an unanswered caller hears ringing (a 180). `caller` None shows this call's own party
    to the other. `hang_up_after`: this call ends when the connected party does.
    """

    requires: ClassVar[Requires] = Requires.NOTHING
    recovery: ClassVar[Recovery] = Recovery.ADOPT

    to: str
    caller: str | None = None
    ring_seconds: float | None = None
    call_tag: str = ""
    hang_up_after: bool = True

    async def run(self, on: Subject) -> Dialled:
        """Dial until bridged."""
        return await on.dialler.dial(self, on)
