"""What a status is."""

from enum import StrEnum

import msgspec

from engine.features.errors import InvalidSetting

LONGEST = 64
AVAILABLE, ON_CALL, NOT_TO_BE_DISTURBED, OFFLINE = "available", "on_call", "do_not_disturb", "offline"


class SetBy(StrEnum):
    """How a status came about."""

    PERSON = "manual"
    CALL = "call"  # a call of one of the user's phones was answered, or ended
    SETTING = "setting"  # the phones are not to be disturbed, or are again
    REGISTRATION = "registration"  # a phone registered, or is gone


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
