"""kill -9 of the controller while a group rings: nobody is called twice, nobody rings on, and the call goes where it is
to go."""

import asyncio
from typing import Any

import pytest

from tests.e2e.calls.test_inbound import audible, heard_by
from tests.e2e.conftest import MakePhone
from tests.e2e.destinations.test_destinations import ANSWERS, CALLER, leading
from tests.e2e.groups.test_ring_groups import MakeGroup, cancels, group
from tests.faults.conftest import kill_the_controller
from tests.support import audio, people
from tests.support.carillon import Own
from tests.support.far_end import assert_hears
from tests.support.phone import Phone
from tests.support.scenario import call_ended, until
from tests.support.system import System

__all__ = ["group", "leading"]


def rung(phone: Phone) -> int:
    """How often a phone was called."""
    return len([each for each in phone.events if each.get("type") == "CALL_INCOMING"])


async def tree(own: Own, caller: Phone) -> list[dict[str, Any]]:
    """The newest call of a phone, and the legs that it dialled."""
    _, body = await own.ask("GET", "calls?limit=50")
    root = next(call for call in body["calls"] if call["direction"] == "inbound" and call["caller"] == caller.number)
    return [call for call in body["calls"] if call["root"] == root["id"]]


async def all_over(own: Own, caller: Phone) -> list[dict[str, Any]]:
    """The same, once every leg has ended."""

    async def legs() -> list[dict[str, Any]]:
        return await tree(own, caller)

    return await until(legs, lambda found: all(leg["ended"] for leg in found), 20, "every leg has ended")


@pytest.mark.parametrize("strategy", ["all", "in_order"])
async def test_a_group_rings_on_and_who_answers_gets_the_call(
    phone: MakePhone, group: MakeGroup, own: Own, system: System, strategy: str
) -> None:
    anna, ben, cleo = await phone(audio.sine(CALLER, 90)), await phone(audio.sine(ANSWERS, 90)), await phone(trace=True)
    await anna.ring(await group([ben.number, cleo.number], strategy=strategy, seconds=90, seconds_each=60))
    await ben.until("CALL_INCOMING")
    if strategy == "all":
        await cleo.until("CALL_INCOMING")
    await kill_the_controller(system)
    await ben.command("accept")
    await ben.until("CALL_ESTABLISHED")
    await anna.until("CALL_ESTABLISHED")
    if strategy == "all":
        await cleo.closed()
        assert "cause=200" in cancels(cleo)[0], "it was answered elsewhere"
    await audible(anna, 2.0)
    await anna.hang_up()
    await ben.closed()
    assert_hears(heard_by(anna), [ANSWERS], [CALLER])
    assert (rung(ben), rung(cleo)) == (1, 1 if strategy == "all" else 0)
    assert len(await all_over(own, anna)) == (3 if strategy == "all" else 2)


async def test_a_caller_who_gives_up_while_no_controller_is_there_leaves_nobody_ringing(
    phone: MakePhone, group: MakeGroup, own: Own, system: System
) -> None:
    anna, ben, cleo = await phone(), await phone(), await phone()
    await anna.ring(await group([ben.number, cleo.number], seconds=90))
    for member in (ben, cleo):
        await member.until("CALL_INCOMING")
    killing = asyncio.create_task(kill_the_controller(system), name="kill the controller")

    async def away() -> bool:
        try:
            await system.healthy(0.2)
        except AssertionError:
            return True
        return False

    await until(away, bool, within=20, what="the controller is away")
    await anna.command("hangup")
    await killing
    for member in (ben, cleo):
        await member.closed()
        assert rung(member) == 1
    assert len(await all_over(own, anna)) == 3


async def test_a_group_that_nobody_answers_leads_on_after_it_too(
    phone: MakePhone, group: MakeGroup, own: Own, system: System
) -> None:
    (number, hz), *_ = people.speakers(1, first=9)
    anna, ben, cleo = await phone(audio.sine(CALLER, 90)), await phone(), await phone()
    ours = await group([ben.number, cleo.number], seconds=20, otherwise=f"forward:+{number}")
    await anna.ring(ours)
    for member in (ben, cleo):
        await member.until("CALL_INCOMING")
    await kill_the_controller(system)
    for member in (ben, cleo):
        await member.closed(within=30)
    await anna.until("CALL_ESTABLISHED")
    await audible(anna, 2.0)
    await anna.hang_up()
    assert_hears(heard_by(anna), [hz], [CALLER])
    legs = await all_over(own, anna)
    assert (rung(ben), rung(cleo), len(legs)) == (1, 1, 4)
    assert (await call_ended(own, legs[-1]["root"]))["cause"] == "normal"
