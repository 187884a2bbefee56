"""Threads follow the texts that are exchanged: the first one of a pair begins its thread, whatever API sent it."""

from collections.abc import Sequence

from sqlalchemy import Connection

from engine.events import Event
from engine.features.messaging.events import MessageReceived, MessageSent
from engine.features.messaging.model import SIP
from engine.features.messaging.threads import store
from engine.features.messaging.threads.events import ThreadTextAdded
from engine.features.messaging.threads.service import happened, opened
from engine.platform.consumers import Done
from engine.store import events
from engine.store.events import StoredEvent
from engine.store.writer import Writer

SHORTEST = 7
"""Digits of a number that is no extension's (an extension has at most 6)."""


class ThreadFollower:
    """The consumer that begins threads, notes the time of their last text, and appends that it was added."""

    name = "text threads"
    kinds: frozenset[type[Event]] | None = frozenset({MessageSent, MessageReceived})

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def handle(self, committed: Sequence[StoredEvent], done: Done) -> None:
        """Follow texts, in the transaction that moves the cursor."""

        def unit(conn: Connection) -> None:
            for each in committed:
                _follow(conn, each.event)
            done(conn)

        await self._writer.write(unit)


def _follow(conn: Connection, event: Event) -> None:
    if isinstance(event, MessageReceived):
        ours, theirs = event.recipient, event.sender
    elif isinstance(event, MessageSent) and event.carrier != SIP:
        ours, theirs = event.sender, event.recipient
    else:
        return
    if len(ours) >= SHORTEST and ours.isdigit():
        thread, _ = opened(conn, event.account, ours, theirs, event.at)
        store.touch(conn, thread, event.at)
        if store.text(conn, thread, event.subject):  # one with a code is not shown
            events.append(conn, happened(ThreadTextAdded, thread, event.at, message=event.subject))
