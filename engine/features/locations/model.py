"""What a location is."""

from typing import Any

import msgspec

from engine.features.errors import FeatureError, InvalidSetting

LONGEST_NAME = 100
FIRST = "Main location"
"""The name of the location that an account has from the beginning."""


class LastLocation(FeatureError):
    """An account keeps at least one location."""


class TooManyLocations(FeatureError):
    """The account has as many locations as it may have."""


class Location(msgspec.Struct, frozen=True, kw_only=True):
    """A place of an account. `fields`: its address, and what else a program keeps with it. Times are Unix seconds."""

    id: str
    account: str
    name: str
    created: float
    updated: float
    fields: dict[str, Any] = {}


def name_of(text: str) -> str:
    """Return a location's name as it is stored; raises InvalidSetting."""
    name = text.strip()
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise InvalidSetting(f"name must be 1 to {LONGEST_NAME} printable characters (got {text[:80]!r}).")
    return name
