"""What customers hear of texts."""

from engine.features.messaging.events import MessageEnded, MessageReceived, MessageSent
from engine.features.messaging.model import State
from engine.model.money import decimal
from engine.platform.catalogue import Entry, Fields, only

_PARTIES = ("sender", "recipient")
_ended = only(*_PARTIES, "reason")


def _ended_as(state: State) -> Entry:
    return Entry(
        f"message.{state.value}", MessageEnded, _ended, lambda event: bool(event.state == state), subject="message"
    )


def _sent(event: MessageSent) -> Fields:
    return only(*_PARTIES, "carrier", "parts", "currency")(event) | {"price": decimal(event.price)}


def _received(event: MessageReceived) -> Fields:
    return only(*_PARTIES, "text", "user")(event) | {"reply_to": event.reply_to or None}


ENTRIES = (
    Entry("message.sent", MessageSent, _sent, subject="message"),
    *(_ended_as(state) for state in (State.DELIVERED, State.FAILED, State.EXPIRED, State.UNKNOWN)),
    Entry("message.received", MessageReceived, _received, subject="message"),
)
