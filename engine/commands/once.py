"""What names a request, so that one that is sent again is carried out once."""

import msgspec

from engine.commands.refusals import CommandRefused


class Once(msgspec.Struct, frozen=True, kw_only=True):
    """`key` is the caller's name of a request, within its account; `digest` is a hash of what it asks for."""

    key: str
    digest: str


class KeyReused(CommandRefused):
    """The key names another request."""
