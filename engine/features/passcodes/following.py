"""Follows the texts and calls that bring passcodes."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from engine.events import CallEnded, Event
from engine.features.messaging.events import MessageEnded
from engine.features.messaging.model import State as TextState
from engine.features.passcodes import progress, store
from engine.platform.consumers import Done
from engine.store.events import StoredEvent
from engine.store.writer import Writer


class PasscodeFollower:
    """The consumer. `live` has the ids of all texts and calls that have not ended: every other one costs a look there.

    `wake` is called with the time at which a call is due.
    """

    name = "passcodes"
    kinds: frozenset[type[Event]] | None = frozenset({MessageEnded, CallEnded})

    def __init__(self, writer: Writer, live: set[str], wake: Callable[[float], None]) -> None:
        self._writer, self._live, self._wake = writer, live, wake

    async def handle(self, events: Sequence[StoredEvent], done: Done) -> None:
        """Take events of all texts and calls, oldest first."""
        ours = [each.event for each in events if each.event.subject in self._live]
        if not ours:
            return

        def unit(conn: Connection) -> list[float]:
            due = [at for event in ours if (at := ended(conn, event)) is not None]
            done(conn)
            return due

        for at in await self._writer.write(unit):
            self._wake(at)
        self._live.difference_update(event.subject for event in ours)


def ended(conn: Connection, event: Event) -> float | None:
    """Note the end of a text or call; returns when a call is due that follows it, None: none does."""
    attempt = store.attempt(conn, event.subject)
    if attempt is None or attempt.ended is not None:
        return None
    if isinstance(event, MessageEnded):
        if event.state is TextState.UNKNOWN:  # it may have arrived: the passcode can be answered until it expires
            return None
        if event.state is TextState.DELIVERED:
            store.end_attempt(conn, attempt.id, event.at)
            progress.delivered(conn, attempt.passcode, "text", event.at)
            return None
    if isinstance(event, CallEnded) and event.answered:  # whoever hung up during the second time heard it all the same
        return None
    return progress.undelivered(conn, attempt, event.at)
