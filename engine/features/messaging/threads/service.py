"""The rules of threads: one for each pair of numbers; texts of them are read, sent, marked and hidden."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from engine.events import Event
from engine.features.errors import InvalidSetting, NotThere
from engine.features.messaging.model import Direction, Message, NewMessage
from engine.features.messaging.service import MessageService
from engine.features.messaging.threads import store
from engine.features.messaging.threads.events import ThreadOpened, ThreadRemoved, ThreadTextsHidden, ThreadTextsRead
from engine.features.messaging.threads.model import Thread, ThreadText, ThreadView
from engine.ids import new_id
from engine.platform.platform import Platform
from engine.store import events

MOST_FOUND = 100
"""Threads that a search finds, at most."""
MOST_READ = 1000
"""Texts that are marked at once, at most."""


class ThreadService:
    """The threads of accounts (by their ids). What takes a thread's id raises NotThere where there is none."""

    def __init__(self, platform: Platform, messages: MessageService) -> None:
        self._db, self._writer, self._clock = platform.database, platform.writer, platform.clock
        self._messages = messages

    async def open(self, account: str, ours: str, theirs: str) -> tuple[Thread, bool]:
        """Return the thread of two numbers (digits), and whether it is new."""
        now = self._clock()
        return await self._writer.write(lambda conn: opened(conn, account, ours, theirs, now))

    async def page(self, account: str, limit: int = 100, offset: int = 0) -> tuple[list[ThreadView], int]:
        """Return threads, the one with the newest text first, and how many there are."""

        def read(conn: Connection) -> tuple[list[ThreadView], int]:
            found = store.list(conn, account, limit, offset)
            return [_view(conn, thread) for thread in found], store.count(conn, account)

        return await self._db.read(read)

    async def view(self, account: str, id: str) -> ThreadView:
        """Return one thread with its last text."""
        return await self._db.read(lambda conn: _view(conn, _find(conn, account, id)))

    async def search(self, account: str, text: str) -> list[ThreadView]:
        """Return at most 100 threads in whose texts a text is, in any case."""

        def read(conn: Connection) -> list[ThreadView]:
            return [_view(conn, thread) for thread in store.with_text(conn, account, text, MOST_FOUND)]

        return await self._db.read(read)

    async def remove(self, account: str, id: str) -> Thread:
        """Remove a thread, and show its texts no more. The texts stay in the account's list of texts."""

        def unit(conn: Connection) -> Thread:
            thread = _find(conn, account, id)
            store.hide_all(conn, thread)
            store.drop(conn, thread)
            events.append(conn, happened(ThreadRemoved, thread, self._clock()))
            return thread

        return await self._writer.write(unit)

    async def texts(self, account: str, id: str, limit: int = 100, offset: int = 0) -> tuple[list[ThreadText], int]:
        """Return the texts of a thread, the newest first, and how many it has."""

        def read(conn: Connection) -> tuple[list[ThreadText], int]:
            thread = _find(conn, account, id)
            return store.texts(conn, thread, limit, offset), store.count_texts(conn, thread)

        return await self._db.read(read)

    async def text(self, account: str, id: str, message: str) -> ThreadText:
        """Return one text of a thread; raises NotThere for one that it does not have, or does not show."""
        return await self._db.read(lambda conn: _text(conn, _find(conn, account, id), message))

    async def mark_read(self, account: str, id: str, messages: Sequence[str], *, read: bool) -> list[ThreadText]:
        """Note whether texts that came in were read; returns them.

        Raises InvalidSetting for more than 1000, and NotThere if the thread has not all of them: then none is marked.
        """
        if len(messages) > MOST_READ:
            raise InvalidSetting(f"At most {MOST_READ} texts are marked at once (got {len(messages)}).")

        def unit(conn: Connection) -> list[ThreadText]:
            thread = _find(conn, account, id)
            found = _these(conn, thread, messages)
            came = [each for each in found if each.message.direction == Direction.IN]
            changed = [each.message.id for each in came if each.read is not read]
            if changed:
                store.mark(conn, account, changed, read=read)
                marked = happened(ThreadTextsRead, thread, self._clock(), messages=tuple(changed), read=read)
                events.append(conn, marked)
            return _these(conn, thread, messages) if changed else found

        return await self._writer.write(unit)

    async def hide(self, account: str, id: str, messages: Sequence[str]) -> None:
        """Show texts no more, all or (if the thread has not all of them: NotThere) none."""

        def unit(conn: Connection) -> None:
            thread = _find(conn, account, id)
            if found := _these(conn, thread, messages):
                hidden = tuple(each.message.id for each in found)
                store.mark(conn, account, hidden, hidden=True)
                events.append(conn, happened(ThreadTextsHidden, thread, self._clock(), messages=hidden))

        await self._writer.write(unit)

    async def send(self, account: str, id: str, text: str, files: Sequence[str] = ()) -> Message:
        """Send a text in a thread, with links to files (as in NewMessage); raises what MessageService.send raises."""
        thread = await self._db.read(lambda conn: _find(conn, account, id))
        wanted = NewMessage(to=thread.theirs, text=text, sender=thread.ours, files=tuple(files))
        return await self._messages.send(account, wanted, also=lambda conn: store.touch(conn, thread, self._clock()))


def opened(conn: Connection, account: str, ours: str, theirs: str, at: float) -> tuple[Thread, bool]:
    """Return the thread of two numbers, and whether it is new; in a transaction."""
    if had := store.by_pair(conn, account, ours, theirs):
        return had, False
    thread = Thread(id=new_id("thread"), account=account, ours=ours, theirs=theirs, created=at, updated=at)
    store.add(conn, thread)
    events.append(conn, happened(ThreadOpened, thread, at))
    return thread, True


def happened(kind: type[Event], thread: Thread, at: float, **more: Any) -> Event:
    """Return an event of a thread, to be appended."""
    return kind(
        id=new_id("event"),
        account=thread.account,
        subject=thread.id,
        root=thread.id,
        at=at,
        **{"ours": thread.ours, "theirs": thread.theirs, **more},
    )


def _view(conn: Connection, thread: Thread) -> ThreadView:
    last = next(iter(store.texts(conn, thread, 1, 0)), None)
    return ThreadView(thread, last, store.count_texts(conn, thread, unread=True))


def _find(conn: Connection, account: str, id: str) -> Thread:
    found = store.get(conn, account, id)
    if found is None:
        raise NotThere(f"The account has no thread {id[:80]}.")
    return found


def _these(conn: Connection, thread: Thread, ids: Sequence[str]) -> list[ThreadText]:
    """Return texts by their ids, each once; raises NotThere if the thread has not all of them."""
    wanted = list(dict.fromkeys(ids))
    found = store.these(conn, thread, wanted)
    if len(found) < len(wanted):
        there = {each.message.id for each in found}
        raise NotThere(f"The thread has no text {next(id for id in wanted if id not in there)[:80]}.")
    return found


def _text(conn: Connection, thread: Thread, id: str) -> ThreadText:
    found = store.text(conn, thread, id)
    if found is None:
        raise NotThere(f"The thread has no text {id[:80]}.")
    return found
