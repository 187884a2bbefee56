"""Where a call's digits go: to every task that listens, to the conference it is in, else to what was typed ahead."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

Held = Callable[[float], Awaitable[bool]]
"""Says whether a key is down for so many seconds from now on."""


@dataclass(slots=True)
class PressedDigit:
    """One digit and the call whose party pressed it. `secret`: a task that hides its digits was running then.

    `event` is the DigitPressed that told of it, where no task was there to take it; `taken` says that one has since.
    """

    digit: str
    call: str
    secret: bool = False
    event: str = field(default="", compare=False)
    taken: bool = field(default=False, compare=False)


class Ahead(Protocol):
    """What was typed ahead (engine.calls.typed_ahead.TypedAhead)."""

    def note(self, digit: PressedDigit) -> None:
        """No task was there to take this one."""

    def give(self) -> list[PressedDigit]:
        """All that is kept, for a task that takes it; what it does not come to is noted again."""

    def take_over(self, digit: PressedDigit, *, secret: bool) -> None:
        """A task has taken this one."""

    def forget(self) -> None:
        """Drop all that is kept."""


class Presses:
    """Digits in their order, for one listener. A reader that is cancelled loses none: it may ask again."""

    def __init__(
        self, digits: Iterable[PressedDigit] = (), *, takes: str | None = "", held: Held | None = None
    ) -> None:
        """`takes`: those that are this listener's and nobody else's; None: all."""
        self.unread = deque(digits)
        self._held = held
        self._takes = takes
        self._more = asyncio.Event()

    def put(self, digit: PressedDigit) -> None:
        """One was pressed."""
        self.unread.append(digit)
        self._more.set()

    def takes(self, digit: PressedDigit) -> bool:
        """Whether it is this listener's."""
        return self._takes is None or digit.digit in self._takes

    @property
    def waiting(self) -> bool:
        """Whether there is one already; it is not taken."""
        return bool(self.unread)

    async def arrived(self) -> None:
        """Wait until there is one; it is not taken."""
        while not self.unread:
            self._more.clear()
            await self._more.wait()

    async def held(self, seconds: float) -> bool:
        """Whether a key is down for so long from now on, whose digit comes when it is released."""
        if self._held is None:
            await asyncio.sleep(seconds)
            return False
        return await self._held(seconds)

    def read(self, digit: PressedDigit) -> None:
        """One is handed over."""

    def __aiter__(self) -> "Presses":
        return self

    async def __anext__(self) -> PressedDigit:
        await self.arrived()
        digit = self.unread.popleft()
        self.read(digit)
        return digit


class _Taken(Presses):
    """Every digit, and those that were typed ahead before; nobody else takes them."""

    def __init__(self, ahead: Ahead | None, held: Held | None, *, typed_ahead: bool, secret: bool) -> None:
        self._ahead, self._secret = ahead, secret
        super().__init__(ahead.give() if ahead is not None and typed_ahead else (), takes=None, held=held)
        if ahead is not None and not typed_ahead:
            ahead.forget()

    def read(self, digit: PressedDigit) -> None:
        """One is handed over."""
        digit.taken = True
        if self._ahead is not None and digit.event:
            self._ahead.take_over(digit, secret=self._secret)

    def left(self) -> None:
        """What was not come to is for whoever takes digits next."""
        for digit in self.unread:
            if self._ahead is not None and not digit.taken:
                self._ahead.note(digit)


class DigitRouter:
    """Hands digits to whoever listens. `last` is what the last WaitForDigits of this queue collected."""

    def __init__(self, ahead: Ahead | None = None, held: Held | None = None) -> None:
        """Without `ahead` nothing is typed ahead; `held` says whether a key is down."""
        self.last = ""
        self._ahead, self._held = ahead, held
        self._listeners: list[Presses] = []

    def press(self, digit: PressedDigit) -> None:
        """Hand a digit to every listener; one that is nobody's is typed ahead."""
        for listener in self._listeners:
            listener.put(digit)
        if self._ahead is not None and not any(listener.takes(digit) for listener in self._listeners):
            self._ahead.note(digit)

    @contextmanager
    def listening(self, *, takes: str = "") -> Iterator[Presses]:
        """Hear every digit from now on until the block is left; those in `takes` are nobody else's."""
        with self._hearing(Presses(takes=takes, held=self._held)) as presses:
            yield presses

    @contextmanager
    def taking(self, *, typed_ahead: bool = False, secret: bool = False) -> Iterator[Presses]:
        """Take every digit until the block is left. What was typed ahead comes first, or is dropped.

        `secret`: the digits are shown to nobody.
        """
        taken = _Taken(self._ahead, self._held, typed_ahead=typed_ahead, secret=secret)
        with self._hearing(taken):
            try:
                yield taken
            finally:
                taken.left()

    @contextmanager
    def _hearing(self, presses: Presses) -> Iterator[Presses]:
        self._listeners.append(presses)
        try:
            yield presses
        finally:
            self._listeners.remove(presses)
