"""Result and reason: all that the document lists are reached."""

import pytest

from api.vendors.sinch.http.results import ONGOING, EndedBy, Reason, SinchResult, ending
from engine.model.cause import HangupCause


# Get Call Result: «reason contains the reason why a call ended. It may have one of the following values».
@pytest.mark.parametrize(
    ("cause", "by", "answered", "result", "reason"),
    [
        (HangupCause.NORMAL, EndedBy.CALLER, True, "ANSWERED", "CALLERHANGUP"),
        (HangupCause.NORMAL, EndedBy.CALLEE, True, "ANSWERED", "CALLEEHANGUP"),
        (HangupCause.NORMAL, EndedBy.CUSTOMER, True, "ANSWERED", "MANAGERHANGUP"),
        (HangupCause.MAX_DURATION, EndedBy.LIMIT, True, "ANSWERED", "TIMEOUT"),
        (HangupCause.NO_CREDIT, EndedBy.LIMIT, True, "ANSWERED", "NOCREDITPARTNER"),
        (HangupCause.MEDIA_TIMEOUT, EndedBy.NETWORK, True, "ANSWERED", "GENERALERROR"),
        (HangupCause.BUSY, EndedBy.CALLEE, False, "BUSY", "CALLEEHANGUP"),
        (HangupCause.NO_ANSWER, EndedBy.NETWORK, False, "NOANSWER", "TIMEOUT"),
        (HangupCause.CANCELLED, EndedBy.CALLER, False, "NOANSWER", "CANCEL"),
        (HangupCause.CANCELLED, EndedBy.CUSTOMER, False, "NOANSWER", "MANAGERHANGUP"),
        (HangupCause.NO_CREDIT, EndedBy.LIMIT, False, "FAILED", "NOCREDITPARTNER"),
        (HangupCause.NOT_ALLOWED, EndedBy.LIMIT, False, "FAILED", "BLOCKED"),
        (HangupCause.CONGESTION, EndedBy.NETWORK, False, "FAILED", "GENERALERROR"),
        (HangupCause.NORMAL, EndedBy.SCRIPT, False, "FAILED", "CALLBACKERROR"),
    ],
)
def test_how_a_call_ended(cause: HangupCause, by: EndedBy, answered: bool, result: str, reason: str) -> None:
    assert ending(cause, by, answered=answered) == (result, reason)


def test_every_result_and_reason_is_reached() -> None:
    reached = [ending(cause, by, answered=known) for cause in HangupCause for by in EndedBy for known in (True, False)]
    reached.append(ONGOING)
    assert {one.result for one in reached} == set(SinchResult)
    assert {one.reason for one in reached} == set(Reason)
