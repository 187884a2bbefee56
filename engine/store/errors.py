"""The exceptions of the store, in one tree; each message is a sentence that a user can act on."""

import sqlite3

from sqlalchemy.exc import DBAPIError, OperationalError

_SQLITE_OUTAGES = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
}
# PostgreSQL, appendix A: connection, rollback (deadlock), resources, lock not available, shutdown and start-up.
_POSTGRESQL_OUTAGES = ("08", "40", "53", "55P03", "57P0")


class StoreError(Exception):
    """Something went wrong in the store."""


class Fenced(StoreError):
    """Another controller has taken over this ARI application; nothing was written."""

    def __init__(self, ari_application: str) -> None:
        super().__init__(f"Another controller has taken over {ari_application!r}, or it was never claimed.")


class StoreUnavailable(StoreError):
    """The database cannot be reached now. Try again."""


class StoreClosed(StoreError):
    """The store was stopped; nothing was written."""


class StoreConflict(StoreError):
    """What was asked clashes with what is stored; the message says how."""


def is_outage(error: BaseException) -> bool:
    """Return whether the cause of `error` is the database's state (locked, full, gone, restarting)."""
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in _SQLITE_OUTAGES
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in _SQLITE_OUTAGES
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        return isinstance(error, OperationalError)
    return str(state).startswith(_POSTGRESQL_OUTAGES)
