"""Conferences that an admin leads: who waits, who gets in, what keys do, when they end, and what a restart leaves."""

import asyncio
from typing import Any

import pytest

from engine.commands import FindConference, LockConference, MuteAll, NoSuchConference
from engine.events import CallEnded, ConferenceEnded, ParticipantJoined, ParticipantMuted, TaskEnded
from engine.model.conference_rules import Announcing, ConferenceRules
from engine.tasks.join_conference import JoinConference
from engine.tasks.say import Say
from tests.engine.conferences.named_conference import ROOM, Room, hang_up
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import ACCOUNT, Exchange

RULES = ConferenceRules(announces=Announcing.NOTHING, music="music1")
OPEN = ConferenceRules(announces=Announcing.NOTHING, waits_for_admin=False, ends_with_admin=False)


@pytest.fixture
def room(exchange: Exchange, asterisk: FakeAri) -> Room:
    return Room(exchange, asterisk)


async def wait_in(exchange: Exchange, asterisk: FakeAri, callee: str, rules: ConferenceRules = RULES) -> str:
    """An answered call that has come to the conference, and may wait."""
    call = await exchange.call(JoinConference(name=ROOM, rules=rules), callee=callee)
    asked = await asterisk.asked("POST", f"/channels/{call.id}/play/*")
    asterisk.finishes(asked.path.rpartition("/")[2])
    await settled()
    return call.id


async def press(exchange: Exchange, asterisk: FakeAri, call: str, digits: str) -> None:
    for digit in digits:
        asterisk.presses(call, digit)
    await settled()


async def test_participants_wait_with_music_until_an_admin_is_there(
    exchange: Exchange, asterisk: FakeAri, room: Room
) -> None:
    anna, ben = await wait_in(exchange, asterisk, "101"), await wait_in(exchange, asterisk, "102")
    await asyncio.sleep(30)
    assert room.hears(anna) == room.hears(ben) == "music1"
    assert exchange.told_of(ParticipantJoined) == []
    host = await room.join("103", rules=RULES, admin=True)
    await exchange.event(ParticipantJoined, times=3)
    assert room.hears(anna) == room.hears(ben) == ""
    assert await room.inside() == sorted([anna, ben, host])
    view = await exchange.submit(FindConference(account=ACCOUNT, name=ROOM))
    assert {one.call: one.admin for one in view.participants} == {anna: False, ben: False, host: True}
    await hang_up(exchange, asterisk, host)
    assert (await exchange.event(ConferenceEnded)).reason == "admin_left"
    for call in (anna, ben):
        await exchange.ended(call)


async def test_one_who_waits_and_hangs_up_leaves_no_conference_behind(exchange: Exchange, asterisk: FakeAri) -> None:
    anna = await wait_in(exchange, asterisk, "101")
    await hang_up(exchange, asterisk, anna)
    assert (await exchange.event(ConferenceEnded)).reason == "empty"


async def test_nobody_waits_longer_than_an_hour(exchange: Exchange, asterisk: FakeAri) -> None:
    anna = await wait_in(exchange, asterisk, "101")
    await asyncio.sleep(3600)
    asked = await asterisk.asked("POST", f"/channels/{anna}/play/*", 2)
    asterisk.finishes(asked.path.rpartition("/")[2])
    await exchange.event(CallEnded, subject=anna)
    assert "join_conference failed admin_missing" in exchange.story(anna)


async def test_of_two_admins_the_last_ends_it(exchange: Exchange, asterisk: FakeAri, room: Room) -> None:
    first = await room.join("101", rules=RULES, admin=True)
    second = await room.join("102", rules=RULES, admin=True)
    anna = await room.join("103", rules=RULES)
    await hang_up(exchange, asterisk, first)
    await asyncio.sleep(20)
    assert exchange.told_of(ConferenceEnded) == []
    await hang_up(exchange, asterisk, second)
    await exchange.event(ConferenceEnded)
    await exchange.ended(anna)


async def test_where_it_does_not_end_with_the_admin_it_goes_on(
    exchange: Exchange, asterisk: FakeAri, room: Room
) -> None:
    rules = ConferenceRules(announces=Announcing.NOTHING, ends_with_admin=False)
    host = await room.join("101", rules=rules, admin=True)
    anna = await room.join("102", rules=rules)
    await hang_up(exchange, asterisk, host)
    late = await room.join("103", rules=rules)
    assert await room.inside() == sorted([anna, late])
    await hang_up(exchange, asterisk, anna, late)
    await exchange.event(ConferenceEnded)


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        (ConferenceRules(announces=Announcing.NOTHING, waits_for_admin=False, locked=True), "conference_locked"),
        (ConferenceRules(announces=Announcing.NOTHING, waits_for_admin=False, most=1), "conference_full"),
    ],
)
async def test_who_may_not_get_in_is_told_and_hung_up_and_an_admin_gets_in(
    exchange: Exchange, asterisk: FakeAri, room: Room, rules: ConferenceRules, reason: str
) -> None:
    host = await room.join("101", rules=rules, admin=True)
    late = await wait_in(exchange, asterisk, "102", rules)
    await exchange.event(CallEnded, subject=late)
    assert f"join_conference failed {reason}" in exchange.story(late)
    second = await room.join("103", rules=rules, admin=True)
    assert await room.inside() == sorted([host, second])
    await hang_up(exchange, asterisk, second, host)
    await exchange.event(ConferenceEnded)


async def test_muted_by_the_admin_one_who_comes_later_is_muted_before_it_is_heard(
    exchange: Exchange, asterisk: FakeAri, room: Room
) -> None:
    host = await room.join("101", rules=RULES, admin=True)
    anna = await room.join("102", rules=RULES)
    await press(exchange, asterisk, host, "*4")
    await exchange.event(ParticipantMuted, subject=anna)
    ben = await room.join("103", rules=RULES)
    assert room.is_heard(host) and not room.is_heard(anna) and not room.is_heard(ben)
    mute = next(at for at, one in enumerate(asterisk.requests) if one.path == f"/channels/{ben}/mute")
    added = next(at for at, one in enumerate(asterisk.requests) if one.query.get("channel") == ben)
    assert mute < added
    await press(exchange, asterisk, anna, "*1")
    assert not room.is_heard(anna), "only the host may unmute"
    await exchange.submit(MuteAll(account=ACCOUNT, name=ROOM, muted=False))
    assert room.is_heard(anna) and room.is_heard(ben)
    await hang_up(exchange, asterisk, host)
    await exchange.event(ConferenceEnded)


async def test_keys_lock_open_and_end_it_for_the_admin_alone(exchange: Exchange, asterisk: FakeAri, room: Room) -> None:
    host = await room.join("101", rules=RULES, admin=True)
    anna = await room.join("102", rules=RULES)
    await press(exchange, asterisk, anna, "*3*9")
    view = await exchange.submit(FindConference(account=ACCOUNT, name=ROOM))
    assert (view.locked, view.muted) == (False, False)
    await press(exchange, asterisk, host, "*3")
    assert (await exchange.submit(FindConference(account=ACCOUNT, name=ROOM))).locked
    await press(exchange, asterisk, host, "39*7")
    assert exchange.told_of(ConferenceEnded) == [], "without the prefix, or without a meaning, nothing happens"
    await press(exchange, asterisk, host, "*9")
    assert (await exchange.event(ConferenceEnded)).reason == "ended_by_admin"
    for call in (host, anna):
        await exchange.ended(call)


async def test_it_ends_when_its_time_is_over(exchange: Exchange, room: Room) -> None:
    rules = ConferenceRules(announces=Announcing.NOTHING, waits_for_admin=False, closes=exchange.clock() + 60)
    anna = await room.join("101", rules=rules)
    assert (await exchange.event(ConferenceEnded)).reason == "closed"
    await exchange.ended(anna)


async def test_a_restart_keeps_the_lock_the_mute_the_admin_and_those_who_wait(
    exchange: Exchange, asterisk: FakeAri, room: Room
) -> None:
    host = await room.join("101", rules=RULES, admin=True)
    anna = await room.join("102", rules=RULES)
    await exchange.submit(MuteAll(account=ACCOUNT, name=ROOM, muted=True))
    await exchange.submit(LockConference(account=ACCOUNT, name=ROOM, locked=True))
    await exchange.leave()
    await exchange.start()
    view = await exchange.submit(FindConference(account=ACCOUNT, name=ROOM))
    assert (view.locked, view.muted) == (True, True)
    assert {one.call: one.admin for one in view.participants} == {host: True, anna: False}
    await press(exchange, asterisk, host, "*9")
    await exchange.event(ConferenceEnded)
    for call in (host, anna):
        await exchange.ended(call)


async def test_the_admin_who_hung_up_while_no_controller_was_there_ends_it_too(
    exchange: Exchange, asterisk: FakeAri, room: Room
) -> None:
    host = await room.join("101", rules=RULES, admin=True)
    anna = await room.join("102", rules=RULES)
    await exchange.leave()
    asterisk.hangs_up(host)
    await exchange.start()
    assert (await exchange.event(ConferenceEnded)).reason == "admin_left"
    await exchange.ended(anna)


async def test_who_waited_over_a_restart_gets_in_with_the_admin(
    exchange: Exchange, asterisk: FakeAri, room: Room
) -> None:
    anna = await wait_in(exchange, asterisk, "101")
    await exchange.leave()
    await exchange.start()
    assert exchange.told_of(ParticipantJoined) == []
    host = await room.join("103", rules=RULES, admin=True)
    await exchange.event(ParticipantJoined, subject=anna)
    await hang_up(exchange, asterisk, host)
    await exchange.ended(anna)


async def test_only_a_conference_with_an_admin_can_be_locked(exchange: Exchange, asterisk: FakeAri, room: Room) -> None:
    anna = await room.join("101")
    with pytest.raises(NoSuchConference):
        await exchange.submit(LockConference(account=ACCOUNT, name=ROOM, locked=True))
    await hang_up(exchange, asterisk, anna)
    await exchange.event(ConferenceEnded)


async def test_a_caller_that_leaves_enters_another_one(exchange: Exchange, asterisk: FakeAri, room: Room) -> None:
    """Its own report: jambonz/jambonz-feature-server#349."""
    anna = await room.join("101", rules=OPEN)
    await exchange.enqueue(anna, JoinConference(name="other", rules=OPEN))
    await exchange.event(ParticipantJoined, subject=anna, times=2)
    found: Any = await exchange.submit(FindConference(account=ACCOUNT, name="other"))
    assert [one.call for one in found.participants] == [anna]
    await hang_up(exchange, asterisk, anna)
    await exchange.event(ConferenceEnded, times=2)
    await exchange.event(TaskEnded, subject=anna, times=2)


async def test_a_call_that_cannot_take_part_hears_so_and_ends_if_nothing_else_is_to_come(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    sorry = Say(text="You cannot be connected.")
    call = await exchange.call(JoinConference(conference="conf-over", sorry=sorry), callee="101")
    asked = await asterisk.asked("POST", f"/channels/{call.id}/play/*")
    assert exchange.told_of(CallEnded) == []
    asterisk.finishes(asked.path.rpartition("/")[2])
    await exchange.ended(call.id)
    assert "join_conference failed conference_over" in exchange.story(call.id)


async def test_who_enters_a_conference_first_by_its_name_alone_gets_the_rules_of_that_name(
    exchange: Exchange, asterisk: FakeAri, room: Room
) -> None:
    exchange.rules[ROOM] = OPEN
    anna = await room.join("101")
    await exchange.submit(LockConference(account=ACCOUNT, name=ROOM, locked=True))
    late = await wait_in(exchange, asterisk, "102", OPEN)
    await exchange.ended(late)
    await hang_up(exchange, asterisk, anna)
    await exchange.event(ConferenceEnded)
