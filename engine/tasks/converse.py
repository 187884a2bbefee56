"""One turn of a conversation that a feature leads by voice and keys."""

from typing import ClassVar, Protocol

from engine.tasks.interfaces import Subject
from engine.tasks.playing import Audible
from engine.tasks.results import Done
from engine.tasks.say import Say
from engine.tasks.task import Recovery, Task


class Converse(Task, frozen=True, kw_only=True, tag="converse"):
    """Take one turn of the conversation about `topic`, e.g. "voicemail"; `state` is where it is, as its topic keeps it.

    A turn ends with the commit of what follows it, mostly the next turn, instead of what is queued. A restart repeats a
    turn that has not ended, and no other. `secret`: its digits are shown to nobody. `says` is what it may say first,
    prepared as soon as it is queued.
    """

    recovery: ClassVar[Recovery] = Recovery.ADOPT
    offered: ClassVar[bool] = False
    """Its state says what the caller has proved, such as a PIN."""

    topic: str
    state: str = ""
    secret: bool = False
    says: tuple[Say, ...] = ()

    @property
    def prompts(self) -> tuple[Audible, ...]:
        """What it will play, as far as that is known when it is queued: prepared from then on."""
        return tuple(ready for one in self.says for ready in one.prompts)

    @property
    def confidential(self) -> bool:
        """Whether the digits that it takes are shown to nobody."""
        return self.secret

    async def run(self, on: "Conversing") -> Done:
        """Take the turn, unless what follows it was committed before a restart."""
        if not on.was_accepted:
            await on.converse(self)
        return Done()


class Conversing(Subject, Protocol):
    """What a Converse needs."""

    async def converse(self, task: Converse) -> None:
        """Take the turn, and queue what follows it; raises TaskFailed where nobody leads such a conversation."""
