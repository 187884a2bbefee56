"""Press digits towards the far party."""

from typing import ClassVar

from engine.tasks.interfaces import Subject
from engine.tasks.results import Done
from engine.tasks.task import Recovery, Task


class SendDtmf(Task, frozen=True, kw_only=True, tag="send_dtmf"):
    """Send `digits` (0-9 A-D * #), each `milliseconds` long, `gap` milliseconds apart (RFC 4733)."""

    recovery: ClassVar[Recovery] = Recovery.ENDED

    digits: str
    milliseconds: int = 120
    gap: int = 100

    async def run(self, on: Subject) -> Done:
        """Send them all."""
        await on.started()
        await on.keypad.send(self.digits, milliseconds=self.milliseconds, gap=self.gap)
        return Done()
