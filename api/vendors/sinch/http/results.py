"""How a call ended, in Sinch's words: one table from the cause and from who hung up.

«result … "N/A" | "ANSWERED" | "BUSY" | "NOANSWER" | "FAILED"; reason … "N/A" | "TIMEOUT" | "CALLERHANGUP" |
"CALLEEHANGUP" | "BLOCKED" | "NOCREDITPARTNER" | "MANAGERHANGUP" | "CANCEL" | "GENERALERROR"» (Get Call Result)
"""

from enum import StrEnum
from typing import NamedTuple

from engine.model.cause import HangupCause


class SinchResult(StrEnum):
    """What became of a call."""

    NONE = "N/A"
    ANSWERED = "ANSWERED"
    BUSY = "BUSY"
    NOANSWER = "NOANSWER"
    FAILED = "FAILED"


class Reason(StrEnum):
    """Why a call ended; the last two are in the event only (Callback API, DiCE)."""

    NONE = "N/A"
    TIMEOUT = "TIMEOUT"
    CALLERHANGUP = "CALLERHANGUP"
    CALLEEHANGUP = "CALLEEHANGUP"
    BLOCKED = "BLOCKED"
    NOCREDITPARTNER = "NOCREDITPARTNER"
    MANAGERHANGUP = "MANAGERHANGUP"
    CANCEL = "CANCEL"
    GENERALERROR = "GENERALERROR"
    CALLBACKERROR = "CALLBACKERROR"
    USERNOTFOUND = "USERNOTFOUND"


class EndedBy(StrEnum):
    """Whose doing the end was, of what the customer sees as one call."""

    CALLER = "caller"
    CALLEE = "callee"
    CUSTOMER = "customer"  # a PATCH, or the hangup of a script
    LIMIT = "limit"  # a duration or the credit was used up
    NETWORK = "network"
    SCRIPT = "script"  # no answer to a question, or an illegal one


class SinchEnding(NamedTuple):
    """Result and reason, as rendered."""

    result: SinchResult
    reason: Reason


ONGOING = SinchEnding(SinchResult.NONE, Reason.NONE)
_ANSWERED: dict[EndedBy, Reason] = {
    EndedBy.CALLER: Reason.CALLERHANGUP,
    EndedBy.CALLEE: Reason.CALLEEHANGUP,
    EndedBy.CUSTOMER: Reason.MANAGERHANGUP,
    EndedBy.LIMIT: Reason.TIMEOUT,
    EndedBy.NETWORK: Reason.GENERALERROR,
    EndedBy.SCRIPT: Reason.CALLBACKERROR,
}
# A call that nobody answered, by its cause; what is not here failed for a general error.
_UNANSWERED: dict[HangupCause, SinchEnding] = {
    HangupCause.BUSY: SinchEnding(SinchResult.BUSY, Reason.CALLEEHANGUP),
    HangupCause.REJECTED: SinchEnding(SinchResult.BUSY, Reason.CALLEEHANGUP),
    HangupCause.NO_ANSWER: SinchEnding(SinchResult.NOANSWER, Reason.TIMEOUT),
    HangupCause.UNAVAILABLE: SinchEnding(SinchResult.NOANSWER, Reason.TIMEOUT),
    HangupCause.NO_RESPONSE: SinchEnding(SinchResult.NOANSWER, Reason.TIMEOUT),
    HangupCause.CANCELLED: SinchEnding(SinchResult.NOANSWER, Reason.CANCEL),
    HangupCause.NO_CREDIT: SinchEnding(SinchResult.FAILED, Reason.NOCREDITPARTNER),
    HangupCause.NOT_ALLOWED: SinchEnding(SinchResult.FAILED, Reason.BLOCKED),
    HangupCause.USER_UNKNOWN: SinchEnding(SinchResult.FAILED, Reason.USERNOTFOUND),
}


def ending(cause: HangupCause, by: EndedBy, *, answered: bool) -> SinchEnding:
    """Return how a call that is over is told.

    A caller who hangs up while the callee's phone rings has cancelled; credit that runs out is named as such.
    """
    if answered:
        if cause is HangupCause.NO_CREDIT:
            return SinchEnding(SinchResult.ANSWERED, Reason.NOCREDITPARTNER)
        return SinchEnding(SinchResult.ANSWERED, _ANSWERED[by])
    match by:
        case EndedBy.CUSTOMER:
            return SinchEnding(SinchResult.NOANSWER, Reason.MANAGERHANGUP)
        case EndedBy.CALLER:
            return SinchEnding(SinchResult.NOANSWER, Reason.CANCEL)
        case EndedBy.SCRIPT:
            return SinchEnding(SinchResult.FAILED, Reason.CALLBACKERROR)
    return _UNANSWERED.get(cause, SinchEnding(SinchResult.FAILED, Reason.GENERALERROR))
