"""The controller is killed while somebody listens to a box, and Asterisk is restarted while lamps are lit."""

import secrets

from tests.e2e.calls.test_inbound import audible, heard_by
from tests.e2e.conftest import MakePhone, make_account
from tests.e2e.destinations.test_destinations import Leading, leading
from tests.e2e.voicemail.test_leaving import PHRASE, MakeBox, box, is_recorded, left, messages, speaks, talking
from tests.e2e.voicemail.test_listening import CODE, PIN, listens, set_pin
from tests.faults.conftest import kill_the_controller
from tests.support.carillon import Admin, Own
from tests.support.system import System
from tests.support.voicemail import is_at, tailed, typed

__all__ = ["box", "leading"]


async def test_a_kill_amid_a_pin_asks_for_it_again_and_counts_no_try(
    phone: MakePhone, box: MakeBox, own: Own, system: System
) -> None:
    ben = await phone()
    ours = await box(name="Ben", extension=ben.number)
    await set_pin(own, ours)
    await ben.dial(CODE)
    await is_at(own, ben.number, "pin")
    await typed(ben, PIN[:3])
    await kill_the_controller(system)
    assert "tries" not in await is_at(own, ben.number, "pin")
    await typed(ben, f"{PIN}#")
    await is_at(own, ben.number, "main")
    await ben.hang_up()


async def test_a_kill_amid_a_message_goes_on_with_that_message_and_changes_nothing(
    phone: MakePhone, leading: Leading, box: MakeBox, own: Own, system: System
) -> None:
    anna, ben = await phone(talking()), await phone()
    ours = await box(name="Ben", extension=ben.number)
    await set_pin(own, ours)
    await speaks(own, anna, await leading(f"voicemail:{ours}"))
    await anna.hang_up()
    (message,) = await left(own, ours)
    await listens(own, ben)
    await ben.press("1")
    await is_at(own, ben.number, "message")
    await ben.press("7")
    await is_at(own, ben.number, "message", first="deleted")
    await kill_the_controller(system)
    await is_at(own, ben.number, "message", message=message["id"])
    assert await messages(own, ours) == []
    await ben.press("7")
    await is_at(own, ben.number, "message", first="undeleted")
    assert [each["id"] for each in await messages(own, ours)] == [message["id"]]
    await ben.hang_up()


async def test_a_kill_while_a_greeting_is_recorded_loses_nothing_that_was_said(
    phone: MakePhone, leading: Leading, box: MakeBox, own: Own, system: System
) -> None:
    anna, ben = await phone(), await phone(talking())
    ours = await box(name="Ben", extension=ben.number)
    await set_pin(own, ours)
    await listens(own, ben)
    await typed(ben, "011")
    await is_recorded(own, ben.number)
    await audible(ben, heard_by(ben).seconds + 4)
    await kill_the_controller(system)
    await is_recorded(own, ben.number)
    await ben.press("#")
    await is_at(own, ben.number, "review")
    await ben.press("1")
    await is_at(own, ben.number, "greeting", first="greeting_kept")
    await ben.hang_up()
    await anna.dial(await leading(f"voicemail:{ours}"))
    await audible(anna, 8.0)
    await anna.hang_up()
    assert heard_by(anna).says(PHRASE)


async def test_a_lamp_is_lit_again_after_a_restart_of_asterisk_and_of_the_controller(
    phone: MakePhone, leading: Leading, box: MakeBox, own: Own, admin: Admin, system: System
) -> None:
    number = "7" + str(secrets.randbelow(10**5)).rjust(5, "0")
    await tailed(admin, make_account(admin).name, number)
    anna, ben = await phone(talking()), await phone(number=number, lamp=True)
    ours = await box(name="Ben", extension=number)
    await speaks(own, anna, await leading(f"voicemail:{ours}"))
    await anna.hang_up()
    await left(own, ours)
    await ben.shows("Voice-Message: 1/0")
    del ben.events[:]
    await kill_the_controller(system)
    await ben.shows("Messages-Waiting: yes", "Voice-Message: 1/0")
    del ben.events[:]
    await system.docker("restart", system.container("asterisk"))
    await system.healthy()
    await ben.shows("Messages-Waiting: yes", "Voice-Message: 1/0")
    told = [event for event in ben.events if event.get("type") == "MWI_NOTIFY"]
    assert "Voice-Message: 0/0" in str(told[0]["param"])  # Asterisk had forgotten it
