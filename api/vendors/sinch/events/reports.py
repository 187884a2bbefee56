"""What a customer's server answers to DiCE: how it judges the call (reportCallStatus). Nothing else is taken."""

import msgspec
import structlog

from api.vendors.sinch.script import instructions
from api.vendors.sinch.script.actions import ScriptEvent
from api.vendors.sinch.script.svaml import IllegalSvaml, SvamlContinue, SvamlHangUp

log = structlog.get_logger(__name__)


class _Kind(msgspec.Struct):
    event: str
    callid: str = ""


_kind: msgspec.json.Decoder[_Kind] = msgspec.json.Decoder(_Kind)


def reported(body: str, reply: bytes) -> str:
    """Return "success" or "failure", and the details behind a colon; "" where the answer to this event says neither.

    What else the answer to DiCE holds is ignored with a warning; other events' answers are not looked at.
    """
    sent = _kind.decode(body)
    if sent.event != ScriptEvent.DICE.value or not reply.strip():
        return ""
    answer = instructions.read(reply, ScriptEvent.DICE, "")
    if isinstance(answer, IllegalSvaml):
        log.warning("An answer to a call's end was ignored.", call=sent.callid, reason=answer.reason)
        return ""
    if not isinstance(answer.then, SvamlHangUp | SvamlContinue):
        log.warning("An action that came with a call's end was ignored.", call=sent.callid)
    for warning in answer.warnings:
        log.warning("A part of an answer to a call's end was overlooked.", call=sent.callid, reason=warning)
    if answer.report is None:
        return ""
    word = "success" if answer.report.success else "failure"
    details = "".join(letter if letter.isprintable() else " " for letter in answer.report.details).strip()
    return f"{word}: {details}" if details else word
