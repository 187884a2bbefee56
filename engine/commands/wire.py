"""Commands, what they return and why they are refused, as JSON: for the store, and for another process."""

from functools import cache
from typing import Any, get_args

import msgspec

from engine.commands import AnyCommand, refusals
from engine.commands.base import Command
from engine.commands.refusals import CommandRefused, EngineUnavailable
from engine.tasks import secret

_encoder = msgspec.json.Encoder(enc_hook=secret.revealed)
_commands: msgspec.json.Decoder[Any] = msgspec.json.Decoder(AnyCommand, dec_hook=secret.stored)
KINDS: dict[str, type[Command[Any]]] = {str(each.__struct_config__.tag): each for each in get_args(AnyCommand)}
"""Every command by its name in JSON."""
REFUSALS: dict[str, type[CommandRefused]] = {
    name: each for name, each in vars(refusals).items() if isinstance(each, type) and issubclass(each, CommandRefused)
}
"""Every reason for a refusal by the name of its class."""


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A refusal as data: the name of its class, and its sentence."""

    reason: str
    sentence: str

    @classmethod
    def of(cls, error: CommandRefused) -> "Refusal":
        """Describe a refusal; one of a class that is not in `REFUSALS` by the next class above it that is."""
        known = (each for each in type(error).__mro__ if REFUSALS.get(each.__name__) is each)
        return cls(reason=next(known).__name__, sentence=str(error))

    @property
    def error(self) -> CommandRefused:
        """The exception to raise; EngineUnavailable for a reason that this version does not know."""
        return REFUSALS.get(self.reason, EngineUnavailable)(self.sentence)


def encode(command: Command[Any], seal: secret.Seal | None = None) -> str:
    """Return a command as JSON: its secrets sealed, or in the clear where there is no seal."""
    return (seal.encoder if seal else _encoder).encode(command).decode()


def decode(text: str | bytes) -> Command[Any]:
    """Read a command; raises msgspec.ValidationError that says what is wrong."""
    command: Command[Any] = _commands.decode(text)
    return command


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
