"""Ring groups by real calls: all at once and in order, and everything that goes wrong in them."""

import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from tests.e2e.calls.test_inbound import audible, heard_by
from tests.e2e.conftest import MakeExtension, MakePhone
from tests.e2e.destinations.test_destinations import ANSWERS, CALLER, Leading, leading
from tests.support import audio, people
from tests.support.carillon import Account, Admin, Command
from tests.support.far_end import assert_hears
from tests.support.phone import Phone

__all__ = ["leading"]
MakeGroup = Callable[..., Awaitable[str]]


@pytest.fixture
async def group(admin: Admin, account: Account, leading: Leading) -> AsyncIterator[MakeGroup]:
    """Makes a number that leads to a group: `await group([ben.number, …], seconds=5)`."""
    made: list[str] = []

    async def make(members: list[str], **fields: Any) -> str:
        name = f"group-{secrets.token_hex(4)}"
        wanted = {"name": name, "account": account.name, "members": members, **fields}
        await admin.ask("POST", "groups", wanted)
        made.append(name)
        return await leading(f"group:{name}")

    yield make
    _, numbers = made, (await admin.ask("GET", "numbers"))["numbers"]
    for each in numbers:
        if each["leads_to"] and each["leads_to"]["target"] in made:
            await admin.ask("PATCH", f"numbers/{each['number']}", {"to": None})
    for name in made:
        await admin.ask("DELETE", f"groups/{name}?account={account.name}")


def cancels(phone: Phone) -> list[str]:
    """The CANCEL requests that a phone got, whole."""
    return re.findall(r"^CANCEL sip:.*?\n\s*\n", phone.traced(), re.MULTILINE | re.DOTALL)


async def test_all_ring_one_answers_and_the_other_learns_that_it_was_answered_elsewhere(
    phone: MakePhone, group: MakeGroup
) -> None:
    anna, ben, cleo = await phone(audio.sine(CALLER, 60)), await phone(audio.sine(ANSWERS, 60)), await phone(trace=True)
    await anna.ring(await group([ben.number, cleo.number]))
    await cleo.until("CALL_INCOMING")
    await ben.pick_up()
    await cleo.closed()
    await anna.until("CALL_ESTABLISHED")
    await audible(anna, 2.0)
    await anna.hang_up()
    await ben.closed()
    assert_hears(heard_by(anna), [ANSWERS], [CALLER])
    assert_hears(heard_by(ben), [CALLER], [ANSWERS])
    (cancel,) = set(cancels(cleo))
    assert re.search(r"^Reason:\s*SIP\s*;\s*cause=200", cancel, re.MULTILINE | re.IGNORECASE), cancel


async def test_in_order_the_next_rings_when_the_first_does_not_answer(phone: MakePhone, group: MakeGroup) -> None:
    anna, ben, cleo = await phone(), await phone(), await phone(audio.sine(ANSWERS, 60))
    await anna.ring(await group([ben.number, cleo.number], strategy="in_order", seconds_each=3, seconds=30))
    await ben.until("CALL_INCOMING")
    assert not [each for each in cleo.events if each.get("type") == "CALL_INCOMING"]
    await ben.closed()
    await cleo.pick_up()
    await anna.until("CALL_ESTABLISHED")
    await audible(anna, 2.0)
    await anna.hang_up()
    assert_hears(heard_by(anna), [ANSWERS], [CALLER])


async def test_who_declines_or_is_not_registered_does_not_end_the_group(
    phone: MakePhone, extension: MakeExtension, group: MakeGroup
) -> None:
    anna, ben, cleo, absent = await phone(), await phone(), await phone(audio.sine(ANSWERS, 60)), await extension()
    for strategy in ("all", "in_order"):
        ours = await group([absent.number, ben.number, cleo.number], strategy=strategy, seconds_each=15)
        await anna.ring(ours)
        await ben.until("CALL_INCOMING")
        await ben.command("hangup")
        await ben.closed()
        await cleo.pick_up()
        await anna.until("CALL_ESTABLISHED")
        await audible(anna, 1.0)
        await anna.hang_up()
        await cleo.closed()
        assert_hears(heard_by(anna), [ANSWERS], [CALLER])


async def test_a_caller_who_gives_up_stops_the_ringing_of_all(phone: MakePhone, group: MakeGroup) -> None:
    anna, ben, cleo = await phone(), await phone(), await phone(trace=True)
    await anna.ring(await group([ben.number, cleo.number]))
    await ben.until("CALL_INCOMING")
    await cleo.until("CALL_INCOMING")
    await anna.command("hangup")
    await ben.closed(within=5)
    await cleo.closed(within=5)
    assert "cause=200" not in cancels(cleo)[0], "nobody answered it: it is a missed call"


async def test_a_group_that_nobody_answers_leads_on_and_numbers_are_members_too(
    phone: MakePhone, group: MakeGroup
) -> None:
    (number, hz), *_ = people.speakers(1, first=8)
    anna, ben = await phone(audio.sine(CALLER, 60)), await phone(trace=True)
    await anna.ring(await group([ben.number, f"+{people.BUSY}"], seconds=3, otherwise=f"forward:+{number}"))
    await ben.until("CALL_INCOMING")
    await ben.closed(within=8)
    await anna.until("CALL_ESTABLISHED")
    await audible(anna, 2.0)
    await anna.hang_up()
    assert_hears(heard_by(anna), [hz], [CALLER])
    assert "cause=200" not in cancels(ben)[0], "nobody answered it: it is a missed call"


async def test_who_calls_the_group_that_it_is_in_is_not_rung_itself(phone: MakePhone, group: MakeGroup) -> None:
    anna, ben = await phone(), await phone(audio.sine(ANSWERS, 60), answer=True)
    await anna.ring(await group([anna.number, ben.number]))
    await anna.until("CALL_ESTABLISHED")
    assert not [each for each in anna.events if each.get("type") == "CALL_INCOMING"]
    await anna.hang_up()


async def test_the_command_line_makes_changes_and_removes_groups(
    phone: MakePhone, carillon: Command, account: Account
) -> None:
    ben = await phone()
    name = f"team-{secrets.token_hex(3)}"
    said = await carillon("groups", "add", name, f"{ben.number},+12015550101", "--account", account.name)
    assert said.strip() == f"{name} rings {ben.number}, +12015550101 all at once for 60 s."
    await carillon("groups", "set", name, "--account", account.name, "--strategy", "in_order", "--seconds", "30")
    (row,) = [each for each in await carillon.json("groups", "list") if each["name"] == name]
    assert (row["strategy"], row["seconds"], row["otherwise"]) == ("in_order", 30, None)
    assert name in await carillon("groups", "list")
    await carillon("groups", "remove", name, "--account", account.name)
    assert name not in await carillon("groups", "list")
