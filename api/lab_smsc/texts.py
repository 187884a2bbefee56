"""The texts that arrived at the lab's numbers."""

import time
from collections import deque

import msgspec

from engine.features.messaging.carrier import Incoming
from engine.features.messaging.receiving.wording import storable

_MOST_OF_A_NUMBER = 1000
_MOST_NUMBERS = 10_000
_MOST_UNFINISHED = 10_000


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """A text that arrived, whole. `at` is a Unix time in seconds; `ids` are those of its parts, in their order."""

    sender: str
    recipient: str
    text: str
    parts: int
    ids: list[str]
    at: float


class Texts:
    """What arrived, by number: the last 1000 of each, of the 10000 numbers that had one last."""

    def __init__(self) -> None:
        self._by_number = dict[str, deque[Arrived]]()
        self._unfinished = dict[tuple[str, str, int, int], dict[int, tuple[str, str]]]()
        self.count = 0

    def add(self, incoming: Incoming, id_: str) -> None:
        """Take a text or a part of one; parts make a text when all are there, in whatever order."""
        key = (incoming.sender, incoming.recipient, incoming.reference, incoming.total)
        parts = self._unfinished.setdefault(key, {})
        parts[incoming.number] = incoming.text, id_
        if len(parts) < incoming.total:
            if len(self._unfinished) > _MOST_UNFINISHED:
                del self._unfinished[next(iter(self._unfinished))]
            return
        del self._unfinished[key]
        found = [parts[number] for number in sorted(parts)]
        self._keep(
            Arrived(
                sender=incoming.sender,
                recipient=incoming.recipient,
                text=storable("".join(text for text, _ in found)),
                parts=incoming.total,
                ids=[one for _, one in found],
                at=time.time(),
            )
        )

    def at(self, number: str) -> list[Arrived]:
        """Return what arrived at a number, the oldest first."""
        return list(self._by_number.get(number, ()))

    def clear(self, number: str) -> None:
        """Forget what arrived at a number."""
        self._by_number.pop(number, None)

    def _keep(self, arrived: Arrived) -> None:
        texts = self._by_number.pop(arrived.recipient, None) or deque(maxlen=_MOST_OF_A_NUMBER)
        texts.append(arrived)
        self._by_number[arrived.recipient] = texts
        self.count += 1
        if len(self._by_number) > _MOST_NUMBERS:
            del self._by_number[next(iter(self._by_number))]
