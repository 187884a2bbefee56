"""Digits that a task waits for, one after the other."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from engine.tasks.roles import Digit


class Keys:
    """What is pressed from now on. Digits wait here until they are taken; a wait that is cancelled loses none."""

    def __init__(self, digits: AsyncIterator[Digit]) -> None:
        self._digits = digits
        self._ahead: deque[Digit] = deque()

    async def next(self, seconds: float | None) -> Digit | None:
        """The next digit; None after `seconds` without one."""
        if self._ahead:
            return self._ahead.popleft()
        try:
            async with asyncio.timeout(seconds):
                return await anext(self._digits)
        except TimeoutError:
            return None

    async def waiting(self) -> bool:
        """Whether there is a digit already; it is not taken."""
        if not self._ahead and (digit := await self.next(0)):
            self._ahead.append(digit)
        return bool(self._ahead)

    async def pressed(self) -> None:
        """Wait until there is a digit; it is not taken."""
        if not self._ahead:
            self._ahead.append(await anext(self._digits))

    async def forget(self) -> None:
        """Drop what was pressed until now."""
        while await self.next(0):
            pass


async def cancelled(*tasks: "asyncio.Task[None]") -> None:
    """Cancel tasks and wait for their ends; what they raise is for who asks them."""
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
