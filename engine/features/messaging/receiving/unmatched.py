"""The texts that reached no number of ours, for the administrator."""

from collections.abc import Sequence

from engine.features.messaging.receiving import store
from engine.features.messaging.receiving.store import UnmatchedMessage
from engine.store.database import Database

__all__ = ["UnmatchedMessage", "UnmatchedMessages"]


class UnmatchedMessages:
    """Lists them."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def page(
        self, *, since: float | None = None, before: str | None = None, limit: int = 100
    ) -> Sequence[UnmatchedMessage]:
        """Return the newest first; `before`: the id of the last one of the page before."""
        return await self._db.read(lambda conn: store.unmatched(conn, since=since, before=before, limit=limit))
