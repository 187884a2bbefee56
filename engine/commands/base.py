"""What every command is."""

from typing import Generic, TypeVar

import msgspec

R = TypeVar("R", covariant=True)


class Command(msgspec.Struct, Generic[R], frozen=True, kw_only=True, tag_field="command"):
    """A request to the engine; `Engine.submit` returns R. It is data: it can be stored and sent to another process."""
