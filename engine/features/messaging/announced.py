"""What customers hear of texts."""

from engine.features.messaging.events import MessageEnded, MessageReceived, MessageSent
from engine.features.messaging.model import State
from engine.features.messaging.threads.events import (
    ThreadOpened,
    ThreadRemoved,
    ThreadTextAdded,
    ThreadTextsHidden,
    ThreadTextsRead,
)
from engine.model.money import decimal
from engine.platform.catalogue import Entry, Fields, only

_PARTIES = ("sender", "recipient")
_PAIR = ("ours", "theirs")
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
    Entry("thread.opened", ThreadOpened, only(*_PAIR), subject="thread"),
    Entry("thread.removed", ThreadRemoved, only(*_PAIR), subject="thread"),
    Entry("thread.text_added", ThreadTextAdded, only(*_PAIR, "message"), subject="thread"),
    Entry("thread.texts_read", ThreadTextsRead, only(*_PAIR, "messages", "read"), subject="thread"),
    Entry("thread.texts_hidden", ThreadTextsHidden, only(*_PAIR, "messages"), subject="thread"),
)
