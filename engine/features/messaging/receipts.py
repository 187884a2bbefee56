"""What carriers bring: receipts are stored here, incoming texts are handed on."""

from collections.abc import Callable
from functools import partial
from typing import Protocol

from engine.features.messaging import progress
from engine.features.messaging.carrier import Incoming, Receipt
from engine.features.messaging.progress import Progress
from engine.store.writer import Writer


class Receiving(Protocol):
    """Who takes incoming texts."""

    async def incoming(self, carrier: str, incoming: Incoming) -> None:
        """Take a text or a part of one; returns once it is committed."""


class MessagingInbox:
    """The Inbox of all carriers (engine.features.messaging.carrier). The writer commits many receipts at once."""

    def __init__(
        self,
        writer: Writer,
        clock: Callable[[], float],
        receiving: Receiving,
        on_progress: Callable[[Progress], None],
    ) -> None:
        self._writer, self._clock, self._receiving, self._on_progress = writer, clock, receiving, on_progress

    async def receipt(self, carrier: str, receipt: Receipt) -> None:
        """Take a receipt; `carrier` is the SMSC's name."""
        unit = partial(progress.received, carrier=carrier, receipt=receipt, now=self._clock())
        self._on_progress(await self._writer.write(unit, hurry=False))

    async def incoming(self, carrier: str, incoming: Incoming) -> None:
        """Take a text or a part of one."""
        await self._receiving.incoming(carrier, incoming)
