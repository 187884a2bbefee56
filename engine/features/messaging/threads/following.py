"""Threads follow the texts that are exchanged: the first one of a pair begins its thread, whatever API sent it."""

from collections.abc import Sequence

from sqlalchemy import Connection

from engine.events import Event
from engine.features.messaging.events import MessageReceived, MessageSent
from engine.features.messaging.model import SIP
from engine.features.messaging.threads import store
from engine.features.messaging.threads.service import opened
from engine.platform.consumers import Done
from engine.store.events import StoredEvent
from engine.store.writer import Writer

SHORTEST = 7
"""Digits of a number that is no extension's (an extension has at most 6)."""


class ThreadFollower:
    """The consumer that begins threads, and notes the time of their last text."""

    name = "text threads"
    kinds: frozenset[type[Event]] | None = frozenset({MessageSent, MessageReceived})

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def handle(self, events: Sequence[StoredEvent], done: Done) -> None:
        """Follow texts, in the transaction that moves the cursor."""

        def unit(conn: Connection) -> None:
            for each in events:
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
