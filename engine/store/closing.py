"""Counts and deletes the rows of an account."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, delete, func, or_, select, update

from engine.store import tables
from engine.store.accounts import Account

_OWNED: tuple[Table, ...] = (
    tables.credentials,
    tables.allowed_prefixes,
    tables.caller_ids,
    tables.due_work,
    tables.call_requests,
)
"""The tables whose rows are deleted when an account is closed, besides those of features."""
_BOOKS: tuple[Table, ...] = (
    tables.ledger,
    tables.holds,
    tables.events,
    tables.commands,
    tables.calls,
    tables.conferences,
)
"""The tables that keep an account's records after it is closed, until it is purged; features have more."""


def live(conn: Connection, account: str) -> int:
    """Return how many calls and conferences of an account have not ended."""
    counts = (
        select(func.count()).select_from(table).where(table.c.account == account, table.c.ended.is_(None))
        for table in (tables.calls, tables.conferences)
    )
    return sum(int(conn.execute(count).scalar_one()) for count in counts)


def undelivered(conn: Connection, account: str) -> int:
    """Return how many callbacks of an account are still to be delivered."""
    pending = (tables.deliveries.c.account == account, tables.deliveries.c.state == "pending")
    return int(conn.execute(select(func.count()).select_from(tables.deliveries).where(*pending)).scalar_one())


def close(conn: Connection, account: Account, at: float, owned: Sequence[Table]) -> None:
    """Delete an account's rows except its books, and free its name.

    `owned` are the tables of features whose rows are deleted too; each has a column `account`.
    """
    _drop(conn, (*_OWNED, *owned), account.id)
    fields = {"closed": at, "disabled": True, "name": f"{account.name} ({account.id})"}
    conn.execute(update(tables.accounts).where(tables.accounts.c.id == account.id).values(fields))


def purge(conn: Connection, account: str, owned: Sequence[Table]) -> None:
    """Delete an account completely, also its ledger, calls, conferences, events and deliveries.

    `owned` are the tables of features that have a column `account`.
    """
    deliveries, attempts = tables.deliveries, tables.delivery_attempts
    own_deliveries = select(deliveries.c.id).where(deliveries.c.account == account)
    _delete(conn, attempts, attempts.c.delivery.in_(own_deliveries))
    _delete(conn, deliveries, deliveries.c.account == account)
    calls = select(tables.calls.c.id).where(tables.calls.c.account == account)
    conferences = select(tables.conferences.c.id).where(tables.conferences.c.account == account)
    owner, conference = tables.tasks.c.owner, tables.participants.c.conference
    _delete(conn, tables.tasks, or_(owner.in_(calls), owner.in_(conferences)))
    _delete(conn, tables.call_data, tables.call_data.c.call.in_(calls))
    _delete(conn, tables.participants, conference.in_(conferences))
    _drop(conn, (*_OWNED, *_BOOKS, *owned), account)
    _delete(conn, tables.accounts, tables.accounts.c.id == account)


def recordings_of(conn: Connection, account: str) -> list[str]:
    """Return the ids of an account's recordings, which are the names of their files."""
    found = select(tables.recordings.c.id).where(tables.recordings.c.account == account)
    return [row[0] for row in conn.execute(found)]


def _drop(conn: Connection, each: Sequence[Table], account: str) -> None:
    """Delete the account's rows. Its SIP user names stay, without an account: no other account may ever have them."""
    users = tables.sip_users
    conn.execute(update(users).where(users.c.account == account).values(account=""))
    for table in reversed(tables.metadata.sorted_tables):  # those that refer to others first
        if table in each:
            _delete(conn, table, table.c.account == account)


def _delete(conn: Connection, table: Table, where: Any) -> None:
    conn.execute(delete(table).where(where))
