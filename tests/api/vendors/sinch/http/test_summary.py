"""What a root and its legs come to, as one call."""

from typing import Any

import pytest

from api.vendors.sinch.http import summary
from engine.model.call import Call, CallState, Direction, Party
from engine.model.cause import HangupCause
from tests.api.vendors.sinch.served import a_call

INBOUND = {"direction": Direction.INBOUND, "trunk": None}
TALKED = {"answered": 1_400_000_002.0}


def over(id: str = "call-1", cause: HangupCause = HangupCause.NORMAL, by: Party = Party.FAR, **fields: Any) -> Call:
    """A leg that has ended 10 s after it began."""
    return a_call(id, state=CallState.ENDED, ended=1_400_000_010.0, cause=cause, hung_up_by=by, **fields)


def leg(cause: HangupCause = HangupCause.NORMAL, by: Party = Party.US, **fields: Any) -> Call:
    """A callee's leg of the root."""
    return over("call-2", cause, by, root="call-1", **fields)


@pytest.mark.parametrize(
    ("legs", "result", "reason"),
    [
        # a callout's only leg counts as the caller's
        ([over(**TALKED)], "ANSWERED", "CALLERHANGUP"),
        ([over(by=Party.US, **TALKED)], "ANSWERED", "MANAGERHANGUP"),
        ([over(cause=HangupCause.MAX_DURATION, by=Party.US, **TALKED)], "ANSWERED", "TIMEOUT"),
        ([over(cause=HangupCause.NO_CREDIT, by=Party.US, **TALKED)], "ANSWERED", "NOCREDITPARTNER"),
        ([over(cause=HangupCause.MEDIA_TIMEOUT, by=Party.NETWORK, **TALKED)], "ANSWERED", "GENERALERROR"),
        ([over(cause=HangupCause.BUSY)], "BUSY", "CALLEEHANGUP"),
        ([over(cause=HangupCause.REJECTED)], "BUSY", "CALLEEHANGUP"),
        ([over(cause=HangupCause.UNAVAILABLE)], "NOANSWER", "TIMEOUT"),
        ([over(cause=HangupCause.NO_ANSWER, by=Party.US)], "NOANSWER", "TIMEOUT"),
        ([over(cause=HangupCause.CANCELLED, by=Party.US)], "NOANSWER", "MANAGERHANGUP"),
        ([over(cause=HangupCause.NOT_ALLOWED, by=Party.US)], "FAILED", "BLOCKED"),
        ([over(cause=HangupCause.UNKNOWN_NUMBER, by=Party.NETWORK)], "FAILED", "GENERALERROR"),
        # an inbound call alone
        ([over(**INBOUND, **TALKED)], "ANSWERED", "CALLERHANGUP"),
        ([over(**INBOUND)], "NOANSWER", "CANCEL"),
        ([over(by=Party.US, **INBOUND, **TALKED)], "ANSWERED", "MANAGERHANGUP"),
        # connected with another party
        ([over(**INBOUND, **TALKED), leg(**TALKED)], "ANSWERED", "CALLERHANGUP"),
        ([over(**INBOUND, **TALKED), leg(cause=HangupCause.CANCELLED)], "NOANSWER", "CANCEL"),
        ([over(by=Party.US, **INBOUND, **TALKED), leg(cause=HangupCause.BUSY, by=Party.FAR)], "BUSY", "CALLEEHANGUP"),
        ([over(by=Party.US, **INBOUND, **TALKED), leg(cause=HangupCause.NO_ANSWER)], "NOANSWER", "TIMEOUT"),
        ([over(by=Party.CONNECTED, **INBOUND, **TALKED), leg(by=Party.FAR, **TALKED)], "ANSWERED", "CALLEEHANGUP"),
        ([over(cause=HangupCause.BUSY, by=Party.CONNECTED, **INBOUND), leg(cause=HangupCause.BUSY, by=Party.FAR)],
         "BUSY", "CALLEEHANGUP"),
        ([over(cause=HangupCause.MAX_DURATION, by=Party.US, **INBOUND, **TALKED),
          leg(cause=HangupCause.MAX_DURATION, **TALKED)], "ANSWERED", "TIMEOUT"),
        ([over(cause=HangupCause.NO_CREDIT, by=Party.US, **INBOUND, **TALKED),
          leg(cause=HangupCause.NO_CREDIT, **TALKED)], "ANSWERED", "NOCREDITPARTNER"),
        ([over(cause=HangupCause.MEDIA_NODE_LOST, by=Party.NETWORK, **INBOUND),
          leg(cause=HangupCause.CANCELLED, by=Party.CONNECTED)], "FAILED", "GENERALERROR"),
        # who calls in was to be connected, and nobody was called
        ([over(cause=HangupCause.NOT_ALLOWED, by=Party.US, **INBOUND)], "FAILED", "BLOCKED"),
        ([over(cause=HangupCause.NOT_ALLOWED, by=Party.US, **INBOUND, **TALKED)], "FAILED", "BLOCKED"),
        ([over(cause=HangupCause.NO_CREDIT, by=Party.US, **INBOUND, **TALKED)], "FAILED", "NOCREDITPARTNER"),
        ([over(cause=HangupCause.USER_UNKNOWN, by=Party.US, **INBOUND)], "FAILED", "USERNOTFOUND"),
        ([over(cause=HangupCause.OVER_LIMIT, by=Party.US, **INBOUND, **TALKED)], "FAILED", "GENERALERROR"),
        # scripts
        ([over(cause=HangupCause.NO_REPLY, by=Party.US, **INBOUND)], "FAILED", "CALLBACKERROR"),
        ([over(cause=HangupCause.NO_REPLY, by=Party.US, **INBOUND, **TALKED)], "ANSWERED", "CALLBACKERROR"),
        ([over(cause=HangupCause.ILLEGAL_SCRIPT, by=Party.US, **INBOUND, **TALKED),
          leg(cause=HangupCause.ILLEGAL_SCRIPT, **TALKED)], "ANSWERED", "CALLBACKERROR"),
    ],
)  # fmt: skip
def test_how_a_call_ended_is_told_from_its_legs(legs: list[Call], result: str, reason: str) -> None:
    found = summary.of(legs, "call-1")
    assert found is not None
    ended = summary.outcome(found)
    assert ended is not None and (ended.result, ended.reason) == (result, reason)


def test_a_call_goes_on_until_its_last_leg_has_ended() -> None:
    talking = a_call("call-2", root="call-1", answered=1_400_000_005.0)
    found = summary.of([over(**INBOUND, **TALKED), talking], "call-1")
    assert found is not None and summary.outcome(found) is None
    assert summary.seconds(found, 1_400_000_015.0) == 10.0


def test_the_last_leg_that_answered_is_the_callee() -> None:
    first, second = leg(cause=HangupCause.BUSY), over("call-3", root="call-1", price=5, **TALKED)
    third = over("call-4", HangupCause.BUSY, root="call-1", price=7)
    found = summary.of([over(**INBOUND, **TALKED), first, second, third], "call-1")
    assert found is not None and found.callee == second and found.price == 12
    assert summary.of([first], "call-1") is None
