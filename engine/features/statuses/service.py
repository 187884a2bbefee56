"""Statuses of users: set by a person, else what their phones say.

A status that a person set stays until it is unset or its time is over. Else a user is in a call if one of its
extensions is, not to be disturbed if all of them are, and available or offline as one of them is registered or none is.
A user without an extension has no status but what a person sets. Each change is an event.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import NamedTuple

import structlog
from sqlalchemy import Connection

from engine.events import CallAnswered, CallEnded, Event
from engine.features.statuses import store
from engine.features.statuses.events import UserStatusChanged
from engine.features.statuses.model import (
    AVAILABLE,
    NOT_TO_BE_DISTURBED,
    OFFLINE,
    ON_CALL,
    SetBy,
    UserStatus,
    checked,
)
from engine.features.users import lookup as users
from engine.ids import new_id
from engine.model.call import Call, Direction
from engine.platform import audit, due_work
from engine.platform.audit import Actor
from engine.platform.consumers import Done
from engine.platform.due_work import DueWork
from engine.platform.platform import Platform
from engine.platform.scheduler import Finish
from engine.store import calls, events
from engine.store.errors import Fenced, StoreClosed, StoreUnavailable
from engine.store.events import StoredEvent

log = structlog.get_logger(__name__)
UNSET = "statuses.unset"
"""The kind of work that unsets a status whose time is over."""
SETTLES_SECONDS = 0.2
"""What phones say within so long is looked at once: one that registers anew is gone for a moment."""
AGAIN_SECONDS = 2.0
_PREFIX = "status"


class Owner(NamedTuple):
    """A user (its id) who has extensions."""

    account: str
    user: str


class UserStatuses:
    """The statuses of all users; a consumer of the events of calls. `is_registered` says whether an extension's phone
    is registered, by its SIP user name.
    """

    name = "statuses"
    kinds: frozenset[type[Event]] | None = frozenset({CallAnswered, CallEnded})

    def __init__(self, platform: Platform, is_registered: Callable[[str], bool]) -> None:
        self._db, self._writer, self._clock = platform.database, platform.writer, platform.clock
        self._cache, self._scheduler, self._is_registered = platform.cache, platform.scheduler, is_registered
        self._changed: dict[Owner, None] = {}
        self._up: dict[str, Owner] = {}  # the calls of users' phones that were answered and have not ended
        self._calls: dict[Owner, None] = {}  # whose calls have begun or ended, and who was not looked at since
        self._settings: dict[Owner, frozenset[tuple[str, bool]]] = {}
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    # What people ask and set

    async def of_account(self, account: str) -> dict[str, UserStatus]:
        """Return the statuses of an account's users, by the users' ids; none for whom nothing is known."""
        return await self._db.read(lambda conn: store.list(conn, account))

    async def of(self, account: str, user: str) -> UserStatus | None:
        """Return a user's status; raises NotThere for a user who is not there."""

        def unit(conn: Connection) -> UserStatus | None:
            return store.get(conn, users.find(conn, account, user).id)

        return await self._db.read(unit)

    async def set(self, by: Actor, account: str, user: str, status: str, until: float | None = None) -> UserStatus:
        """Set a user's status, until a time or until it is unset. Raises NotThere, InvalidSetting."""
        text = checked(status)

        def unit(conn: Connection) -> UserStatus:
            person = users.find(conn, account, user)
            found = self._put(conn, Owner(account, person.id), person.email, text, SetBy.PERSON, until)
            work = DueWork(id=_work(person.id), kind=UNSET, at=until or 0.0, account=account, payload=person.id)
            if until is None:
                due_work.remove(conn, work.id)
            else:
                due_work.put(conn, work)
            audit.record(
                conn, by, account=account, what="user.status_set", subject=person.email, after={"status": text}
            )
            return found

        made = await self._writer.write(unit)
        self._scheduler.wake()
        return made

    async def unset(self, by: Actor, account: str, user: str) -> UserStatus | None:
        """Let a user's phones say its status again; returns what that is, None if it has no phone. Raises NotThere."""

        def unit(conn: Connection) -> UserStatus | None:
            person = users.find(conn, account, user)
            had = store.get(conn, person.id)
            if had is None or had.set_by is not SetBy.PERSON:
                return had
            due_work.remove(conn, _work(person.id))
            audit.record(
                conn, by, account=account, what="user.status_unset", subject=person.email, before={"status": had.status}
            )
            return self._taken_back(conn, Owner(account, person.id), person.email)

        return await self._writer.write(unit)

    async def unset_due(self, work: DueWork, finish: Finish) -> None:
        """Unset a status whose time is over (the work of the kind UNSET)."""

        def unit(conn: Connection) -> None:
            finish(conn)
            had = store.get(conn, work.payload)
            person = self._cache.user(had.account, had.user) if had else None
            is_over = (
                had is not None and had.set_by is SetBy.PERSON and had.until is not None and had.until <= self._clock()
            )
            if had and person and is_over:
                self._taken_back(conn, Owner(had.account, had.user), person.email)

        await self._writer.write(unit)

    # What their phones say

    async def handle(self, events: Sequence[StoredEvent], done: Done) -> None:
        """Look at the users whose phones' calls were answered or have ended."""
        for event in (stored.event for stored in events):
            if isinstance(event, CallEnded):
                owner = self._up.pop(event.subject, None)
            elif owner := await self._owner_of(event):
                self._up[event.subject] = owner
            if owner:
                self._calls[owner] = None  # until it was looked at: a batch whose handling fails is handed in again
        for owner in list(self._calls):
            await self._look(owner)
            self._calls.pop(owner, None)

    def phone_changed(self, sip_user: str) -> None:
        """A phone registered, or is gone."""
        extension = self._cache.extension_of(sip_user)
        if extension and extension.owner:
            self._note(Owner(extension.account, extension.owner))

    def settings_changed(self) -> None:
        """Settings may have changed: whose an extension is, and whether it is not to be disturbed."""
        now = self._settings_now()
        for owner, _ in {*now.items(), *self._settings.items()} - (now.items() & self._settings.items()):
            self._note(owner)
        self._settings = now

    async def start(self) -> None:
        """Begin to follow what phones say; `stop` ends it."""
        live = await self._db.read(calls.all_live)
        self._up |= {call.id: owner for call in live if call.answered and (owner := self._of_call(call))}
        self._settings = self._settings_now()
        self._task = asyncio.create_task(self._follow(), name="statuses of users")

    async def stop(self) -> None:
        """End that."""
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    def _note(self, owner: Owner) -> None:
        self._changed[owner] = None
        self._news.set()

    async def _follow(self) -> None:
        while True:
            await self._news.wait()
            await asyncio.sleep(SETTLES_SECONDS)
            self._news.clear()
            changed, self._changed = self._changed, {}
            try:
                for owner in changed:
                    await self._look(owner)
            except (Fenced, StoreClosed):
                return
            except StoreUnavailable as error:
                log.warning("Statuses of users are stored later.", error=str(error))
                self._changed = {**changed, **self._changed}
                await asyncio.sleep(AGAIN_SECONDS)
                self._news.set()

    async def _look(self, owner: Owner) -> None:
        """Store what a user's phones say, unless a person has set the user's status."""

        def unit(conn: Connection) -> None:
            person, had, said = self._cache.user(*owner), store.get(conn, owner.user), self._of_phones(owner)
            if person and said and not (had and (had.set_by is SetBy.PERSON or had.status == said[0])):
                self._put(conn, owner, person.email, *said)

        await self._writer.write(unit)

    def _of_phones(self, owner: Owner) -> tuple[str, SetBy] | None:
        """What a user's phones say, and what says so; None: it has none."""
        own = self._cache.extensions_of(*owner)
        if not own:
            return None
        if owner in self._up.values():
            return ON_CALL, SetBy.CALL
        if all(one.do_not_disturb for one in own):
            return NOT_TO_BE_DISTURBED, SetBy.SETTING
        registered = any(self._is_registered(one.sip_user) for one in own)
        return AVAILABLE if registered else OFFLINE, SetBy.REGISTRATION

    def _taken_back(self, conn: Connection, owner: Owner, email: str) -> UserStatus | None:
        if (said := self._of_phones(owner)) is None:
            store.delete(conn, owner.user)
            return None
        return self._put(conn, owner, email, *said)

    def _put(
        self, conn: Connection, owner: Owner, email: str, status: str, set_by: SetBy, until: float | None = None
    ) -> UserStatus:
        """Store a status and its event."""
        now = self._clock()
        row = UserStatus(
            id=new_id(_PREFIX),
            account=owner.account,
            user=owner.user,
            status=status,
            set_by=set_by,
            created=now,
            updated=now,
            until=until,
        )
        store.put(conn, row)
        said = UserStatusChanged(
            id=new_id("event"),
            account=owner.account,
            subject=owner.user,
            root=owner.user,
            at=now,
            status_id=row.id,
            email=email,
            status=status,
            set_by=set_by,
        )
        events.append(conn, said)
        return row

    async def _owner_of(self, event: Event) -> Owner | None:
        """Return the user whose phone a call is of that was answered."""
        if not self._cache.has_owners(event.account):
            return None
        call = await self._db.read(lambda conn: calls.get(conn, event.subject))
        return self._of_call(call) if call and not call.ended else None

    def _of_call(self, call: Call) -> Owner | None:
        number = call.caller if call.direction is Direction.INBOUND else call.callee
        extension = None if call.trunk else self._cache.extension(call.account, number)
        return Owner(call.account, extension.owner) if extension and extension.owner else None

    def _settings_now(self) -> dict[Owner, frozenset[tuple[str, bool]]]:
        """Of each user who has extensions: which they are, and which of them are not to be disturbed."""
        found: dict[Owner, set[tuple[str, bool]]] = {}
        for one in self._cache.extensions():
            if one.owner:
                found.setdefault(Owner(one.account, one.owner), set()).add((one.id, one.do_not_disturb))
        return {owner: frozenset(extensions) for owner, extensions in found.items()}


def _work(user: str) -> str:
    return f"{UNSET}:{user}"
