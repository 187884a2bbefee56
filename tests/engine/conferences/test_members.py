"""Participants muted, held and kicked: what Asterisk is told, what is told to others, and a controller that changes."""

import asyncio

import pytest

from engine.commands import (
    EngineUnavailable,
    FindConference,
    HoldMember,
    KickMember,
    LeaveNow,
    MuteMember,
    NoSuchCall,
    NoSuchConference,
)
from engine.events import CallEnded, ConferenceEnded, ParticipantHeld, ParticipantLeft, ParticipantMuted
from tests.engine.conferences.named_conference import ROOM, Room, hang_up
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import ACCOUNT, Exchange


@pytest.fixture
def room(exchange: Exchange, asterisk: FakeAri) -> Room:
    return Room(exchange, asterisk)


def mute(call: str, *, muted: bool = True, account: str = ACCOUNT, name: str = ROOM) -> MuteMember:
    return MuteMember(account=account, name=name, call=call, muted=muted)


def hold(call: str, *, held: bool = True, music: str | None = None) -> HoldMember:
    return HoldMember(account=ACCOUNT, name=ROOM, call=call, held=held, music=music)


async def test_a_participant_is_muted_and_heard_again(exchange: Exchange, asterisk: FakeAri, room: Room) -> None:
    first, second = await room.join("101"), await room.join("102")
    for _ in range(2):
        await exchange.submit(mute(first))
        assert room.last(f"/channels/{first}/mute") == ("POST", {"direction": "in"})
    assert room.is_heard(second) and room.hears(first) == ""
    for _ in range(2):
        await exchange.submit(mute(first, muted=False))
        assert room.last(f"/channels/{first}/mute") == ("DELETE", {"direction": "in"})
    told = exchange.told_of(ParticipantMuted)
    assert [(one.subject, one.muted, one.conference) for one in told] == [
        (first, True, await room.id()),
        (first, False, await room.id()),
    ]
    await hang_up(exchange, asterisk, first, second)
    await exchange.event(ConferenceEnded)


async def test_a_participant_on_hold_hears_music_and_is_not_heard(
    exchange: Exchange, asterisk: FakeAri, room: Room
) -> None:
    first, second = await room.join("101"), await room.join("102")
    for _ in range(2):
        await exchange.submit(hold(first, music="music2"))
    assert (room.hears(first), room.is_heard(first)) == ("music2", False)
    assert len([one for one in asterisk.requests if (one.method, one.path) == ("POST", f"/channels/{first}/moh")]) == 1
    await exchange.submit(hold(first))
    assert (room.hears(first), room.is_heard(first)) == ("silence", False)
    for _ in range(2):
        await exchange.submit(hold(first, held=False))
    assert (room.hears(first), room.is_heard(first)) == ("", True)
    assert [one.held for one in exchange.told_of(ParticipantHeld)] == [True, False]
    assert await room.inside() == sorted([first, second])
    await hang_up(exchange, asterisk, first, second)
    await exchange.event(ConferenceEnded)


async def test_one_who_is_muted_stays_so_through_a_hold(exchange: Exchange, asterisk: FakeAri, room: Room) -> None:
    call = await room.join()
    await exchange.submit(mute(call))
    await exchange.submit(hold(call, music="ring"))
    await exchange.submit(hold(call, held=False))
    assert (room.hears(call), room.is_heard(call)) == ("", False)
    await exchange.submit(hold(call))
    await exchange.submit(mute(call, muted=False))
    assert (room.hears(call), room.is_heard(call)) == ("silence", False)
    await exchange.submit(hold(call, held=False))
    assert (room.hears(call), room.is_heard(call)) == ("", True)
    await hang_up(exchange, asterisk, call)
    await exchange.event(ConferenceEnded)


async def test_who_is_in_it_and_how(exchange: Exchange, asterisk: FakeAri, room: Room) -> None:
    began = exchange.clock()
    first = await room.join("101")
    await asyncio.sleep(30)
    second = await room.join("102")
    await exchange.submit(mute(first))
    await exchange.submit(hold(second))
    view = await exchange.submit(FindConference(account=ACCOUNT, name=ROOM))
    assert view.name == ROOM and view.moderator is None
    assert [(one.call, one.number, one.muted, one.held) for one in view.participants] == [
        (first, "101", True, False),
        (second, "102", False, True),
    ]
    times = [one.joined - began for one in view.participants if one.joined]
    assert times == pytest.approx([0, 30], abs=2)
    await hang_up(exchange, asterisk, first, second)
    await exchange.event(ConferenceEnded)


async def test_a_controller_that_changes_keeps_who_is_muted_and_held(
    exchange: Exchange, asterisk: FakeAri, room: Room
) -> None:
    muted, held, free = await room.join("101"), await room.join("102"), await room.join("103")
    await exchange.submit(mute(muted))
    await exchange.submit(hold(held, music="music3"))
    before = await exchange.submit(FindConference(account=ACCOUNT, name=ROOM))
    await exchange.leave()
    asterisk.requests.clear()
    await exchange.start()
    assert await exchange.submit(FindConference(account=ACCOUNT, name=ROOM)) == before
    assert (room.is_heard(muted), room.hears(muted)) == (False, "")
    assert (room.is_heard(held), room.hears(held)) == (False, "music3")
    assert (room.is_heard(free), room.hears(free)) == (True, "")
    await exchange.submit(hold(held, held=False))
    assert (room.is_heard(held), room.hears(held)) == (True, "")
    assert [one.held for one in exchange.told_of(ParticipantHeld)] == [True, False]
    await hang_up(exchange, asterisk, muted, held, free)
    await exchange.event(ConferenceEnded)


async def test_whoever_leaves_is_neither_muted_nor_held_any_more(
    exchange: Exchange, asterisk: FakeAri, room: Room
) -> None:
    first, second = await room.join("101"), await room.join("102")
    await exchange.submit(hold(first, music="music1"))
    await exchange.submit(LeaveNow(account=ACCOUNT, conference=await room.id(), call=first))
    await exchange.event(ParticipantLeft, subject=first)
    await settled()
    assert (room.hears(first), room.is_heard(first)) == ("", True)
    assert room.last(f"/channels/{second}/mute") is None
    with pytest.raises(NoSuchCall):
        await exchange.submit(mute(first))
    await hang_up(exchange, asterisk, first, second)
    await exchange.event(ConferenceEnded)


async def test_nothing_is_found_that_is_not_there_or_not_the_accounts(
    exchange: Exchange, asterisk: FakeAri, room: Room
) -> None:
    inside, outside = await room.join("101"), await exchange.call(callee="102")
    for command in (mute(inside, account="acct-2"), mute(inside, name="other"), mute(inside, name="")):
        with pytest.raises(NoSuchConference):
            await exchange.submit(command)
    for call in (outside.id, "call-none"):
        with pytest.raises(NoSuchCall):
            await exchange.submit(mute(call))
        with pytest.raises(NoSuchCall):
            await exchange.submit(KickMember(account=ACCOUNT, name=ROOM, call=call))
    with pytest.raises(NoSuchConference):
        await exchange.submit(FindConference(account="acct-2", name=ROOM))
    await hang_up(exchange, asterisk, inside, outside)
    await exchange.event(ConferenceEnded)
    with pytest.raises(NoSuchConference):
        await exchange.submit(FindConference(account=ACCOUNT, name=ROOM))


async def test_a_participant_is_kicked(exchange: Exchange, asterisk: FakeAri, room: Room) -> None:
    first, second = await room.join("101"), await room.join("102")
    await exchange.submit(KickMember(account=ACCOUNT, name=ROOM, call=first))
    assert (await exchange.ended(first)).hung_up_by == "us"
    assert await room.inside() == [second] and len(exchange.told_of(CallEnded)) == 1
    await hang_up(exchange, asterisk, second)
    await exchange.event(ConferenceEnded)


async def test_a_media_server_that_fails_is_asked_again(exchange: Exchange, asterisk: FakeAri, room: Room) -> None:
    call = await room.join()
    asterisk.refuse("POST", f"/channels/{call}/mute", 500)
    with pytest.raises(EngineUnavailable):
        await exchange.submit(mute(call))
    asterisk.requests.clear()
    await exchange.submit(mute(call))
    assert not room.is_heard(call) and len(exchange.told_of(ParticipantMuted)) == 1
    asterisk.refuse("POST", f"/channels/{call}/moh", 404)
    with pytest.raises(NoSuchCall):
        await exchange.submit(hold(call, music="music1"))
    await hang_up(exchange, asterisk, call)
    await exchange.event(ConferenceEnded)
