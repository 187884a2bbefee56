"""Conferences: a matrix of tones proves who hears whom."""

import asyncio
from dataclasses import dataclass, field
from xml.etree import ElementTree

from tests.clients.ringful.client import Ringful
from tests.e2e.conftest import RecordingOf
from tests.support import people
from tests.support.far_end import assert_company, assert_hears, assert_melody
from tests.support.scenario import LabEars
from tests.support.sink import Callback, Sink

TALK = 2.5


@dataclass
class Room:
    """People with a tone each, in calls of their own; knows when what was true."""

    ringful: Ringful
    sink: Sink
    calls: dict[str, str] = field(default_factory=dict)
    conference: str = ""

    async def ring(self, *people_: str) -> None:
        """Call them all, and wait until they have answered."""
        ids = await asyncio.gather(
            *(self.ringful.call(callee=one, callbackUrl=self.sink.url("call")) for one in people_)
        )
        for number, call in zip(people_, ids, strict=True):
            self.calls[number] = call
            await self.sink.until("CallEstablished", callId=call)

    async def start(self, moderator: str, **fields: str) -> None:
        """Start a conference around somebody."""
        self.conference = await self.ringful.start_conf(
            moderator=moderator, callbackUrl=self.sink.url("conference"), **fields
        )

    async def join(self, number: str, **fields: str) -> Callback:
        """Somebody joins; returns when it has."""
        call = self.calls[number]
        before = len(self.sink.taken("ConfCallJoined", participantCallId=call))
        await self.ringful.join_conf(
            confCallId=self.conference, participantCallId=call, callbackUrl=self.sink.url("join"), **fields
        )
        return await self.sink.until("ConfCallJoined", participantCallId=call, count=before + 1)

    async def talk(self) -> None:
        """Let everybody speak for a while."""
        await asyncio.sleep(TALK)

    async def heard(self, lab: LabEars, listener: str, *company: set[str]) -> None:
        """Fail unless the listener heard exactly these people together, one company after the other."""
        assert_company(
            (await lab.of(self.calls[listener])).heard, {one: people.TONES[one] for one in self.calls}, *company
        )


async def test_four_people_hear_each_other_through_joins_leaves_and_hang_ups(
    ringful: Ringful, sink: Sink, lab: LabEars
) -> None:
    room = Room(ringful, sink)
    anna, ben, cleo, dan = everybody = [number for number, _ in people.speakers(4)]
    await room.ring(*everybody)
    await room.start(anna)
    for one in (ben, cleo, dan):
        await room.join(one)
    await room.talk()
    await ringful.leave_conf(confCallId=room.conference, participantCallId=room.calls[dan])
    await sink.until("ConfCallLeft", participantCallId=room.calls[dan])
    await room.talk()
    await ringful.hangup(callId=room.calls[cleo])
    await sink.until("ServerHangup", callId=room.calls[cleo])
    await room.talk()
    await room.join(dan)
    await room.talk()
    await ringful.hangup_conf(confCallId=room.conference)
    await sink.until("ConfCallCompleted")
    for number in (anna, ben, dan):
        await sink.until("ServerHangup", callId=room.calls[number])

    #                      all four           without Dan   only two  Dan again
    await room.heard(lab, anna, {ben, cleo, dan}, {ben, cleo}, {ben}, {ben, dan})
    await room.heard(lab, ben, {anna, cleo, dan}, {anna, cleo}, {anna}, {anna, dan})
    await room.heard(lab, cleo, {anna, ben, dan}, {anna, ben})
    await room.heard(lab, dan, {anna, ben, cleo}, set(), {anna, ben})
    left = [one.form["participantCallId"] for one in sink.taken("ConfCallLeft")]
    assert sorted(left) == sorted([room.calls[dan], room.calls[cleo], room.calls[ben], room.calls[dan]])


async def test_the_moderator_waits_for_a_participant_who_wants_her(ringful: Ringful, sink: Sink, lab: LabEars) -> None:
    room = Room(ringful, sink)
    anna, ben, cleo = everybody = [number for number, _ in people.speakers(3, first=4)]
    await room.ring(*everybody)
    await room.start(anna)
    await sink.until("ConfCallStarted", confCallId=room.conference)
    await room.join(ben, joinModerator="false")
    await room.talk()
    await room.join(cleo, joinModerator="true")
    await room.talk()
    await ringful.hangup_conf(confCallId=room.conference)
    await sink.until("ConfCallCompleted")
    await room.heard(lab, anna, set(), {ben, cleo})
    await room.heard(lab, ben, set(), {anna, cleo})
    await room.heard(lab, cleo, {anna, ben})


async def test_a_moderator_who_does_not_wait_is_in_alone_and_hears_what_is_played(
    ringful: Ringful, sink: Sink, lab: LabEars
) -> None:
    conference = await ringful.start_conf(
        moderator=people.LISTENS, waitForParticipant="false", callbackUrl=sink.url("conference")
    )
    await sink.until("ConfCallStarted", confCallId=conference)
    await ringful.play(confCallId=conference, announcement=sink.tone(620, 1.0), callbackUrl=sink.url("play"))
    complete = await sink.until("PlayComplete", confCallId=conference)
    assert "callId" not in complete.form
    moderator, participants = parsed((await ringful.query_conf(confCallId=conference)).text)
    assert moderator[0] == people.LISTENS and participants == []
    await ringful.hangup_conf(confCallId=conference)
    await sink.until("ConfCallCompleted", confCallId=conference)
    assert_melody((await lab.of(moderator[1])).heard, 620)


async def test_query_conf_lists_moderator_and_participants_as_they_were_spelled(ringful: Ringful, sink: Sink) -> None:
    room = Room(ringful, sink)
    spelled = {"+1 (201) 555-0120": "12015550120", "12015550121": "12015550121"}
    await room.ring(*spelled)
    moderator, participant = spelled
    await room.start(moderator)
    await room.join(participant)
    answer = await ringful.query_conf(confCallId=room.conference)
    assert answer.content_type in ("text/xml", "application/xml")
    assert parsed(answer.text) == (
        (moderator, room.calls[moderator]),
        [(participant, room.calls[participant])],
    )
    await ringful.leave_conf(confCallId=room.conference, participantCallId=room.calls[participant])
    await sink.until("ConfCallLeft")
    assert parsed((await ringful.query_conf(confCallId=room.conference)).text)[1] == []


async def test_the_conferences_own_queue_plays_to_all_and_records_all(
    ringful: Ringful, sink: Sink, lab: LabEars, recording_of: RecordingOf
) -> None:
    room = Room(ringful, sink)
    (anna, a_hz), (ben, b_hz) = people.speakers(2, first=8)
    await room.ring(anna, ben)
    await room.start(anna)
    await room.join(ben)
    await ringful.record(confCallId=room.conference, callbackUrl=sink.url("record"))
    await ringful.play(confCallId=room.conference, announcement=sink.tone(300, 1.5), callbackUrl=sink.url("play"))
    answer = await ringful.ask("StopRecord", confCallId=room.conference, immediate="false")
    assert answer.status == 200
    await sink.until("RecordComplete", confCallId=room.conference)
    link = sink.taken("RecordComplete")[0].form["recordFile"]
    assert link.endswith(f"/{room.conference}.wav")
    actions = [one.action for one in sink.received if one.path in ("/record", "/play")]
    assert actions == ["RecordStart", "PlayStart", "PlayComplete", "RecordComplete"]
    await ringful.hangup_conf(confCallId=room.conference)
    await sink.until("ConfCallCompleted")
    recording = await recording_of(room.conference)
    assert_hears(recording, [a_hz, b_hz], [])
    assert 1.3 < recording.seconds < 2.5
    for number, other in ((anna, b_hz), (ben, a_hz)):
        heard = (await lab.of(room.calls[number])).heard
        assert_hears(heard, [300, other], [])


async def test_a_digit_of_anyone_in_the_conference_counts(ringful: Ringful, sink: Sink) -> None:
    room = Room(ringful, sink)
    await room.ring(people.LISTENS, people.PRESSES_1)
    await room.start(people.LISTENS)
    await room.join(people.PRESSES_1)
    await ringful.start_tone_detector(confCallId=room.conference, callbackUrl=sink.url("detector"))
    await ringful.wait_for_tone(confCallId=room.conference, tone="1", callbackUrl=sink.url("wait"))
    await ringful.play(confCallId=room.conference, announcement=sink.tone(500, 0.5), callbackUrl=sink.url("play"))
    waited = await sink.until("WaitForToneDetected", confCallId=room.conference)
    assert waited.form == {"action": "WaitForToneDetected", "confCallId": room.conference, "tone": "1"}
    await sink.until("PlayComplete", confCallId=room.conference)
    assert sink.taken("ToneDetected", confCallId=room.conference, tone="1")
    await ringful.stop_tone_detector(confCallId=room.conference, callbackUrl=sink.url("stop"))
    await sink.until("ToneDetectorStop", confCallId=room.conference)


async def test_a_queued_leave_waits_for_the_calls_own_queue(ringful: Ringful, sink: Sink, lab: LabEars) -> None:
    room = Room(ringful, sink)
    (anna, a_hz), (ben, _) = people.speakers(2, first=10)
    await room.ring(anna, ben)
    await room.start(anna)
    await room.join(ben)
    call = room.calls[ben]
    await ringful.play(callId=call, announcement=sink.tone(300, 1.5), callbackUrl=sink.url("play"))
    await ringful.leave_conf(confCallId=room.conference, participantCallId=call, immediately="false")
    await ringful.play(callId=call, announcement=sink.tone(400, 1.0), callbackUrl=sink.url("play"))
    await ringful.hangup(callId=call, immediate="false")
    await sink.until("ServerHangup", callId=call)
    order = [one.action for one in sink.received if one.form.get("participantCallId", one.form.get("callId")) == call]
    assert order == [
        "CallEstablished", "ConfCallJoined", "PlayStart", "PlayComplete", "ConfCallLeft",
        "PlayStart", "PlayComplete", "ServerHangup",
    ]  # fmt: skip
    heard = (await lab.of(call)).heard
    after = heard.first(400)
    assert_hears(heard.part(0, after), [300, a_hz], [])
    assert not heard.part(after).has(a_hz, 0.12), "out of the conference it hears nobody"


async def test_leaving_has_no_effect_for_the_moderator(ringful: Ringful, sink: Sink) -> None:
    room = Room(ringful, sink)
    (anna, _), (ben, _) = people.speakers(2, first=12)
    await room.ring(anna, ben)
    await room.start(anna)
    await room.join(ben)
    await ringful.leave_conf(confCallId=room.conference, participantCallId=room.calls[anna])
    moderator, participants = parsed((await ringful.query_conf(confCallId=room.conference)).text)
    assert moderator == (anna, room.calls[anna]) and participants == [(ben, room.calls[ben])]
    assert not sink.taken("ConfCallLeft")


async def test_the_moderators_hang_up_ends_the_conference_for_all(ringful: Ringful, sink: Sink) -> None:
    room = Room(ringful, sink)
    await room.ring(people.SPEAKS_440)
    await room.start(people.HANGS_UP, waitForParticipant="false")
    await sink.until("ConfCallStarted", confCallId=room.conference)
    await room.join(people.SPEAKS_440)
    await sink.until("ConfCallCompleted", confCallId=room.conference)
    await sink.until("ServerHangup", callId=room.calls[people.SPEAKS_440])
    answer = await ringful.ask("QueryConf", confCallId=room.conference)
    assert answer.status == 404


async def test_a_conference_plays_to_its_member_while_its_own_queue_plays_to_all(
    ringful: Ringful, sink: Sink, lab: LabEars
) -> None:
    """A call's own queue goes on in a conference: its prompt is for this one party only, who keeps hearing the rest."""
    room = Room(ringful, sink)
    (anna, a_hz), (ben, b_hz) = people.speakers(2, first=14)
    await room.ring(anna, ben)
    await room.start(anna)
    await room.join(ben)
    await ringful.play(callId=room.calls[ben], announcement=sink.tone(300, 1.5), callbackUrl=sink.url("play"))
    await sink.until("PlayComplete", callId=room.calls[ben])
    await ringful.hangup_conf(confCallId=room.conference)
    await sink.until("ConfCallCompleted")
    assert_hears((await lab.of(room.calls[ben])).heard, [a_hz, 300], [])
    assert_hears((await lab.of(room.calls[anna])).heard, [b_hz], [300])


def parsed(text: str) -> tuple[tuple[str, str], list[tuple[str, str]]]:
    """Read QueryConf's XML: the moderator, then the participants, each (phone, id)."""
    root = ElementTree.fromstring(text)
    assert [root.tag, *(child.tag for child in root)] == ["conference", "moderator", "participants"]
    person = [(one.findtext("phone") or "", one.findtext("id") or "") for one in (root[0], *root[1])]
    return person[0], person[1:]
