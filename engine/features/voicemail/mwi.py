"""The lamps of phones follow the boxes of their extensions and users (message waiting indication, RFC 3842)."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence

import structlog
from sqlalchemy import Connection

from engine.ari.errors import AriError
from engine.features.endpoints.lamps import Lamp, Lamps
from engine.features.voicemail.events import VoicemailCounted
from engine.features.voicemail.store import boxes, messages
from engine.platform.consumers import Done
from engine.platform.platform import Platform
from engine.store.errors import StoreError
from engine.store.events import StoredEvent
from engine.store.extensions import Extension

log = structlog.get_logger(__name__)
AGAIN_SECONDS = 5.0
Place = tuple[str, str]
"""An account's id and the number of one of its extensions."""


class LampFollower:
    """Consumes what boxes count. A lamp that Asterisk did not take is tried again, with growing pauses."""

    name = "voicemail_lamps"
    kinds = frozenset({VoicemailCounted})

    def __init__(self, platform: Platform, lamps: Lamps) -> None:
        self._db, self._cache, self._lamps = platform.database, platform.cache, lamps
        self._owners: dict[Place, str] = {}
        self._moved: set[Place] = set()
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        platform.on_refresh(self._compare)

    def start(self) -> None:
        """Begin to follow extensions that are given to other users; `stop` ends it."""
        self._owners = self._owned()
        self._task = asyncio.create_task(self._follow(), name="lamps of extensions with another owner")

    async def stop(self) -> None:
        """End that."""
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    async def handle(self, happened: Sequence[StoredEvent], done: Done) -> None:
        """Show the newest counts of the extensions whose boxes changed; nothing is stored. Raises AriError."""
        counted = [event for one in happened if isinstance(event := one.event, VoicemailCounted)]
        await self._show({place for one in counted for place in self._places(one.account, one.extension, one.user)})

    async def show_all(self) -> None:
        """Tell an Asterisk that has just started, which knows no counts. Raises AriError."""
        found = await self._db.read(boxes.all)
        await self._show({place for box in found for place in self._places(box.account, box.extension, box.user)})

    def _owned(self) -> dict[Place, str]:
        return {(one.account, one.number): one.owner for one in self._cache.extensions() if one.owner}

    def _compare(self) -> None:
        """Note the extensions that have another owner than before."""
        before, self._owners = self._owners, self._owned()
        moved = {place for place in before.keys() | self._owners if before.get(place) != self._owners.get(place)}
        if moved:
            self._moved |= moved
            self._news.set()

    async def _follow(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            moved, self._moved = self._moved, set()
            try:
                await self._show(moved)
            except (AriError, StoreError) as error:
                log.warning("The lamps of extensions with another owner are shown later.", error=str(error))
                self._moved |= moved
                await asyncio.sleep(AGAIN_SECONDS)
                self._news.set()

    def _places(self, account: str, extension: str, user: str) -> Iterator[Place]:
        """Yield the extensions whose lamps a box may light: its own one, and all of its user."""
        if extension:
            yield account, extension
        if user:
            yield from ((account, one.number) for one in self._cache.extensions_of(account, user))

    async def _show(self, places: Iterable[Place]) -> None:
        named = {place: found for place in places if (found := self._cache.extension(*place))}
        if named:
            await self._lamps.show(await self._db.read(lambda conn: _lamps(conn, named)))


def _lamps(conn: Connection, named: Mapping[Place, Extension]) -> dict[str, Lamp]:
    """By the SIP user name: the counts of the box that is an extension's now, else those of its user's boxes together;
    dark where there is none.
    """
    found: dict[str, Lamp] = {}
    for account in {account for account, _ in named}:
        known = boxes.list(conn, account)
        for extension in (one for (owner, _), one in named.items() if owner == account):
            own = [box for box in known if box.extension == extension.number]
            users = [box for box in known if extension.owner and box.user == extension.owner]
            counts = [messages.counts(conn, box.id) for box in own or users]
            found[extension.sip_user] = Lamp(sum(one.new for one in counts), sum(one.old for one in counts))
    return found
