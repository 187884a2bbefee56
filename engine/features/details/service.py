"""The rules of details: how they are changed, and how large they may be. The only writer of their table."""

import time
from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection

from engine.features.details import store
from engine.features.details.model import Details, Fields, checked, merged
from engine.store.database import Database
from engine.store.writer import Writer


class DetailService:
    """Keeps what programs give. `clock`: Unix seconds.

    `kind` and `id` say what the fields are about; whether that is there is the caller's to know. An id must never be
    given to another thing, or that one would have these fields.
    """

    def __init__(self, db: Database, writer: Writer, clock: Callable[[], float] = time.time) -> None:
        self._db, self._writer, self._clock = db, writer, clock

    async def get(self, account: str, kind: str, id: str) -> Details:
        """Return the details of one thing; without fields where none were given."""
        return await self._db.read(lambda conn: of(conn, account, kind, id))

    async def of_kind(self, account: str, kind: str) -> Mapping[str, Details]:
        """Return the details of all things of a kind, by their ids."""
        return {each.id: each for each in await self._db.read(lambda conn: store.list(conn, account, kind))}

    async def some(self, account: str, kind: str, ids: Sequence[str]) -> Mapping[str, Details]:
        """Return the details of the things that have these ids, without those of which none were given."""
        found = await self._db.read(lambda conn: [store.get(conn, account, kind, id) for id in ids])
        return {each.id: each for each in found if each is not None}

    async def merge(self, account: str, kind: str, id: str, change: Fields) -> Details:
        """Change the fields that are named, and keep the others; raises InvalidSetting."""

        def unit(conn: Connection) -> Details:
            return self._put(conn, account, kind, id, merged(of(conn, account, kind, id).fields, change))

        return await self._writer.write(unit)

    async def replace(self, account: str, kind: str, id: str, fields: Fields) -> Details:
        """Keep these fields and no others; raises InvalidSetting."""
        return await self._writer.write(lambda conn: self._put(conn, account, kind, id, fields))

    async def remove(self, account: str, kind: str, id: str) -> None:
        """Forget the fields of a thing; harmless where there are none."""
        await self._writer.write(lambda conn: store.delete(conn, account, kind, id))

    def _put(self, conn: Connection, account: str, kind: str, id: str, fields: Fields) -> Details:
        row = Details(account=account, kind=kind, id=id, fields=checked(fields), updated=self._clock())
        store.put(conn, row)
        return row


def of(conn: Connection, account: str, kind: str, id: str) -> Details:
    """Return the details of one thing, in a transaction."""
    return store.get(conn, account, kind, id) or Details(account=account, kind=kind, id=id)
