"""An Inbox for tests: it keeps what carriers bring, or fails."""

import asyncio

from engine.features.messaging.carrier import Incoming, Receipt

LIMIT_SECONDS = 10.0


class TestInbox:
    """`texts`: the carrier and the text, in order. `failing`: how many of the next ones raise."""

    __test__ = False

    def __init__(self) -> None:
        self.texts: list[tuple[str, Incoming]] = []
        self.failing = 0
        self._news = asyncio.Condition()

    async def receipt(self, carrier: str, receipt: Receipt) -> None:
        """None of the carriers that are tested with this one has receipts."""
        raise AssertionError(f"{carrier}: {receipt}")

    async def incoming(self, carrier: str, incoming: Incoming) -> None:
        """Keep it."""
        async with self._news:
            if self.failing:
                self.failing -= 1
                raise OSError("the store is full")
            self.texts.append((carrier, incoming))
            self._news.notify_all()

    async def until(self, count: int, within: float = LIMIT_SECONDS) -> list[Incoming]:
        """Wait until so many texts came; returns all."""
        async with asyncio.timeout(within), self._news:
            await self._news.wait_for(lambda: len(self.texts) >= count)
        return [text for _, text in self.texts]
