"""Meetings: browsers enter by their page, phones by a number and a PIN, and tones prove who hears whom."""

import time
from typing import Any

import aiohttp
import pytest

from tests.e2e.conftest import MakePhone
from tests.e2e.meetings.conftest import QUIET, Guest, MakeMeeting
from tests.e2e.rooms.conftest import lasting
from tests.support import audio
from tests.support.browser_phone import BrowserFailed, BrowserPhone
from tests.support.carillon import Admin, Own
from tests.support.far_end import assert_hears
from tests.support.scenario import until
from tests.support.system import System

GUEST, HOST, PHONE = 573.0, 908.0, 1283.0


async def people(own: Own, meeting: dict[str, Any], count: int) -> dict[str, dict[str, Any]]:
    """Wait until so many are in a meeting; returns them by what they are called."""

    async def look() -> list[dict[str, Any]]:
        return list((await own.ask("GET", f"rooms/{meeting['room']}/participants"))[1]["participants"])

    found = await until(look, lambda there: len(there) == count, what=f"{count} are in the meeting")
    return {one["number"]: one for one in found}


async def test_two_browsers_and_a_phone_meet_and_hear_each_other(
    meeting: MakeMeeting, guest: Guest, phone: MakePhone, own: Own, line: str
) -> None:
    monday = await meeting(name="Monday <b>& more")
    assert line in monday["numbers"] and len(monday["id"]) == 9
    anna, ben = await guest(monday["link"], "Änna", GUEST), await guest(monday["host_link"], "Ben", HOST)
    assert await anna.evaluate("document.querySelector('h1').textContent") == "Monday <b>& more"
    cleo = await phone(QUIET * audio.sine(PHONE, 100))
    await anna.enter()
    await ben.enter()
    await cleo.dial(line)
    await cleo.press(f"{monday['pin']}#")
    there = await people(own, monday, 3)
    assert {name: one["admin"] for name, one in there.items()} == {"Änna": False, "Ben": True, cleo.number: False}
    assert_hears(await anna.hears(), [HOST, PHONE], [GUEST])
    assert_hears(await ben.hears(), [GUEST, PHONE], [HOST])
    assert_hears((await lasting(cleo)).part(0.5), [GUEST, HOST], [PHONE])

    await anna.press("mute")
    assert await anna.says() == "You are muted."
    assert_hears((await _settled(cleo)), [HOST], [GUEST])
    await anna.press("mute")
    assert_hears((await _settled(cleo)), [HOST, GUEST], [])

    annas = f"rooms/{monday['room']}/participants/{there['Änna']['call']}"
    assert (await own.ask("PATCH", annas, json={"muted": True}))[0] == 200
    assert_hears((await _settled(cleo)), [HOST], [GUEST])
    await ben.press("leave")
    await ben.until("outside")
    assert await ben.says() == "You have left the meeting."
    assert set(await people(own, monday, 2)) == {"Änna", cleo.number}, "it goes on without the host"
    assert (await own.ask("POST", f"rooms/{monday['room']}/end"))[0] == 204
    await anna.until("outside")
    assert (await anna.says()).startswith("The meeting has ended")
    await cleo.closed()


async def _settled(phone: Any) -> Any:
    """What a phone hears once what was changed is in what it hears."""
    return (await lasting(phone, 3.0)).part(1.0)


async def test_guests_wait_with_music_until_the_host_enters(meeting: MakeMeeting, guest: Guest, own: Own) -> None:
    ours = await meeting(waits_for_host=True)
    anna, ben = await guest(ours["link"], "Anna", GUEST), await guest(ours["host_link"], "Ben", HOST)
    await anna.enter()
    assert (await anna.hears()).level > -45, "music"
    assert await people(own, ours, 0) == {}
    await ben.enter()
    await people(own, ours, 2)
    assert_hears(await anna.hears(), [HOST], [GUEST])
    assert_hears(await ben.hears(), [GUEST], [HOST])


async def test_a_meeting_that_is_not_open_says_when_it_opens_and_lets_nobody_in(
    meeting: MakeMeeting, guest: Guest, phone: MakePhone, own: Own
) -> None:
    later = await meeting(starts="2099-07-01T12:00:00Z", timezone="Europe/Berlin")
    anna = await guest(later["link"])
    await anna.join()
    await anna.until("failed")
    assert await anna.says() == "The meeting opens at 13:45 on 2099-07-01 (Europe/Berlin)."
    assert (await own.ask("PATCH", f"meetings/{later['id']}", json={"starts": None}))[0] == 200
    await anna.enter()
    await people(own, later, 1)
    over = {"starts": time.time() - 3600, "ends": time.time() - 5}
    assert (await own.ask("PATCH", f"meetings/{later['id']}", json=over))[0] == 200
    ben = await guest(later["link"])
    await ben.join()
    await ben.until("failed")
    assert await ben.says() == "The meeting is over."
    assert list(await people(own, later, 1)) == ["Anna"], "who is in it stays"
    cleo = await phone()
    await cleo.dial(later["numbers"][0])
    await cleo.press(f"{later['pin']}#")
    await cleo.closed(within=30)
    assert len(await people(own, later, 1)) == 1


async def test_a_link_ends_when_it_is_changed_and_when_its_meeting_is_removed(
    meeting: MakeMeeting, guest: Guest, own: Own
) -> None:
    ours = await meeting()
    anna = await guest(ours["link"])
    status, changed = await own.ask("PATCH", f"meetings/{ours['id']}", json={"new_links": True})
    assert status == 200 and changed["link"] != ours["link"] and changed["host_link"] != ours["host_link"]
    await anna.join()
    await anna.until("failed")
    assert "There is no such meeting" in await anna.says()
    assert await _status(ours["link"]) == await _status(ours["host_link"]) == 404
    assert await _status(changed["link"]) == await _status(changed["host_link"]) == 200
    assert (await own.ask("DELETE", f"rooms/{ours['room']}"))[0] == 409, "the room is the meeting's"
    assert (await own.ask("DELETE", f"meetings/{ours['id']}"))[0] == 204
    assert await _status(changed["link"]) == 404
    assert (await own.ask("GET", f"rooms/{ours['room']}"))[0] == 404


async def _status(link: str) -> int:
    async with aiohttp.ClientSession() as session, session.get(link) as answer:
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        return answer.status


async def _entry(link: str, name: str = "Eve") -> dict[str, str]:
    async with aiohttp.ClientSession() as session, session.post(link, json={"name": name}) as answer:
        assert answer.status == 200
        return dict(await answer.json())


async def test_a_guest_calls_nothing_but_its_meeting(
    meeting: MakeMeeting, phone: MakePhone, system: System, own: Own
) -> None:
    ours, anna = await meeting(), await phone()
    entry = await _entry(ours["link"])
    host, socket = system.sip.partition(":")[0], system.api.replace("http", "ws", 1) + "/sip"
    ticket = entry["uri"].removeprefix("sip:").partition("@")[0]
    eve = BrowserPhone(entry["user"], entry["password"], socket, host, register=False)
    async with eve:
        head, _, mac = ticket.rpartition(".")
        as_host = head.replace(f"{ours['id']}g", f"{ours['id']}h") + f".{mac}"
        for dialled in (anna.number, "12015550101", "911", as_host, f"{ticket[:-1]}x"):
            await eve.ring(dialled)
            assert (await eve.until("ended"))[:3] in ("404", "484"), dialled
        assert not [event for event in anna.events if event.get("type") == "CALL_INCOMING"]
        await eve.ring(ticket)
        await eve.until("established")
        assert list(await people(own, ours, 1)) == ["Eve"]
        await eve.transfer(anna.number)
        await eve.until("declined")
        await eve.hang_up()
    with pytest.raises(BrowserFailed):
        async with BrowserPhone(entry["user"], entry["password"], socket, host) as registered:
            await registered.until("registered", within=3)


async def test_a_disabled_account_has_no_meetings(meeting: MakeMeeting, own: Own, admin: Admin) -> None:
    ours = await meeting()
    entry = await _entry(ours["link"])
    assert entry["user"] == "guest"
    name = own.account.name
    await admin.ask("PATCH", f"accounts/{name}", {"disabled": True})
    try:
        assert await _status(ours["link"]) == 404
    finally:
        await admin.ask("PATCH", f"accounts/{name}", {"disabled": False})
    assert await _status(ours["link"]) == 200
