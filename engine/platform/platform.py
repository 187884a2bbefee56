"""What every feature is built from."""

import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from sqlalchemy import Connection, Table

from engine.calls.admission_protocol import Bar
from engine.calls.conversation import Conversation
from engine.media import Prompts, RecordingFiles
from engine.model.conference_rules import ConferenceRules, RulesOf
from engine.platform import call_events
from engine.platform.audit import AuditLog
from engine.platform.catalogue import Catalogue
from engine.platform.codes import Codes
from engine.platform.consumers import Consumers
from engine.platform.destination_kind import DestinationKinds
from engine.platform.leads import LeadsOf
from engine.platform.money import Backing, Prices
from engine.platform.scheduler import Scheduler
from engine.platform.settings_cache import SettingsCache
from engine.store.database import Database
from engine.store.events import StoredEvent
from engine.store.writer import Writer
from engine.tasks.secret import Seal


class Owned:
    """What accounts have of features, so that an account can be removed with it; the tables have a column `account`."""

    def __init__(self) -> None:
        self.while_open: list[Table] = []
        """Their rows are deleted when the account is closed."""
        self.books: list[Table] = []
        """Their rows stay when the account is closed, and are deleted when it is purged."""
        self.leaving: list[Callable[[Connection, str], None]] = []
        """What is called with an account's id before its rows are deleted, in the same transaction."""
        self.person_leaving: list[Callable[[Connection, str, str], None]] = []
        """What is called with the ids of an account and of its user who is removed, in the same transaction."""
        self.on_closed: list[Callable[[str], Awaitable[None]]] = []
        """Each ends what an account (its id) that was removed has under way."""


Expire = Callable[[Connection, float, int], int]
"""Deletes at most so many rows that are older than a moment (Unix seconds), the oldest; returns how many."""


class Platform:
    """The store, its settings in memory, the scheduler, consumers, money, the audit, destinations, the events that
    customers hear of, and where files are.

    `clock` gives Unix seconds. `seal` seals secrets that customers gave; None: nothing is sealed.
    """

    def __init__(
        self,
        database: Database,
        writer: Writer,
        files: RecordingFiles,
        prompts: Prompts,
        *,
        seal: Seal | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.database, self.writer, self.files, self.prompts = database, writer, files, prompts
        self.seal, self.clock = seal, clock
        self.cache = SettingsCache(database)
        self.scheduler = Scheduler(database, writer, clock=clock)
        self.audit = AuditLog(database, writer)
        self.prices = Prices()
        self.kinds = DestinationKinds()
        self.codes = Codes()
        self.conversations: dict[str, Conversation] = {}
        """Who leads conversations with calls, by topic."""
        self.conference_rules: list[RulesOf] = []
        self.leads: list[LeadsOf] = []
        """Each says what of an account leads to destinations."""
        self.bars: list[Bar] = []
        """What features have against calls, asked in the transaction that stores each."""
        self.backings: list[Backing] = []
        """Whose holds pay for calls that are parts of something."""
        self.catalogue = Catalogue(call_events.ENTRIES)
        self.owned = Owned()
        self.expiring: dict[str, Expire] = {}
        """What of features goes when it is old, by its name in the settings (engine.features.retention)."""
        self.consumers = Consumers(database, writer)
        self._forgetting: list[Callable[[], None]] = []
        self._watching: list[Callable[[Sequence[StoredEvent]], None]] = []
        writer.on_events = self._feed

    @classmethod
    def at(cls, url: str, application: str, prompts: Prompts, recordings: Path, seal: Seal) -> "Platform":
        """Open a database by its URL (engine.store.database.Database), to write for an ARI application."""
        database = Database(url, seal)
        return cls(database, Writer(database, application), RecordingFiles(recordings), prompts, seal=seal)

    async def start(self) -> None:
        """Begin to hear events, and to do what is due; after the writer has claimed its ARI application."""
        await self.consumers.start()
        await self.scheduler.start()

    async def stop(self) -> None:
        """End that; what is left is done after the next start."""
        await self.scheduler.stop()
        await self.consumers.stop()  # the last work that was due may have written events

    def on_commit(self, watch: Callable[[Sequence[StoredEvent]], None]) -> None:
        """Call `watch` with the events of each commit; what must lose none is a consumer instead."""
        self._watching.append(watch)

    def _feed(self, committed: list[StoredEvent]) -> None:
        self.consumers.feed(committed)
        for watch in self._watching:
            watch(committed)

    def on_refresh(self, forget: Callable[[], None]) -> None:
        """Call `forget` after each change of accounts, users, numbers or applications: of what is kept outside."""
        self._forgetting.append(forget)

    async def refresh(self) -> None:
        """Make a committed change of accounts, numbers or applications count at once."""
        await self.cache.load()
        self.forget()

    async def refresh_number(self, account: str, digits: str) -> None:
        """Make a committed change of one number of an account count at once."""
        await self.cache.reload_number(account, digits)
        self.forget()

    def rules_of(self, account: str, conference: str) -> ConferenceRules | None:
        """The rules of an account's conference that has this name; None: anybody's rules are as good."""
        return next(filter(None, (rules(account, conference) for rules in self.conference_rules)), None)

    def forget(self) -> None:
        """Let everybody read keys and applications anew who keeps them outside of the settings cache."""
        for forget in self._forgetting:
            forget()
