"""kill -9 of the controller while a caller enters a PIN, and while a conference with an admin goes on."""

import secrets

from engine.features.rooms.pins import TRIES
from tests.e2e.calls.test_inbound import heard_by
from tests.e2e.conftest import MakePhone
from tests.e2e.destinations.test_destinations import newest
from tests.e2e.rooms.conftest import TONES, MakeRoom, Speaking, lasting, line, room, speaking
from tests.faults.conftest import kill_the_controller
from tests.support.carillon import Own
from tests.support.scenario import call_ended, until
from tests.support.sink import Sink
from tests.support.system import System
from tests.support.voicemail import state_of, typed

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
    assert kinds == ["converse", "join_conference"], "asked by one turn, in once"
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


async def test_wrong_pins_before_a_kill_count_after_it_and_the_account_hears_of_the_lock(
    room: MakeRoom, phone: MakePhone, own: Own, sink: Sink, system: System
) -> None:
    number = str(secrets.randbelow(90) + 10)
    ours, anna = await room(number=number, waits_for_admin=False), await phone()
    status, made = await own.ask("POST", "subscriptions", json={"events": ["guesses.locked"], "url": sink.url("locks")})
    assert status == 201, made
    for killed in (False, True, False):
        await anna.dial(ours.line)
        for tries in range(TRIES):
            await asks(own, ours.line, tries)
            await typed(anna, f"{number}*408{tries}#")
            if killed and tries == 0:
                await asks(own, ours.line, 1)
                await kill_the_controller(system)
        await anna.closed(within=30)
    await sink.until_any(lambda one: "guesses.locked" in one.body and anna.number in one.body, within=30)
    assert '"scope":"caller"' in next(one.body for one in sink.received if anna.number in one.body)
    await anna.dial(ours.line)
    await typed(anna, f"{number}*{ours.pin}#")
    await anna.closed(within=60)
    assert heard_by(anna).says("too many wrong")
    assert await ours.people() == []
    await own.ask("DELETE", f"subscriptions/{made['id']}")


async def asks(own: Own, line: str, tries: int) -> None:
    """Wait until the newest call asks for a PIN, behind so many wrong ones."""

    async def turn() -> int | None:
        tasks = await own.queue((await newest(own, line))["id"])
        running = [task for task in tasks if (task["kind"], task["state"]) == ("converse", "running")]
        return int(state_of(running[-1]).get("tries", 0)) if running else None

    await until(turn, lambda found: found == tries, within=30, what=f"it asks behind {tries} wrong PINs")
