"""Phonebooks in the database."""

import builtins

from sqlalchemy import Connection, bindparam, func, or_, select
from sqlalchemy import delete as delete_from

from engine.features.phonebook.model import PhonebookEntry
from engine.features.phonebook.tables import phonebook
from engine.store.rows import Mapped, plain
from engine.store.statement import Statement, Updates, insert_into

_columns = phonebook.c
_rows = Mapped(PhonebookEntry, phonebook)
_own = _columns.account == bindparam("account")
_get = Statement(_rows.select.where(_own, _columns.id == bindparam("id")))
_by_number = Statement(_rows.select.where(_own, _columns.number == bindparam("number")))
_count = Statement(select(func.count()).select_from(phonebook).where(_own))
_insert = insert_into(phonebook)
_updates = Updates(phonebook, "id")
_delete = Statement(delete_from(phonebook).where(_columns.id == bindparam("id")))


def add(conn: Connection, entry: PhonebookEntry) -> None:
    """Store a new entry."""
    _insert.run(conn, **plain(entry))


def update(conn: Connection, entry: PhonebookEntry) -> None:
    """Store an entry as it is now."""
    _updates.run(conn, entry.id, plain(entry))


def get(conn: Connection, account: str, id: str) -> PhonebookEntry | None:
    """Return an entry by its id."""
    return _rows.one(conn, _get, account=account, id=id)


def by_number(conn: Connection, account: str, number: str) -> PhonebookEntry | None:
    """Return an account's entry of a number."""
    return _rows.one(conn, _by_number, account=account, number=number)


def count(conn: Connection, account: str) -> int:
    """Return how many entries an account has."""
    return int(_count.value(conn, account=account))


def search(conn: Connection, account: str, text: str, limit: int) -> builtins.list[PhonebookEntry]:
    """Return entries that have a text in a name or in the number, the oldest first; "": all."""
    query = _rows.select.where(_columns.account == account)
    if text:
        named = (func.lower(column).contains(text.lower(), autoescape=True) for column in _names)
        query = query.where(or_(*named, _columns.number.contains(text.lstrip("+"), autoescape=True)))
    return _rows.each(conn.execute(query.order_by(_columns.created, _columns.id).limit(limit)))


_names = (_columns.first_name, _columns.last_name, _columns.first_name + " " + _columns.last_name)


def delete(conn: Connection, id: str) -> None:
    """Delete an entry."""
    _delete.run(conn, id=id)
