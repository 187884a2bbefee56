"""Which deliveries are delivered again."""

import msgspec
from sqlalchemy import Connection

from engine.store import deliveries
from engine.store.deliveries import DeliveryRow

MOST = 10_000
"""How many deliveries are delivered again at once, at most: the oldest."""


class Replay(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The deliveries of an `event`, of a `call` (or conference), or of a `subscription`: one of the three.

    `since` (Unix seconds): those alone that were made since. `account`: those of this account alone, by its id.
    """

    event: str | None = None
    call: str | None = None
    subscription: str | None = None
    since: float = 0.0
    account: str | None = None

    @property
    def subject(self) -> str:
        """What is named."""
        return self.event or self.call or self.subscription or ""

    def rows(self, conn: Connection) -> list[DeliveryRow]:
        """Return the deliveries, in the order of their events."""
        found = self._named(conn)
        return [row for row in found if row.created >= self.since and self.account in (None, row.account)][:MOST]

    def _named(self, conn: Connection) -> list[DeliveryRow]:
        if self.event is not None:
            return deliveries.of_event(conn, self.event)
        if self.call is not None:
            return [*deliveries.of_subject(conn, self.call)]
        return deliveries.of_subscriber(conn, self.subscription or "", self.since, limit=MOST)
