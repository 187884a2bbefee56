"""What every command is."""

from typing import Any, ClassVar, Generic, TypeVar

import msgspec

from engine.kinds import Kinds, Tagged
from engine.tasks import secret

R = TypeVar("R", covariant=True)


class Command(msgspec.Struct, Generic[R], frozen=True, kw_only=True, tag_field="command", metaclass=Tagged):
    """A request to the engine; `Engine.submit` returns R. It is data: it can be stored and sent to another process."""

    kinds: ClassVar["Kinds[Command[Any]]"] = Kinds(secret.stored)
    """Every kind of command that is defined in this process: the call core's are here, a feature's in its folder."""
    repeatable: ClassVar[bool] = False
    """Whether it may be done again where it is not known whether an earlier controller did it."""
