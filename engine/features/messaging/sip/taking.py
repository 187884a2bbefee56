"""Takes the texts that Asterisk keeps: whenever one has come, and now and then."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from engine.ari.errors import AriError, Detached
from engine.features.messaging.carrier import Inbox, Incoming
from engine.features.messaging.sip.arrived import TRUNK, KeptText, KeptTexts

log = structlog.get_logger(__name__)
EVERY_SECONDS = 30.0
"""Asterisk sends no event of a text that is not UTF-8, so it looks without one too."""
AGAIN_SECONDS = 5.0
TRUNK_CARRIER = "sip-trunk"
"""The carrier's name for texts that came by trunks, of which the sender is only what the trunk says."""


class Taking:
    """Hands each kept text to the Inbox and deletes it after that: at least once, each endpoint's in order.

    `name` is the carrier's name for the Inbox. `on_too_long` is awaited with a text whose body Asterisk has lost.
    """

    def __init__(
        self, name: str, kept: KeptTexts, inbox: Inbox, on_too_long: Callable[[KeptText], Awaitable[None]]
    ) -> None:
        self._name, self._kept, self._inbox, self._on_too_long = name, kept, inbox, on_too_long
        self._wanted = asyncio.Event()
        self.refused = 0
        """How many texts Asterisk did not keep, as there were too many."""

    def wake(self) -> None:
        """Look for texts at once."""
        self._wanted.set()

    async def run(self, wait_ready: Callable[[], Awaitable[None]]) -> None:
        """Take texts whenever Asterisk can be reached (`wait_ready` returns), until this controller may no longer."""
        while True:
            await wait_ready()
            self._wanted.clear()
            try:
                whole = await self._try_to_take()
            except Detached:
                log.info("No more texts of phones are taken here.")
                return
            try:
                async with asyncio.timeout(EVERY_SECONDS if whole else AGAIN_SECONDS):
                    await self._wanted.wait()
            except TimeoutError:
                continue

    async def take(self) -> bool:
        """Take all texts that are kept; returns whether none is left. Raises AriError."""
        listed = await self._kept.list()
        stopped: set[str] = set()
        for text in listed.texts:
            if text.endpoint not in stopped and not await self._take(text):
                stopped.add(text.endpoint)
        if not stopped:
            await self._kept.count_anew(listed)
        if refused := await self._kept.refused():
            self.refused += refused
            log.warning("Texts of phones were not kept, as there were too many.", refused=refused)
        return not stopped

    async def _try_to_take(self) -> bool:
        try:
            return await self.take()
        except Detached:
            raise
        except AriError as error:
            log.warning("The texts of phones cannot be taken now; trying again.", reason=str(error))
        except Exception:
            log.exception("The texts of phones cannot be taken now; trying again.")
        return False

    async def _take(self, text: KeptText) -> bool:
        """Take one; returns whether it was."""
        try:
            await self._hand_on(text)
        except Exception:
            log.exception("A text of a phone could not be stored; it is kept and taken again.", endpoint=text.endpoint)
            return False
        await self._kept.delete(text)
        return True

    async def _hand_on(self, text: KeptText) -> None:
        if text.too_long:
            await self._on_too_long(text)
        elif text.text:
            carrier = TRUNK_CARRIER if text.endpoint == TRUNK else self._name
            incoming = Incoming(sender=text.sender, recipient=text.recipient, text=text.text, key=text.key)
            await self._inbox.incoming(carrier, incoming)
