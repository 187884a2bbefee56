"""How a pair ended, read from the end of its calls."""

import pytest

from engine.events import EndedLeg, RootEnded
from engine.features.pairs.model import Result
from engine.features.pairs.outcome import result_of


def leg(cause: str, by: str = "far", *, answered: bool = False) -> EndedLeg:
    return EndedLeg(
        call="c", caller="1", callee="2", cause=cause, hung_up_by=by, answered=answered, seconds=0.0, price=0
    )


def tree(*legs: EndedLeg) -> RootEnded:
    first = legs[0]
    return RootEnded(
        id="e", account="a", subject="c", root="c", at=1.0, cause=first.cause, hung_up_by=first.hung_up_by,
        answered=first.answered, seconds=0.0, price=0, currency="USD", caller="1", callee="2", legs=legs,
    )  # fmt: skip


UP = leg("normal", "other", answered=True)


@pytest.mark.parametrize(
    ("legs", "result"),
    [
        ([leg("busy")], Result.FIRST_BUSY),
        ([leg("no_answer", "us")], Result.FIRST_NO_ANSWER),
        ([leg("unavailable")], Result.FIRST_NO_ANSWER),
        ([leg("unknown_number")], Result.FIRST_FAILED),
        ([leg("controller_lost", "network")], Result.FIRST_FAILED),
        ([leg("cancelled", "us")], Result.CANCELLED),
        ([leg("normal", "us")], Result.CANCELLED),
        ([UP, leg("normal", answered=True)], Result.COMPLETED),
        ([leg("cancelled", "us", answered=True), leg("cancelled", "us", answered=True)], Result.COMPLETED),
        ([UP, leg("no_answer", "us")], Result.SECOND_NO_ANSWER),
        ([UP, leg("busy")], Result.SECOND_BUSY),
        ([UP, leg("congestion", "network")], Result.SECOND_CONGESTED),
        ([UP, leg("network_error", "network")], Result.SECOND_FAILED),
        ([UP, leg("rejected")], Result.SECOND_FAILED),
        ([leg("normal", "far", answered=True), leg("cancelled", "other")], Result.ABANDONED),
        ([leg("normal", "far", answered=True)], Result.ABANDONED),
        ([leg("cancelled", "us", answered=True), leg("cancelled", "other")], Result.CANCELLED),
        ([leg("no_credit", "us", answered=True)], Result.SECOND_FAILED),
        ([leg("over_limit", "us", answered=True)], Result.SECOND_FAILED),
    ],
)
def test_the_result_says_which_end_failed_and_how(legs: list[EndedLeg], result: Result) -> None:
    assert result_of(tree(*legs)) is result
