"""Digits that a task waits for, one after the other."""

import asyncio

from engine.tasks.interfaces import Digit, Presses

LONGEST_PRESS_SECONDS = 20.0
LOOK_SECONDS = 0.12  # packets of a key that is down come every 50 ms, or more often (RFC 4733 §2.6.1)


class Keys:
    """What is pressed from now on. Digits wait until they are taken; a wait that is cancelled loses none."""

    def __init__(self, digits: Presses) -> None:
        self._digits = digits

    async def next(self, seconds: float | None) -> Digit | None:
        """The next digit; None after `seconds` without one. A key that was pressed by then counts."""
        try:
            async with asyncio.timeout(None if seconds is None else max(0.0, seconds - LOOK_SECONDS)):
                return await anext(self._digits)
        except TimeoutError:
            return await _released(self._digits)

    @property
    def waiting(self) -> bool:
        """Whether there is a digit already; it is not taken."""
        return self._digits.waiting

    async def pressed(self) -> None:
        """Wait until there is a digit; it is not taken."""
        await self._digits.arrived()

    async def forget(self) -> list[Digit]:
        """Drop what was pressed until now, and return it."""
        dropped: list[Digit] = []
        while self.waiting:
            dropped.append(await anext(self._digits))
        return dropped


async def _released(digits: Presses) -> Digit | None:
    """At the end of a wait, the digit of a key that is down, once it is released; None where none is."""
    if not await _is_down_or_came(digits):
        return None
    try:
        async with asyncio.timeout(LONGEST_PRESS_SECONDS):
            return await anext(digits)
    except TimeoutError:
        return None


async def _is_down_or_came(digits: Presses) -> bool:
    """Whether a key is down for LOOK_SECONDS, or a digit comes meanwhile; then at once."""
    looking = asyncio.ensure_future(digits.held(LOOK_SECONDS))
    coming = asyncio.ensure_future(digits.arrived())
    try:
        await asyncio.wait((looking, coming), return_when=asyncio.FIRST_COMPLETED)
        return digits.waiting or looking.result()
    finally:
        for each in (looking, coming):
            each.cancel()
        await asyncio.gather(looking, coming, return_exceptions=True)


async def cancelled(*tasks: "asyncio.Task[None]") -> None:
    """Cancel tasks and wait for their ends; what they raise is for who asks them."""
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
