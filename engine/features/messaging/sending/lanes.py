"""The lanes of a carrier in memory: those in which a part is due take turns, the others wait for their time."""

from heapq import heappop, heappush
from math import inf

from engine.features.messaging.store.parts import Lane


class Lanes:
    """A lane is there once: ready, closed, or to come. Only the store knows how much waits in it."""

    def __init__(self) -> None:
        self._ready: dict[Lane, None] = {}  # in the order of their turns
        self._closed: set[Lane] = set()
        self._later: dict[Lane, float] = {}
        self._heap: list[tuple[float, Lane]] = []  # also times that do not count any more

    def note(self, lane: Lane, due: float) -> None:
        """Note that a part of a lane is due at a time."""
        if lane in self._ready or due >= self._later.get(lane, inf):
            return
        self._later[lane] = due
        heappush(self._heap, (due, lane))

    def take(self, now: float, most: int) -> list[Lane]:
        """Take the lanes whose turn it is; who takes one notes what is left in it."""
        self._collect(now)
        taken = [lane for lane, _ in zip(self._ready, range(most), strict=False)]
        for lane in taken:
            del self._ready[lane]
        return taken

    def close(self, lane: Lane) -> None:
        """Keep a lane that was taken until it is opened."""
        self._closed.add(lane)

    def open(self, lane: Lane) -> bool:
        """Let a closed lane take turns again; False: it was not closed."""
        if lane not in self._closed:
            return False
        self._closed.discard(lane)
        self._ready[lane] = None
        return True

    def open_all(self) -> bool:
        """Let all closed lanes take turns again; False: there are none."""
        opened = bool(self._closed)
        self._ready.update(dict.fromkeys(self._closed))
        self._closed.clear()
        return opened

    @property
    def next_at(self) -> float:
        """When the next turn is: at once (minus infinity), at a time, or never."""
        if self._ready:
            return -inf
        return self._heap[0][0] if self._heap else inf

    def waiting(self, now: float) -> int:
        """Return how many lanes wait for their turn."""
        self._collect(now)
        return len(self._ready)

    def _collect(self, now: float) -> None:
        """Let those take turns whose time has come."""
        while self._heap and self._heap[0][0] <= now:
            due, lane = heappop(self._heap)
            if self._later.get(lane) == due:
                del self._later[lane]
                self._ready[lane] = None
