"""What a customer's server answers to DiCE: how it judges the call (reportCallStatus). Nothing else is taken."""

import msgspec
import structlog

from api.vendors.sinch import instructions
from api.vendors.sinch.actions import Event
from api.vendors.sinch.answer import GoOn, HangUp, Illegal

log = structlog.get_logger(__name__)


class _Kind(msgspec.Struct):
    event: str
    callid: str = ""


_kind: msgspec.json.Decoder[_Kind] = msgspec.json.Decoder(_Kind)


def reported(body: str, reply: bytes) -> str:
    """Return "success" or "failure", and the details behind a colon; "" where the answer to this event says neither.

    What else the answer to DiCE holds is ignored with a warning; other events' answers are not looked at.
    """
    told = _kind.decode(body)
    if told.event != Event.DICE.value or not reply.strip():
        return ""
    answer = instructions.read(reply, Event.DICE, "")
    if isinstance(answer, Illegal):
        log.warning("An answer to a call's end was ignored.", call=told.callid, reason=answer.reason)
        return ""
    if not isinstance(answer.then, HangUp | GoOn):
        log.warning("An action that came with a call's end was ignored.", call=told.callid)
    for warning in answer.warnings:
        log.warning("A part of an answer to a call's end was overlooked.", call=told.callid, reason=warning)
    if answer.report is None:
        return ""
    word = "success" if answer.report.success else "failure"
    details = "".join(letter if letter.isprintable() else " " for letter in answer.report.details).strip()
    return f"{word}: {details}" if details else word
