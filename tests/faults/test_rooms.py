"""kill -9 of the controller while a caller enters a PIN, and while a conference with an admin goes on."""

from tests.e2e.conftest import MakePhone
from tests.e2e.destinations.test_destinations import newest
from tests.e2e.rooms.conftest import TONES, MakeRoom, Speaking, lasting, line, room, speaking
from tests.faults.conftest import kill_the_controller
from tests.support.carillon import Own
from tests.support.scenario import call_ended
from tests.support.system import System

__all__ = ["line", "room", "speaking"]


async def test_who_was_entering_a_pin_is_asked_again_and_gets_in(
    room: MakeRoom, phone: MakePhone, own: Own, system: System
) -> None:
    ours = await room(waits_for_admin=False, announces="nothing")
    anna = await phone()
    await anna.dial(ours.line)
    await anna.press(ours.pin[:3])
    await kill_the_controller(system)
    await lasting(anna, 3.0)
    await anna.press(f"{ours.pin}#")
    (there,) = await ours.holds(1)
    assert there["admin"] is False
    await anna.hang_up()
    seen = await call_ended(own, (await newest(own, ours.line))["id"])
    kinds = [task["kind"] for task in seen["tasks"]]
    assert kinds == ["enter_code", "join_conference"], "asked by one task, in once"
    assert await ours.people() == []


async def test_a_conference_goes_on_locked_and_muted_and_those_who_wait_go_on_waiting(
    room: MakeRoom, speaking: Speaking, system: System
) -> None:
    ours = await room(announces="nothing")
    anna, host, late = [await speaking(which) for which in range(3)]
    await ours.enter(host, admin=True)
    await ours.holds(1)
    await ours.enter(anna)
    before = await ours.holds(2)
    await ours.ask("PATCH", "/participants", muted=True)
    await ours.ask("POST", "/lock", locked=True)
    await kill_the_controller(system)
    assert [one["call"] for one in await ours.holds(2)] == [one["call"] for one in before]
    state = await ours.ask("GET", "/participants")
    assert (state["locked"], state["muted"]) == (True, True)
    assert (await lasting(anna)).part(0.5).has(TONES[1], 0.5), "the admin is heard"
    assert not (await lasting(host)).has(TONES[0], 0.5), "the muted one is not"
    await ours.enter(late)
    await late.closed(within=30)
    await host.hang_up()
    await anna.closed()
    assert await ours.people() == []
