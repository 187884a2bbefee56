"""The messages in boxes: listed, heard, moved, forwarded, deleted."""

import asyncio
import secrets
import shutil
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection

from engine.features.errors import NotThere
from engine.features.voicemail import rules
from engine.features.voicemail.errors import BoxFull, NoSuchMessage
from engine.features.voicemail.events import VoicemailRead, VoicemailReceived
from engine.features.voicemail.model import PREFIX, Box, Counts, Folder, Message, Sound
from engine.features.voicemail.shared import Shared, counted, deleted, purge
from engine.features.voicemail.store import boxes, messages
from engine.ids import new_id
from engine.platform import audit
from engine.platform.audit import Actor
from engine.store import events

FILE_PREFIX = "vm-"
"""Of the names of messages' files, in the folder of recordings."""


class Step(NamedTuple):
    """A change of a message: what the audit calls it, and what does it, which returns the message as it is then."""

    what: str
    change: Callable[[Connection, Box, Message, float], Message]


class MessageMethods(Shared):
    """Messages. `account` is an account's id, `message` a message's; NoSuchMessage is raised for none.

    `by` is written down where it is given.
    """

    async def messages(
        self,
        account: str | None,
        box: str | None = None,
        folder: Folder | None = None,
        *,
        caller: str | None = None,
        read: bool | None = None,
        since: float | None = None,
        until: float | None = None,
        before: str | None = None,
        limit: int = 100,
    ) -> list[Message]:
        """Return messages, the newest first, of a box (number or id) or all; without a folder those in the trash are
        left out.

        `since` and `until` are Unix seconds of the oldest and (excluded) the newest; `before` is the id of the last one
        of the page before. `caller` is the number, "" those that withheld theirs. Raises NoSuchBox, NoSuchMessage.
        """

        def read_page(conn: Connection) -> list[Message]:
            of_box = None if box is None or account is None else rules.find(conn, account, box).id
            last = None if before is None else _find(conn, account, before)
            return messages.page(
                conn,
                account,
                box=of_box,
                folder=folder,
                caller=caller,
                read=read,
                since=since,
                until=until,
                before=None if last is None else (last.received, last.id),
                limit=limit,
            )

        return await self._db.read(read_page)

    async def message(self, account: str | None, message: str) -> Message:
        """Return one message, of an account or (None) of any."""
        return await self._db.read(lambda conn: _find(conn, account, message))

    async def sound(self, account: str | None, message: str) -> Sound:
        """Return the file of a message's sound; raises NotThere where it is missing."""
        found = await self.message(account, message)
        path = self._platform.files.path(found.file, found.format)
        if not await asyncio.to_thread(path.is_file):
            raise NotThere("The message's file is not there.")
        return Sound(path, found.format)

    async def counts(self, account: str, box: str) -> Counts:
        """Return how many messages a box has."""
        return await self._db.read(lambda conn: messages.counts(conn, rules.find(conn, account, box).id))

    async def change(
        self,
        account: str | None,
        message: str,
        *,
        folder: Folder | None = None,
        read: bool | None = None,
        by: Actor | None = None,
    ) -> Message:
        """Move a message into a folder, then note that it was listened to or is new, both or neither of them; None
        leaves it."""
        steps = [] if folder is None else [_moved(folder)]
        steps += [] if read is None else [_marked(read)]
        after = await self._changed(account, message, steps, by)
        if folder is Folder.TRASH:
            self._platform.scheduler.wake()  # files of what was purged for it
        return after

    async def mark_read(
        self, account: str | None, message: str, read: bool = True, *, by: Actor | None = None
    ) -> Message:
        """Note that a message was listened to, or (`read` False) that it is new again."""
        return await self.change(account, message, read=read, by=by)

    async def save(self, account: str | None, message: str, *, by: Actor | None = None) -> Message:
        """Move a message into the folder of those that are kept; it counts as listened to."""
        return await self.move(account, message, Folder.SAVED, by=by)

    async def move(self, account: str | None, message: str, folder: Folder, *, by: Actor | None = None) -> Message:
        """Move a message into a folder."""
        return await self.change(account, message, folder=folder, by=by)

    async def delete(self, account: str | None, message: str, *, by: Actor | None = None) -> Message:
        """Put a message into the trash: `undelete` takes it back, until it is purged. One that is there stays there.

        The trash holds as much as the box; those that are in it for longest are purged for it.
        """
        return await self.change(account, message, folder=Folder.TRASH, by=by)

    async def undelete(self, account: str | None, message: str, *, by: Actor | None = None) -> Message:
        """Take a message out of the trash, into the folder where it was; one that is not there stays where it is."""

        def change(conn: Connection, box: Box, had: Message, now: float) -> Message:
            if had.folder is not Folder.TRASH:
                return had
            return _stored(conn, had, folder=had.was_in.value, deleted=None)

        return await self._changed(account, message, [Step("voicemail.undeleted", change)], by)

    async def purge(self, account: str | None, message: str, *, by: Actor | None = None) -> None:
        """Remove a message and its file for good, from whatever folder."""
        now = self._clock()

        def unit(conn: Connection) -> str:
            had = _find(conn, account, message)
            box = box_of(conn, had)
            purge(conn, box, had, now)
            counted(conn, box, now)
            _note(conn, by, "voicemail.purged", box, had)
            return box.id

        await self._directory.reload(await self._writer.write(unit))
        self._platform.scheduler.wake()

    async def forward(self, account: str, message: str, box: str, *, by: Actor | None = None) -> Message:
        """Put a copy of a message into another box of the account, where it is new; raises BoxFull, NoSuchBox."""
        original, sound = await self.message(account, message), await self.sound(account, message)
        copy = msgspec.structs.replace(
            original,
            id=new_id(PREFIX),
            file=new_file(),
            folder=Folder.INBOX,
            read=False,
            deleted=None,
            was_in=Folder.INBOX,
            origin=original.id,
            arrived=self._clock(),
        )
        path, now = self._platform.files.path(copy.file, copy.format), self._clock()
        await asyncio.to_thread(shutil.copyfile, sound.path, path)

        def unit(conn: Connection) -> Message:
            to = rules.find(conn, account, box)
            if messages.usage(conn, to.id).fills(to):
                raise BoxFull(f"The voicemail box {to.number} is full.")
            added = msgspec.structs.replace(copy, box=to.id)
            messages.add(conn, added)
            events.append(conn, received(to, added, now))
            counted(conn, to, now)
            _note(conn, by, "voicemail.forwarded", to, added)
            return added

        try:
            added = await self._writer.write(unit)
        except Exception:
            await self._platform.files.delete(copy.file)
            raise
        await self._directory.reload(added.box)
        return added

    async def _changed(self, account: str | None, message: str, steps: Sequence[Step], by: Actor | None) -> Message:
        now = self._clock()

        def unit(conn: Connection) -> Message:
            first = had = _find(conn, account, message)
            box = box_of(conn, had)
            for step in steps:
                after = step.change(conn, box, had, now)
                if after != had:
                    _note(conn, by, step.what, box, had)
                had = after
            if had != first:
                counted(conn, box, now)
            return had

        after = await self._writer.write(unit)
        await self._directory.reload(after.box)
        return after


def _marked(read: bool) -> Step:
    def change(conn: Connection, box: Box, had: Message, now: float) -> Message:
        if had.read == read:
            return had
        if read:
            events.append(conn, _read(box, had, now))
        return _stored(conn, had, read=read)

    return Step("voicemail.read" if read else "voicemail.unread", change)


def _moved(folder: Folder) -> Step:
    def into_trash(conn: Connection, box: Box, had: Message, now: float) -> Message:
        if had.folder is Folder.TRASH:
            return had
        events.append(conn, deleted(box, had, now))
        gone = _stored(conn, had, folder=Folder.TRASH.value, deleted=now, was_in=had.folder.value)
        _make_room(conn, box, gone, now)
        return gone

    def change(conn: Connection, box: Box, had: Message, now: float) -> Message:
        fields: dict[str, Any] = {"folder": folder.value, "deleted": None}
        if folder is Folder.SAVED and not had.read:
            events.append(conn, _read(box, had, now))
            fields["read"] = True
        return _stored(conn, had, **fields)

    return Step("voicemail.deleted", into_trash) if folder is Folder.TRASH else Step("voicemail.moved", change)


def new_file() -> str:
    """Return a random name for a message's file."""
    return f"{FILE_PREFIX}{secrets.token_hex(16)}"


def received(box: Box, message: Message, at: float) -> VoicemailReceived:
    """The event of a message that is new in a box."""
    return VoicemailReceived(
        id=new_id("event"),
        account=box.account,
        subject=message.id,
        root=message.id,
        at=at,
        box=box.id,
        number=box.number,
        caller=message.caller,
        called=message.called,
        call=message.call,
        seconds=message.seconds,
        bytes=message.bytes,
        format=message.format,
        origin=message.origin,
    )


def _read(box: Box, message: Message, at: float) -> VoicemailRead:
    return VoicemailRead(
        id=new_id("event"),
        account=box.account,
        subject=message.id,
        root=message.id,
        at=at,
        box=box.id,
        number=box.number,
        caller=message.caller,
    )


def _find(conn: Connection, account: str | None, id: str) -> Message:
    found = messages.get(conn, id)
    if found is None or account not in (None, found.account):
        raise NoSuchMessage(f"There is no voicemail {id[:80]}.")
    return found


def box_of(conn: Connection, message: Message) -> Box:
    """Return the box that a message is in."""
    box = boxes.get(conn, message.box)
    assert box  # a message has a reference to it
    return box


def _make_room(conn: Connection, box: Box, newest: Message, at: float) -> None:
    """Purge what is in a trash for longest until it holds no more than a box may; never what came just now."""
    held = messages.trash(conn, box.id)
    if not held.overfills(box):
        return
    for message in messages.in_trash(conn, box.id):
        if message.id != newest.id and held.overfills(box):
            purge(conn, box, message, at)
            held = held.less(message)


def _stored(conn: Connection, message: Message, **fields: Any) -> Message:
    messages.update(conn, message.id, **fields)
    return msgspec.convert(msgspec.to_builtins(message) | fields, Message)


def _note(conn: Connection, by: Actor | None, what: str, box: Box, message: Message) -> None:
    if by:
        audit.record(conn, by, account=box.account, what=what, subject=message.id, after={"box": box.number})
