"""A consumer that marks events in a table without a key: one that was marked twice is there twice.

Run as a program with a database's URL it marks them, a few in a transaction, until it is killed.
"""

import asyncio
import sys
from collections.abc import Sequence

from sqlalchemy import Connection, text

from engine.platform import consumers as module
from engine.platform.consumers import Consumers, Done
from engine.store.database import Database
from engine.store.events import StoredEvent
from engine.store.writer import Writer


def create(conn: Connection) -> None:
    """Make the table."""
    conn.execute(text("CREATE TABLE marks (n INTEGER, id TEXT)"))


def marks(conn: Connection) -> list[str]:
    """Return the ids of what was marked, as often as it was."""
    return [row[0] for row in conn.execute(text("SELECT id FROM marks"))]


class Marker:
    """The consumer. `shout`: says on standard output that it has marked some."""

    name = "marker"
    kinds = None

    def __init__(self, writer: Writer, *, shout: bool = False) -> None:
        self._writer, self._shout = writer, shout
        self.calls = 0

    async def handle(self, events: Sequence[StoredEvent], done: Done) -> None:
        self.calls += 1

        def unit(conn: Connection) -> None:
            for stored in events:
                mark = {"n": stored.position, "id": stored.event.id}
                conn.execute(text("INSERT INTO marks (n, id) VALUES (:n, :id)"), mark)
            done(conn)

        await self._writer.write(unit)
        if self._shout:
            print(len(events), flush=True)


async def main(url: str) -> None:
    """Mark events until killed."""
    module.AT_ONCE = 10
    database = Database(url)
    writer = Writer(database)
    consumers = Consumers(database, writer)
    consumers.add(Marker(writer, shout=True))
    await consumers.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
