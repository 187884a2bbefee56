"""What a subscriber is sent of an event, after Standard Webhooks: its type, its time and its data."""

from typing import Any

import msgspec

from engine.events import Event
from engine.model.call import Call
from engine.model.moment import moment
from engine.model.verstat import fields_of
from engine.platform.catalogue import Entry

Message = dict[str, Any]
TEST = "subscription.test"
"""The type of an event that `test` sends; it cannot be subscribed to."""


def message(event: Event, entry: Entry, call: Call | None) -> Message:
    """Return the message of an event; `call` is its subject, None if there is no call of that id."""
    about = {entry.subject: event.subject} if call is None else _of_call(call)
    return _message(event.id, entry.name, event.at, about | entry.fields(event))


def trial_message(id: str, at: float, subscription: str) -> Message:
    """Return a message that says that messages arrive."""
    return _message(id, TEST, at, {"subscription": subscription})


def encoded(message: Message) -> str:
    """Return a message as the JSON text that is signed."""
    return msgspec.json.encode(message).decode()


def _of_call(call: Call) -> Message:
    return {
        "call": call.id,
        "root": call.root,
        "direction": call.direction,
        "caller": call.caller,
        "callee": call.callee,
        "application": call.application,
        "verstat": fields_of(call.verstat),
    }


def _message(id: str, kind: str, at: float, data: Message) -> Message:
    return {"type": kind, "id": id, "timestamp": moment(at), "data": data}
