"""Play an audio file from a URL."""

from typing import ClassVar

from engine.tasks.playing import play
from engine.tasks.results import Done
from engine.tasks.roles import Subject
from engine.tasks.task import Recovery, Task


class Play(Task, frozen=True, kw_only=True, tag="play"):
    """Play `source` (http, https, or file below the media root). `wait=False`: the queue goes on once it plays."""

    recovery: ClassVar[Recovery] = Recovery.ADOPT

    source: str
    wait: bool = True

    @property
    def background(self) -> bool:
        """A prompt that nobody waits for plays beside what follows."""
        return not self.wait

    async def run(self, on: Subject) -> Done:
        """Play it to its end."""
        return await play(on.prompt, on)
