"""A mapping that forgets what was not used for the longest time."""

from collections import OrderedDict
from typing import Generic, TypeVar

MOST_KEPT = 20_000
K = TypeVar("K")
V = TypeVar("V")


class MostRecent(Generic[K, V]):
    """The most recently used entries, at most MOST_KEPT."""

    def __init__(self) -> None:
        self._entries: OrderedDict[K, V] = OrderedDict()

    def __contains__(self, key: K) -> bool:
        return key in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: K) -> V | None:
        """Return an entry and mark it as used."""
        if key not in self._entries:
            return None
        self._entries.move_to_end(key)
        return self._entries[key]

    def put(self, key: K, value: V) -> V:
        """Store an entry; if there are too many, the least recently used one is removed."""
        self._entries[key] = value
        self._entries.move_to_end(key)
        if len(self._entries) > MOST_KEPT:
            self._entries.popitem(last=False)
        return value
