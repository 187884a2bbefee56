"""TringMe's ids and names. Its document's ids are opaque: ours serve as they are."""

import hashlib
import hmac
from collections.abc import Sequence

from engine.ids import new_id

DIALECT = "tringme"
"""The dialect's name in the store, in call data and on the command line."""
NOTIFY_URL = "notifyUrl"
"""The setting of the account's application with the URL that is notified (`setnotifyurl`); that of a user other than
the first one has the user's id behind it."""
COOKIE_DIGITS = 31
_CALL = "call"


def cookie_of(secret: str, user: str = "") -> str:
    """Return a user's cookie, by its id, or ("") the one that stands for an account's first user, whoever that is.

    31 digits, as in the document's samples. It is made of the account's secret, so that accounts and users of any age
    have one, and new ones with new keys.
    """
    name = f"cookie of {user}" if user else "cookie of the first user"
    digest = hmac.digest(secret.encode(), name.encode(), hashlib.sha256)
    lowest = 10 ** (COOKIE_DIGITS - 1)
    return str(lowest + int.from_bytes(digest) % (9 * lowest))


def shown_with_keys(key: str, secret: str) -> dict[str, str]:
    """Return what an account is shown beside its keys."""
    return {"cookie": cookie_of(secret)}


def shown_of_user(secret: str, user: str) -> dict[str, str]:
    """Return what is shown of each user of an account."""
    return {"cookie": cookie_of(secret, user)}


def new_operation(calls: int) -> str:
    """Return the id of an operation that places so many calls: that of the call itself where it is one."""
    return new_id(_CALL) if calls == 1 else f"{new_id(_CALL)}.of{calls}"


def calls_of(operation: str) -> Sequence[str]:
    """Return the ids of an operation's calls, in their order; none where it is not the id of an operation."""
    base, of, count = operation.partition(".of")
    if not base.startswith(f"{_CALL}-"):
        return ()
    if not of:
        return (base,)
    if not (count.isascii() and count.isdigit() and len(count) <= 3):
        return ()
    return tuple(f"{base}.{number}" for number in range(1, int(count) + 1))


def conference_number(room: str) -> str:
    """Return the id of a conference: 31 digits, as in the document's sample, made of its room's id."""
    lowest = 10 ** (COOKIE_DIGITS - 1)
    return str(lowest + int.from_bytes(hashlib.sha256(room.encode()).digest()) % (9 * lowest))
