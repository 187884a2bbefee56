"""Whose queue it is: what a queue needs of its call or conference."""

from typing import Protocol

from engine.queues.roles import Roles
from engine.tasks.interfaces import Prepare
from engine.tasks.task import Requires


class Owner(Protocol):
    """Whose queue it is."""

    @property
    def roles(self) -> Roles:
        """What it can do for its tasks."""

    @property
    def prepare(self) -> Prepare:
        """Makes its prompts."""

    async def ready(self, requires: Requires) -> None:
        """Wait until a task that requires this may run (an inbound call is answered for it)."""

    async def ending(self, seconds: float) -> bool:
        """Whether it is over, or is within `seconds`: then a failure is only the call's end seen from a task."""
