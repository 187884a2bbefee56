"""What receiving needs of sending."""

from typing import Protocol

from sqlalchemy import Connection

from engine.features.messaging.model import Message, NewMessage

CONFIRMATION, RELAY, NOTICE = "confirmation", "relay", "notice"
"""The origins of texts that nobody of the account wrote (engine.features.messaging.model.Message)."""
PHONE = "extension:"
"""What the origin of a text that a phone sent begins with; its extension's number follows."""


class Outgoing(Protocol):
    """Who takes texts to send, in the transaction in which others are received."""

    def accept(
        self,
        conn: Connection,
        account: str,
        wanted: NewMessage,
        *,
        origin: str = "",
        trusted: bool = False,
        key: str | None = None,
    ) -> Message:
        """Store a text, queued; raises CommandRefused, with nothing stored.

        `trusted`: its sender is not checked, and that its recipient sent STOP does not count. `key`: what names it at
        the carrier that brought it, so that it is taken once.
        """

    def accepted(self, message: Message) -> None:
        """Note that the transaction is committed: it may leave."""
