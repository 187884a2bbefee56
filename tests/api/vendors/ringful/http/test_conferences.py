"""Ringful's operations on conferences, their callbacks, and the queue of a conference."""

from xml.etree import ElementTree

import pytest

from engine.commands import LeaveNow, StartConference
from engine.model.call import Party
from engine.tasks.play import Play
from engine.tasks.wait_for_digits import WaitForDigits
from tests.api.conftest import Stack
from tests.fakes.sink import Sink

PEOPLE = {"moderator": "12015550120", "attendees": "12015550121,12015550122"}


def started(stack: Stack) -> StartConference:
    command = stack.engine.commands[-1]
    assert isinstance(command, StartConference)
    return command


async def participant(stack: Stack, conference: str, number: str = "12015550125", **parameters: str) -> str:
    call = await stack.ok("Call", callee=number)
    await stack.engine.answer(call)
    assert await stack.ok("JoinConf", confCallId=conference, participantCallId=call, **parameters) == ""
    return call


async def test_conf_call_starts_a_conference_with_everybody_in_it(stack: Stack) -> None:
    conference = await stack.ok("ConfCall", **PEOPLE, waitConnectAudio="http://host/ringful.wav")
    command = started(stack)
    assert command.id == conference and conference in stack.engine.conferences
    assert command.moderator.callee == "12015550120" and command.moderator.before == ()
    assert [attendee.callee for attendee in command.attendees] == ["12015550121", "12015550122"]
    assert command.waiting_prompt == "http://host/ringful.wav"


@pytest.mark.parametrize(
    ("parameters", "audio", "accepted"),
    [
        ({"waitToneAudio": "http://host/press1.wav", "expectedTone": "1"}, True, ("1",)),
        ({"waitToneAudio": "http://host/press1.wav"}, True, ()),
        ({"expectedTone": "#"}, False, ("#",)),
    ],
)
async def test_the_gate_keeps_a_voice_mail_from_being_the_moderator(
    stack: Stack, parameters: dict[str, str], audio: bool, accepted: tuple[str, ...]
) -> None:
    await stack.ok("ConfCall", **PEOPLE, **parameters)
    before = started(stack).moderator.before
    if audio:
        assert before[0] == Play(source="http://host/press1.wav", wait=False)
    assert before[-1] == WaitForDigits(accept=accepted, seconds=30, barge_in=True, hang_up_on_timeout=True)
    assert len(before) == 1 + audio


async def test_conf_call_tells_the_conference_and_each_leg_with_its_duration(stack: Stack, sink: Sink) -> None:
    conference = await stack.ok("ConfCall", **PEOPLE, callbackUrl=sink.url())
    await stack.engine.start_conference(conference)
    moderator = stack.engine.conferences[conference].moderator
    first, second = stack.engine.conferences[conference].participants
    await stack.engine.answer(first)
    await stack.engine.end(first, Party.FAR, seconds=12.4, price=30_000)
    assert await stack.ok("HangupConf", confCallId=conference) == ""
    await stack.settle()
    bill = {"confCallId": conference, "billAmount": "0.02", "duration": "8"}
    assert [post.fields for post in sink.posts] == [
        {"action": "CallEstablished", "callId": moderator},
        {"action": "ConfCallStarted", "confCallId": conference},
        {"action": "CallEstablished", "callId": first},
        {"action": "CalleeHangUp", "callId": first, "billAmount": "0.03", "confCallId": conference, "duration": "12"},
        {"action": "ServerHangup", "callId": second, **bill},
        {"action": "ServerHangup", "callId": moderator, **bill},
        {"action": "ConfCallCompleted", "confCallId": conference},
    ]


@pytest.mark.parametrize(("parameters", "waits"), [({}, True), ({"waitForParticipant": "false"}, False)])
async def test_start_conf_waits_for_a_participant_unless_told_otherwise(
    stack: Stack, sink: Sink, parameters: dict[str, str], waits: bool
) -> None:
    conference = await stack.ok("StartConf", moderator="12015550120", callbackUrl=sink.url(), **parameters)
    command = started(stack)
    assert (command.wait_for_participant, command.attendees, command.waiting_prompt) == (waits, (), None)
    await stack.engine.start_conference(conference)
    await stack.ok("HangupConf", confCallId=conference)
    await stack.settle()
    assert [post.fields for post in sink.posts] == [
        {"action": "ConfCallStarted", "confCallId": conference},
        {"action": "ConfCallCompleted", "confCallId": conference},
    ]


async def test_join_and_leave_are_told_to_the_joins_url(stack: Stack, sink: Sink) -> None:
    conference = await stack.ok("StartConf", moderator="12015550120")
    call = await participant(stack, conference, callbackUrl=sink.url())
    assert await stack.ok("LeaveConf", confCallId=conference, participantCallId=call) == ""
    assert isinstance(stack.engine.commands[-1], LeaveNow)
    who = {"confCallId": conference, "participantCallId": call}
    assert await sink.take(2) == [{"action": "ConfCallJoined", **who}, {"action": "ConfCallLeft", **who}]
    assert call in stack.engine.calls


@pytest.mark.parametrize("spelling", ["immediately", "immediate"])
async def test_leaving_may_be_queued(stack: Stack, sink: Sink, spelling: str) -> None:
    conference = await stack.ok("StartConf", moderator="12015550120")
    call = await participant(stack, conference, callbackUrl=sink.url())
    await stack.ok("Play", callId=call, announcement="http://host/bye.wav")
    await stack.ok("LeaveConf", confCallId=conference, callId=call, **{spelling: "false"})
    assert call in stack.engine.conferences[conference].participants
    await stack.engine.finish(call)
    assert [post["action"] for post in await sink.take(2)] == ["ConfCallJoined", "ConfCallLeft"]


@pytest.mark.parametrize(("parameters", "joins"), [({}, True), ({"joinModerator": "False"}, False)])
async def test_join_conf_brings_the_moderator_in_unless_told_otherwise(
    stack: Stack, parameters: dict[str, str], joins: bool
) -> None:
    conference = await stack.ok("StartConf", moderator="12015550120")
    call = await participant(stack, conference, **parameters)
    assert stack.engine.conferences[conference].participants[call].join_moderator is joins


async def test_query_conf_is_as_printed_with_the_numbers_as_written(stack: Stack) -> None:
    conference = await stack.ok("StartConf", moderator="+1 201-555-0120")
    first = await participant(stack, conference, "12015550121")
    second = await participant(stack, conference, "(201) 555-0122")
    moderator = stack.engine.conferences[conference].moderator
    async with stack.client.get("/QueryConf/apikey/key-of-ann", params={"confCallId": conference}) as response:
        assert response.content_type == "text/xml"
        text = await response.text()
    assert text == (
        "<conference>\n"
        "    <moderator>\n"
        "        <phone>+1 201-555-0120</phone>\n"
        f"        <id>{moderator}</id>\n"
        "    </moderator>\n"
        "    <participants>\n"
        "        <participant>\n"
        "            <phone>12015550121</phone>\n"
        f"            <id>{first}</id>\n"
        "        </participant>\n"
        "        <participant>\n"
        "            <phone>(201) 555-0122</phone>\n"
        f"            <id>{second}</id>\n"
        "        </participant>\n"
        "    </participants>\n"
        "</conference>\n"
    )
    assert [leaf.tag for leaf in ElementTree.fromstring(text)] == ["moderator", "participants"]


async def test_query_conf_of_an_empty_conference_is_still_xml(stack: Stack) -> None:
    conference = await stack.ok("StartConf", moderator="12015550120")
    await stack.engine.end(stack.engine.conferences[conference].moderator)
    tree = ElementTree.fromstring(await stack.ok("QueryConf", confCallId=conference))
    assert [len(part) for part in tree] == [0, 0]


async def test_a_conference_has_a_queue_of_its_own(stack: Stack, sink: Sink) -> None:
    conference = await stack.ok("StartConf", moderator="12015550120")
    wav = "http://host/all.wav"
    await stack.ok("Play", confCallId=conference, announcement=wav, callbackUrl=sink.url())
    await stack.ok("Record", confCallId=conference, callbackUrl=sink.url())
    await stack.ok("StartToneDector", confCallId=conference, callbackUrl=sink.url())
    await stack.ok("WaitForTone", confCallId=conference, tone="1", callbackUrl=sink.url())
    await stack.engine.finish(conference)
    await stack.engine.press(conference, "9", call="call-1")
    await stack.engine.press(conference, "1", call="call-2")
    await stack.ok("StopToneDector", confCallId=conference)
    await stack.ok("RecordStop", confCallId=conference)
    await stack.settle()
    told = [post.fields for post in sink.posts]
    link = told[-1].pop("recordFile")
    assert link.endswith(f"/{conference}.wav")
    me = {"confCallId": conference}
    assert told == [
        {"action": "PlayStart", "announcement": wav, **me},
        {"action": "PlayComplete", "announcement": wav, **me},
        {"action": "RecordStart", **me},
        {"action": "ToneDetectorStart", **me},
        {"action": "ToneDetected", "tone": "9", **me},
        {"action": "WaitForToneMisfire", "tone": "9", **me},
        {"action": "ToneDetected", "tone": "1", **me},
        {"action": "WaitForToneDetected", "tone": "1", **me},
        {"action": "ToneDetectorStop", **me},
        {"action": "RecordComplete", **me},
    ]


async def test_a_conferences_id_may_stand_in_for_a_call_id(stack: Stack, sink: Sink) -> None:
    conference = await stack.ok("StartConf", moderator="12015550120")
    await stack.ok("Record", callId=conference, callbackUrl=sink.url())
    assert await sink.next() == {"action": "RecordStart", "confCallId": conference}


@pytest.mark.parametrize("method", ["JoinConf", "LeaveConf", "HangupConf", "QueryConf"])
@pytest.mark.parametrize("flag", [{}, {"immediately": "false"}])
async def test_an_unknown_or_foreign_conference_is_not_found(stack: Stack, method: str, flag: dict[str, str]) -> None:
    conference = await stack.ok("StartConf", moderator="12015550120")
    call = await stack.ok("Call", callee="12015550121", key="key-of-bob")
    for id in ("1234-abcd", conference):
        status, text = await stack.ask(method, confCallId=id, participantCallId=call, key="key-of-bob", **flag)
        assert (status, text) == (404, f"There is no live conference {id}.")
    assert conference in stack.engine.conferences
