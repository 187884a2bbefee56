"""The part of the engine that HTTP handlers need."""

from typing import Protocol, TypeVar

from engine.commands import Command

R = TypeVar("R")


class CommandTaker(Protocol):
    """Accepts commands, as `engine.Engine` does."""

    async def submit(self, command: Command[R]) -> R:
        """Carry out a command and return the id that it names; raises CommandRefused, a sentence for the customer."""
