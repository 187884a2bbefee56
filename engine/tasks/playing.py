"""How a prompt becomes heard: one as a task of its own, or several one after the other for a task that has many."""

from collections.abc import Coroutine, Iterable
from typing import Any, ClassVar, NamedTuple, Self

from engine.media.prompts import Prompt
from engine.tasks.interfaces import Preparable, Prepare, Subject
from engine.tasks.results import Done
from engine.tasks.task import Recovery, Task


class Audible(Task, frozen=True, kw_only=True):
    """One prompt. `wait=False`: the queue goes on once it plays."""

    recovery: ClassVar[Recovery] = Recovery.ADOPT

    wait: bool = True

    @property
    def background(self) -> bool:
        """A prompt that nobody waits for plays beside what follows."""
        return not self.wait

    @property
    def prompts(self) -> "tuple[Audible, ...]":
        """What it will play, as far as that is known when it is queued: prepared from then on."""
        return (self,)

    def prepared(self, prepare: Prepare) -> Coroutine[Any, Any, Prompt]:
        """Make it ready to play; raises PromptError."""
        raise NotImplementedError

    def due(self, last: str) -> Self:
        """The prompt as it is now that its time has come; `last` are the digits last collected."""
        return self

    async def run(self, on: Subject) -> Done:
        """Play it to its end; raises TaskFailed. One that plays since before a restart need not be prepared."""
        prompt = None if on.was_accepted else await on.prompt(self)
        async with on.player.playing(prompt, on) as playing:
            await playing.started()
            await on.started()
            await playing.finished()
        return Done()


class Made(NamedTuple):
    """A prompt that is ready (engine.tasks.interfaces.Preparable)."""

    prompt: Prompt

    def prepared(self, prepare: Prepare) -> Coroutine[Any, Any, Prompt]:
        """Return it."""

        async def ready() -> Prompt:
            return self.prompt

        return ready()

    def due(self, last: str) -> "Made":
        """It is what it is."""
        return self


class Series:
    """Plays prompts for one task, one after the other, each under an id of its own."""

    def __init__(self, on: Subject) -> None:
        self._on, self._count = on, 0

    async def play(self, prompts: Iterable[Preparable]) -> None:
        """Play them to their ends; a cancellation stops the one that plays. Raises TaskFailed at the first bad one."""
        for one in prompts:
            prompt = await self._on.prompt(one)
            part, self._count = self._count, self._count + 1
            async with self._on.player.playing(prompt, self._on, part=part) as playing:
                await playing.finished()
