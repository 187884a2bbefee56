"""TringMe's statuses: which end of which call becomes which, and which bit asks for it."""

import pytest

from api.vendors.tringme import call_data
from api.vendors.tringme.events.callbacks import fields
from engine.events import CallAnswered, RootEnded, ScheduledCallRefused, TaskEnded
from engine.events.calls import EndedLeg
from engine.features.pairs.events import PairEnded, PairFirstAnswered
from engine.features.pairs.model import Result
from engine.features.voicemail.events import VoicemailReceived
from engine.model.call_data import CallData
from engine.model.cause import HangupCause
from engine.tasks.results import Completed, MenuEnded
from tests.support.digits import stands_in

WHAT = {"id": "event-1", "account": "account-ann", "subject": "call-1", "root": "call-1", "at": 0.0}


def data(flags: int = 1, *, to: str = "15015551234", pair: bool = False) -> CallData:
    made = call_data.notified("http://h/", tag="t", flags=flags, source="18585551234", destination=to, pair=pair)
    return made or CallData(dialect="tringme")


def leg(*, answered: bool, cause: str = "normal", seconds: float = 0.0) -> EndedLeg:
    return EndedLeg(
        call="call-1", caller="", callee="", cause=cause, hung_up_by="far", answered=answered, seconds=seconds, price=0
    )


def ended(*legs: EndedLeg, cause: str = "normal", price: int = 0) -> RootEnded:
    return RootEnded(
        **WHAT, cause=cause, hung_up_by="far", answered=True, seconds=0.0, price=price, currency="USD", caller="",
        callee="", legs=legs,
    )  # fmt: skip


def status(event: object, given: CallData) -> str:
    found = fields(event, given)  # type: ignore[arg-type]
    return found["status"] if found else ""


def test_the_end_has_both_durations_and_the_charges_in_the_documents_order() -> None:
    legs = (leg(answered=True, seconds=61.4), leg(answered=True, seconds=58.6))
    assert list((fields(ended(*legs, price=15_000), data()) or {}).items()) == [
        ("f", "tm"), ("status", "COMPLETED"), ("tag", "t"), ("id", "call-1"), ("src", "18585551234"),
        ("dest", "15015551234"), ("srcduration", "61"), ("destduration", "59"), ("charges", "0.015"),
    ]  # fmt: skip


@pytest.mark.parametrize("cause", list(HangupCause))
def test_every_cause_of_an_unanswered_leg_has_a_status(cause: HangupCause) -> None:
    assert status(ended(leg(answered=False, cause=cause)), data()) in ("SRCFAILED", "SRCNOTANSWERED")
    second = status(ended(leg(answered=True), leg(answered=False, cause=cause)), data())
    assert second in ("DESTBUSY", "DESTNOTANSWERED", "DESTCONGESTED", "DESTNETWORKERROR")


def test_a_second_party_that_was_refused_has_no_leg_and_the_calls_own_cause_counts() -> None:
    assert status(ended(leg(answered=True), cause="not_allowed"), data()) == "DESTNETWORKERROR"
    assert status(ended(leg(answered=True)), data()) == "COMPLETED"


@pytest.mark.parametrize("result", list(Result))
def test_every_result_of_a_pair_has_a_status_but_its_cancel(result: Result) -> None:
    event = PairEnded(**WHAT, first="1", second="2", result=result)
    assert bool(status(event, data(pair=True))) == (result is not Result.CANCELLED)


@pytest.mark.parametrize(
    ("legs", "result", "wanted"),
    [
        ((leg(answered=True), leg(answered=False, cause="cancelled")), Result.CANCELLED, "DESTNOTANSWERED"),
        ((leg(answered=True),), Result.CANCELLED, "DESTNOTANSWERED"),
        ((leg(answered=False, cause="cancelled"),), Result.CANCELLED, "SRCNOTANSWERED"),
        ((leg(answered=False, cause="rejected"),), Result.FIRST_FAILED, "SRCNOTANSWERED"),
        ((leg(answered=True), leg(answered=False, cause="rejected")), Result.SECOND_FAILED, "DESTBUSY"),
        ((leg(answered=True), leg(answered=True)), Result.COMPLETED, "COMPLETED"),
    ],
)
def test_a_pair_whose_calls_began_ends_with_the_status_that_its_legs_have(
    legs: tuple[EndedLeg, ...], result: Result, wanted: str
) -> None:
    event = PairEnded(**WHAT, first="1", second="2", result=result, legs=legs)
    assert status(event, data(pair=True)) == wanted


def test_a_pair_is_notified_by_its_own_events_alone() -> None:
    assert status(ended(leg(answered=True)), data(3, pair=True)) == ""
    assert status(CallAnswered(**WHAT), data(3, pair=True)) == ""
    assert status(PairFirstAnswered(**WHAT, first="1", second="2"), data(3, pair=True)) == "SRCANSWERED"


@pytest.mark.parametrize(("flags", "wanted"), [(1, ["", "COMPLETED"]), (2, ["SRCANSWERED", ""]), (19, None)])
def test_each_status_has_its_bit(flags: int, wanted: list[str] | None) -> None:
    found = [
        status(CallAnswered(**WHAT), data(flags)),
        status(ended(leg(answered=True), leg(answered=True)), data(flags)),
    ]
    assert found == (wanted or ["SRCANSWERED", "COMPLETED"])


def test_what_was_entered_is_notified_and_what_was_wrong_is_not() -> None:
    for how, wanted in (("sequence", "DTMF"), ("invalid_input", ""), ("timeout", "")):
        outcome = Completed(MenuEnded(menu="input", how=how, value="42"))  # type: ignore[arg-type]
        event = TaskEnded(**WHAT, task="task-1", kind="run_menu", outcome=outcome)
        assert status(event, data()) == wanted
        assert (fields(event, data()) or {}).get("dtmf", "42") == "42"


def test_a_pin_is_in_no_notification() -> None:
    outcome = Completed(MenuEnded(menu="input", how="sequence", value="4711", secret=True))
    event = TaskEnded(**WHAT, task="task-1", kind="run_menu", outcome=outcome)
    assert (fields(event, data()) or {})["dtmf"] == "" and not stands_in("4711", fields(event, data()))


def test_nothing_is_kept_of_a_call_without_a_url_or_a_bit() -> None:
    for url, flags in (("", 3), ("http://h/", 0), ("http://h/", 16)):
        assert call_data.notified(url, tag="", flags=flags, source="1", destination="2") is None


def test_a_refused_call_says_why_and_a_voicemail_has_the_systems_tag() -> None:
    refused = fields(ScheduledCallRefused(**WHAT, reason="No trunk carries that number."), data()) or {}
    assert (refused["status"], refused["reason"]) == ("SRCFAILED", "No trunk carries that number.")
    came = VoicemailReceived(
        **WHAT, box="b", number="8", caller="1", called="2", call="c", seconds=3.0, bytes=1, format="mp3"
    )
    notice = fields(came, CallData(dialect="tringme")) or {}
    assert (notice["status"], notice["tag"], notice["srcphone"]) == ("VOICEMAIL", "TRINGME", "1")
