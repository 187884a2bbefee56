"""Rooms by real calls: tones prove who hears whom."""

import secrets
import time

import pytest

from tests.e2e.calls.test_inbound import audible, heard_by
from tests.e2e.conftest import MakePhone, make_account
from tests.e2e.destinations.test_destinations import newest
from tests.e2e.rooms.conftest import TONES, MakeRoom, Speaking, TestRoom, lasting, some_pin
from tests.support import audio
from tests.support.carillon import Admin, Own
from tests.support.digits import stands_in
from tests.support.far_end import Sound
from tests.support.phone import Phone
from tests.support.scenario import call_ended


def beeps(sound: Sound) -> bool:
    """Whether the tone of one who enters is in it, which is too short for Sound.has."""
    parts = [sound.part(at / 10, at / 10 + 0.1) for at in range(int(sound.seconds * 10))]
    return any(audio.tone_level(part.samples, part.rate, 1100) > -25 for part in parts)


def speech(sound: Sound) -> float:
    """For how many seconds something is heard in it."""
    return 0.1 * sum(sound.part(at / 10, at / 10 + 0.1).level > -40 for at in range(int(sound.seconds * 10)))


async def hears(phone: Phone, *wanted: int) -> None:
    """Fail unless a phone hears exactly these callers' tones in the next seconds."""
    part = (await lasting(phone)).part(0.5)
    assert {which for which, hz in enumerate(TONES) if part.has(hz, 0.5)} == set(wanted), part.melody()


async def test_participants_wait_with_music_until_the_admin_comes_and_leave_with_it(
    room: MakeRoom, speaking: Speaking
) -> None:
    ours = await room(music="music1", announces="nothing")
    anna, ben, host = [await speaking(which) for which in range(3)]
    await ours.enter(anna)
    await ours.enter(ben)
    await audible(anna, 12.0)
    assert await ours.people() == []
    waited = heard_by(anna).part(9.0, 12.0)
    assert waited.level > -45 and not waited.has(TONES[1], 0.5), "music, and nobody else who waits"
    await ours.enter(host, admin=True)
    there = await ours.holds(3)
    assert [one["admin"] for one in there].count(True) == 1
    await hears(anna, 1, 2)
    await hears(host, 0, 1)
    await host.hang_up()
    await anna.closed()
    await ben.closed()
    assert await ours.people() == []


async def test_a_wrong_pin_three_times_ends_the_call_and_no_pin_is_shown(
    room: MakeRoom, speaking: Speaking, own: Own
) -> None:
    ours = await room()
    anna = await speaking(0)
    await anna.dial(ours.line)
    wrongs = ("90817263", "40817264", "40817265")
    for seconds, wrong in zip((1.0, 6.0, 6.0), wrongs, strict=True):
        await lasting(anna, seconds)  # of the prompt
        await anna.press(f"{wrong}#")
    await anna.closed(within=30)
    heard = heard_by(anna)
    assert heard.says("please try again") and heard.says("goodbye")
    seen = await call_ended(own, (await newest(own, ours.line))["id"])
    assert not [wrong for wrong in wrongs if wrong in str(seen)], "digits of a PIN are masked"
    assert await ours.people() == []


async def test_a_room_of_the_number_is_opened_by_its_number_and_pin_and_not_with_another_rooms(
    room: MakeRoom, speaking: Speaking
) -> None:
    numbers = secrets.SystemRandom().sample(range(10, 100), 2)
    ours = await room(number=str(numbers[0]), waits_for_admin=False)
    other = await room(number=str(numbers[1]))
    anna, ben = await speaking(0), await speaking(1)
    await anna.dial(ours.line)
    await anna.press(f"{other.number}*{ours.pin}#")
    await lasting(anna, 7.0)
    await anna.press(f"{ours.number}*{ours.pin}#")
    await ours.holds(1)
    await ours.enter(ben)
    await ours.holds(2)
    await hears(anna, 1)
    assert heard_by(anna).says("please try again")


async def test_the_admin_locks_mutes_all_and_ends_it_by_keys(room: MakeRoom, speaking: Speaking) -> None:
    ours = await room(announces="tone")
    host, anna, ben, late = [await speaking(which) for which in range(4)]
    await ours.enter(host, admin=True)
    await ours.holds(1)
    await ours.enter(anna)
    await ours.enter(ben)
    await ours.holds(3)
    await lasting(host, 1.0)
    assert beeps(heard_by(host)), "the tone of one who enters"
    await anna.press("*4")
    await lasting(anna, 3.0)
    assert not any(one["muted"] for one in await ours.people()), "only the host may"
    await host.press("*4")
    await lasting(host, 2.5)
    await hears(anna, 0)
    await hears(host)
    await anna.press("*1")
    await lasting(anna, 3.0)
    await hears(host)
    await host.press("*4")
    await lasting(host, 2.5)
    await hears(host, 1, 2)
    await host.press("*3")
    await lasting(host, 2.5)
    await ours.enter(late)
    await late.closed()
    assert heard_by(late).says("goodbye")
    await host.press("*9")
    await anna.closed()
    await ben.closed()
    await host.closed()


async def test_a_participant_mutes_itself_and_hears_who_is_there(
    room: MakeRoom, phone: MakePhone, speaking: Speaking
) -> None:
    ours = await room(waits_for_admin=False, announces="nothing", prefix="#")
    anna, ben = await phone(), await speaking(1)
    await ours.enter(anna)
    await ours.enter(ben)
    await ours.holds(2)
    await hears(anna, 1)
    await ben.press("#1")
    await lasting(ben, 2.5)
    await hears(anna)
    began = heard_by(anna).seconds
    await anna.press("#2")
    await lasting(anna, 6.0)
    assert speech(heard_by(anna).part(began)) > 1.5
    await ben.press("#1")
    await lasting(ben, 2.5)
    await hears(anna, 1)
    helped = heard_by(ben).seconds
    await ben.press("##")
    await lasting(ben, 8.0)
    await ben.hang_up()
    assert speech(heard_by(ben).part(helped)) > 3.0


async def test_the_account_mutes_kicks_locks_and_ends_over_the_api(room: MakeRoom, speaking: Speaking) -> None:
    ours = await room(waits_for_admin=False, announces="nothing", most=2)
    anna, ben, late = [await speaking(which) for which in range(3)]
    await ours.enter(anna)
    await ours.holds(1)
    await ours.enter(ben)
    first, _ = await ours.holds(2)
    await ours.enter(late)
    await late.closed()
    assert heard_by(late).says("the conference is full")
    await ours.ask("PATCH", f"/participants/{first['call']}", muted=True)
    await hears(ben)
    locked = await ours.ask("POST", "/lock", locked=True)
    assert locked["locked"]
    await ours.ask("DELETE", f"/participants/{first['call']}")
    await anna.closed()
    await ours.holds(1)
    await ours.ask("POST", "/end")
    await ben.closed()


async def test_a_lock_and_a_mute_of_all_are_in_the_history_and_reach_who_comes_later(
    room: MakeRoom, speaking: Speaking, own: Own
) -> None:
    ours = await room(waits_for_admin=False, announces="nothing")
    host, anna, late = [await speaking(which) for which in range(3)]
    await ours.enter(host, admin=True)
    await ours.holds(1)
    await ours.enter(anna)
    await ours.holds(2)
    assert (await ours.ask("PATCH", "/participants", muted=True))["muted"]
    await ours.enter(late)
    people = await ours.holds(3)
    assert [one["muted"] for one in people if not one["admin"]] == [True, True]
    await hears(host)
    assert (await ours.ask("POST", "/lock", locked=True))["locked"]
    id = (await ours.ask("GET"))["id"]
    _, history = await own.ask("GET", "audit?limit=100")
    assert [one["what"] for one in history["audit"] if one["subject"] == id][:2] == ["room.locked", "room.muted"]
    await ours.ask("POST", "/end")
    for one in (host, anna, late):
        await one.closed()


async def test_who_calls_outside_of_the_window_hears_when_it_opens(room: MakeRoom, speaking: Speaking) -> None:
    early = await room(opens="2031-03-04T14:30:00+01:00", timezone="Europe/Berlin", waits_for_admin=False)
    past = await room(closes=time.time() - 60)
    anna, ben = await speaking(0), await speaking(1)
    await early.enter(anna)
    await anna.closed(within=30)
    assert heard_by(anna).says("march four")
    await past.enter(ben, admin=True)
    await ben.closed(within=30)
    assert heard_by(ben).says("conference is over")


async def test_a_conference_ends_when_its_time_is_over(room: MakeRoom, speaking: Speaking) -> None:
    closes = time.time() + 20
    ours = await room(closes=closes, waits_for_admin=False)
    anna = await speaking(0)
    await ours.enter(anna)
    await ours.holds(1)
    await anna.closed(within=40)
    assert time.time() >= closes


async def test_two_accounts_with_the_same_pins_and_number_never_meet(
    room: MakeRoom, speaking: Speaking, phone: MakePhone, admin: Admin, own: Own
) -> None:
    ours = await room(waits_for_admin=False, announces="nothing")
    other = make_account(admin)
    theirs = Own(own.session, own.system, other)
    wanted = {"number": ours.number, "pin": ours.pin, "admin_pin": ours.admin_pin, "waits_for_admin": False}
    status, _ = await theirs.ask("POST", "rooms", json=wanted)
    assert status == 201
    line = "44" + str(secrets.randbelow(10**9)).rjust(9, "0")
    await admin.ask("POST", "numbers", {"number": line, "account": other.name, "to": "rooms"})
    their = TestRoom(theirs, ours.number, ours.pin, ours.admin_pin, line)
    anna, stranger = await speaking(0), await phone(account=other.name)
    await ours.enter(anna)
    await their.enter(stranger)
    (mine,), (other_one,) = await ours.holds(1), await their.holds(1)
    assert mine["call"] != other_one["call"]
    await hears(stranger)
    status, body = await own.ask("DELETE", f"rooms/{ours.number}/participants/{other_one['call']}")
    assert (status, body["code"]) == (404, "no_such_call")
    await stranger.hang_up()
    await admin.ask("DELETE", f"numbers/{line}")


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"pin": "48215", "admin_pin": "48215"}, 400, "must differ"),
        ({"pin": "0000"}, 400, "easy to guess"),
        ({"pin": "1234"}, 400, "easy to guess"),
        ({"pin": "48a5"}, 400, "4 to 10 digits"),
        ({"prefix": "**"}, 400, "one key"),
        ({"language": "xx"}, 400, "language"),
        ({"opens": 20.0, "closes": 10.0}, 400, "before"),
        ({"most": -1}, 400, "most"),
        ({"timezone": "Mars/Base"}, 400, "timezone"),
        ({"room": "x"}, 400, "room"),
    ],
)
async def test_what_no_room_can_have_is_refused_with_a_sentence(
    own: Own, fields: dict[str, object], status: int, says: str
) -> None:
    got, body = await own.ask("POST", "rooms", json=fields)
    assert (got, says in body["error"]) == (status, True), body
    assert str(fields.get("pin", "no PIN")) not in body["error"]


async def test_a_pin_of_another_room_is_refused(room: MakeRoom, own: Own) -> None:
    ours = await room()
    for fields in ({"pin": ours.pin}, {"admin_pin": ours.pin}, {"pin": ours.admin_pin}):
        status, body = await own.ask("POST", "rooms", json={"number": "77", **fields})
        assert (status, body["code"]) == (409, "already_exists"), body
    status, body = await own.ask("PATCH", f"rooms/{ours.number}", json={"pin": ours.admin_pin})
    assert (status, body["code"]) == (400, "invalid_setting"), body
    changed = await ours.ask("PATCH", pin=(new := some_pin()), most=5)
    assert (changed["pin"], changed["most"]) == (new, 5)
    shown = await ours.ask("GET")
    assert "pin" not in shown and not stands_in(new, shown)
