"""What numbers for texts, and their keywords, may lead to."""

from engine.features.errors import InvalidSetting
from engine.model.destination import Destination

KINDS = frozenset({"application", "extension", "user"})


def checked_for_texts(stored: str) -> str:
    """Return a destination as stored; raises InvalidSetting for what takes no texts. "": nowhere."""
    if stored and (kind := Destination.read(stored).kind) not in KINDS:
        raise InvalidSetting(
            f"Texts must lead to an application, an extension or a user (got {kind}):"
            " application:NAME, extension:101 or user:ann@example.com."
        )
    return stored
