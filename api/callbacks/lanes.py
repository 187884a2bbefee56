"""What waits its turn: a call tree's deliveries to one host, or all of one subscription."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.store import deliveries
from engine.store.database import Database
from engine.store.deliveries import DeliveryRow
from engine.store.writer import Writer

MOST_IN_MEMORY = 1000
"""How many deliveries of one subscription wait in memory, at most; the others are in the table alone."""
READ_TOGETHER = 500
"""How many of those are read at once."""
Key = tuple[str, str]


@dataclass(slots=True)
class Waiting:
    """A delivery as it stands; `since` and `before`: when it came here, and after how many attempts."""

    row: DeliveryRow
    since: float
    before: int


@dataclass(slots=True)
class Lane:
    """`more`: others of the subscription are pending in the table alone; `left`: one was left there since it was read.

    `broken`: the ids of those that only the next process tries again.
    """

    waiting: deque[Waiting] = field(default_factory=deque)
    task: asyncio.Task[None] | None = None
    more: bool = False
    left: bool = False
    broken: set[str] = field(default_factory=set)

    def put(self, waiting: Waiting) -> None:
        """Let a delivery wait, which is committed: in memory, or in the table if too many do."""
        if waiting.row.subscriber and (self.more or len(self.waiting) >= MOST_IN_MEMORY):
            self.more = self.left = True
        else:
            self.waiting.append(waiting)


def key_of(row: DeliveryRow) -> Key:
    """Return the name of a delivery's lane."""
    return ("", row.subscriber) if row.subscriber else (row.root, row.host)


async def read_on(db: Database, writer: Writer, subscriber: str, lane: Lane) -> Sequence[DeliveryRow]:
    """Return the next deliveries of a lane that has none in memory but `more`; raises StoreError."""
    lane.left = False
    await writer.write(lambda conn: None)  # what became of those before is stored now
    found = await db.read(lambda conn: deliveries.pending_of(conn, subscriber, READ_TOGETHER + len(lane.broken)))
    rows = [row for row in found if row.id not in lane.broken][:READ_TOGETHER]
    lane.more = lane.left or len(rows) == READ_TOGETHER
    return rows
