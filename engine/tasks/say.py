"""Speak a text."""

from typing import ClassVar

from engine.tasks.playing import play
from engine.tasks.results import Done
from engine.tasks.roles import Subject
from engine.tasks.task import Recovery, Task

LAST_DIGIT = "{digit}"


class Say(Task, frozen=True, kw_only=True, tag="say"):
    """Speak `text` in `locale` (BCP 47). A text that names the last digit, `{digit}`, is synthesised when due."""

    recovery: ClassVar[Recovery] = Recovery.ADOPT

    text: str
    locale: str = "en-US"
    voice: str | None = None
    wait: bool = True

    @property
    def background(self) -> bool:
        """A text that nobody waits for is spoken beside what follows."""
        return not self.wait

    @property
    def due_only(self) -> bool:
        """Whether the text is known only when it is due."""
        return LAST_DIGIT in self.text

    async def run(self, on: Subject) -> Done:
        """Speak it to its end."""
        if self.due_only:
            return await play(lambda: on.say(self.text.replace(LAST_DIGIT, on.keypad.last)), on)
        return await play(on.prompt, on)
