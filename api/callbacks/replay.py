"""Which deliveries are delivered again."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from engine.platform import audit
from engine.platform.audit import Actor
from engine.store import deliveries
from engine.store.deliveries import DeliveryRow

MOST = 10_000
"""How many deliveries are delivered again at once, at most: the oldest."""
REPLAYED_TOGETHER = 500
"""How many are made pending in one transaction: calls wait for it."""


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
            return deliveries.about(conn, self.call, self.since, MOST)
        return deliveries.of_subscriber(conn, self.subscription or "", self.since, limit=MOST)


def revive(conn: Connection, *, ids: Sequence[str], by: Actor, subject: str) -> list[DeliveryRow]:
    """Make deliveries pending, but for those that are, and write that down; returns them as they are now."""
    found = [row for id in ids if deliveries.repeat(conn, id) and (row := deliveries.get(conn, id))]
    for account in dict.fromkeys(row.account for row in found):
        after = {"deliveries": sum(row.account == account for row in found)}
        audit.record(conn, by, account=account, what="callbacks.replayed", subject=subject, after=after)
    return found
