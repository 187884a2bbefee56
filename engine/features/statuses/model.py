"""What a status is."""

from enum import StrEnum

import msgspec

from engine.features.errors import InvalidSetting

LONGEST = 64
AVAILABLE, ON_CALL, NOT_TO_BE_DISTURBED, OFFLINE = "available", "on_call", "do_not_disturb", "offline"


class SetBy(StrEnum):
    """What says a status."""

    PERSON = "manual"
    CALL = "call"  # one of the user's phones has a call
    SETTING = "setting"  # the phones are not to be disturbed
    REGISTRATION = "registration"  # a phone is registered, or none is


class UserStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A user's status now. Times are Unix seconds; `until`: when one that a person set ends, None: when it is unset."""

    id: str
    account: str
    user: str
    status: str
    set_by: SetBy
    created: float
    updated: float
    until: float | None = None


def checked(status: str) -> str:
    """Return a status that a person sets; raises InvalidSetting."""
    text = status.strip()
    if not 1 <= len(text) <= LONGEST or not text.isprintable():
        raise InvalidSetting(f"status must be 1 to {LONGEST} printable characters (got {status[:80]!r}).")
    return text
