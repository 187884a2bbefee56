"""Leads texts that wait at an SMSC to another one, by the routes as they are now."""

from functools import partial

from sqlalchemy import Connection

from engine.features.messaging.sending.senders import Senders
from engine.features.messaging.settings import MessagingSettings
from engine.features.messaging.store import messages, parts
from engine.features.messaging.store.parts import Lane
from engine.platform.platform import Platform

AT_ONCE = 500
"""Texts that are led to another carrier in one transaction."""


class Moving:
    """Moves them. Texts that no route leads elsewhere stay."""

    def __init__(self, platform: Platform, settings: MessagingSettings, senders: Senders) -> None:
        self._writer, self._clock = platform.writer, platform.clock
        self._settings, self._senders = settings, senders

    async def move(self, carrier: str) -> None:
        """Lead the texts that wait at a carrier (an SMSC's name) to others."""
        last: str | None = ""
        while last is not None:
            moved, last = await self._writer.write(partial(self._move_some, carrier=carrier, after=last))
            for account, to in moved:
                self._senders.note(to, Lane(account), self._clock())

    def _move_some(self, conn: Connection, carrier: str, after: str) -> tuple[list[tuple[str, str]], str | None]:
        """Move some texts; returns their accounts and carriers, and the last one looked at; None: that was all."""
        moved: list[tuple[str, str]] = []
        found = parts.waiting_at(conn, carrier, after, AT_ONCE)
        for id in found:
            text = messages.text(conn, id)
            to = self._settings.carrier_for(text.account, text.recipient) if text else None
            if text and to and to != carrier:
                parts.move(conn, id, to)
                messages.move(conn, id, to)
                moved.append((text.account, to))
        return moved, found[-1] if found else None
