"""What details are: fields that a program gave, as JSON."""

from typing import Any

import msgspec

from engine.features.errors import InvalidSetting

LARGEST = 64 * 1024
"""Bytes of the fields of one thing, as JSON."""
DEEPEST = 8
"""Levels of objects and lists in one another."""
Fields = dict[str, Any]


class Details(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of one thing: an account, a user, an extension. `updated`: Unix seconds; 0: there are none."""

    account: str
    kind: str
    id: str
    fields: Fields = {}
    updated: float = 0.0


def merged(before: Fields, change: Fields) -> Fields:
    """Return fields with a change: objects are merged with objects of the same name, all else is replaced.

    None is a value like others, so a field that was once given stays (other than RFC 7396, where null removes it).
    """
    after = dict(before)
    for name, value in change.items():
        old = after.get(name)
        after[name] = merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return after


def checked(fields: Fields) -> Fields:
    """Return fields that can be kept; raises InvalidSetting."""
    if _depth(fields) > DEEPEST:
        raise InvalidSetting(f"The fields must be at most {DEEPEST} levels deep.")
    size = len(msgspec.json.encode(fields))
    if size > LARGEST:
        raise InvalidSetting(f"The fields must have at most {LARGEST} bytes together (got {size}).")
    return fields


def _depth(value: Any, so_far: int = 0) -> int:
    if so_far > DEEPEST or not isinstance(value, dict | list):
        return so_far
    inner = value.values() if isinstance(value, dict) else value
    return max((_depth(each, so_far + 1) for each in inner), default=so_far + 1)
