"""What a box may be."""

import re
from typing import Any
from zoneinfo import available_timezones

import msgspec
from sqlalchemy import Connection

from engine.features import accounts as account_settings
from engine.features.errors import AlreadyThere, InvalidSetting, NotThere
from engine.features.users import rules as users
from engine.features.voicemail.errors import NoSuchBox, PinRefused
from engine.features.voicemail.model import Box, BoxFields
from engine.features.voicemail.store import boxes
from engine.features.voicemail.wording import language_of
from engine.platform.settings_cache import SettingsCache

LIMITS: dict[str, tuple[float, float]] = {
    "max_seconds": (5, 3600),
    "silence_seconds": (1, 60),
    "least_seconds": (0, 60),
    "most_messages": (1, 10_000),
    "most_seconds": (60, 360_000),
    "most_bytes": (1_000_000, 10_000_000_000),
    "retention_days": (1, 3660),
}
"""The least and the most of each setting that is a number."""
OR_NONE = ("silence_seconds", "retention_days")
"""Those that may be 0 besides: no limit."""
MOST_BOXES = 10_000
LONGEST_NAME = 80
_NUMBER = re.compile(r"[0-9]{2,10}", re.ASCII)
_PIN = re.compile(r"[0-9]{4,10}", re.ASCII)
_RUN = "0123456789" * 3


def find(conn: Connection, account: str, name: str) -> Box:
    """Return a box of an account by its number or id; raises NoSuchBox."""
    found = boxes.named(conn, account, name)
    if found is None:
        raise NoSuchBox(f"The account has no voicemail box {name[:40]}.")
    return found


def number_of(text: str) -> str:
    """Return a box's number; raises InvalidSetting."""
    if not _NUMBER.fullmatch(text):
        raise InvalidSetting(f"number must be 2 to 10 digits, such as 101 (got {text[:32]!r}).")
    return text


def pin_of(text: str, box: Box) -> str:
    """Return a PIN that a box may have; raises PinRefused, which does not show it."""
    if not _PIN.fullmatch(text):
        raise PinRefused("pin must be 4 to 10 digits.")
    if len(set(text)) == 1 or text in _RUN or text in _RUN[::-1]:
        raise PinRefused("pin must not be one digit repeated, or digits in a row such as 1234.")
    if text in (box.number, box.extension):
        raise PinRefused("pin must not be the number of the box or its extension.")
    return text


def changed(conn: Connection, cache: SettingsCache, box: Box, fields: BoxFields) -> Box:
    """Return a box with what is given; raises InvalidSetting, NotThere, AlreadyThere."""
    given: dict[str, Any] = {
        name: value
        for name in fields.__struct_fields__
        if (value := getattr(fields, name)) is not None and name != "zero"
    }
    for name, (least, most) in LIMITS.items():
        if name in given and not (least <= given[name] <= most or (name in OR_NONE and given[name] == 0)):
            zero = ", or 0 for no limit" if name in OR_NONE else ""
            raise InvalidSetting(f"{name} must be {least:g} to {most:g}{zero} (got {given[name]:g}).")
    if "name" in given:
        given["name"] = _name_of(given["name"])
    if "language" in given:
        given["language"] = language_of(given["language"])
    if "timezone" in given and given["timezone"] not in available_timezones():
        raise InvalidSetting(f"timezone must be of IANA's, such as Europe/Berlin (got {given['timezone'][:64]!r}).")
    if given.get("email"):
        given["email"] = users.email_of(given["email"])
    if given.get("user"):
        given["user"] = users.find(conn, box.account, given["user"]).id
    if given.get("extension"):
        given["extension"] = _extension(conn, cache, box, given["extension"])
    if fields.zero is not None:
        given["zero"] = fields.zero(conn, account_settings.find(conn, box.account))
    found = msgspec.structs.replace(box, **given)
    if found.least_seconds >= found.max_seconds:
        raise InvalidSetting("least_seconds must be less than max_seconds.")
    return found


def _name_of(text: str) -> str:
    name = " ".join(text.split())
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidSetting(f"name must have at most {LONGEST_NAME} printable characters (got {text[:80]!r}).")
    return name


def _extension(conn: Connection, cache: SettingsCache, box: Box, text: str) -> str:
    found = cache.extension_named(box.account, text)
    if found is None:
        raise NotThere(f"The account has no extension {text[:32]}.")
    for other in boxes.list(conn, box.account):
        if other.extension == found.number and other.id != box.id:
            raise AlreadyThere(f"The extension {found.number} has the voicemail box {other.number} already.")
    return found.number
