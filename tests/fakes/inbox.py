"""What takes texts and receipts in the place of the message service."""

import asyncio
from collections.abc import Callable

from engine.features.messaging.carrier import Incoming, Receipt


class RecordingInbox:
    """Keeps what came in. `failures`: so many of the next ones raise. `gate`: nothing is kept until it is set."""

    def __init__(self) -> None:
        self.receipts = list[Receipt]()
        self.texts = list[Incoming]()
        self.failures = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self._changed = asyncio.Condition()

    async def receipt(self, carrier: str, receipt: Receipt) -> None:
        await self._pass()
        self.receipts.append(receipt)
        await self._notify()

    async def incoming(self, carrier: str, incoming: Incoming) -> None:
        await self._pass()
        self.texts.append(incoming)
        await self._notify()

    async def until(self, reached: Callable[[], bool]) -> None:
        """Return when something is so; it is looked at whenever something came in."""
        async with self._changed:
            await self._changed.wait_for(reached)

    async def _pass(self) -> None:
        await self.gate.wait()
        if self.failures:
            self.failures -= 1
            raise RuntimeError("the store is full")

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()
