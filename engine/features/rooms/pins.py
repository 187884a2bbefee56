"""PINs: which may be set, and what is kept of them."""

import re
import secrets
from itertools import pairwise

from engine.features.errors import InvalidSetting
from engine.features.guesses.budgets import HOUR, Budget, Kind
from engine.tasks.secret import Seal

LEAST, MOST = 4, 10
RANDOM_DIGITS = 6
"""Of a random PIN, at least."""
TRIES = 3
"""How often a caller may try in one call."""
KIND = "room"
ONE = Budget(30, HOUR)
"""Wrong PINs of callers that are not known: of one room, and of PINs without a room's number."""
ALL = Budget(60, 600.0)
"""Those of all rooms of an account, of each ten rooms."""
_PIN = re.compile(rf"[0-9]{{{LEAST},{MOST}}}")
_PURPOSE = "PINs of rooms"


def least_digits(rooms: int) -> int:
    """How many digits a PIN must have where an account has so many rooms: one more for each tenfold.

    A PIN alone is compared with those of all rooms; so a guess is right as seldom as if there were one room.
    """
    return LEAST + len(str(rooms - 1)) if rooms > 1 else LEAST


def guessed(rooms: int) -> Kind:
    """What may be guessed where an account has so many rooms."""
    tens = max(1.0, rooms / 10)
    return Kind(KIND, ONE, Budget(int(ALL.free * tens), ALL.seconds / tens))


def checked(pin: str, what: str, *, easy: bool = False, rooms: int = 1) -> str:
    """Return a PIN; raises InvalidSetting, without the PIN, for one that is none or (not `easy`) is guessed first.

    `rooms`: how many the account has, this one counted.
    """
    if not _PIN.fullmatch(pin):
        raise InvalidSetting(f"{what} must be {LEAST} to {MOST} digits (got {len(pin)} characters).")
    if len(pin) < (least := least_digits(rooms)):
        raise InvalidSetting(
            f"{what} must have at least {least} digits (got {len(pin)}): the account has {rooms} rooms, and a PIN is "
            "compared with those of all."
        )
    if not easy and _trivial(pin):
        raise InvalidSetting(f"{what} is easy to guess: give one that is not one digit repeated, nor digits in order.")
    return pin


def checked_pair(pin: str, admin_pin: str) -> None:
    """Refuse two equal PINs; raises InvalidSetting."""
    if pin == admin_pin:
        raise InvalidSetting("pin and admin_pin must differ: the PIN says who is the admin.")


def random_pin(rooms: int = 1) -> str:
    """Return a PIN that may be set where an account has so many rooms: a digit longer than it must be."""
    length = max(RANDOM_DIGITS, least_digits(rooms) + 1)
    while True:
        pin = "".join(secrets.choice("0123456789") for _ in range(length))
        if not _trivial(pin):
            return pin


def digest(seal: Seal | None, account: str, pin: str) -> str:
    """Return what is kept of an account's PIN: a keyed hash, by which it can be looked up and not be read."""
    return (seal or Seal("")).digest(_PURPOSE, f"{account} {pin}")


def _trivial(pin: str) -> bool:
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    return len(steps) == 1 and steps <= {0, 1, 9}
