"""ConfCall: the moderator first, then everybody else."""

from xml.etree import ElementTree

import pytest

from tests.clients.ringful.client import Ringful
from tests.support import people
from tests.support.carillon import Own
from tests.support.far_end import assert_hears
from tests.support.scenario import LabEars, call_ended, until
from tests.support.sink import Sink


async def members(ringful: Ringful, conference: str) -> dict[str, str]:
    """Number to call id of everybody in a conference."""
    root = ElementTree.fromstring((await ringful.query_conf(confCallId=conference)).text)
    return {
        one.findtext("phone") or "": one.findtext("id") or ""
        for one in (*root.iter("moderator"), *root.iter("participant"))
    }


async def test_it_calls_the_moderator_then_the_attendees_and_they_hear_each_other(
    ringful: Ringful, sink: Sink, lab: LabEars
) -> None:
    (anna, a_hz), (ben, b_hz), (cleo, c_hz) = people.speakers(3)
    conference = await ringful.conf_call(moderator=anna, attendees=f"{ben},{cleo}", callbackUrl=sink.url())
    await sink.until("CallEstablished", count=3)
    calls = await until(lambda: members(ringful, conference), lambda seen: len(seen) == 3, what="all are in")
    assert set(calls) == {anna, ben, cleo} and next(iter(calls)) == anna
    assert sink.taken("CallEstablished")[0].form["callId"] == calls[anna], "the moderator first"
    assert len(sink.taken("ConfCallStarted", confCallId=conference)) == 1
    await ringful.play(confCallId=conference, announcement=sink.tone(300, 2.0), callbackUrl=sink.url())
    await sink.until("PlayComplete")
    await ringful.hangup_conf(confCallId=conference)
    for call in calls.values():
        ended = await sink.until("ServerHangup", callId=call)
        assert set(ended.form) == {"action", "callId", "billAmount", "confCallId", "duration"}
        assert ended.form["confCallId"] == conference and 1 <= int(ended.form["duration"]) <= 20
    await sink.until("ConfCallCompleted", confCallId=conference)
    tones = {anna: a_hz, ben: b_hz, cleo: c_hz}
    for number, call in calls.items():
        others = [hz for other, hz in tones.items() if other != number]
        assert_hears((await lab.of(call)).heard, [*others, 300], [tones[number]])


async def test_the_moderator_hears_the_waiting_audio_until_an_attendee_is_there(
    ringful: Ringful, sink: Sink, lab: LabEars
) -> None:
    (anna, a_hz), *_ = people.speakers(1)
    late = people.ANSWERS_AFTER_8_SECONDS
    conference = await ringful.conf_call(
        moderator=anna, attendees=late, waitConnectAudio=sink.tone(300, 2.0), callbackUrl=sink.url()
    )
    first = await sink.until("CallEstablished")
    second = await sink.until("CallEstablished", count=2)
    assert second.at - first.at > 7
    calls = await until(lambda: members(ringful, conference), lambda seen: len(seen) == 2, what="both are in")
    await ringful.play(confCallId=conference, announcement=sink.tone(400, 1.5), callbackUrl=sink.url())
    await sink.until("PlayComplete")
    await ringful.hangup_conf(confCallId=conference)
    await sink.until("ConfCallCompleted", confCallId=conference)
    heard = (await lab.of(calls[anna])).heard
    assert heard.part(0, 3).has(300, 1.5)
    assert not heard.part(second.at - first.at + 0.5).has(300, 0.12), "it stops when the attendee is there"
    assert_hears((await lab.of(calls[late])).heard, [a_hz, 400], [300])


async def test_nobody_is_called_before_the_moderator_has_pressed_the_expected_tone(
    ringful: Ringful, sink: Sink, lab: LabEars
) -> None:
    (ben, b_hz), *_ = people.speakers(1)
    conference = await ringful.conf_call(
        moderator=people.PRESSES_5_THEN_1, attendees=ben, callbackUrl=sink.url(),
        waitToneAudio=sink.tone(620, 1.0), expectedTone="1",
    )  # fmt: skip
    moderator = await sink.until("CallEstablished")
    attendee = await sink.until("CallEstablished", count=2)
    assert attendee.at - moderator.at > 3.8, "the 5 after two seconds is not it, the 1 after four is"
    calls = await until(lambda: members(ringful, conference), lambda seen: len(seen) == 2, what="both are in")
    await ringful.play(confCallId=conference, announcement=sink.tone(400, 1.5), callbackUrl=sink.url())
    await sink.until("PlayComplete")
    await ringful.hangup_conf(confCallId=conference)
    await sink.until("ConfCallCompleted")
    heard = (await lab.of(calls[people.PRESSES_5_THEN_1])).heard
    assert heard.part(0, 2.0).has(620, 0.5), "the prompt to press a key"
    assert_hears(heard.part(4.0), [b_hz], [620])


@pytest.mark.long
async def test_a_voicemail_that_presses_nothing_is_no_moderator(ringful: Ringful, sink: Sink, own: Own) -> None:
    (ben, _), *_ = people.speakers(1)
    conference = await ringful.conf_call(
        moderator=people.VOICEMAIL, attendees=ben, callbackUrl=sink.url(),
        waitToneAudio=sink.tone(620, 1.0), expectedTone="1",
    )  # fmt: skip
    established = await sink.until("CallEstablished")
    ended = await sink.until("ServerHangup", callId=established.form["callId"], within=45)
    assert ended.form["confCallId"] == conference
    await sink.until("ConfCallCompleted", confCallId=conference)
    assert len(sink.taken("CallEstablished")) == 1, "no attendee was called"
    assert (await call_ended(own, established.form["callId"]))["hung_up_by"] == "us"


async def test_a_busy_moderator_ends_the_conference_before_it_began(ringful: Ringful, sink: Sink) -> None:
    (ben, _), *_ = people.speakers(1)
    conference = await ringful.conf_call(moderator=people.BUSY, attendees=ben, callbackUrl=sink.url())
    told = await sink.until("ServerHangup", confCallId=conference)
    assert (told.form["billAmount"], told.form["duration"]) == ("0", "0")
    await sink.until("ConfCallCompleted", confCallId=conference)
    assert not sink.taken("CallEstablished") and not sink.taken("ConfCallStarted")


async def test_an_attendee_who_does_not_answer_does_not_keep_the_others_waiting(
    ringful: Ringful, sink: Sink, lab: LabEars
) -> None:
    (anna, a_hz), (ben, b_hz) = people.speakers(2)
    conference = await ringful.conf_call(
        moderator=anna, attendees=f"{people.BUSY},{people.NEVER_ANSWERS},{ben}", callbackUrl=sink.url()
    )
    await sink.until("CallEstablished", count=2)
    await sink.until("ServerHangup", confCallId=conference)
    calls = await until(lambda: members(ringful, conference), lambda seen: len(seen) == 2, what="both are in")
    assert set(calls) == {anna, ben}
    await ringful.play(confCallId=conference, announcement=sink.tone(300, 1.5), callbackUrl=sink.url())
    await sink.until("PlayComplete")
    await ringful.hangup_conf(confCallId=conference)
    await sink.until("ConfCallCompleted")
    await sink.until("ServerHangup", count=4)
    assert_hears((await lab.of(calls[anna])).heard, [b_hz], [])
    assert_hears((await lab.of(calls[ben])).heard, [a_hz], [])


async def test_one_wrong_number_among_the_attendees_refuses_the_whole_and_dials_nobody(
    ringful: Ringful, sink: Sink
) -> None:
    (anna, _), (ben, _) = people.speakers(2)
    for wrong, status in (("911", 403), ("not a number", 400), ("442071838750", 403)):
        answer = await ringful.ask("ConfCall", moderator=anna, attendees=f"{ben},{wrong}", callbackUrl=sink.url())
        assert answer.status == status and answer.text, f"{wrong}: {answer}"
    call = await ringful.call(callee=people.BUSY, callbackUrl=sink.url("marker"))
    await sink.until("ServerHangup", callId=call)
    assert {one.path for one in sink.received} == {"/marker"}
