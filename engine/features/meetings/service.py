"""The rules of meetings: every change of one goes through here, and is audited. The only writer of their table."""

import secrets
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from engine.commands import LimitReached
from engine.features.errors import NotThere, StillUsed
from engine.features.meetings import store
from engine.features.meetings.links import GOOD_SECONDS, MeetingLinks, Ticket, guest_name
from engine.features.meetings.model import (
    ID_DIGITS,
    KEPT,
    MOST_GUESTS,
    OPENS_BEFORE,
    Meeting,
    MeetingChange,
    MeetingNotOpen,
    MeetingView,
    NewMeeting,
    NoMeeting,
    checked_times,
)
from engine.features.rooms.model import NewRoom, Room, RoomChange, RoomSettings
from engine.features.rooms.service import RoomService
from engine.features.users import lookup as users
from engine.platform import audit, due_work
from engine.platform.audit import Actor
from engine.platform.due_work import DueWork
from engine.platform.platform import Platform
from engine.platform.scheduler import Finish, Later

MOST = 5_000
"""How many meetings an account has, at most."""
DAY_SECONDS = 86_400.0
REMOVE = "meetings.remove"
"""The kind of work that removes a meeting which is long over."""


class MeetingService:
    """Makes, changes, shows and removes meetings, and lets guests in. Every method that takes an account takes its id,
    and raises NotThere where the account has no such meeting.
    """

    def __init__(self, platform: Platform, rooms: RoomService, links: MeetingLinks) -> None:
        self._db, self._writer, self._clock = platform.database, platform.writer, platform.clock
        self._scheduler, self._cache = platform.scheduler, platform.cache
        self._rooms, self.links = rooms, links
        self._used: dict[str, int] = {}  # the tickets that were called, and until when they would be good

    async def list_all(self, account: str) -> list[MeetingView]:
        """Return an account's meetings, the oldest first."""
        found = await self._db.read(lambda conn: store.list(conn, account))
        views = [self._view_or_none(meeting) for meeting in found]
        return [view for view in views if view]

    async def get(self, account: str, id: str) -> MeetingView:
        """Return one meeting."""
        meeting = await self._db.read(lambda conn: _find(conn, account, id))
        if (view := self._view_or_none(meeting)) is None:
            raise _not_there(id)
        return view

    async def add(self, by: Actor, account: str, wanted: NewMeeting) -> MeetingView:
        """Make a meeting with its room; the PINs are returned here alone.

        Raises InvalidSetting, AlreadyThere for a PIN of another room, LimitReached, TooManyRooms, NotThere (no such
        user).
        """
        wanted.checked()

        def unit(conn: Connection) -> Any:
            if store.count(conn, account) >= MOST:
                raise LimitReached(f"An account has at most {MOST} meetings: remove one first.")
            id = _free_id(conn)
            settings = RoomSettings(
                waits_for_admin=wanted.waits_for_host,
                ends_with_admin=False,
                language=wanted.language,
                timezone=wanted.timezone,
                opens=_opens(wanted.starts),
                closes=wanted.ends,
                lasting=True,
                most=MOST_GUESTS,
            )
            new = NewRoom(number=id, name=wanted.name, pin=wanted.pin, settings=settings)
            made = self._rooms.add_within(conn, by, account, new)
            meeting = Meeting(
                id=id,
                account=account,
                room=made[0].room.id,
                owner=users.find(conn, account, wanted.owner).id if wanted.owner else None,
                starts=wanted.starts,
                ends=wanted.ends,
                created=self._clock(),
            )
            store.add(conn, meeting)
            _due(conn, meeting)
            audit.record(conn, by, account=account, what="meeting.added", subject=id, after=_audited(meeting))
            return meeting, made

        meeting, made = await self._writer.write(unit)
        self._scheduler.wake()
        return _with_pins(meeting, self._rooms.made(made))

    async def change(self, by: Actor, account: str, id: str, change: MeetingChange) -> MeetingView:
        """Change a meeting; a conference that goes on in it is not ended. Raises InvalidSetting, AlreadyThere."""

        def unit(conn: Connection) -> Any:
            before = _find(conn, account, id)
            starts = before.starts if change.starts is None else change.starts or None
            ends = before.ends if change.ends is None else change.ends or None
            checked_times(starts, ends)
            links = before.links + change.new_links
            after = msgspec.structs.replace(before, starts=starts, ends=ends, links=links)
            store.update(conn, after)
            _due(conn, after)
            times: dict[str, object] = {"opens": _opens(starts), "closes": ends}
            room = RoomChange(name=change.name, pin=change.pin, settings=times)
            made = self._rooms.change_within(conn, by, account, before.room, room)
            old, new = audit.changed(_audited(before), _audited(after))
            if new:
                audit.record(conn, by, account=account, what="meeting.changed", subject=id, before=old, after=new)
            return after, made

        meeting, made = await self._writer.write(unit)
        self._scheduler.wake()
        return _with_pins(meeting, self._rooms.made(made))

    async def remove(self, by: Actor, account: str, id: str) -> Meeting:
        """Remove a meeting and its room; a conference that goes on in it is not ended. Raises StillUsed."""

        def unit(conn: Connection) -> tuple[Meeting, Room]:
            return self._remove_within(conn, by, _find(conn, account, id))

        meeting, room = await self._writer.write(unit)
        self._rooms.index.drop(room)
        return meeting

    async def remove_old(self, work: DueWork, finish: Finish) -> None:
        """Remove a meeting that is long over (the work of the kind REMOVE)."""

        def unit(conn: Connection) -> Room | None:
            finish(conn)
            found = store.named(conn, work.payload)
            is_over = found is not None and found.ends is not None and found.ends + KEPT <= self._clock()
            return self._remove_within(conn, audit.SYSTEM, found)[1] if found and is_over else None

        try:
            room = await self._writer.write(unit)
        except StillUsed as error:
            raise Later(self._clock() + DAY_SECONDS, str(error)) from error
        if room:
            self._rooms.index.drop(room)

    def _remove_within(self, conn: Connection, by: Actor, meeting: Meeting) -> tuple[Meeting, Room]:
        store.delete(conn, meeting.id)
        due_work.remove(conn, _work(meeting.id))
        room = self._rooms.remove_within(conn, by, meeting.account, meeting.room)
        audit.record(
            conn, by, account=meeting.account, what="meeting.removed", subject=meeting.id, before=_audited(meeting)
        )
        return meeting, room

    async def opened(self, link: str) -> tuple[MeetingView, bool]:
        """Return the meeting that a link opens, and whether it is the host's link; raises NoMeeting."""
        id = self.links.meeting_of(link)
        meeting = await self._db.read(lambda conn: store.named(conn, id)) if id else None
        host = self.links.opened(meeting, link) if meeting else None
        owner = self._cache.find(meeting.account) if meeting else None
        view = self._view_or_none(meeting) if meeting else None
        if view is None or host is None or owner is None or owner.disabled:
            raise NoMeeting("There is no such meeting: its link was changed, or it was removed.")
        return view, host

    async def ticket(self, link: str, name: str) -> str:
        """Return what a browser calls to enter the meeting of a link; raises NoMeeting, MeetingNotOpen. The name is cut
        to LONGEST_GUEST bytes.
        """
        view, host = await self.opened(link)
        now, settings = self._clock(), view.room.settings
        if settings.opens is not None and now < settings.opens:
            at = datetime.fromtimestamp(settings.opens, settings.zone)
            raise MeetingNotOpen(f"The meeting opens at {at:%H:%M} on {at:%Y-%m-%d} ({settings.timezone}).")
        if settings.closes is not None and now >= settings.closes:
            raise MeetingNotOpen("The meeting is over.")
        until = int(now + GOOD_SECONDS)
        links = view.meeting.links & 0xFF
        return self.links.ticket(Ticket(view.meeting.id, host, guest_name(name), until, links))

    async def called(self, text: str) -> tuple[MeetingView, Ticket] | None:
        """Return the meeting that a ticket lets in to, and the ticket, which is good once; None: it is not good, or the
        meeting is gone.
        """
        now = self._clock()
        ticket = self.links.read(text, now)
        if ticket is None or text in self._used:
            return None
        self._used = {used: until for used, until in self._used.items() if until >= now}
        self._used[text] = ticket.until
        meeting = await self._db.read(lambda conn: store.named(conn, ticket.meeting))
        owner = self._cache.find(meeting.account) if meeting else None
        view = self._view_or_none(meeting) if meeting else None
        if view is None or owner is None or owner.disabled or not ticket.is_of(view.meeting):
            return None
        return view, ticket

    def _view_or_none(self, meeting: Meeting) -> MeetingView | None:
        """Return a meeting with its room; None: it was removed since it was read."""
        room = self._rooms.index.get(meeting.account, meeting.room)
        return MeetingView(meeting=meeting, room=room) if room else None


def _with_pins(meeting: Meeting, made: Any) -> MeetingView:
    return MeetingView(meeting=meeting, room=made.room, pin=made.pin, host_pin=made.admin_pin)


def _opens(starts: float | None) -> float | None:
    return None if starts is None else max(0.0, starts - OPENS_BEFORE)


def _free_id(conn: Connection) -> str:
    while True:
        id = str(secrets.randbelow(9 * 10 ** (ID_DIGITS - 1)) + 10 ** (ID_DIGITS - 1))
        if store.named(conn, id) is None:
            return id


def _work(id: str) -> str:
    return f"{REMOVE}:{id}"


def _due(conn: Connection, meeting: Meeting) -> None:
    if meeting.ends is None:
        due_work.remove(conn, _work(meeting.id))
        return
    at = meeting.ends + KEPT
    due_work.put(conn, DueWork(id=_work(meeting.id), kind=REMOVE, at=at, account=meeting.account, payload=meeting.id))


def _find(conn: Connection, account: str, id: str) -> Meeting:
    found = store.get(conn, account, id)
    if found is None:
        raise _not_there(id)
    return found


def _not_there(id: str) -> NotThere:
    return NotThere(f"The account has no meeting {id[:80]}.")


def _audited(meeting: Meeting) -> dict[str, Any]:
    fields = msgspec.structs.asdict(meeting)
    return {name: value for name, value in fields.items() if name not in ("id", "account", "created")}
