"""JSON as Sinch's customers write it: names in any case, with or without underscores; null is absent.

The documents themselves mix `enabledice` and `enableDice`, `Say` and `say`; the vendor's Python client sends
`max_digits` inside menus, older clients `Instructions`. Every reader raises Missing or Illegal, and nothing else.
"""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from api.callbacks.masking import beginning

MOST_BYTES = 256 * 1024
DEEPEST = 16
LONGEST_NAME = 64
_VERBATIM = frozenset({"custom"})  # the customer's own data: its names stay as they are
_TRUE, _FALSE = frozenset({"true", "1"}), frozenset({"false", "0"})


class BadField(ValueError):
    """A field does not say what it must."""


class Missing(BadField):
    """A required field is not there."""


class Illegal(BadField):
    """A field's value is not a possible one."""


class Malformed(BadField):
    """The text is not a JSON object that can be read."""


def fold(name: str) -> str:
    """Return a name as it is compared."""
    return name.replace("_", "").lower()


def decode(text: bytes) -> "Fields":
    """Read a JSON object; raises Malformed for all else, one that is too large or nested too deeply included."""
    if len(text) > MOST_BYTES:
        raise Malformed(f"The text must have at most {MOST_BYTES} bytes.")
    text = text.removeprefix(b"\xef\xbb\xbf")
    try:
        value = msgspec.json.decode(text)
    except RecursionError:
        raise Malformed("The JSON is nested too deeply.") from None
    except (msgspec.MsgspecError, ValueError):
        raise Malformed(f"The text is not JSON in UTF-8{_where(text)}") from None
    if not isinstance(value, dict):
        raise Malformed(f"The JSON must be an object (it begins with '{beginning(text)}').")
    return Fields(_folded(value, DEEPEST))


def _where(text: bytes) -> str:
    """Return where a text stops being JSON, and its beginning, as the end of a sentence."""
    if not text.strip():
        return ": it is empty."
    place = "it"
    try:
        json.loads(text)
    except UnicodeDecodeError as error:
        place = f"byte {error.start + 1} is not UTF-8; it"
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}: {error.msg[0].lower()}{error.msg[1:]}; it"
    except (RecursionError, ValueError):
        pass
    return f" ({place} begins with '{beginning(text)}')."


def _folded(value: Any, left: int) -> Any:
    if left == 0:
        raise Malformed(f"The JSON must be nested at most {DEEPEST} deep.")
    if isinstance(value, dict):
        folded = {fold(name): (_folded(inner, left - 1), inner) for name, inner in value.items() if inner is not None}
        return {name: both[name in _VERBATIM] for name, both in folded.items()}
    if isinstance(value, list):
        return [_folded(inner, left - 1) for inner in value]
    return value


class Fields:
    """An object's fields by their documented name; `where` names the object in sentences, e.g. `menus[0].`."""

    def __init__(self, values: Mapping[str, Any], where: str = "") -> None:
        self._values = values
        self._where = where

    def __contains__(self, name: str) -> bool:
        return fold(name) in self._values

    def raw(self, *names: str) -> Any:
        """Return the value of the first of these names that is there, as it came; None for none."""
        return next((self._values[key] for key in map(fold, names) if key in self._values), None)

    def name_of(self, name: str) -> str:
        """Return a field's name with the object that it is in, for a sentence."""
        return f"{self._where}{name}"

    def text(self, *names: str, most: int = 1024) -> str:
        """Return a required text that is not blank."""
        value = self.text_or_none(*names, most=most)
        if value is None:
            raise Missing(f"{self.name_of(names[0])} is missing.")
        return value

    def text_or_none(self, *names: str, most: int = 1024, trimmed: bool = True) -> str | None:
        """Return an optional text, trimmed, blank being absent, or as it is; a number is taken for its digits."""
        value = self.raw(*names)
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**20:
            value = str(value)
        if value is None:
            return None
        if not isinstance(value, str):
            raise Illegal(f"{self.name_of(names[0])} must be a string.")
        if len(value) > most:
            raise Illegal(f"{self.name_of(names[0])} must have at most {most} characters.")
        _encodable(value, self.name_of(names[0]))
        return (value.strip() or None) if trimmed else value

    def spoken(self, *names: str, most: int = 1024) -> str | None:
        """Return an optional text that is to be spoken, trimmed; a number is none."""
        value = self.raw(*names)
        if value is not None and not isinstance(value, str):
            raise Illegal(f"{self.name_of(names[0])} must be a string.")
        return self.text_or_none(*names, most=most)

    def word(self, *names: str) -> str | None:
        """Return an optional text in lower case, for values that are compared in any case."""
        value = self.text_or_none(*names, most=LONGEST_NAME)
        return value.lower() if value else None

    def flag(self, *names: str, default: bool) -> bool:
        """Return true or false; 1, 0 and the words in any case too."""
        value = self.raw(*names)
        if value is None:
            return default
        word = str(value).strip().lower() if isinstance(value, bool | int | str) else ""
        if word in _TRUE or word in _FALSE:
            return word in _TRUE
        if not word and isinstance(value, str):
            return default
        raise Illegal(f"{self.name_of(names[0])} must be true or false.")

    def whole(self, *names: str, least: int = 0) -> int | None:
        """Return an optional whole number that is not below `least`; one written as a text too."""
        value = self.raw(*names)
        if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) <= 20:
            value = int(value)
        if isinstance(value, str) and not value.strip():
            return None
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            raise Illegal(f"{self.name_of(names[0])} must be a whole number.")
        if value < least:
            raise Illegal(f"{self.name_of(names[0])} must be at least {least}.")
        return value

    def inner(self, *names: str) -> "Fields":
        """Return a required object."""
        found = self.inner_or_none(*names)
        if found is None:
            raise Missing(f"{self.name_of(names[0])} is missing.")
        return found

    def inner_or_none(self, *names: str) -> "Fields | None":
        """Return an optional object."""
        value = self.raw(*names)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise Illegal(f"{self.name_of(names[0])} must be an object.")
        return Fields(value, f"{self.name_of(names[0])}.")

    def objects(self, *names: str, most: int) -> "list[Fields]":
        """Return an optional list of objects; one object stands for a list of one."""
        value = self.raw(*names)
        if value is None:
            return []
        found = value if isinstance(value, list) else [value]
        if len(found) > most:
            raise Illegal(f"{self.name_of(names[0])} must have at most {most} entries.")
        if not all(isinstance(inner, dict) for inner in found):
            raise Illegal(f"{self.name_of(names[0])} must be a list of objects.")
        return [Fields(inner, f"{self.name_of(names[0])}[{index}].") for index, inner in enumerate(found)]

    def texts(self, *names: str, most: int) -> list[str]:
        """Return an optional list of texts that are not blank; a single text is a list of one, lists in it are joined.

        The vendor's Python client types `ids` as a list of lists.
        """
        value = self.raw(*names)
        found = value if isinstance(value, list) else [] if value is None else [value]
        flat = [inner for entry in found for inner in (entry if isinstance(entry, list) else [entry])]
        if len(flat) > most:
            raise Illegal(f"{self.name_of(names[0])} must have at most {most} entries.")
        for inner in flat:
            if not isinstance(inner, str):
                raise Illegal(f"{self.name_of(names[0])} must be a list of strings.")
            _encodable(inner, self.name_of(names[0]))
        return [inner.strip() for inner in flat if inner.strip()]


def _encodable(text: str, name: str) -> None:
    """Refuse half a surrogate pair, which JSON can escape and UTF-8 cannot hold."""
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise Illegal(f"{name} contains half of a surrogate pair.")
