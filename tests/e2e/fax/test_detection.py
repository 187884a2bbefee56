"""A fax machine calls a number that people answer: it is heard by its tone, and the fax arrives whole at the box."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from api.lab import Lab
from tests.e2e.calls.test_inbound import audible
from tests.e2e.conftest import MakePhone
from tests.e2e.fax.test_faxes import WITHIN, pages_of
from tests.e2e.voicemail.test_leaving import MakeBox, box, messages
from tests.support import people
from tests.support.carillon import Account, Admin, Command, Own
from tests.support.lab_carriers import LabCarriers
from tests.support.phone import Phone
from tests.support.scenario import call_ended, until

__all__ = ["box"]
LISTENS_FOR = 8.0
"""Seconds in which a fax machine would have been heard twice."""
HUMS_1030, HUMS_1100 = (number for number, hz in people.TONES.items() if hz in (1030, 1100))
MENU = [{"kind": "say", "text": "Welcome. Please press a key."}, {"kind": "wait_for_digits", "count": 1, "seconds": 60}]
Faxed = Callable[[Any], Awaitable[str]]


@pytest.fixture
async def carriers(
    carillon: Command, admin: Admin, account: Account, network: Lab, tmp_path: Path
) -> AsyncIterator[LabCarriers]:
    """Connects trunks to the lab's carriers."""
    yield LabCarriers(carillon, admin, account, network, tmp_path)


@pytest.fixture
async def faxbox(own: Own) -> str:
    """A fax box of the account."""
    name = f"office-{secrets.token_hex(3)}"
    assert (await own.ask("POST", "fax-boxes", json={"name": name}))[0] == 201
    return name


@pytest.fixture
async def answering(admin: Admin, account: Account, faxbox: str) -> AsyncIterator[Faxed]:
    """Makes numbers of the account whose faxes go to the box: `await answering("extension:101")`."""
    made: list[str] = []

    async def make(to: Any) -> str:
        number = f"44{secrets.randbelow(10**9):09d}"
        wanted = {"number": number, "account": account.name, "to": to, "fax_to": f"fax:{faxbox}"}
        assert (await admin.ask("POST", "numbers", wanted))["fax_to"]["text"] == f"fax:{faxbox}"
        made.append(number)
        return number

    yield make
    for number in made:
        await admin.ask("DELETE", f"numbers/{number}")


async def faxes_at(own: Own, line: str) -> list[dict[str, Any]]:
    """The faxes that came in at a number."""
    return [each for each in (await own.ask("GET", "faxes?way=in"))[1]["faxes"] if each["own"] == line]


async def calls_to(own: Own, line: str) -> list[str]:
    """The calls to a number, by their ids."""
    found = (await own.ask("GET", "calls?limit=50"))[1]["calls"]
    return [call["id"] for call in found if call["callee"] == line]


async def is_whole(own: Own, line: str, box: str, carillon: Command, saved: Path) -> dict[str, Any]:
    """Wait until the lab's fax is at a number's box with both pages (asterisk-config/lab/make-pages); returns it."""
    (fax,) = await until(lambda: faxes_at(own, line), lambda found: len(found) == 1, WITHIN, "the fax is there")
    seen = (fax["state"], fax["pages"], fax["box"], fax["number"])
    assert seen == ("received", 2, box, people.SENDS_A_FAX), fax
    await carillon("fax", "fetch", fax["id"], str(saved), "--account", own.account.name)
    pages = pages_of(saved)
    bars = [[page.getpixel((800, 100 + 120 * bar + 30)) == 0 for bar in range(3)] for page in pages]
    assert bars == [[True, False, False], [True, True, False]]
    return dict(fax)


async def was_moved(own: Own, call: str, box: str) -> list[str]:
    """Wait for the end of a call that was moved to a box, which its timeline says; returns the kinds of its tasks."""
    story = await call_ended(own, call, within=30.0)
    assert f"A fax machine called: the call goes to fax:{box}." in str(story["events"]), story["events"]
    assert story["hung_up_by"] in ("us", "far"), story
    return [task["kind"] for task in story["tasks"]]


async def test_a_fax_machine_that_calls_a_person_is_moved_to_the_box_and_the_person_is_released(
    phone: MakePhone, answering: Faxed, faxbox: str, own: Own, network: Lab, carillon: Command, tmp_path: Path
) -> None:
    anna = await phone()
    line = await answering(f"extension:{anna.number}")
    await network.dial(line, as_=people.SENDS_A_FAX, seconds=110)
    await anna.pick_up()
    await anna.closed()
    fax = await is_whole(own, line, faxbox, carillon, tmp_path / "in.tif")
    kinds = await was_moved(own, fax["call"], faxbox)
    assert sorted(kinds) == ["detect_fax", "dial", "hang_up", "receive_fax", "transfer"]
    _, body = await own.ask("GET", "calls?limit=50")
    (leg,) = [each for each in body["calls"] if each["root"] == fax["call"] and each["id"] != fax["call"]]
    assert (leg["callee"], leg["cause"], leg["hung_up_by"]) == (anna.number, "normal", "us")


async def test_a_fax_machine_that_calls_a_voicemail_box_leaves_a_fax_and_no_message(
    box: MakeBox, answering: Faxed, faxbox: str, own: Own, network: Lab, carillon: Command, tmp_path: Path
) -> None:
    ours = await box(name="Ben Miller")
    line = await answering(f"voicemail:{ours}")
    await network.dial(line, as_=people.SENDS_A_FAX, seconds=110)
    fax = await is_whole(own, line, faxbox, carillon, tmp_path / "in.tif")
    await was_moved(own, fax["call"], faxbox)
    assert await messages(own, ours) == []


async def test_a_fax_machine_in_a_menu_that_rings_a_phone_stops_the_ringing(
    phone: MakePhone, answering: Faxed, faxbox: str, own: Own, network: Lab, carillon: Command, tmp_path: Path
) -> None:
    anna = await phone()
    ring = {"kind": "dial", "to": anna.number}
    line = await answering({"tasks": [{"kind": "answer"}, ring]})
    await network.dial(line, as_=people.SENDS_A_FAX, seconds=110)
    await anna.until("CALL_INCOMING")
    await anna.closed()
    fax = await is_whole(own, line, faxbox, carillon, tmp_path / "in.tif")
    assert "transfer" in await was_moved(own, fax["call"], faxbox)


async def on_the_phone(
    anna: Phone, answering: Faxed, own: Own, network: Lab, caller: str
) -> tuple[str, dict[str, Any]]:
    """A person of the lab calls Anna, who picks up and listens; returns the number and the call."""
    line = await answering(f"extension:{anna.number}")
    await network.dial(line, as_=caller, seconds=60)
    await anna.pick_up()
    await audible(anna, LISTENS_FOR)
    (call,) = await calls_to(own, line)
    return line, await own.call(call)


@pytest.mark.parametrize("caller", [people.SAYS_ITS_NAME, people.SPEAKS_440, HUMS_1030, HUMS_1100])
async def test_a_person_who_speaks_hums_or_whistles_is_not_taken_for_a_fax_machine(
    phone: MakePhone, answering: Faxed, own: Own, network: Lab, caller: str
) -> None:
    anna = await phone()
    line, seen = await on_the_phone(anna, answering, own, network, caller)
    assert seen["state"] == "answered"
    assert [(task["kind"], task["state"]) for task in seen["tasks"]] == [
        ("detect_fax", "running"), ("dial", "completed"),
    ]  # fmt: skip
    await anna.hang_up()
    story = await call_ended(own, seen["id"])
    assert [task["kind"] for task in story["tasks"]] == ["detect_fax", "dial"]
    assert "A fax machine" not in str(story["events"]) and await faxes_at(own, line) == []
    assert story["cause"] == "normal"


async def test_a_person_goes_through_a_menu_as_without_it(answering: Faxed, own: Own, network: Lab) -> None:
    line = await answering({"tasks": [*MENU, {"kind": "hang_up"}]})
    await network.dial(line, as_=people.PRESSES_1, seconds=60)
    (call,) = await until(lambda: calls_to(own, line), lambda found: len(found) == 1, what="the call has come")
    story = await call_ended(own, call, within=40.0)
    assert [task["kind"] for task in story["tasks"]] == ["detect_fax", "say", "wait_for_digits", "hang_up"]
    assert story["tasks"][2]["outcome"]["result"]["digits"] == "1"


@pytest.mark.xdist_group("carrier-domain")
@pytest.mark.parametrize("codec", ["g722", "opus"])
@pytest.mark.parametrize("caller", [people.SENDS_A_FAX, HUMS_1100])
async def test_the_tone_is_told_from_others_on_a_line_of_wideband_too(
    codec: str, caller: str, carriers: LabCarriers, answering: Faxed, faxbox: str, own: Own, network: Lab
) -> None:
    line = await answering({"tasks": [{"kind": "answer"}, {"kind": "pause", "seconds": LISTENS_FOR}]})
    async with carriers.connected("domain", "--codecs", codec):
        await network.dial(line, as_=caller, seconds=20, trunk="domain")
        (call,) = await until(lambda: calls_to(own, line), lambda found: len(found) == 1, what="the call has come")
        story = await call_ended(own, call, within=40.0)
    moved = f"A fax machine called: the call goes to fax:{faxbox}." in str(story["events"])
    assert moved == (caller == people.SENDS_A_FAX), story["events"]
