"""The commands of messaging."""

from engine.commands.base import Command
from engine.features.messaging.model import Message, NewMessage


class SendMessage(Command[Message], frozen=True, kw_only=True, tag="send_message"):
    """Accept a text; returns it, queued.

    Raises NumberRefused (a number that the account may not text, has no route, or whose owner sent STOP), CallerRefused
    (a sender that is not the account's), CreditSpent, LimitReached, EngineUnavailable.
    """

    account: str
    message: NewMessage
