"""The lamps of phones follow the boxes of their extensions (message waiting indication, RFC 3842)."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection

from engine.features.endpoints.lamps import Lamp, Lamps
from engine.features.voicemail.events import VoicemailCounted
from engine.features.voicemail.store import boxes, messages
from engine.platform.consumers import Done
from engine.platform.platform import Platform
from engine.store.events import StoredEvent

Place = tuple[str, str]
"""An account's id and the number of one of its extensions."""


class LampFollower:
    """Consumes what boxes count. A lamp that Asterisk did not take is tried again, with growing pauses."""

    name = "voicemail_lamps"
    kinds = frozenset({VoicemailCounted})

    def __init__(self, platform: Platform, lamps: Lamps) -> None:
        self._db, self._cache, self._lamps = platform.database, platform.cache, lamps

    async def handle(self, happened: Sequence[StoredEvent], done: Done) -> None:
        """Show the newest counts of the extensions whose boxes changed; nothing is stored. Raises AriError."""
        counted = [event for one in happened if isinstance(event := one.event, VoicemailCounted)]
        await self._show({(event.account, event.extension) for event in counted if event.extension})

    async def show_all(self) -> None:
        """Tell an Asterisk that has just started, which knows no counts. Raises AriError."""
        found = await self._db.read(boxes.all)
        await self._show({(box.account, box.extension) for box in found if box.extension})

    async def _show(self, places: Iterable[Place]) -> None:
        named = {place: found.sip_user for place in places if (found := self._cache.extension(*place))}
        if named:
            await self._lamps.show(await self._db.read(lambda conn: _lamps(conn, named)))


def _lamps(conn: Connection, named: Mapping[Place, str]) -> dict[str, Lamp]:
    """By the SIP user name: the counts of the box that is an extension's now; dark where it has none."""
    owned: dict[Place, str] = {}
    for account in {account for account, _ in named}:
        owned |= {(account, box.extension): box.id for box in boxes.list(conn, account) if box.extension}
    return {
        name: Lamp(*messages.counts(conn, owned[place])) if place in owned else Lamp() for place, name in named.items()
    }
