"""Where a call's digits go: to every task that listens, and to the conference it is in."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PressedDigit:
    """One digit and the call whose party pressed it."""

    digit: str
    call: str


class Digits:
    """Hands digits to whoever listens. `last` is what the last WaitForDigits of this queue collected."""

    def __init__(self) -> None:
        self.last = ""
        self._listeners: list[asyncio.Queue[PressedDigit]] = []

    def press(self, digit: PressedDigit) -> None:
        """Hand a digit to every listener."""
        for listener in self._listeners:
            listener.put_nowait(digit)

    @contextmanager
    def listening(self) -> Iterator[AsyncIterator[PressedDigit]]:
        """Hear every digit from now on until the block is left."""
        inbox: asyncio.Queue[PressedDigit] = asyncio.Queue()
        self._listeners.append(inbox)
        try:
            yield _each(inbox)
        finally:
            self._listeners.remove(inbox)


async def _each(inbox: asyncio.Queue[PressedDigit]) -> AsyncIterator[PressedDigit]:
    while True:
        yield await inbox.get()
