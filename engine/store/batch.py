"""Commits many units in one transaction: the writer's part that runs in its thread, never in the event loop."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import structlog
from sqlalchemy import ColumnElement, Connection, bindparam, literal_column, select, text
from sqlalchemy.sql import ClauseElement

from engine.store.database import Database
from engine.store.errors import Fenced, StoreUnavailable, is_outage
from engine.store.events import APPENDED, StoredEvent
from engine.store.statement import Statement
from engine.store.tables import owners

Unit = Callable[[Connection], Any]
FIRST_WAIT, LONGEST_WAIT = 0.05, 1.0  # seconds between attempts while the database cannot be reached

_log = structlog.get_logger(__name__)
_XID: ColumnElement[str] = literal_column("CAST(pg_current_xact_id() AS TEXT)")
# The lock's number: arbitrary, but not used by anything else.
_TURN: ColumnElement[str] = literal_column("CAST(pg_advisory_xact_lock(111555003052147) AS TEXT)")


class Success(msgspec.Struct, frozen=True):
    """The value of a unit that was committed."""

    value: Any


class Failure(msgspec.Struct, frozen=True):
    """The error of a unit, of which nothing was committed."""

    error: BaseException


Result = Success | Failure
Committed = tuple[Sequence[Result], list[StoredEvent]]


def _fence(columns: list[Any], *, locked: bool) -> ClauseElement:
    statement = select(*columns).where(owners.c.ari_application == bindparam("ari_application"))
    return statement.with_for_update(read=True) if locked else statement


# One process writes at a time: by BEGIN IMMEDIATE on SQLite, by an advisory lock on PostgreSQL. Positions of events
# must become visible in order, else a cursor would skip one; and writers that take turns cannot deadlock. The owner's
# row is locked until the commit, so that a claim waits for it. The transaction's id shows later whether a commit whose
# answer was lost took place.
_sqlite_fence = Statement(_fence([owners.c.epoch], locked=False))
_postgresql_fence = Statement(_fence([owners.c.epoch, _XID, _TURN], locked=True))
_postgresql_turn = Statement(select(_XID, _TURN))


class Batches:
    """Commits batches of units on one connection, and retries while the database cannot be reached."""

    def __init__(self, database: Database, ari_application: str) -> None:
        self.epoch: int | None = None
        self.out = threading.Event()
        """Set while the database cannot be reached."""
        self.given_up = threading.Event()
        """Set by the writer: do not wait for the database any longer."""
        self._database = database
        self._ari_application = ari_application
        self._conn: Connection | None = None
        self._doubtful: tuple[str, Committed] | None = None

    def commit(self, units: Sequence[Unit]) -> Committed:
        """Run units in order in one transaction and commit it; a unit that raises has its error as its result.

        Waits while the database cannot be reached. If the writer gives up, every unit fails with StoreUnavailable.
        """
        wait = FIRST_WAIT
        while True:
            try:
                committed = self._attempt(units)
            except Exception as error:
                self._drop()
                if not is_outage(error) and not isinstance(error, _Undecided):
                    return [Failure(error)] * len(units), []
                if self.given_up.wait(wait):
                    self._doubtful = None
                    return [Failure(StoreUnavailable("The database cannot be reached now. Try again."))] * len(
                        units
                    ), []
                if not self.out.is_set():
                    _log.warning("The database cannot be reached; writes wait.", error=type(error).__name__)
                    self.out.set()
                wait = min(wait * 2, LONGEST_WAIT)
            else:
                if self.out.is_set():
                    _log.info("The database can be reached again.")
                    self.out.clear()
                return committed

    def close(self) -> None:
        """Close the connection."""
        self._drop()

    def _attempt(self, units: Sequence[Unit]) -> Committed:
        conn = self._conn
        if conn is None:
            conn = self._conn = self._database.connect()
        if self._doubtful is not None:
            xid, committed = self._doubtful
            if self._took_place(conn, xid):
                self._doubtful = None
                return committed
            self._doubtful = None
        try:
            return self._together(conn, units)
        except _UnitFailed as failed:
            if len(units) == 1:
                return [Failure(failed.error)], []
        return self._one_by_one(conn, units)

    def _together(self, conn: Connection, units: Sequence[Unit]) -> Committed:
        xid = self._begin(conn)
        appended: list[StoredEvent] = []
        conn.info[APPENDED] = appended
        results: list[Result] = []
        for unit in units:
            try:
                results.append(Success(unit(conn)))
            except BaseException as error:
                if is_outage(error):
                    raise
                conn.rollback()
                raise _UnitFailed(error) from error
        return self._end(conn, xid, (results, appended))

    def _one_by_one(self, conn: Connection, units: Sequence[Unit]) -> Committed:
        xid = self._begin(conn)
        appended: list[StoredEvent] = []
        conn.info[APPENDED] = appended
        results: list[Result] = []
        for unit in units:
            count = len(appended)
            savepoint = conn.begin_nested()
            try:
                value = unit(conn)
                savepoint.commit()
            except BaseException as error:
                if is_outage(error):
                    raise
                savepoint.rollback()
                del appended[count:]
                results.append(Failure(error))
            else:
                results.append(Success(value))
        return self._end(conn, xid, (results, appended))

    def _begin(self, conn: Connection) -> str | None:
        """Begin a transaction and check the fence; returns the transaction's id on PostgreSQL. Raises Fenced."""
        conn.begin()
        if not self._ari_application:
            return str(_postgresql_turn.value(conn)) if self._database.is_postgresql else None
        fence = _postgresql_fence if self._database.is_postgresql else _sqlite_fence
        row = fence.first(conn, ari_application=self._ari_application)
        if row is None or row[0] != self.epoch:
            conn.rollback()
            raise Fenced(self._ari_application)
        return str(row[1]) if self._database.is_postgresql else None

    def _end(self, conn: Connection, xid: str | None, committed: Committed) -> Committed:
        try:
            conn.commit()
        except Exception:
            if xid is not None:
                self._doubtful = xid, committed
            raise
        conn.info.pop(APPENDED, None)
        return committed

    def _took_place(self, conn: Connection, xid: str) -> bool:
        """Return whether a commit whose answer was lost took place; raises _Undecided while that is unknown."""
        with conn.begin():
            status = conn.execute(text("SELECT pg_xact_status(CAST(:xid AS xid8))"), {"xid": xid}).scalar()
        if status == "in progress":
            raise _Undecided
        return bool(status == "committed")

    def _drop(self) -> None:
        conn, self._conn = self._conn, None
        if conn is not None:
            conn.close()


class _UnitFailed(Exception):
    """A unit raised {error}."""

    def __init__(self, error: BaseException) -> None:
        self.error = error
        super().__init__(str(error))


class _Undecided(Exception):
    """The server has not yet decided about an earlier commit."""
