"""kill -9 of the controller in a transfer: nobody is called twice, the party is where it belongs, nothing is left."""

import pytest

from tests.e2e.conftest import MakePhone
from tests.e2e.transfers.story import TONES, connected, from_now, refer, talk, three
from tests.e2e.transfers.test_by_phone import told, tree
from tests.e2e.transfers.test_by_request import leg
from tests.faults.conftest import kill_the_controller
from tests.faults.test_ring_groups import rung
from tests.support.carillon import Own
from tests.support.phone import Phone
from tests.support.scenario import until
from tests.support.system import System

ANNA, BEN, CLEO, _ = TONES


async def nothing_is_left(own: Own, caller: Phone, system: System, legs: int, kind: str) -> None:
    """Each leg has ended once, one event says how the transfer ended, and Asterisk has no channel and bridge."""
    ended = await tree(own, caller.number)
    assert len(ended) == legs and all(one["ended"] for one in ended)
    party = next(one for one in ended if one["direction"] == "inbound")
    assert [one["event"] for one in await told(own, party["id"])] == [kind]
    for one in ended:
        timeline = await own.call(str(one["id"]))
        assert len([event for event in timeline["events"] if event["event"] == "call_ended"]) == 1
    await until(system.channels, lambda found: found == [], what="no channel is left")
    await until(lambda: system.ari("bridges"), lambda found: found == [], what="no bridge is left")


@pytest.mark.parametrize("then", ["answers", "declines", "the transferor hangs up"])
async def test_a_controller_killed_while_the_target_rings_goes_on_with_the_transfer(
    phone: MakePhone, own: Own, system: System, then: str
) -> None:
    anna, ben, cleo = await three(phone)
    await connected(anna, ben)
    await refer(ben, cleo.number, system)
    await cleo.until("CALL_INCOMING")
    await kill_the_controller(system)
    if then == "the transferor hangs up":
        await ben.hang_up()
    if then == "declines":
        await cleo.command("hangup")
        await ben.until("TRANSFER_FAILED")  # then this phone hangs up by itself
        await anna.closed()
        await nothing_is_left(own, anna, system, 3, "transfer_failed")
        return
    await cleo.command("accept")
    await cleo.until("CALL_ESTABLISHED")
    if then == "answers":
        await ben.closed()
    await talk((anna, ANNA), (cleo, CLEO), strangers=[BEN])
    assert rung(cleo) == 1
    await anna.hang_up()
    await cleo.closed()
    await nothing_is_left(own, anna, system, 3, "call_transferred")


async def test_a_controller_killed_as_the_party_is_joined_ends_the_transferors_call(
    phone: MakePhone, own: Own, system: System
) -> None:
    anna, ben, cleo = await three(phone)
    await connected(anna, ben)
    await refer(ben, cleo.number, system)
    await cleo.until("CALL_INCOMING")
    await cleo.command("accept")
    await kill_the_controller(system)
    await ben.closed()
    await talk((anna, ANNA), (cleo, CLEO), strangers=[BEN])
    await cleo.hang_up()
    await anna.closed()
    await nothing_is_left(own, anna, system, 3, "call_transferred")


async def test_a_controller_killed_while_two_talk_after_a_transfer_holds_them_together(
    phone: MakePhone, own: Own, system: System
) -> None:
    anna, ben, cleo = await three(phone)
    await connected(anna, ben)
    await refer(ben, cleo.number, system)
    await cleo.pick_up()
    await ben.closed()
    await from_now(anna)
    await kill_the_controller(system)
    await talk((anna, ANNA), (cleo, CLEO))
    await cleo.hang_up()
    await anna.closed()
    await nothing_is_left(own, anna, system, 3, "call_transferred")


async def test_a_controller_killed_as_a_program_joins_two_parties_ends_both_calls_of_the_transferor(
    phone: MakePhone, own: Own, system: System
) -> None:
    anna, ben, cleo = await three(phone)
    await connected(ben, anna)
    await ben.command("hold")
    await connected(ben, cleo)
    first, second = await leg(own, anna, "outbound"), await leg(own, cleo, "outbound")
    assert (await own.ask("POST", f"calls/{first}/transfer", json={"to_call": second}))[0] == 202
    await kill_the_controller(system)
    await ben.closed()
    await ben.closed()
    await talk((anna, ANNA), (cleo, CLEO), strangers=[BEN])
    assert rung(anna) == rung(cleo) == 1
    await cleo.hang_up()
    await anna.closed()
    await until(system.channels, lambda found: found == [], what="no channel is left")
    await until(lambda: system.ari("bridges"), lambda found: found == [], what="no bridge is left")
    numbers = {anna.number, ben.number, cleo.number}

    async def all_legs() -> list[dict[str, object]]:
        calls = (await own.ask("GET", "calls?limit=50"))[1]["calls"]
        return [one for one in calls if {one["caller"], one["callee"]} & numbers]

    legs = await until(all_legs, lambda found: all(one["ended"] for one in found), what="every leg has ended")
    assert len(legs) == 4
    assert [one["event"] for one in await told(own, first)] == ["call_transferred"]
    for one in legs:
        timeline = await own.call(str(one["id"]))
        assert len([event for event in timeline["events"] if event["event"] == "call_ended"]) == 1
