"""When a fax is tried again, and how: each rung asks less of the line than the one before."""

from typing import NamedTuple

from engine.features.fax.model import Attempt
from engine.model.cause import HangupCause

CUT = "HANGUP"
"""Asterisk's word for a fax whose call ended before (res_fax.c)."""


class Rung(NamedTuple):
    """How an attempt is made: with error correction (ITU-T T.30 annex A), and at how many bits a second at most."""

    ecm: bool
    rate: int


RUNGS = (Rung(ecm=True, rate=14_400), Rung(ecm=True, rate=9600), Rung(ecm=False, rate=9600), Rung(ecm=False, rate=4800))
"""14400 is V.17, 9600 and 7200 V.29 or V.17, 4800 and 2400 V.27ter (ITU-T T.30 table 2)."""
AGAIN_SECONDS = 60.0
"""After machines that did not understand one another."""
_WAITS = {
    HangupCause.BUSY: 120.0,
    HangupCause.NO_ANSWER: 300.0,
    HangupCause.UNAVAILABLE: 300.0,
    HangupCause.CONGESTION: 120.0,
    HangupCause.NETWORK_ERROR: 60.0,
    HangupCause.NO_RESPONSE: 120.0,
    HangupCause.ERROR: 60.0,
    HangupCause.OVER_LIMIT: 60.0,
    HangupCause.MEDIA_NODE_LOST: 60.0,
    HangupCause.CONTROLLER_LOST: 60.0,
    HangupCause.MEDIA_TIMEOUT: 60.0,
    HangupCause.NO_ROUTE: 60.0,
}
"""After calls that were not answered; with any other cause the fax has failed."""


_SENTENCES = {
    HangupCause.BUSY: "The number is busy.",
    HangupCause.NO_ANSWER: "Nobody answered.",
    HangupCause.UNAVAILABLE: "The number is not available.",
    HangupCause.REJECTED: "The call was declined.",
    HangupCause.UNKNOWN_NUMBER: "There is no such number.",
    HangupCause.NO_ROUTE: "No trunk carries the number.",
    HangupCause.NO_CREDIT: "The account has no credit left.",
}


def unanswered(cause: str) -> str:
    """Return why a call was not answered, in a sentence."""
    known = {each.value: sentence for each, sentence in _SENTENCES.items()}
    return known.get(cause, f"The call was not answered: {cause.replace('_', ' ')}.")


def again(attempt: Attempt, cause: HangupCause | None, *, answered: bool) -> tuple[float, int] | None:
    """Return in how many seconds and on which rung a fax is tried again; None: it has failed for good."""
    if not answered:
        wait = _WAITS.get(cause) if cause else None
        return None if wait is None else (wait, attempt.rung)
    step = 0 if attempt.error == CUT and not attempt.pages else 1
    return AGAIN_SECONDS, min(attempt.rung + step, len(RUNGS) - 1)
