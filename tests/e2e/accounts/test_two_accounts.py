"""Two accounts with the same extensions, conference and upload names never meet: proved by calls."""

from dataclasses import dataclass

import pytest

from tests.clients.ringful.client import Ringful
from tests.e2e.calls.test_inbound import audible, heard_by
from tests.e2e.conftest import MakeNumber, MakePhone, make_account
from tests.support import audio
from tests.support.carillon import Account, Admin, Own
from tests.support.far_end import assert_hears, assert_melody
from tests.support.phone import Phone
from tests.support.scenario import until
from tests.support.sink import Sink
from tests.support.sounds import wav
from tests.support.system import System

TONES = ((573, 908), (700, 1100))
"""What the phones of each account say: its extension 101's, its extension 102's."""
EVERY_TONE = {hz for tones in TONES for hz in tones}


@dataclass
class House:
    """An account and its two phones, 101 and 102, each with a tone of its own."""

    account: Account
    first: Phone
    second: Phone
    tones: tuple[int, int]

    @property
    def others(self) -> set[int]:
        """The tones of the other account's phones."""
        return EVERY_TONE - set(self.tones)


def rung(phone: Phone) -> int:
    """How often a phone was called."""
    return [event.get("type") for event in phone.events].count("CALL_INCOMING")


@pytest.fixture
async def houses(admin: Admin, phone: MakePhone) -> tuple[House, House]:
    """Two accounts, each with its extensions 101 and 102."""
    made = []
    for first, second in TONES:
        account = make_account(admin)
        phones = [
            await phone(audio.sine(hz, 60), account=account.name, number=number)
            for number, hz in (("101", first), ("102", second))
        ]
        made.append(House(account, phones[0], phones[1], (first, second)))
    ours, theirs = made
    assert ours.first.number == theirs.first.number and ours.first.user != theirs.first.user
    return ours, theirs


async def test_a_registered_phone_is_shown_as_online_and_an_extension_without_one_as_offline(
    houses: tuple[House, House], admin: Admin
) -> None:
    account = houses[0].account.name
    await admin.ask("POST", "extensions", {"account": account, "number": "103"})

    async def states() -> dict[str, str]:
        found = (await admin.ask("GET", f"extensions?account={account}"))["extensions"]
        return {each["number"]: each["state"] for each in found}

    expected = {"101": "online", "102": "online", "103": "offline"}
    await until(states, lambda seen: seen == expected, what="the phones are online")


async def test_each_account_s_101_is_rung_by_its_own_phone(houses: tuple[House, House]) -> None:
    ours, theirs = houses
    for caller in houses:
        await caller.second.ring("101")
        ringing = await caller.first.pick_up()
        assert "sip:102@" in ringing["peeruri"], "the callee sees the extension, not the SIP user name"
        if caller is ours:
            assert rung(theirs.first) == 0
        await audible(caller.first, 2.0)
        await audible(caller.second, 2.0)
        await caller.second.hang_up()
        await caller.first.closed()
    for house in houses:
        first, second = house.tones
        assert rung(house.first) == 1
        assert_hears(heard_by(house.first), [second], [first, *house.others])
        assert_hears(heard_by(house.second), [first], [second, *house.others])


async def test_each_account_s_request_rings_its_own_101(
    houses: tuple[House, House], ringful: Ringful, sink: Sink
) -> None:
    for house, tone in zip(houses, (830, 1250), strict=True):
        client = Ringful(ringful.session, ringful.base, house.account.apikey)
        call = await client.call(callee="101", callbackUrl=sink.url())
        await client.play(callId=call, announcement=sink.tone(tone, 0.8))
        await client.hangup(callId=call, immediate="false")
        await house.first.pick_up()
        await house.first.closed()
        assert_melody(heard_by(house.first), tone)
    assert [rung(house.first) for house in houses] == [1, 1]


async def test_a_phone_is_not_called_by_its_sip_user_name(houses: tuple[House, House]) -> None:
    ours, theirs = houses
    await ours.second.ring(theirs.first.user)
    await ours.second.closed()
    assert rung(theirs.first) == 0


async def test_an_upload_and_a_conference_of_one_name_are_each_account_s_own(
    houses: tuple[House, House], number: MakeNumber, ringful: Ringful, system: System
) -> None:
    tasks = [
        {"kind": "play", "source": "upload:welcome.wav"},
        {"kind": "join_conference", "name": "sales"},
        {"kind": "pause", "seconds": 60},
    ]
    welcomes = (500, 1400)
    dialled = {}
    for house, hz in zip(houses, welcomes, strict=True):
        own = Own(ringful.session, system, house.account)
        status, body = await own.ask("PUT", "prompts/welcome.wav", data=wav(audio.sine(hz, 0.8)))
        assert status == 201, body
        dialled[house.account.name] = await number(tasks=tasks, owner=house.account.name)
    for house in houses:
        for phone in (house.first, house.second):
            await phone.dial(dialled[house.account.name])
    for house in houses:
        for phone in (house.first, house.second):
            await audible(phone, 5.0)
    for house in houses:
        await house.first.hang_up()
        await house.second.hang_up()
    for house, welcome, other in zip(houses, welcomes, reversed(welcomes), strict=True):
        first, second = house.tones
        assert_hears(heard_by(house.first), [welcome, second], [first, other, *house.others])
        assert_hears(heard_by(house.second), [welcome, first], [second, other, *house.others])
