"""What every command is."""

from typing import Generic, TypeVar

R = TypeVar("R", covariant=True)


class Command(Generic[R]):
    """A request to the engine; `Engine.submit` returns R."""
