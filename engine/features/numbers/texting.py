"""What numbers for texts, and their keywords, may lead to."""

from engine.features.errors import InvalidSetting
from engine.model.destination import Destination

KINDS = frozenset({"application", "extension"})


def checked_for_texts(stored: str) -> str:
    """Return a destination as stored; raises InvalidSetting for what takes no texts. "": nowhere."""
    if stored and (kind := Destination.read(stored).kind) not in KINDS:
        raise InvalidSetting(
            f"Texts must lead to an application or an extension (got {kind}): application:NAME or extension:101."
        )
    return stored
