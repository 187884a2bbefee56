"""Conferences by name on a real Asterisk: who hears whom, through mute, hold and kick; music; digits."""

import asyncio
import uuid
from typing import Any

import pytest

from engine.commands import (
    FindConference,
    HangUpConference,
    HoldMember,
    Invitation,
    KickMember,
    MuteMember,
    StartConference,
)
from engine.events import ConferenceEnded, DigitsCollected, ParticipantJoined, TaskEnded
from engine.model.call import Call
from engine.tasks.join_conference import ConferenceDigits, JoinConference
from engine.tasks.wait_for_digits import WaitForDigits
from tests.asterisk.live_exchange import LiveExchange
from tests.support import people
from tests.support.audio import tone_level
from tests.support.exchange import ACCOUNT
from tests.support.far_end import Sound, assert_company
from tests.support.lab import Heard, RunningLab

TALK = 2.5
ANNA, BEN, CLEO = (number for number, _ in people.speakers(3))
PRESSES_1, PRESSES_5_1 = "12015550102", "12015550103"
RING = (440, 480)
MUSIC2 = (294, 370)  # of its notes, the two that it has most


class Room:
    """A conference of a name of its own, and its people by their numbers."""

    def __init__(self, exchange: LiveExchange) -> None:
        self.exchange, self.name = exchange, f"room {uuid.uuid4().hex[:8]}"
        self.calls: dict[str, Call] = {}

    async def join(self, number: str, **fields: Any) -> None:
        call = await self.exchange.call(JoinConference(name=self.name, **fields), callee=number)
        self.calls[number] = call
        await self.exchange.event(ParticipantJoined, subject=call.id)

    async def mute(self, number: str, *, muted: bool = True) -> None:
        who = {"account": ACCOUNT, "name": self.name, "call": self.calls[number].id}
        await self.exchange.submit(MuteMember(**who, muted=muted))

    async def hold(self, number: str, *, held: bool = True, music: str | None = None) -> None:
        who = {"account": ACCOUNT, "name": self.name, "call": self.calls[number].id}
        await self.exchange.submit(HoldMember(**who, held=held, music=music))

    async def kick(self, number: str) -> None:
        call = self.calls[number].id
        await self.exchange.submit(KickMember(account=ACCOUNT, name=self.name, call=call))
        await self.exchange.ended(call)

    async def talk(self, seconds: float = TALK) -> None:
        await asyncio.sleep(seconds)

    async def close(self) -> None:
        """Hang everybody up, and wait until the lab's files can be there."""
        found = await self.exchange.submit(FindConference(account=ACCOUNT, name=self.name))
        await self.exchange.submit(HangUpConference(account=ACCOUNT, name=self.name))
        await self.exchange.event(ConferenceEnded, subject=found.id)
        for call in self.calls.values():
            await self.exchange.ended(call.id)

    async def kept(self, number: str) -> Heard:
        sip = (await self.exchange.stored(self.calls[number].id)).sip_call_id
        assert sip
        return await RunningLab.of_environment().recorded(sip)

    async def heard(self, number: str) -> Sound:
        return Sound.of((await self.kept(number)).heard)

    async def company(self, number: str, *wanted: set[str]) -> Sound:
        """Fail unless somebody heard these people together, one company after the other."""
        sound = await self.heard(number)
        assert_company(sound, {one: people.TONES[one] for one in self.calls}, *wanted)
        return sound


def ringing(sound: Sound) -> float:
    """For how many seconds the ringing tone was heard; its two tones are too near for Sound.has."""
    quarters = (sound.part(at / 4, (at + 1) / 4) for at in range(int(sound.seconds * 4)))
    return sum(all(tone_level(one.samples, one.rate, hz) > -35 for hz in RING) for one in quarters) / 4


@pytest.fixture
def room(exchange: LiveExchange) -> Room:
    return Room(exchange)


async def test_who_hears_whom_through_mute_hold_and_kick(room: Room) -> None:
    for one in (ANNA, BEN, CLEO):
        await room.join(one)
    await room.talk()
    await room.mute(ANNA)
    await room.talk()
    await room.mute(ANNA, muted=False)
    await room.talk()
    await room.hold(BEN, music="music2")
    await room.talk(4.0)
    await room.hold(BEN, held=False)
    await room.talk()
    await room.kick(CLEO)
    await room.talk()
    await room.close()
    anna = await room.company(ANNA, {BEN, CLEO}, {CLEO}, {BEN, CLEO}, {BEN})
    ben = await room.company(BEN, {ANNA, CLEO}, {CLEO}, {ANNA, CLEO}, set(), {ANNA, CLEO}, {ANNA})
    cleo = await room.company(CLEO, {ANNA, BEN}, {BEN}, {ANNA, BEN}, {ANNA}, {ANNA, BEN})
    assert all(ben.has(hz) for hz in MUSIC2), "whoever is held hears music"
    for sound in (anna, cleo):
        assert not any(sound.has(hz, 0.12) for hz in MUSIC2), "and nobody else does"


async def test_a_hold_without_music_is_silent_and_a_mute_outlasts_it(room: Room) -> None:
    for one in (ANNA, BEN):
        await room.join(one)
    await room.talk()
    await room.hold(BEN)
    await room.talk()
    await room.mute(BEN)
    await room.hold(BEN, held=False)
    await room.talk()
    await room.mute(BEN, muted=False)
    await room.talk()
    await room.close()
    await room.company(ANNA, {BEN}, set(), {BEN})
    await room.company(BEN, {ANNA}, set(), {ANNA})


async def test_a_controller_that_changes_leaves_everybody_as_they_were(room: Room) -> None:
    for one in (ANNA, BEN, CLEO):
        await room.join(one)
    await room.mute(ANNA)
    await room.hold(BEN, music="music2")
    await room.talk()
    await room.exchange.again()
    await room.talk()
    await room.hold(BEN, held=False)
    await room.talk()
    await room.mute(ANNA, muted=False)
    await room.talk()
    await room.close()
    await room.company(ANNA, {CLEO}, {BEN, CLEO})
    ben = await room.company(BEN, set(), {CLEO}, {ANNA, CLEO})
    assert all(ben.has(hz) for hz in MUSIC2)
    await room.company(CLEO, set(), {BEN}, {ANNA, BEN})


async def test_a_ringing_tone_is_heard_by_whoever_is_alone(room: Room) -> None:
    await room.join(ANNA, music="ring")
    await room.talk(4.0)
    await room.join(BEN, music="ring")
    await room.talk(7.0)
    await room.kick(ANNA)
    await room.talk(4.0)
    await room.close()
    anna, ben = await room.heard(ANNA), await room.heard(BEN)
    assert 1.5 <= ringing(anna.part(0, 4)) <= 2.5
    assert ringing(anna.part(4.5)) == 0 and anna.part(4.5).has(people.TONES[BEN], 4.0)
    assert ringing(ben.part(0, 6)) == 0, "the second one never hears it"
    assert 1.5 <= ringing(ben.part(6)) <= 2.5, "and then is alone"


async def test_each_music_is_heard(exchange: LiveExchange) -> None:
    rooms = {music: Room(exchange) for music in ("music1", "music2", "music3")}
    await asyncio.gather(*(one.join(ANNA, music=music) for music, one in rooms.items()))
    await asyncio.sleep(4)
    for one in rooms.values():
        await one.close()
    for music, one in rooms.items():
        assert (await one.heard(ANNA)).part(1, 3).level > -35, music


async def test_digits_reach_the_others_only_where_they_are_forwarded(exchange: LiveExchange) -> None:
    ignored, forwarded = Room(exchange), Room(exchange)
    for one, digits in ((ignored, ConferenceDigits.IGNORE), (forwarded, ConferenceDigits.FORWARD)):
        await asyncio.gather(one.join(ANNA, digits=digits), one.join(PRESSES_1, digits=digits))
    await asyncio.sleep(8)
    await asyncio.gather(ignored.close(), forwarded.close())
    assert set((await forwarded.kept(ANNA)).digits) == {"1"}
    assert (await ignored.kept(ANNA)).digits == ""


async def test_nobody_in_a_moderated_conference_hears_what_another_one_presses(exchange: LiveExchange) -> None:
    started = StartConference(
        account=ACCOUNT,
        moderator=Invitation(callee=ANNA),
        attendees=(Invitation(callee=PRESSES_1), Invitation(callee=BEN)),
    )
    conference = await exchange.submit(started)
    await exchange.event(ParticipantJoined, times=3)
    await exchange.enqueue(conference, WaitForDigits())
    await exchange.event(TaskEnded, subject=conference, kind="wait_for_digits")
    await asyncio.sleep(0.5)
    await exchange.submit(HangUpConference(account=ACCOUNT, conference=conference))
    await exchange.event(ConferenceEnded, subject=conference)
    calls = {(await exchange.ended(one.subject)).subject for one in exchange.told_of(ParticipantJoined)}
    stored = [await exchange.stored(call) for call in calls]
    others = [one.sip_call_id for one in stored if one.callee != PRESSES_1]
    assert [(await RunningLab.of_environment().recorded(sip)).digits for sip in others if sip] == ["", ""]


async def test_digits_are_collected(room: Room) -> None:
    wanted = {"digits": ConferenceDigits.DETECT, "most_digits": 2}
    await asyncio.gather(
        room.join(ANNA), room.join(PRESSES_1, silence_seconds=1.0, **wanted), room.join(PRESSES_5_1, **wanted)
    )
    ended = [await room.exchange.event(DigitsCollected, subject=room.calls[one].id) for one in (PRESSES_1, PRESSES_5_1)]
    await room.close()
    assert [(one.digits, one.how) for one in ended] == [("1", "timeout"), ("51", "sequence")]
    assert (await room.kept(ANNA)).digits == ""
