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
            yield _Heard(inbox)
        finally:
            self._listeners.remove(inbox)


class _Heard:
    """Digits in their order. A reader that is cancelled loses none: it may ask again."""

    def __init__(self, inbox: asyncio.Queue[PressedDigit]) -> None:
        self._inbox = inbox

    def __aiter__(self) -> "_Heard":
        return self

    async def __anext__(self) -> PressedDigit:
        return await self._inbox.get()
