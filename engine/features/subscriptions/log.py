"""The events of an account that are kept, in their order: for who missed some, or asks from time to time."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from engine.events import Event
from engine.features.errors import InvalidSetting, NotThere
from engine.features.subscriptions.patterns import checked
from engine.model.call import Call
from engine.platform.catalogue import Catalogue, Entry
from engine.store import calls, events
from engine.store.database import Database

MOST = 1000
"""Events of a page, at most."""
LATEST = "latest"
"""Instead of an event's id: behind the newest."""
LOOKED_AT = 5000
"""Events that are looked at for a page, at most: few of them may have the names that are wanted."""
_AT_ONCE = 500
"""Events that are read at once, at most: first as many as are wanted, then twice as many each time."""


class Logged(msgspec.Struct, frozen=True):
    """An event under one of its names; `call` is its subject, None if that is no call that is there."""

    event: Event
    entry: Entry
    position: int
    call: Call | None


class Page(msgspec.Struct, frozen=True):
    """Events in their order. `last` is the id of the last event that was looked at (what the next page comes after);
    None: none was, and none was given. `position` is that event's. `more`: there may be more.
    """

    events: list[Logged]
    last: str | None
    position: int
    more: bool


class EventLog:
    """Reads the events of accounts (by their ids)."""

    def __init__(self, db: Database, catalogue: Catalogue) -> None:
        self._db, self._catalogue = db, catalogue

    async def page(
        self, account: str, patterns: Sequence[str], *, after: str | int | None = None, limit: int = 100
    ) -> Page:
        """Return the events behind `after`: an event's id, LATEST, or a position; None: from the oldest that is kept.

        An event with several names is never divided: a page may have a few more than `limit`. Raises InvalidSetting,
        and NotThere for the id of an event that is not kept.
        """
        if not 1 <= limit <= MOST:
            raise InvalidSetting(f"limit must be 1 to {MOST} (got {limit}).")
        names = self._catalogue.meant(checked(self._catalogue, patterns))
        return await self._db.read(lambda conn: self._page(conn, account, names, after, limit))

    async def position(self, account: str, after: str) -> int:
        """Return the position of an account's event, by its id or LATEST; raises NotThere if it is not kept."""
        page = await self._db.read(lambda conn: self._page(conn, account, frozenset(), after, 0))
        return page.position

    def _page(
        self, conn: Connection, account: str, names: frozenset[str], after: str | int | None, limit: int
    ) -> Page:
        last = events.latest_of(conn, account) if after == LATEST else after if isinstance(after, str) else None
        position = after if isinstance(after, int) else 0 if last is None else events.position_of(conn, account, last)
        if position is None:
            raise NotThere(f"No event {str(after)[:80]} is kept; without `after` the oldest that are kept are listed.")
        found: list[Logged] = []
        looked_at, size, more = 0, limit, after != LATEST
        while more and looked_at < LOOKED_AT and len(found) < limit:
            batch = events.of_account(conn, account, position, min(size, _AT_ONCE, LOOKED_AT - looked_at))
            looked_at, size = looked_at + min(size, _AT_ONCE), 2 * size
            for stored in batch.events:
                found += self._named(conn, stored, names)
                if len(found) >= limit:
                    more = batch.more or stored is not batch.events[-1]
                    return Page(found, stored.event.id, stored.position, more)
            position, last, more = batch.position, batch.last or last, batch.more
        return Page(found, last, position, more)

    def _named(self, conn: Connection, stored: events.StoredEvent, names: frozenset[str]) -> list[Logged]:
        wanted = [entry for entry in self._catalogue.of(stored.event) if entry.name in names]
        call = calls.get(conn, stored.event.subject) if wanted else None
        return [Logged(stored.event, entry, stored.position, call) for entry in wanted]
