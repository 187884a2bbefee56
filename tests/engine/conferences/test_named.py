"""Conferences by name: made by whoever comes first, over when the last one leaves, and what becomes of digits.

Over 300 lines: its stories share one set of helpers, and each is short.
"""

import asyncio
import random

import pytest

from engine.commands import (
    FindConference,
    HangUpCall,
    HangUpConference,
    Invitation,
    LeaveNow,
    NoSuchConference,
    PlaceCall,
    QueryConference,
    StartConference,
)
from engine.events import (
    CallEnded,
    ConferenceEnded,
    ConferenceStarted,
    DigitsCollected,
    ParticipantJoined,
    ParticipantLeft,
    TaskEnded,
)
from engine.store import conferences
from engine.tasks.join_conference import ConferenceDigits, JoinConference
from engine.tasks.leave_conference import LeaveConference
from tests.engine.conferences.named_conference import ROOM, Room, hang_up
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import ACCOUNT, Exchange


@pytest.fixture
def room(exchange: Exchange, asterisk: FakeAri) -> Room:
    return Room(exchange, asterisk)


async def test_the_first_makes_it_the_last_ends_it_and_a_later_one_makes_another(
    exchange: Exchange, asterisk: FakeAri, room: Room
) -> None:
    first = await room.join("101")
    second = await room.join("102")
    conference = await room.id()
    assert await room.inside() == sorted([first, second])
    await hang_up(exchange, asterisk, first)
    assert exchange.told_of(ConferenceEnded) == []
    await hang_up(exchange, asterisk, second)
    assert (await exchange.event(ConferenceEnded, subject=conference)).reason == "empty"
    assert exchange.story(conference) == ["conference started", "conference ended"]
    assert asterisk.world.bridges == {}
    third = await room.join("103")
    assert await room.id() != conference
    await hang_up(exchange, asterisk, third)
    await exchange.event(ConferenceEnded, times=2)


async def test_two_that_join_at_once_are_in_one(exchange: Exchange, asterisk: FakeAri, room: Room) -> None:
    calls = [await exchange.dialled(JoinConference(name=ROOM), callee=one) for one in ("101", "102", "103")]
    for call in calls:
        asterisk.picks_up(call.id)
    await exchange.event(ParticipantJoined, times=3)
    assert await room.inside() == sorted(call.id for call in calls)
    assert len(exchange.told_of(ConferenceStarted)) == 1 and len(asterisk.world.bridges) == 1
    await hang_up(exchange, asterisk, *calls)
    await exchange.event(ConferenceEnded)


async def test_an_account_has_its_own_of_that_name(exchange: Exchange, asterisk: FakeAri, room: Room) -> None:
    mine = await room.join()
    task = JoinConference(name=ROOM)
    theirs = await exchange.submit(PlaceCall(account="acct-2", callee="102", tasks=(task,)))
    await asterisk.asked("POST", f"/channels/{theirs.id}/dial")
    asterisk.picks_up(theirs.id)
    await exchange.event(ParticipantJoined, subject=theirs.id)
    assert await room.inside() == [mine] and len(asterisk.world.bridges) == 2
    found = await exchange.submit(FindConference(account="acct-2", name=ROOM))
    assert [one.call for one in found.participants] == [theirs.id]
    with pytest.raises(NoSuchConference):
        await exchange.submit(QueryConference(account=ACCOUNT, conference=found.id))
    await hang_up(exchange, asterisk, mine, theirs)
    await exchange.event(ConferenceEnded, times=2)


async def test_one_comes_while_the_last_leaves(exchange: Exchange, asterisk: FakeAri, room: Room) -> None:
    first = await room.join("101")
    conference = await room.id()
    second = await exchange.dialled(JoinConference(name=ROOM), callee="102")
    adding = asterisk.hold("POST", f"/bridges/{conference}/addChannel")
    asterisk.picks_up(second.id)
    await adding.reached.wait()
    await hang_up(exchange, asterisk, first)
    adding.gate.set()
    await exchange.event(ParticipantJoined, subject=second.id)
    assert await room.id() == conference and exchange.told_of(ConferenceEnded) == []
    await hang_up(exchange, asterisk, second)
    await exchange.event(ConferenceEnded)


async def test_the_name_is_free_while_its_conference_ends(exchange: Exchange, asterisk: FakeAri, room: Room) -> None:
    first = await room.join("101")
    conference = await room.id()
    destroying = asterisk.hold("DELETE", f"/bridges/{conference}")
    await hang_up(exchange, asterisk, first)
    await destroying.reached.wait()
    second = await room.join("102")
    assert await room.id() != conference
    destroying.gate.set()
    await exchange.event(ConferenceEnded, subject=conference)
    assert await room.inside() == [second]
    await hang_up(exchange, asterisk, second)
    await exchange.event(ConferenceEnded, times=2)


async def test_a_caller_who_never_gets_in_leaves_no_conference_behind(exchange: Exchange, asterisk: FakeAri) -> None:
    asterisk.refuse("POST", "/bridges/*/addChannel", 500)
    call = await exchange.call(JoinConference(name=ROOM))
    assert (await exchange.event(ConferenceEnded)).reason == "empty"
    await exchange.event(TaskEnded, subject=call.id)
    assert "join_conference failed asterisk_error" in exchange.story(call.id)
    await exchange.submit(HangUpCall(account=ACCOUNT, call=call.id))
    await exchange.ended(call.id)


async def test_everybody_is_hung_up_even_who_is_about_to_enter(
    exchange: Exchange, asterisk: FakeAri, room: Room
) -> None:
    first = await room.join("101")
    conference = await room.id()
    second = await exchange.dialled(JoinConference(name=ROOM), callee="102")
    adding = asterisk.hold("POST", f"/bridges/{conference}/addChannel")
    asterisk.picks_up(second.id)
    await adding.reached.wait()
    await exchange.submit(HangUpConference(account=ACCOUNT, name=ROOM))
    adding.gate.set()
    await exchange.event(CallEnded, times=2)
    assert {one.subject for one in exchange.told_of(CallEnded)} == {first, second.id}
    assert (await exchange.event(ConferenceEnded)).reason == "requested"
    assert asterisk.world.channels == {} and asterisk.world.bridges == {}


async def test_whoever_leaves_goes_on_alone_and_may_come_back(
    exchange: Exchange, asterisk: FakeAri, room: Room
) -> None:
    first, second = await room.join("101"), await room.join("102")
    await exchange.submit(LeaveNow(account=ACCOUNT, conference=await room.id(), call=second))
    await exchange.event(ParticipantLeft, subject=second)
    assert await room.inside() == [first] and second in asterisk.world.channels
    await exchange.enqueue(second, JoinConference(name=ROOM))
    await exchange.event(ParticipantJoined, subject=second, times=2)
    assert await room.inside() == sorted([first, second])
    await hang_up(exchange, asterisk, first, second)
    await exchange.event(ConferenceEnded)


async def test_music_is_for_whoever_is_alone(exchange: Exchange, asterisk: FakeAri, room: Room) -> None:
    first = await room.join("101", music="music1")
    conference = await room.id()
    assert room.lone_music(conference) == "music1"
    second = await room.join("102", music="ring")
    assert room.lone_music(conference) == ""
    order = [one.path.rpartition("/")[2] for one in asterisk.requests if one.path.startswith(f"/bridges/{conference}/")]
    assert order == ["addChannel", "moh", "moh", "addChannel"], "the second must not hear the first one's music"
    await hang_up(exchange, asterisk, first)
    assert room.lone_music(conference) == "ring"
    await hang_up(exchange, asterisk, second)
    await exchange.event(ConferenceEnded)


async def test_without_music_silence_is_played_so_that_a_prompt_for_one_party_has_something_to_be_mixed_into(
    exchange: Exchange, asterisk: FakeAri, room: Room
) -> None:
    call = await room.join()
    assert room.lone_music(await room.id()) == "silence"
    await hang_up(exchange, asterisk, call)
    await exchange.event(ConferenceEnded)


async def test_music_that_fails_keeps_nobody_out(exchange: Exchange, asterisk: FakeAri, room: Room) -> None:
    asterisk.refuse("POST", "/bridges/*/moh", 500)
    first = await room.join("101", music="music1")
    second = await room.join("102")
    assert await room.inside() == sorted([first, second])
    await hang_up(exchange, asterisk, first, second)
    await exchange.event(ConferenceEnded)


@pytest.mark.parametrize(
    ("digits", "absorbed"),
    [(ConferenceDigits.IGNORE, True), (ConferenceDigits.DETECT, True), (ConferenceDigits.FORWARD, False)],
)
async def test_digits_reach_the_others_only_when_they_are_forwarded(
    exchange: Exchange, asterisk: FakeAri, room: Room, digits: ConferenceDigits, absorbed: bool
) -> None:
    call = await room.join(digits=digits)
    last = room.last(f"/bridges/{await room.id()}/addChannel")
    assert last and (last[1].get("absorbDTMF") == "true") is absorbed
    asterisk.presses(call, "5")
    await asyncio.sleep(10)
    assert len(exchange.told_of(DigitsCollected)) == (digits is ConferenceDigits.DETECT)
    await hang_up(exchange, asterisk, call)
    await exchange.event(ConferenceEnded)


async def test_digits_are_collected_up_to_a_number_a_silence_or_the_terminator(
    exchange: Exchange, asterisk: FakeAri, room: Room
) -> None:
    call = await room.join(digits=ConferenceDigits.DETECT, most_digits=3, silence_seconds=2.0)
    other = await room.join("102")
    asterisk.presses(call, "1234")
    await settled()
    await asyncio.sleep(1.9)
    asterisk.presses(call, "5")
    asterisk.presses(other, "9")
    await settled()
    await asyncio.sleep(2.1)
    asterisk.presses(call, "6#")
    await asyncio.sleep(60)
    found = [(one.call, one.digits, one.how) for one in exchange.told_of(DigitsCollected, subject=call)]
    assert found == [(call, "123", "sequence"), (call, "45", "timeout"), (call, "6", "sequence")]
    assert {one.conference for one in exchange.told_of(DigitsCollected)} == {await room.id()}
    await hang_up(exchange, asterisk, call, other)
    await exchange.event(ConferenceEnded)


async def test_one_digit_is_told_at_once_and_may_be_the_terminator(
    exchange: Exchange, asterisk: FakeAri, room: Room
) -> None:
    call = await room.join(digits=ConferenceDigits.DETECT)
    asterisk.presses(call, "7#")
    await settled()
    assert [(one.digits, one.how) for one in exchange.told_of(DigitsCollected)] == [
        ("7", "sequence"),
        ("#", "sequence"),
    ]
    await exchange.submit(LeaveNow(account=ACCOUNT, conference=await room.id(), call=call))
    await exchange.event(ConferenceEnded)
    asterisk.presses(call, "8")
    await asyncio.sleep(10)
    assert len(exchange.told_of(DigitsCollected)) == 2
    await hang_up(exchange, asterisk, call)


async def test_it_lives_on_when_the_controller_changes(exchange: Exchange, asterisk: FakeAri, room: Room) -> None:
    first, second = await room.join("101", music="ring"), await room.join("102")
    conference = await room.id()
    await exchange.leave()
    assert sorted(asterisk.world.bridges[conference]["channels"]) == sorted([first, second])
    await exchange.start()
    third = await room.join("103")
    assert await room.id() == conference and await room.inside() == sorted([first, second, third])
    assert len(exchange.told_of(ConferenceStarted)) == 1 and len(exchange.told_of(ParticipantJoined)) == 3
    await asyncio.sleep(60)
    assert exchange.told_of(ConferenceEnded) == [] and room.lone_music(conference) == ""
    await hang_up(exchange, asterisk, second, third)
    assert room.lone_music(conference) == "ring"
    await hang_up(exchange, asterisk, first)
    assert (await exchange.event(ConferenceEnded)).reason == "empty"
    assert len(exchange.told_of(ParticipantLeft)) == 3 and asterisk.world.bridges == {}


async def test_it_is_over_when_everybody_left_while_no_controller_was_there(
    exchange: Exchange, asterisk: FakeAri, room: Room
) -> None:
    first, second = await room.join("101"), await room.join("102")
    conference = await room.id()
    await exchange.leave()
    asterisk.hangs_up(first)
    asterisk.hangs_up(second)
    await exchange.start()
    assert (await exchange.event(ConferenceEnded, subject=conference)).reason == "empty"
    for call in (first, second):
        await exchange.ended(call)
        assert (await exchange.event(ParticipantLeft, subject=call)).conference == conference
    third = await room.join("103")
    assert await room.id() != conference
    await hang_up(exchange, asterisk, third)
    await exchange.event(ConferenceEnded, times=2)


async def test_one_who_left_while_no_controller_was_there_does_not_hold_it_open(
    exchange: Exchange, asterisk: FakeAri, room: Room
) -> None:
    first, second = await room.join("101"), await room.join("102", music="music2")
    await exchange.leave()
    asterisk.hangs_up(first)
    await exchange.start()
    await exchange.ended(first)
    await asyncio.sleep(20)
    assert await room.inside() == [second]
    await hang_up(exchange, asterisk, second)
    await exchange.event(ConferenceEnded)


async def test_one_that_was_ending_is_ended_by_the_next_controller(
    exchange: Exchange, asterisk: FakeAri, room: Room
) -> None:
    call = await room.join()
    conference = await room.id()
    asterisk.hold("DELETE", f"/channels/{call}")
    await exchange.submit(HangUpConference(account=ACCOUNT, name=ROOM))
    await settled()
    await exchange.leave()
    stored = await exchange.database.read(lambda conn: conferences.get(conn, conference))
    assert stored and stored.reason == "requested" and stored.ended is None
    await exchange.start()
    assert (await exchange.event(ConferenceEnded)).reason == "requested"
    await exchange.ended(call)
    assert asterisk.world.channels == {}


async def test_a_conference_of_another_controller_is_not_joined_by_halves(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    row = conferences.ConferenceRow(
        id="conf-there", account=ACCOUNT, name=ROOM, policy="{}", ari_application="carillon-1", created=1.0
    )
    await exchange.database.transact(lambda conn: conferences.insert(conn, row))
    call = await exchange.call(JoinConference(name=ROOM))
    await exchange.event(TaskEnded, subject=call.id)
    assert "join_conference failed conference_elsewhere" in exchange.story(call.id)
    await hang_up(exchange, asterisk, call)


async def test_a_call_moves_from_one_to_another(exchange: Exchange, asterisk: FakeAri, room: Room) -> None:
    first, second = await room.join("101"), await room.join("102")
    await exchange.enqueue(first, JoinConference(name="other"))
    await exchange.event(ParticipantJoined, subject=first, times=2)
    assert await room.inside() == [second] and len(asterisk.world.bridges) == 2
    told = [one for one in exchange.story(first) if one.startswith("participant")]
    assert told == ["participant joined", "participant left", "participant joined"]
    await hang_up(exchange, asterisk, first, second)
    await exchange.event(ConferenceEnded, times=2)


async def test_joining_the_same_one_again_changes_nothing(exchange: Exchange, asterisk: FakeAri, room: Room) -> None:
    call = await room.join()
    conference = await room.id()
    await exchange.enqueue(call, JoinConference(name=ROOM))
    await exchange.event(TaskEnded, subject=call, kind="join_conference")
    await settled()
    assert await room.id() == conference and await room.inside() == [call]
    assert len(exchange.told_of(ParticipantJoined)) == 1 and exchange.told_of(ParticipantLeft) == []
    await hang_up(exchange, asterisk, call)
    await exchange.event(ConferenceEnded)


async def test_whoever_leaves_and_joins_again_at_once_waits_until_it_is_out(
    exchange: Exchange, asterisk: FakeAri, room: Room
) -> None:
    call, other = await room.join("101"), await room.join("102")
    conference = await room.id()
    removing = asterisk.hold("POST", f"/bridges/{conference}/removeChannel")
    await exchange.enqueue(call, LeaveConference(conference=conference), JoinConference(name=ROOM))
    await removing.reached.wait()
    await settled()
    removing.gate.set()
    await exchange.event(ParticipantJoined, subject=call, times=2)
    assert await room.inside() == sorted([call, other])
    await hang_up(exchange, asterisk, call, other)
    await exchange.event(ConferenceEnded)


async def test_a_participant_of_a_moderators_conference_leaves_it_before_joining_another(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    command = StartConference(account=ACCOUNT, moderator=Invitation(callee="100"), wait_for_participant=False)
    conference = await exchange.submit(command)
    call = await exchange.call(JoinConference(conference=conference), JoinConference(name=ROOM), callee="102")
    await exchange.event(TaskEnded, subject=call.id, kind="join_conference")
    assert "join_conference failed in_a_conference" in exchange.story(call.id)
    await exchange.submit(HangUpConference(account=ACCOUNT, conference=conference))
    await exchange.event(CallEnded, times=2)
    await exchange.event(ConferenceEnded, times=2)


@pytest.mark.parametrize("seed", range(4))
async def test_people_come_and_go_in_any_order(exchange: Exchange, asterisk: FakeAri, room: Room, seed: int) -> None:
    chance = random.Random(seed)
    calls = [(await exchange.call(callee=str(number))).id for number in range(101, 106)]
    for _ in range(60):
        call = chance.choice(calls)
        if chance.random() < 0.6:
            await exchange.enqueue(call, JoinConference(name=chance.choice((ROOM, "other")), music="ring"))
        elif (session := exchange.engine.registry.get(call)) and session.conference:
            await exchange.submit(LeaveNow(account=ACCOUNT, conference=session.conference, call=call))
        if chance.random() < 0.5:
            await settled()
    await asyncio.sleep(30)
    rooms = {one.conference for one in exchange.engine.registry if one.conference}
    for session in exchange.engine.registry:
        there = [id for id, bridge in asterisk.world.bridges.items() if session.call.id in bridge["channels"]]
        assert there == ([session.conference] if session.conference else [])
    assert set(asterisk.world.bridges) == rooms and len(exchange.engine.conferences) == len(rooms)
    for id in rooms:
        alone = len(asterisk.world.bridges[id]["channels"]) == 1
        assert room.lone_music(id) == ("ring" if alone else "")
    await hang_up(exchange, asterisk, *calls)
    await asyncio.sleep(30)
    assert len(exchange.told_of(ConferenceStarted)) == len(exchange.told_of(ConferenceEnded))
    assert len(exchange.told_of(ParticipantJoined)) == len(exchange.told_of(ParticipantLeft))
    assert asterisk.world.bridges == {} and len(exchange.engine.conferences) == 0
