"""Digits that a task waits for, one after the other."""

import asyncio

from engine.tasks.interfaces import Digit, Presses


class Keys:
    """What is pressed from now on. Digits wait until they are taken; a wait that is cancelled loses none."""

    def __init__(self, digits: Presses) -> None:
        self._digits = digits

    async def next(self, seconds: float | None) -> Digit | None:
        """The next digit; None after `seconds` without one."""
        try:
            async with asyncio.timeout(seconds):
                return await anext(self._digits)
        except TimeoutError:
            return None

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


async def cancelled(*tasks: "asyncio.Task[None]") -> None:
    """Cancel tasks and wait for their ends; what they raise is for who asks them."""
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
