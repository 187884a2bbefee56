"""The rules of phonebooks: one entry for each number of an account. The only writer of their table."""

import time
from collections.abc import Callable, Iterable, Mapping

import msgspec
from sqlalchemy import Connection

from engine.features.accounts.lookup import find as find_account
from engine.features.errors import AlreadyThere, InvalidSetting, NotThere
from engine.features.numbers.phone_numbers import normalise
from engine.features.phonebook import store
from engine.features.phonebook.model import EntryFields, PhonebookEntry, PhonebookFull, name_of
from engine.ids import new_id
from engine.store.database import Database
from engine.store.writer import Writer

MOST = 100_000
"""How many entries an account has, at most."""
MOST_FOUND = 1000


class Phonebook:
    """The phonebooks of accounts (by their ids). `clock`: Unix seconds.

    Numbers are read in the account's country; every method that takes one raises InvalidNumber. What takes an entry's
    id raises NotThere where the account has no such entry.
    """

    def __init__(self, db: Database, writer: Writer, clock: Callable[[], float] = time.time) -> None:
        self._db, self._writer, self._clock = db, writer, clock

    async def put(self, account: str, fields: EntryFields) -> tuple[PhonebookEntry, bool]:
        """Return the entry of a number, and whether it is new; one that is there stays as it is.

        Raises InvalidSetting, PhonebookFull.
        """
        if fields.number is None:
            raise InvalidSetting("number is missing.")

        def unit(conn: Connection) -> tuple[PhonebookEntry, bool]:
            number = self._number(conn, account, fields.number or "")
            if had := store.by_number(conn, account, number):
                return had, False
            if store.count(conn, account) >= MOST:
                raise PhonebookFull(f"An phonebook has at most {MOST} entries.")
            empty = PhonebookEntry(
                id=new_id("person"), account=account, number=number, first_name="", last_name="", created=self._clock()
            )
            entry = _changed(empty, fields, number)
            store.add(conn, entry)
            return entry, True

        return await self._writer.write(unit)

    async def get(self, account: str, id: str) -> PhonebookEntry:
        """Return one entry."""
        return await self._db.read(lambda conn: _find(conn, account, id))

    async def of_numbers(self, account: str, numbers: Iterable[str]) -> Mapping[str, PhonebookEntry]:
        """Return the entries of numbers (digits) by number, of those that have one."""
        wanted = set(numbers)

        def read(conn: Connection) -> Mapping[str, PhonebookEntry]:
            found = (store.by_number(conn, account, number) for number in wanted)
            return {entry.number: entry for entry in found if entry}

        return await self._db.read(read)

    async def search(self, account: str, text: str = "") -> list[PhonebookEntry]:
        """Return at most 1000 entries that have a text in a name or in the number, the oldest first."""
        return await self._db.read(lambda conn: store.search(conn, account, text, MOST_FOUND))

    async def change(self, account: str, id: str, fields: EntryFields) -> PhonebookEntry:
        """Change an entry; raises InvalidSetting, AlreadyThere where another one has the number."""

        def unit(conn: Connection) -> PhonebookEntry:
            before = _find(conn, account, id)
            number = before.number if fields.number is None else self._number(conn, account, fields.number)
            other = store.by_number(conn, account, number)
            if other and other.id != id:
                raise AlreadyThere(f"The phonebook has +{number} already.")
            after = _changed(before, fields, number)
            store.update(conn, after)
            return after

        return await self._writer.write(unit)

    async def remove(self, account: str, id: str) -> PhonebookEntry:
        """Remove an entry."""

        def unit(conn: Connection) -> PhonebookEntry:
            found = _find(conn, account, id)
            store.delete(conn, id)
            return found

        return await self._writer.write(unit)

    def _number(self, conn: Connection, account: str, text: str) -> str:
        return normalise(text, find_account(conn, account).country)


def _changed(entry: PhonebookEntry, fields: EntryFields, number: str) -> PhonebookEntry:
    names = {name: getattr(fields, name) for name in ("first_name", "last_name")}
    given = {name: name_of(name, text) for name, text in names.items() if text is not None}
    return msgspec.structs.replace(entry, number=number, **given)


def _find(conn: Connection, account: str, id: str) -> PhonebookEntry:
    found = store.get(conn, account, id)
    if found is None:
        raise NotThere(f"The phonebook has no entry {id[:80]}.")
    return found
