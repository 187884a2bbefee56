"""What became of an attempt, by its call's events."""

from typing import Any

import pytest

from engine.events import CallEnded, DigitReceived, Event, TaskEnded, TaskStarted
from engine.features.campaigns import outcome
from engine.features.campaigns.contact import Status
from engine.features.campaigns.model import Machine, Options, Retry
from engine.features.campaigns.outcome import Facts
from engine.model.cause import HangupCause
from engine.tasks.results import Completed, Discarded, Done, Failed, Recorded, Stopped


def an_event(event: type[Event], at: float = 0.0, /, **fields: Any) -> Any:
    return event(id="event-1", account="acct-1", subject="call-1", root="call-1", at=at, **fields)


def ended(cause: str = "normal", by: str = "far", *, answered: bool = True) -> CallEnded:
    fields = {"seconds": 3.0 if answered else 0.0, "price": 0, "currency": "USD"}
    made: CallEnded = an_event(CallEnded, cause=cause, hung_up_by=by, answered=answered, **fields)
    return made


@pytest.mark.parametrize(
    ("call", "facts", "status"),
    [
        (ended(), Facts(playback=1.0), Status.COMPLETED),
        (ended(), Facts(playback=0.4), Status.HUNG_UP),
        (ended(), Facts(), Status.HUNG_UP),
        (ended("media_node_lost", "network"), Facts(playback=0.4), Status.FAILED),
        (ended("max_duration", "us"), Facts(playback=0.4), Status.FAILED),
        (ended("normal", "us"), Facts(failure="it is no audio"), Status.FAILED),
        (ended("busy", answered=False), Facts(), Status.BUSY),
        (ended("no_answer", "us", answered=False), Facts(), Status.UNANSWERED),
        (ended("rejected", answered=False), Facts(), Status.UNANSWERED),
        (ended("unknown_number", answered=False), Facts(), Status.FAILED),
        (ended("cancelled", "us", answered=False), Facts(), Status.FAILED),
    ],
)
def test_a_call_that_ended_so_is_that(call: CallEnded, facts: Facts, status: Status) -> None:
    assert outcome.of_call(call, facts, machine=False, policy="play", stopped=False).status is status


@pytest.mark.parametrize(
    ("policy", "playback", "status"),
    [
        ("hang_up", None, Status.MACHINE),
        ("leave_message", 1.0, Status.COMPLETED),
        ("leave_message", 0.2, Status.HUNG_UP),
    ],
)
def test_a_machine_that_was_left_a_message_heard_it(policy: Machine, playback: float | None, status: Status) -> None:
    by = "us" if policy == "hang_up" else "far"
    found = outcome.of_call(ended(by=by), Facts(playback=playback), machine=True, policy=policy, stopped=False)
    assert found.status is status


def test_what_a_stop_cut_is_terminated_and_what_was_heard_is_not() -> None:
    call = ended("cancelled", "us")
    assert outcome.of_call(call, Facts(0.3), machine=False, policy="play", stopped=True).status is Status.TERMINATED
    assert outcome.of_call(call, Facts(1.0), machine=False, policy="play", stopped=True).status is Status.COMPLETED


def test_facts_are_read_from_the_events() -> None:
    events = [
        an_event(
            TaskEnded, task="r", kind="record", outcome=Completed(Recorded(recording="rec-1", name="", seconds=1.0))
        ),
        an_event(TaskStarted, 10.0, task="m", kind="say"),
        an_event(DigitReceived, task="d", kind="detect_dtmf", digit="4", accepted=True, call="call-1"),
        an_event(TaskEnded, 12.0, task="m", kind="say", outcome=Stopped("call_ended")),
        an_event(TaskEnded, 12.0, task="h", kind="hang_up", outcome=Discarded("call_ended")),
    ]
    assert outcome.facts(events, 8.0) == Facts(playback=0.25, digits="4", recording="rec-1")
    whole = [*events[:2], an_event(TaskEnded, 18.0, task="m", kind="say", outcome=Completed(Done()))]
    assert outcome.facts(whole, 8.0).playback == 1.0
    bad = [an_event(TaskEnded, task="m", kind="play", outcome=Failed("not_audio", "It is no audio."))]
    assert outcome.facts(bad, 8.0) == Facts(failure="It is no audio.")


def test_the_ladder_has_its_own_count_for_each_outcome() -> None:
    steps = (Retry(outcome=Status.BUSY, times=1, wait_seconds=5), Retry(outcome=Status.FAILED, times=2, wait_seconds=9))
    options = Options(retries=steps)
    assert outcome.tried_again(Status.BUSY, options, {}) == 5
    assert outcome.tried_again(Status.BUSY, options, {"busy": 1}) is None
    assert outcome.tried_again(Status.FAILED, options, {"busy": 1, "failed": 1}) == 9
    assert outcome.tried_again(Status.UNANSWERED, options, {}) is None


def test_every_cause_of_a_call_that_was_not_answered_has_a_status() -> None:
    for cause in HangupCause:
        found = outcome.of_call(
            ended(cause.value, answered=False), Facts(), machine=False, policy="play", stopped=False
        )
        assert found.status in (Status.BUSY, Status.UNANSWERED, Status.FAILED)
