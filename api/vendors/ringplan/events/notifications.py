"""Which events of ours RingPlan's webhook events are told by."""

from collections.abc import Mapping

from api.vendors.ringplan.events import callbacks
from engine.events import CallAnswered, CallDialing, CallEnded, Event
from engine.features.messaging.events import MessageReceived
from engine.model.call import Call, Direction

STARTED, COMPLETED = "dial.action.started", "dial.action.completed"
HANGUP, TEXT = "call.action.hangup", "texting.message.inbound"
TOPICS: Mapping[str, tuple[str, ...]] = {
    STARTED: ("call.dialing",),
    COMPLETED: ("call.answered", "call.ended"),
    HANGUP: ("call.ended",),
    TEXT: ("message.received",),
}
"""The names of our events (engine.platform.catalogue) by RingPlan's. A dial is over when it was answered, or ended
without an answer."""


def message(topic: str, event: Event, call: Call | None) -> str | None:
    """Return the body of a webhook; None where the event is not what the topic is about."""
    if isinstance(event, MessageReceived):
        return callbacks.written(topic, event, callbacks.of_text(event)) if topic == TEXT else None
    if call is None or not _concerns(topic, event, call):
        return None
    return callbacks.written(topic, event, callbacks.of_call(call, event))


def _concerns(topic: str, event: Event, call: Call) -> bool:
    if topic == HANGUP:
        return isinstance(event, CallEnded)
    if call.direction is not Direction.OUTBOUND:
        return False
    if topic == STARTED:
        return isinstance(event, CallDialing)
    return topic == COMPLETED and (
        isinstance(event, CallAnswered) or (isinstance(event, CallEnded) and not event.answered)
    )
