"""The commands of messaging."""

from engine.commands.base import Command
from engine.commands.once import Once
from engine.commands.refusals import CommandRefused
from engine.features.messaging.model import Message, NewMessage


class SendMessage(Command[Message], frozen=True, kw_only=True, tag="send_message"):
    """Accept a text; returns it, queued.

    Raises TextRefused (nothing to send, too long, a time that is not possible), NumberRefused (a number that the
    account may not text, has no route, or whose owner sent STOP), CallerRefused (a sender that is not the account's),
    CreditSpent, LimitReached, EngineUnavailable, KeyReused.

    `once` names the request: for a day the same one is answered with the same text.
    """

    account: str
    message: NewMessage
    once: Once | None = None


class SendMessages(Command[tuple[Message, ...]], frozen=True, kw_only=True, tag="send_messages"):
    """Accept several texts, all or none; returns them, queued, in their order.

    Raises TextsRefused for recipients that get no text, and what SendMessage raises for whatever else is wrong.
    """

    account: str
    messages: tuple[NewMessage, ...]


class TextsRefused(CommandRefused):
    """Some of several texts cannot be sent to their recipients, and none was accepted; the sentence names each."""


class TextRefused(CommandRefused):
    """There is nothing to send, it is too long, or it cannot be sent at that time."""
