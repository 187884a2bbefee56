"""Conferences by the names that accounts give them: found, or made by whoever comes first."""

import asyncio
from collections.abc import Callable, Iterable

import structlog
from sqlalchemy import Connection

from engine.calls.services import CallServices
from engine.conferences.conference import Conference
from engine.conferences.policy import ConferencePolicy, encode
from engine.events import ConferenceStarted
from engine.ids import new_id
from engine.model.conference_rules import ConferenceRules
from engine.queues.journal import Journal
from engine.store import conferences, events
from engine.store.conferences import ConferenceRow
from engine.store.errors import StoreError
from engine.tasks.results import TaskFailed

log = structlog.get_logger(__name__)
Begin = Callable[[ConferenceRow], Conference]


class Names:
    """One live conference a name and account. `begin` makes a stored one live, once."""

    def __init__(self, services: CallServices, begin: Begin) -> None:
        self._services, self._begin = services, begin
        self._open: dict[tuple[str, str], Conference] = {}
        self._opening: dict[tuple[str, str], asyncio.Task[Conference]] = {}
        self._returning: dict[str, Conference] = {}  # after a restart: which conference a task was in

    def find(self, account: str, name: str) -> Conference | None:
        """The one that takes participants now."""
        found = self._open.get((account, name))
        return found if found and not found.closing.is_set() else None

    async def of(self, account: str, name: str, task: str, rules: ConferenceRules | None = None) -> Conference:
        """The conference of this name, made if there is none. The caller must take part at once, without waiting."""
        returning = self._returning.pop(task, None)
        if returning and not returning.closing.is_set():
            return returning
        if found := self.find(account, name):
            return found
        opening = self._opening.get((account, name))
        if opening is None:
            opening = asyncio.create_task(self._make(account, name, rules), name="open a conference by its name")
            self._opening[account, name] = opening
            opening.add_done_callback(lambda done: self._opened((account, name), done))
        try:
            return await asyncio.shield(opening)
        except StoreError as error:
            raise TaskFailed("store_unavailable", "The conference could not be stored. Try again.") from error

    def restored(self, conference: Conference, tasks: Iterable[str]) -> None:
        """An earlier controller left this one, with these tasks in it."""
        self._open[conference.account, conference.name] = conference
        self._returning |= dict.fromkeys(tasks, conference)

    def forget(self, conference: Conference) -> None:
        """It is over."""
        if self._open.get((conference.account, conference.name)) is conference:
            del self._open[conference.account, conference.name]
        self._returning = {task: one for task, one in self._returning.items() if one is not conference}

    async def _make(self, account: str, name: str, rules: ConferenceRules | None) -> Conference:
        at, application = self._services.clock(), self._services.settings.ari_application
        new = ConferenceRow(
            id=new_id("conf"),
            account=account,
            name=name,
            policy=encode(ConferencePolicy(rules=rules or self._services.rules_of(account, name))),
            ari_application=application,
            created=at,
            started=at,
        )
        journal = Journal(self._services.writer, self._services.clock, account=account, subject=new.id, root=new.id)
        started = ConferenceStarted(**journal.common())  # type: ignore[arg-type]

        def unit(conn: Connection) -> ConferenceRow:
            row = conferences.open_named(conn, new)
            if row.id == new.id:
                events.append(conn, started)
            return row

        row = await self._services.writer.write(unit)
        if row.ari_application != application:
            raise TaskFailed("conference_elsewhere", "The conference is on another controller of this system.")
        conference = self._open[account, name] = self._begin(row)
        return conference

    def _opened(self, key: tuple[str, str], done: "asyncio.Task[Conference]") -> None:
        self._opening.pop(key, None)
        if not done.cancelled() and (error := done.exception()):
            log.warning("A conference could not be made.", account=key[0], error=str(error))
