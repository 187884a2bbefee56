"""What the API writes on calls, conferences and tasks to find its way back from their events."""

from collections.abc import Callable

import msgspec


class Tag(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which dialect is notified, at which URL ("": none), and the data that the dialect keeps with the call."""

    dialect: str
    url: str = ""
    data: dict[str, str] = {}


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Tag)


def encode(tag: Tag) -> str:
    """Return a tag as the engine keeps it."""
    return _encoder.encode(tag).decode()


def decode(text: str) -> Tag | None:
    """Read a tag; None for a text that is not one, e.g. of a task without notifications."""
    if not text.startswith("{"):
        return None
    try:
        return _decoder.decode(text)
    except msgspec.DecodeError:
        return None


def recoded(change: Callable[[Tag], Tag], default: Tag) -> Callable[[str], str]:
    """Return a change of a tag as the engine takes it (engine.commands.Retag); without one it is `default`'s."""
    return lambda now: encode(change(decode(now) or default))
