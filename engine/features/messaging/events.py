"""The events of texts. Their subject and root is the text's id; `data` is what was stored with it, `application` the id
of the application that it belongs to (None: none).

A reply carries the data of the text that it replies to: the last one between the two numbers, of 30 days.
"""

from engine.events.base import Event
from engine.features.messaging.model import State


class MessageSent(Event, frozen=True, kw_only=True, tag="message_sent"):
    """A carrier took all parts of a text; `parts` is how many, `price` what was charged (millionths)."""

    sender: str
    recipient: str
    carrier: str
    parts: int
    price: int = 0
    currency: str = "USD"
    application: str | None = None


class MessageEnded(Event, frozen=True, kw_only=True, tag="message_ended"):
    """It is known what became of a text: delivered, failed, expired or unknown, with the reason ("": none).

    It comes once, but for an unknown one of which a receipt came later.
    """

    sender: str
    recipient: str
    state: State
    reason: str = ""
    application: str | None = None


class MessageReceived(Event, frozen=True, kw_only=True, tag="message_received"):
    """A text came in. `reply_to` is the id of the text that it replies to; "": none is known.

    `application`: whose number it came to (its id); None: none. `user`: in whose inbox it is (the id); None: in
    nobody's.
    """

    sender: str
    recipient: str
    text: str
    reply_to: str = ""
    application: str | None = None
    user: str | None = None
