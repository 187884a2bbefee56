"""What is looked at once more at the moment in which a text leaves: it may have waited for a year."""

from sqlalchemy import Connection

from engine.features.messaging.configuration import store as settings
from engine.features.messaging.progress import ACCOUNT_CLOSED
from engine.features.messaging.receiving.outgoing import CONFIRMATION, NOTICE, RELAY
from engine.features.messaging.store.parts import Claimed
from engine.store import accounts, numbers
from engine.store.numbers import SMS

_UNCHECKED = frozenset({CONFIRMATION, NOTICE, RELAY})
"""Texts that answer the one who sent STOP, or whose sender is not the account's."""


def refusal(conn: Connection, claimed: Claimed) -> str:
    """Return why a text may not leave any more; "": it may. Parts behind the first follow it."""
    text = claimed.text
    if claimed.number > 1:
        return ""
    if claimed.lane.extension or text.origin in _UNCHECKED:
        return _removed(conn, text.account)
    if settings.opt_out(conn, text.account, text.recipient):
        return f"{text.recipient} sent STOP to this account before the text left."
    row = numbers.get(conn, text.sender, SMS)
    if row is None or row.account != text.account:
        lost = f"{text.sender} was not a number of this account for texts any more when the text was to leave."
        return _removed(conn, text.account) or lost
    return ""


def _removed(conn: Connection, account: str) -> str:
    owner = accounts.get(conn, account)
    return ACCOUNT_CLOSED if owner is None or owner.closed is not None else ""
