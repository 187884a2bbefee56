"""Commands, what they return and why they are refused, as JSON: for the store, and for another process."""

from functools import cache
from typing import Any, get_args

import msgspec

from engine.commands.base import Command
from engine.commands.refusals import CommandRefused, EngineUnavailable
from engine.tasks import secret

_encoder = msgspec.json.Encoder(enc_hook=secret.revealed)


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A refusal as data: the name of its class, its sentence, and the names of the classes above, the next one first.

    Who does not know the class takes the first one above it that is known.
    """

    reason: str
    sentence: str
    above: tuple[str, ...] = ()

    @classmethod
    def of(cls, error: CommandRefused) -> "Refusal":
        """Describe a refusal."""
        reason, *above = (each.__name__ for each in type(error).__mro__ if issubclass(each, CommandRefused))
        return cls(reason=reason, sentence=str(error), above=tuple(above))

    @property
    def error(self) -> CommandRefused:
        """The exception to raise; EngineUnavailable for a reason that this process does not know."""
        known = (CommandRefused.kinds.get(name) for name in (self.reason, *self.above))
        return next(filter(None, known), EngineUnavailable)(self.sentence)


def encode(command: Command[Any], seal: secret.Seal | None = None) -> str:
    """Return a command as JSON: its secrets sealed, or in the clear where there is no seal."""
    return (seal.encoder if seal else _encoder).encode(command).decode()


def decode(text: str | bytes) -> Command[Any]:
    """Read a command; raises msgspec.ValidationError that says what is wrong."""
    return Command.kinds.decode(text)


def encode_result(result: Any) -> str:
    """Return as JSON what `Engine.submit` returned."""
    return _encoder.encode(result).decode()


def decode_result(kind: type[Command[Any]], text: str | bytes) -> Any:
    """Read what a command of this kind returned; raises msgspec.ValidationError."""
    return msgspec.json.decode(text, type=result_type(kind), dec_hook=secret.stored)


@cache
def result_type(kind: type[Command[Any]]) -> Any:
    """Return the R of a kind that is a Command[R]."""
    (base,) = kind.__orig_bases__  # type: ignore[attr-defined]
    (result,) = get_args(base)
    return type(None) if result is None else result
