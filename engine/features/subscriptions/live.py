"""Events as they happen, for who listens now: handed on in this process, and not stored."""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from engine.features.errors import FeatureError
from engine.features.subscriptions.patterns import checked
from engine.platform.catalogue import Catalogue, Entry
from engine.store.events import StoredEvent

MOST_LISTENERS = 20
"""How many listeners an account has at once, at most."""
MOST_WAITING = 1000
"""How many events wait for one listener, at most: then it is too slow."""


class TooManyListeners(FeatureError):
    """The account has as many listeners as it may have."""


class Listener:
    """One who listens to an account's events of some names, from `begin` on.

    `ended` is set when it was too slow, or all are to end.
    """

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names
        self._begun = False
        self._waiting: deque[tuple[StoredEvent, Entry]] = deque()
        self._more = asyncio.Event()
        self.ended = asyncio.Event()
        self.too_slow = False

    def begin(self) -> None:
        """Take the events that happen from now on."""
        self._begun = True

    def offer(self, stored: StoredEvent, entry: Entry) -> None:
        """Take an event, if it is wanted."""
        if not self._begun or entry.name not in self._names or self.ended.is_set():
            return
        if len(self._waiting) >= MOST_WAITING:
            self.too_slow = True
            self._waiting.clear()
            self.ended.set()
            return
        self._waiting.append((stored, entry))
        self._more.set()

    async def next(self) -> tuple[StoredEvent, Entry]:
        """Wait for an event, the oldest first."""
        while not self._waiting:
            self._more.clear()
            await self._more.wait()
        return self._waiting.popleft()


class LiveEvents:
    """Fed with what was committed. An event of an account without listeners costs one look-up."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._listeners: dict[str, list[Listener]] = {}

    def feed(self, committed: Sequence[StoredEvent]) -> None:
        """Take events just committed."""
        if not self._listeners:
            return
        for stored in committed:
            if listeners := self._listeners.get(stored.event.account):
                for entry in self._catalogue.of(stored.event):
                    for listener in listeners:
                        listener.offer(stored, entry)

    @contextmanager
    def listening(self, account: str, patterns: Sequence[str], *, begun: bool = True) -> Iterator[Listener]:
        """Listen while the block runs, `begun` at once; raises InvalidSetting, TooManyListeners."""
        listener = Listener(self._catalogue.meant(checked(self._catalogue, patterns)))
        if begun:
            listener.begin()
        own = self._listeners.setdefault(account, [])
        if len(own) >= MOST_LISTENERS:
            raise TooManyListeners(
                f"The account has {MOST_LISTENERS} connections that receive events: close one first."
            )
        own.append(listener)
        try:
            yield listener
        finally:
            own.remove(listener)
            if not own:
                del self._listeners[account]

    def close(self) -> None:
        """End all listeners: the process leaves."""
        for own in self._listeners.values():
            for listener in own:
                listener.ended.set()
