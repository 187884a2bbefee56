"""Take a call that rings at another extension."""

from typing import ClassVar, Protocol

from engine.tasks.interfaces import Subject
from engine.tasks.results import Done
from engine.tasks.task import Recovery, Requires, Task


class PickUp(Task, frozen=True, kw_only=True, tag="pick_up"):
    """Take the call that has rung longest at `extension`, or ("") at any extension of the account.

    This call's phone talks to the caller then in the place of the phone that rang, and this call is over. Where nothing
    rings it ends unanswered.
    """

    requires: ClassVar[Requires] = Requires.NOTHING
    recovery: ClassVar[Recovery] = Recovery.ADOPT
    offered: ClassVar[bool] = False
    """Only a phone of the account can take its calls."""

    extension: str = ""

    async def run(self, on: "PickingUp") -> Done:
        """Take it; raises TaskFailed where nothing rings."""
        await on.picker.pick_up(self, on)
        return Done()


class Picker(Protocol):
    """Takes calls that ring elsewhere."""

    async def pick_up(self, task: PickUp, on: Subject) -> None:
        """Take one; raises TaskFailed where nothing rings."""


class PickingUp(Subject, Protocol):
    """What a PickUp needs."""

    @property
    def picker(self) -> Picker:
        """Takes calls that ring elsewhere."""
