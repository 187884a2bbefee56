"""Extensions that are busy without being dialled: not to be disturbed, or in a call and without call waiting.

Their phone hears nothing of it. The leg ends as one whose party is busy, so the call goes where the extension's busy
calls go, and a ring group passes it over. A call that is placed to an extension itself, and not for another call,
rings: whoever has the phone asked for it.
"""

from collections.abc import Iterable

from engine.calls.admission_protocol import Admission, Takes
from engine.calls.ending import Ending
from engine.calls.session import Session
from engine.model.call import Call, Direction, Party
from engine.model.cause import HangupCause

BUSY = Ending(cause=HangupCause.BUSY, by=Party.FAR)


def is_occupied(call: Call, admission: Admission, live: Iterable[Session]) -> bool:
    """Whether the extension that a leg is about to dial takes no call now; `live` are the calls of this controller."""
    if call.id == call.root:
        return False
    takes = admission.takes(call.account, call.callee, call.options)
    if takes is Takes.ONE:
        return any(_has(session.call, call) for session in live if not session.gone)
    return takes is Takes.NONE


def _has(call: Call, leg: Call) -> bool:
    """Whether a call is one of the extension that a leg is for, which is not the leg itself."""
    if call.account != leg.account or call.trunk or call.id == leg.id:
        return False
    return leg.callee == (call.caller if call.direction is Direction.INBOUND else call.callee)
