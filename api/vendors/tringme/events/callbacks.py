"""TringMe's notifications: which event becomes which status, with its fields in the document's order.

The list of fields is cut off in every copy of the document, behind srcduration, destduration and charges; `id`, `src`
and `dest` are ours. A status that ends a call comes once, when all of its legs have ended, and is the last one.
"""

from decimal import Decimal

from api.vendors.tringme import call_data
from engine.events import CallAnswered, Event, RootEnded, ScheduledCallRefused, TaskEnded
from engine.events.calls import EndedLeg
from engine.features.pairs.events import PairEnded, PairFirstAnswered
from engine.features.pairs.model import Result
from engine.features.voicemail.events import VoicemailReceived
from engine.model.call_data import CallData
from engine.model.cause import HangupCause
from engine.tasks.results import Completed, MenuEnded

Fields = dict[str, str]
SYSTEM_TAG = "TRINGME"
"""The tag of notices that belong to no request."""
NOT_ANSWERED = frozenset(
    {
        HangupCause.NO_ANSWER,
        HangupCause.UNAVAILABLE,
        HangupCause.NO_RESPONSE,
        HangupCause.BUSY,
        HangupCause.REJECTED,
        HangupCause.CANCELLED,
    }
)
"""Why a first party counts as not having answered; whatever else keeps it from answering is SRCFAILED."""
_DESTINATIONS = {
    HangupCause.BUSY: "DESTBUSY",
    HangupCause.REJECTED: "DESTBUSY",
    HangupCause.CONGESTION: "DESTCONGESTED",
    HangupCause.OVER_LIMIT: "DESTCONGESTED",
    HangupCause.NO_ANSWER: "DESTNOTANSWERED",
    HangupCause.UNAVAILABLE: "DESTNOTANSWERED",
    HangupCause.NO_RESPONSE: "DESTNOTANSWERED",
    HangupCause.CANCELLED: "DESTNOTANSWERED",
    HangupCause.NORMAL: "DESTNOTANSWERED",
}
"""Why a second party was not reached; whatever else is why is DESTNETWORKERROR."""
_RESULTS = {
    Result.FIRST_NO_ANSWER: "SRCNOTANSWERED",
    Result.FIRST_BUSY: "SRCNOTANSWERED",
    Result.FIRST_FAILED: "SRCFAILED",
    Result.REFUSED: "SRCFAILED",
    Result.SECOND_NO_ANSWER: "DESTNOTANSWERED",
    Result.SECOND_BUSY: "DESTBUSY",
    Result.SECOND_CONGESTED: "DESTCONGESTED",
    Result.SECOND_FAILED: "DESTNETWORKERROR",
    Result.ABANDONED: "DESTNOTANSWERED",
    Result.COMPLETED: "COMPLETED",
}
"""The status of each end of a pair; one that was cancelled before it began has none."""


def fields(event: Event, data: CallData) -> Fields | None:
    """Return a notification's fields without `r` and `sig`; None for an event that is not notified."""
    if isinstance(event, VoicemailReceived):
        return {"f": "tm", "status": "VOICEMAIL", "tag": SYSTEM_TAG, "id": event.subject, "srcphone": event.caller}
    bit, status, more = _status(event, data)
    if not status or not call_data.wants(data, bit):
        return None
    tag = data.values.get(call_data.TAG, "")
    parties = {name: data.values[name] for name in (call_data.SOURCE, call_data.DESTINATION) if name in data.values}
    return {"f": "tm", "status": status, "tag": tag, "id": event.root, **parties, **more}


def charges(price: int) -> str:
    """Return millionths of the account's currency as a decimal, e.g. 15000 as `0.015`."""
    return format((Decimal(price) / 1_000_000).normalize(), "f") if price else "0"


def _status(event: Event, data: CallData) -> tuple[int, str, Fields]:
    """Return the bit that asks for it, the status ("": none), and its own fields."""
    match event:
        case CallAnswered() if event.subject == event.root and not _is_pair(data):
            return call_data.IN_PROGRESS, "SRCANSWERED", {}
        case PairFirstAnswered():
            return call_data.IN_PROGRESS, "SRCANSWERED", {}
        case TaskEnded(kind="run_menu", outcome=Completed(result=MenuEnded(how="sequence") as ended)):
            return call_data.COMPLETED, "DTMF", {"dtmf": "" if ended.secret else ended.value}
        case PairEnded():
            return call_data.COMPLETED, _of_pair(event), _bill(event.legs, event.price)
        case RootEnded() if not _is_pair(data):
            return call_data.COMPLETED, _of_legs(event, data), _bill(event.legs, event.price)
        case ScheduledCallRefused():
            return call_data.COMPLETED, "SRCFAILED", _bill((), 0) | {"reason": event.reason}
    return 0, "", {}


def _is_pair(data: CallData) -> bool:
    return data.values.get(call_data.PAIR) == "1"


def _of_pair(event: PairEnded) -> str:
    """Return how a pair ended, as the same two calls without a pair would have."""
    first, *others = event.legs or (None,)
    if first is None:
        return _RESULTS.get(event.result, "")
    if not first.answered:
        return "SRCNOTANSWERED" if first.cause in NOT_ANSWERED else "SRCFAILED"
    if event.result is Result.COMPLETED or not others:
        return _RESULTS.get(event.result, "DESTNOTANSWERED")
    return _DESTINATIONS.get(HangupCause(others[-1].cause), "DESTNETWORKERROR")


def _of_legs(event: RootEnded, data: CallData) -> str:
    first, *others = event.legs
    if not first.answered:
        return "SRCNOTANSWERED" if first.cause in NOT_ANSWERED else "SRCFAILED"
    if call_data.DESTINATION not in data.values or any(leg.answered for leg in others):
        return "COMPLETED"
    if not others and event.cause == HangupCause.NORMAL:
        return "COMPLETED"  # it ended before the second party was called, such as by a wrong PIN
    cause = others[-1].cause if others else event.cause
    return _DESTINATIONS.get(HangupCause(cause), "DESTNETWORKERROR")


def _bill(legs: tuple[EndedLeg, ...], price: int) -> Fields:
    """Return how long each side was answered, in whole seconds, and what all of it cost."""
    first, others = (legs[0].seconds if legs else 0.0), sum(leg.seconds for leg in legs[1:])
    return {"srcduration": str(round(first)), "destduration": str(round(others)), "charges": charges(price)}
