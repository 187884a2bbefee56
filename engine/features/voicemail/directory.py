"""The boxes in memory: what a call that is led to one must know at once."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from engine.features.voicemail.events import VoicemailCounted
from engine.features.voicemail.model import Box, Greeting, GreetingKind, Usage
from engine.features.voicemail.store import boxes, messages
from engine.platform.consumers import Done
from engine.store.database import Database
from engine.store.events import StoredEvent


class Entry:
    """A box, what it holds, and its greetings by their kinds."""

    def __init__(self, box: Box, usage: Usage, greetings: dict[GreetingKind, Greeting]) -> None:
        self.box, self.usage, self.greetings = box, usage, greetings


class BoxDirectory:
    """All boxes. The store stays the truth: `reload` follows each change."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._by_id: dict[str, Entry] = {}
        self._by_number: dict[tuple[str, str], Entry] = {}

    async def load(self) -> None:
        """Read everything, at the start."""
        found = await self._db.read(_everything)
        self._by_id, self._by_number = {}, {}
        for entry in found:
            self._know(entry)

    async def reload(self, id: str) -> None:
        """Read a box again; one that is not there any more goes from here too."""
        found = await self._db.read(lambda conn: _one(conn, id))
        self._forget(id)
        if found:
            self._know(found)

    def keep(self, is_open: Callable[[str], bool]) -> None:
        """Forget the boxes of accounts that are not open."""
        for id in [id for id, entry in self._by_id.items() if not is_open(entry.box.account)]:
            self._forget(id)

    def named(self, account: str, name: str) -> Entry | None:
        """Return a box of an account by its number or its id."""
        found = self._by_number.get((account, name)) or self._by_id.get(name)
        return found if found and found.box.account == account else None

    def of_extension(self, account: str, extension: str) -> Entry | None:
        """Return the box of an extension."""
        return next(
            (
                entry
                for (owner, _), entry in self._by_number.items()
                if owner == account and entry.box.extension == extension
            ),
            None,
        )

    def _know(self, entry: Entry) -> None:
        self._by_id[entry.box.id] = entry
        self._by_number[entry.box.account, entry.box.number] = entry

    def _forget(self, id: str) -> None:
        if entry := self._by_id.pop(id, None):
            self._by_number.pop((entry.box.account, entry.box.number), None)


class DirectoryFollower:
    """Consumes what boxes count: a box is read again, whoever changed what it holds."""

    name = "voicemail_directory"
    kinds = frozenset({VoicemailCounted})

    def __init__(self, directory: BoxDirectory) -> None:
        self._directory = directory

    async def handle(self, happened: Sequence[StoredEvent], done: Done) -> None:
        """Read the boxes of these events; nothing is stored."""
        for box in {one.event.subject for one in happened if isinstance(one.event, VoicemailCounted)}:
            await self._directory.reload(box)


def _everything(conn: Connection) -> list[Entry]:
    held = messages.usages(conn)
    recorded: dict[str, dict[GreetingKind, Greeting]] = {}
    for each in boxes.greetings(conn):
        recorded.setdefault(each.box, {})[each.kind] = each
    return [Entry(box, held.get(box.id, Usage()), recorded.get(box.id, {})) for box in boxes.all(conn)]


def _one(conn: Connection, id: str) -> Entry | None:
    box = boxes.get(conn, id)
    if box is None:
        return None
    return Entry(box, messages.usage(conn, id), {each.kind: each for each in boxes.greetings(conn, id)})
