"""What an entry of an phonebook is."""

import msgspec

from engine.features.errors import FeatureError, InvalidSetting

LONGEST_NAME = 100


class PhonebookFull(FeatureError):
    """The phonebook has as many entries as it may have."""


class PhonebookEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A number (digits) and whose it is. `created`: Unix seconds."""

    id: str
    account: str
    number: str
    first_name: str
    last_name: str
    created: float


class EntryFields(msgspec.Struct, frozen=True, kw_only=True):
    """What is given of an entry; None: as it is, or empty in a new one."""

    number: str | None = None
    first_name: str | None = None
    last_name: str | None = None


def name_of(field: str, text: str) -> str:
    """Return a part of a name as it is stored; raises InvalidSetting."""
    name = text.strip()
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidSetting(f"{field} must have at most {LONGEST_NAME} printable characters.")
    return name
