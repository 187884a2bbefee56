"""The documents that wait to be converted: accounts take turns (engine.platform.turns), and none has all places."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

from engine.commands import EngineUnavailable, LimitReached
from engine.platform.turns import Turns, Waiting

AT_ONCE = 2
"""Documents that are converted at the same time; of one account half of those that the others leave."""
MOST_WAITING = 50
"""Documents that wait for their turn, or are converted."""
MOST_OF_ACCOUNT = 10
"""Of them, those of one account."""


class _Place(asyncio.Future[None]):
    """A document's place: done when its turn comes, cancelled if it is waited for no more."""

    @property
    def granted(self) -> bool:
        """Whether its turn has come."""
        return self.done() and not self.cancelled()


class ConversionQueue:
    """Documents of accounts (by their ids) that wait for one of AT_ONCE slots."""

    def __init__(self) -> None:
        self._turns, self._free = Turns(AT_ONCE), AT_ONCE
        self._places: dict[str, deque[_Place]] = {}
        """Of each account the places of what waits or is converted, the oldest first."""
        self._served, self._count = dict[str, int](), count()
        """When each account came or had its last turn, counted: of those with as many slots the first one is next."""

    @asynccontextmanager
    async def turn(self, account: str) -> AsyncIterator[None]:
        """Wait for a turn, and have a slot in the block.

        Raises EngineUnavailable if too many documents wait, LimitReached if too many of the account do.
        """
        place = self._joined(account)
        try:
            self._begin()
            await place
            yield
        finally:
            self._left(account, place)
            self._begin()

    def _joined(self, account: str) -> _Place:
        own = self._places.get(account, ())
        if len(own) >= MOST_OF_ACCOUNT:
            raise LimitReached(
                f"This account has {len(own)} documents that wait to be converted, and may have no more. Try again."
            )
        if sum(map(len, self._places.values())) >= MOST_WAITING:
            raise EngineUnavailable("Too many documents wait to be converted. Try again.")
        if not own:
            self._served[account] = next(self._count)
        place = _Place()
        self._places.setdefault(account, deque()).append(place)
        return place

    def _left(self, account: str, place: _Place) -> None:
        if place.granted:
            self._turns.ended(account)
            self._free += 1
        self._places[account].remove(place)
        if not self._places[account]:
            del self._places[account], self._served[account]

    def _begin(self) -> None:
        """Give the free slots to those whose turn it is."""
        waits = {account: [each for each in places if not each.done()] for account, places in self._places.items()}
        waiting = {account: Waiting(len(places), self._served[account]) for account, places in waits.items() if places}
        for account, most in self._turns.shares(waiting, self._free, now=0.0).items():
            for place in waits[account][:most]:
                place.set_result(None)
                self._turns.began(account)
                self._served[account] = next(self._count)
                self._free -= 1
