"""What the dialplan says of a call that it hands over: extensions.conf of asterisk-config/engine, context arriving."""

from collections.abc import Sequence
from typing import Self

import msgspec

SOURCES = ("inbound", "extension", "guest")


class HandedOver(msgspec.Struct, frozen=True):
    """The arguments of `Stasis(app,inbound|extension|guest,<dialled>[,<request URI>[,<name>=<value>…]])`.

    `source`: by a trunk (inbound), from a softphone (extension), or a browser that has no extension (guest). `uri`: ""
    where it is not known. `said`: what the INVITE says of its caller (engine.calls.privacy, engine.calls.verstat).
    """

    source: str
    dialled: str
    uri: str = ""
    said: tuple[str, ...] = ()

    @classmethod
    def is_one(cls, args: Sequence[str]) -> bool:
        """Whether a channel that came with these arguments is a call that comes in."""
        return len(args) >= 2 and args[0] in SOURCES

    @classmethod
    def read(cls, args: Sequence[str]) -> Self:
        """Read the arguments of which `is_one` says that they are of a call."""
        source, dialled, *rest = args
        return cls(source, dialled, rest[0] if rest else "", tuple(rest[1:]))
