"""How a call ended, in Sinch's words: one table from the cause and from who hung up.

«result … "N/A" | "ANSWERED" | "BUSY" | "NOANSWER" | "FAILED"; reason … "N/A" | "TIMEOUT" | "CALLERHANGUP" |
"CALLEEHANGUP" | "BLOCKED" | "NOCREDITPARTNER" | "MANAGERHANGUP" | "CANCEL" | "GENERALERROR"» (Get Call Result)
"""

from enum import StrEnum
from typing import NamedTuple

from engine.calls.cause import HangupCause


class Result(StrEnum):
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


class Ending(NamedTuple):
    """Result and reason, as rendered."""

    result: Result
    reason: Reason


ONGOING = Ending(Result.NONE, Reason.NONE)
_ANSWERED: dict[EndedBy, Reason] = {
    EndedBy.CALLER: Reason.CALLERHANGUP,
    EndedBy.CALLEE: Reason.CALLEEHANGUP,
    EndedBy.CUSTOMER: Reason.MANAGERHANGUP,
    EndedBy.LIMIT: Reason.TIMEOUT,
    EndedBy.NETWORK: Reason.GENERALERROR,
    EndedBy.SCRIPT: Reason.CALLBACKERROR,
}
# A call that nobody answered, by its cause; what is not here failed for a general error.
_UNANSWERED: dict[HangupCause, Ending] = {
    HangupCause.BUSY: Ending(Result.BUSY, Reason.CALLEEHANGUP),
    HangupCause.REJECTED: Ending(Result.BUSY, Reason.CALLEEHANGUP),
    HangupCause.NO_ANSWER: Ending(Result.NOANSWER, Reason.TIMEOUT),
    HangupCause.UNAVAILABLE: Ending(Result.NOANSWER, Reason.TIMEOUT),
    HangupCause.NO_RESPONSE: Ending(Result.NOANSWER, Reason.TIMEOUT),
    HangupCause.CANCELLED: Ending(Result.NOANSWER, Reason.CANCEL),
    HangupCause.NO_CREDIT: Ending(Result.FAILED, Reason.NOCREDITPARTNER),
    HangupCause.NOT_ALLOWED: Ending(Result.FAILED, Reason.BLOCKED),
    HangupCause.USER_UNKNOWN: Ending(Result.FAILED, Reason.USERNOTFOUND),
}


def ending(cause: HangupCause, by: EndedBy, *, answered: bool) -> Ending:
    """Return how a call that is over is told.

    A caller who hangs up while the callee's phone rings has cancelled; credit that runs out is named as such.
    """
    if answered:
        if cause is HangupCause.NO_CREDIT:
            return Ending(Result.ANSWERED, Reason.NOCREDITPARTNER)
        return Ending(Result.ANSWERED, _ANSWERED[by])
    match by:
        case EndedBy.CUSTOMER:
            return Ending(Result.NOANSWER, Reason.MANAGERHANGUP)
        case EndedBy.CALLER:
            return Ending(Result.NOANSWER, Reason.CANCEL)
        case EndedBy.SCRIPT:
            return Ending(Result.FAILED, Reason.CALLBACKERROR)
    return _UNANSWERED.get(cause, Ending(Result.FAILED, Reason.GENERALERROR))
