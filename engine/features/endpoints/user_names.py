"""SIP user names: what an extension's phone registers as, and the name of its endpoint in Asterisk.

Asterisk knows a phone by the user of its From header alone, so the names are unique in the installation. The number is
taken where no other account has or had it; else the number with a random tail, such as 101-k7m3qd. A name tells nobody
which account it is of, and does not change if the account is renamed.
"""

import secrets

from sqlalchemy import Connection

from engine.store import extensions
from engine.store.extensions import BROWSER

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that look alike, for it is typed into phones
_TAIL = 6
PATTERN = rf"(?:{BROWSER})?[0-9]{{2,6}}(?:-[{_LETTERS}]{{{_TAIL}}})?"
"""What a SIP user name of an extension or its browsers looks like, as a regular expression."""


def is_secret(name: str) -> bool:
    """Whether a SIP user name has a random tail, so that nobody guesses it who knows the extension's number."""
    return "-" in name


def free_name(conn: Connection, account: str, number: str) -> str:
    """Return a SIP user name for a new extension of an account: the one that its extension of this number had, else one
    that no account has or had."""
    if had := extensions.names_of(conn, account, number):
        return had[0]
    name = number
    while extensions.holder_of(conn, name) not in (None, account):
        name = f"{number}-{''.join(secrets.choice(_LETTERS) for _ in range(_TAIL))}"
    return name
