"""Until when Asterisk's events came: of a call that ended after that, nobody saw the end."""

import asyncio
from collections.abc import Callable

from engine.store import owners
from engine.store.writer import Writer

SIGN_SECONDS = 5.0  # between two notes in the store, while there are calls


class Watch:
    """What this controller knows of the time in which it followed its ARI application's calls."""

    def __init__(self, writer: Writer, ari_application: str, clock: Callable[[], float]) -> None:
        self.until: float | None = None
        """When the events stopped the last time (Unix seconds); None where they did not yet."""
        self._writer, self._ari_application, self._clock = writer, ari_application, clock
        self._on = False

    @property
    def lost_since(self) -> float | None:
        """When the events stopped that do not come now (Unix seconds); None while they come."""
        return None if self._on else self.until

    def begin(self) -> None:
        """Asterisk's events come from now on."""
        self._on = True

    def lose(self) -> None:
        """They do not come any more; calling it again before they are back changes nothing."""
        if self._on:
            self._on, self.until = False, self._clock()

    def note(self) -> None:
        """Leave word for the next controller that this one is there now."""
        at, name = self._clock(), self._ari_application
        if self._on and not (self._writer.out or self._writer.fenced.is_set()):
            self._writer.post(lambda conn: owners.note(conn, name, at))

    async def run(self, needed: Callable[[], bool]) -> None:
        """Leave word again and again, as long as there are calls that need it; until cancelled."""
        while True:
            await asyncio.sleep(SIGN_SECONDS)
            if needed():
                self.note()
