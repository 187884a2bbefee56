"""What the HTTP side needs of the engine."""

from typing import Protocol, TypeVar

from engine.commands import Command

R = TypeVar("R")


class CommandTaker(Protocol):
    """Takes commands: `engine.Engine` does."""

    async def submit(self, command: Command[R]) -> R:
        """Do it and return what the command names; raises CommandRefused with a sentence for the customer."""
