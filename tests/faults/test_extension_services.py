"""kill -9 of the controller while a forwarded call rings and while a picked-up call is up; a restart of Asterisk while
phones watch one another. One end each, no channel left, and lamps go on."""

import pytest

from tests.e2e.calls.test_inbound import audible, heard_by
from tests.e2e.conftest import MakeExtension, MakePhone
from tests.e2e.destinations.test_destinations import ANSWERS, CALLER
from tests.e2e.extension_services.test_presence import MakeWatcher, watcher
from tests.faults.conftest import ROUNDS, kill_the_controller
from tests.faults.test_ring_groups import all_over, rung
from tests.support import audio
from tests.support.carillon import Admin, Own
from tests.support.scenario import until
from tests.support.system import System

__all__ = ["watcher"]


async def no_channel_left(system: System) -> None:
    """Wait until Asterisk has no channel any more."""
    await until(system.channels, lambda left: left == [], 20, "no channel is left")


@pytest.mark.parametrize("turn", range(ROUNDS))
async def test_a_forwarded_call_that_rings_goes_on_and_leads_on_and_a_picked_up_one_stays_up(
    phone: MakePhone, admin: Admin, own: Own, system: System, turn: int
) -> None:
    anna, ben, cleo = await phone(audio.sine(CALLER, 90)), await phone(), await phone()
    dora = await phone(audio.sine(ANSWERS, 90))
    await admin.ask("PATCH", f"extensions/{ben.number}", {"always": f"extension:{cleo.number}"})
    await admin.ask("PATCH", f"extensions/{cleo.number}", {"busy": f"extension:{dora.number}"})
    await anna.ring(ben.number)
    await cleo.until("CALL_INCOMING")
    await kill_the_controller(system)
    await cleo.command("hangup")  # it declines: the call goes on to dora, whose call is picked up by ben
    await dora.until("CALL_INCOMING")
    await ben.dial(f"**{dora.number}")
    await anna.until("CALL_ESTABLISHED")
    await dora.closed()
    await kill_the_controller(system)
    at = heard_by(ben).seconds
    await audible(ben, at + 2.0)
    assert heard_by(ben).part(at + 0.5, at + 2.0).has(CALLER)
    await anna.hang_up()
    await ben.closed()
    legs = await all_over(own, anna)
    assert (rung(ben), rung(cleo), rung(dora)) == (0, 1, 1)
    assert sorted(leg["cause"] for leg in legs) == ["answered_elsewhere", "busy", "normal", "normal"]
    await no_channel_left(system)


async def test_lamps_go_on_after_a_restart_of_asterisk(
    phone: MakePhone, extension: MakeExtension, watcher: MakeWatcher, admin: Admin, system: System
) -> None:
    anna, ben, cleo = await phone(), await phone(), await extension()
    lamp = await watcher(ben.number, cleo.number)
    await lamp.shows(ben.number, "idle")
    await admin.ask("PATCH", f"extensions/{cleo.number}", {"do_not_disturb": True})
    await lamp.shows(cleo.number, "confirmed")
    lamp.notified.clear()
    await system.docker("restart", system.container("asterisk"))
    await system.healthy()
    await lamp.shows(cleo.number, "confirmed", within=30)


    async def online() -> set[str]:
        found = (await admin.ask("GET", "extensions"))["extensions"]
        return {one["number"] for one in found if one["state"] == "online"}

    await until(online, lambda seen: {anna.number, ben.number} <= seen, 60, "both phones are reached again")
    await anna.ring(ben.number)
    await lamp.shows(ben.number, "early")
    await anna.command("hangup")
    await lamp.shows(ben.number, "idle")
