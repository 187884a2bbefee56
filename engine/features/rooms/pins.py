"""PINs: which may be set, and what is kept of them."""

import re
import secrets
from itertools import pairwise

from engine.features.errors import InvalidSetting
from engine.tasks.secret import Seal

LEAST, MOST = 4, 10
RANDOM_DIGITS = 6
_PIN = re.compile(rf"[0-9]{{{LEAST},{MOST}}}")
_PURPOSE = "PINs of rooms"


def checked(pin: str, what: str, *, easy: bool = False) -> str:
    """Return a PIN; raises InvalidSetting, without the PIN, for one that is none or (not `easy`) is guessed first."""
    if not _PIN.fullmatch(pin):
        raise InvalidSetting(f"{what} must be {LEAST} to {MOST} digits (got {len(pin)} characters).")
    if not easy and _trivial(pin):
        raise InvalidSetting(f"{what} is easy to guess: give one that is not one digit repeated, nor digits in order.")
    return pin


def checked_pair(pin: str, admin_pin: str) -> None:
    """Refuse two equal PINs; raises InvalidSetting."""
    if pin == admin_pin:
        raise InvalidSetting("pin and admin_pin must differ: the PIN says who is the admin.")


def random_pin() -> str:
    """Return a PIN that may be set."""
    while True:
        pin = "".join(secrets.choice("0123456789") for _ in range(RANDOM_DIGITS))
        if not _trivial(pin):
            return pin


def digest(seal: Seal | None, account: str, pin: str) -> str:
    """Return what is kept of an account's PIN: a keyed hash, by which it can be looked up and not be read."""
    return (seal or Seal("")).digest(_PURPOSE, f"{account} {pin}")


def _trivial(pin: str) -> bool:
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    return len(steps) == 1 and steps <= {0, 1, 9}
