"""Boxes that are listened to by telephone: *97, the PIN, the keys, greetings, and what the caller hears."""

import secrets

import pytest

from api.lab import Lab
from tests.e2e.calls.test_inbound import audible, heard_by
from tests.e2e.conftest import MakePhone, make_account
from tests.e2e.destinations.test_destinations import Leading, leading
from tests.e2e.voicemail.test_leaving import PHRASE, MakeBox, box, is_recorded, left, messages, speaks, talking
from tests.support import people
from tests.support.carillon import Admin, Own
from tests.support.digits import stands_in
from tests.support.phone import Phone
from tests.support.scenario import until
from tests.support.voicemail import conversing, is_at, typed

__all__ = ["box", "leading"]
CODE = "*97"
PIN = "271828"


async def set_pin(own: Own, number: str, pin: str = PIN) -> str:
    """Give a box a PIN; returns it."""
    status, body = await own.ask("PUT", f"voicemail-boxes/{number}/pin", json={"pin": pin})
    assert status < 300, body
    return pin


async def listens(own: Own, ben: Phone, pin: str = PIN) -> None:
    """Dial the code and give the PIN."""
    await ben.dial(CODE)
    await is_at(own, ben.number, "pin")
    await typed(ben, f"{pin}#")
    await is_at(own, ben.number, "main")


async def test_a_phrase_that_a_person_of_the_lab_left_is_heard_by_dialling_the_code(
    phone: MakePhone, leading: Leading, box: MakeBox, own: Own, network: Lab
) -> None:
    ben = await phone()
    ours = await box(name="Ben Miller", extension=ben.number, silence_seconds=3)
    await set_pin(own, ours)
    await network.dial(await leading(f"voicemail:{ours}"), people.SAYS_ITS_NAME, seconds=60)
    await until(lambda: messages(own, ours), bool, within=45, what="the message is there")
    (message,) = await left(own, ours)
    await listens(own, ben)
    await audible(ben, heard_by(ben).seconds + 4)
    counted = heard_by(ben).seconds
    assert heard_by(ben).says("old messages")
    await ben.press("1")
    await is_at(own, ben.number, "message")
    for seconds in (8, 16, 16 + message["seconds"]):  # a wait for sound has a limit
        await audible(ben, counted + seconds)
    await ben.hang_up()
    played = heard_by(ben).part(counted)
    assert played.says(PHRASE)
    assert (await messages(own, ours))[0]["read"] is True


async def test_a_message_is_deleted_taken_back_saved_and_forwarded_by_keys(
    phone: MakePhone, leading: Leading, box: MakeBox, own: Own
) -> None:
    anna, ben = await phone(talking()), await phone()
    ours, other = await box(name="Ben", extension=ben.number), await box(name="Carol")
    await set_pin(own, ours)
    dialled = await leading(f"voicemail:{ours}")
    await speaks(own, anna, dialled)
    await anna.hang_up()
    (message,) = await left(own, ours)
    await listens(own, ben)
    await ben.press("1")
    await is_at(own, ben.number, "message")
    await ben.press("7")
    await is_at(own, ben.number, "message", first="deleted")
    assert await messages(own, ours) == []
    await ben.press("7")
    await is_at(own, ben.number, "message", first="undeleted")
    assert [each["id"] for each in await messages(own, ours)] == [message["id"]]
    await ben.press("8")
    await is_at(own, ben.number, "forward")
    await typed(ben, f"{other}#")
    await is_at(own, ben.number, "message", first="forwarded")
    (copy,) = await messages(own, other)
    assert copy["caller"] == anna.number and copy["read"] is False
    await ben.press("9")
    await is_at(own, ben.number, "message", first="saved")
    assert [each["folder"] for each in await messages(own, ours)] == ["saved"]
    await ben.press("#")
    assert await ben.closed()
    call, _, tasks = await conversing(own, ben.number)
    shown = str(tasks) + str((await own.ask("GET", f"calls/{call}/timeline"))[1])
    assert PIN not in shown and other not in _digits(shown)


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdecimal())


async def test_three_wrong_pins_end_the_call_and_no_digit_of_them_is_shown(
    phone: MakePhone, box: MakeBox, own: Own
) -> None:
    ben = await phone()
    ours = await box(name="Ben", extension=ben.number)
    await set_pin(own, ours)
    await ben.dial(CODE)
    for tries in range(3):
        await is_at(own, ben.number, "pin", **({"tries": tries} if tries else {}))
        await typed(ben, "987650#")
    await ben.closed()
    call, _, tasks = await conversing(own, ben.number)
    _, timeline = await own.ask("GET", f"calls/{call}/timeline")
    assert not stands_in("987650", f"{tasks} {timeline}")
    assert not [one for one in str(timeline).split("'digit': '")[1:] if one[0] in "0123456789"]


async def test_nobody_who_does_not_know_the_pin_learns_whether_there_is_a_box(
    phone: MakePhone, leading: Leading, box: MakeBox, own: Own
) -> None:
    anna, ours = await phone(), await box(name="Ben")
    await set_pin(own, ours)
    dialled = await leading("voicemail_menu")
    steps = []
    for number in (ours, "80" + str(secrets.randbelow(10**8)).rjust(8, "0")):
        await anna.dial(dialled)
        await is_at(own, anna.number, "number")
        await typed(anna, f"{number}#")
        for _ in range(3):
            steps.append((await is_at(own, anna.number, "pin"))["step"])
            await typed(anna, "112233#")
        await anna.closed()
    assert steps == ["pin"] * 6
    await anna.dial(dialled)
    await is_at(own, anna.number, "number")
    await typed(anna, f"{ours}#")
    await is_at(own, anna.number, "pin")
    await typed(anna, f"{PIN}#")
    await is_at(own, anna.number, "main")
    await anna.hang_up()


async def test_a_box_that_is_locked_and_a_number_that_is_none_sound_alike(
    phone: MakePhone, admin: Admin, own: Own
) -> None:
    other = make_account(admin)  # whose guesses are nobody else's
    theirs, box = Own(own.session, own.system, other), "8201"
    status, _ = await theirs.ask("POST", "voicemail-boxes", json={"number": box, "pin": PIN})
    assert status == 201
    line = "44" + str(secrets.randbelow(10**9)).rjust(9, "0")
    await admin.ask("POST", "numbers", {"number": line, "account": other.name, "to": "voicemail_menu"})
    heard = []
    for number in (box, "8202"):
        for _ in range(3):
            await tries_pins(theirs, await phone(account=other.name), line, number, 3)
        late = await phone(account=other.name)
        await tries_pins(theirs, late, line, number, 1, PIN)
        heard.append(heard_by(late).says("too many wrong"))
    assert heard == [True, True]
    await admin.ask("DELETE", f"numbers/{line}")


async def tries_pins(own: Own, caller: Phone, line: str, box: str, times: int, pin: str = "112233") -> None:
    """Call a menu, name a box and try a PIN so often; the call ends then."""
    await caller.dial(line)
    await is_at(own, caller.number, "number")
    await typed(caller, f"{box}#")
    for tries in range(times):
        await is_at(own, caller.number, "pin", **({"tries": tries} if tries else {}))
        await typed(caller, f"{pin}#")
    await caller.closed(within=30)


async def test_an_empty_pin_is_a_wrong_one(phone: MakePhone, box: MakeBox, own: Own) -> None:
    ben = await phone()
    await box(name="Ben", extension=ben.number)
    await ben.dial(CODE)
    await is_at(own, ben.number, "pin")
    for tries in (1, 2):
        await ben.press("#")
        await is_at(own, ben.number, "pin", tries=tries)
    await ben.press("#")
    await ben.closed()


async def test_star_during_a_greeting_leads_to_the_menu_of_that_box(
    phone: MakePhone, leading: Leading, box: MakeBox, own: Own
) -> None:
    anna, ours = await phone(), await box(name="Ben")
    await set_pin(own, ours)
    await anna.dial(await leading(f"voicemail:{ours}"))
    await audible(anna, 1.0)
    await anna.press("*")
    assert (await is_at(own, anna.number, "pin"))["box"] == "***"
    await typed(anna, f"{PIN}#")
    await is_at(own, anna.number, "main")
    await anna.hang_up()


async def test_ones_own_extension_needs_no_pin_if_the_box_says_so(phone: MakePhone, box: MakeBox, own: Own) -> None:
    ben = await phone()
    await box(name="Ben", extension=ben.number, skip_pin_from_own_extension=True)
    await ben.dial(CODE)
    await is_at(own, ben.number, "main")
    await ben.hang_up()


async def test_a_pin_is_changed_by_typing_it_twice(phone: MakePhone, box: MakeBox, own: Own) -> None:
    ben = await phone()
    ours = await box(name="Ben", extension=ben.number)
    await set_pin(own, ours)
    await listens(own, ben)
    await ben.press("0")
    await is_at(own, ben.number, "options")
    await ben.press("5")
    await is_at(own, ben.number, "new_pin")
    await typed(ben, "314159#314159#")
    await is_at(own, ben.number, "options", first="pin_changed")
    await ben.hang_up()
    await listens(own, ben, "314159")
    await ben.hang_up()


@pytest.mark.parametrize(("key", "kind"), [("1", "all"), ("2", "busy")])
async def test_a_greeting_is_recorded_heard_and_kept(
    phone: MakePhone, leading: Leading, box: MakeBox, own: Own, key: str, kind: str
) -> None:
    ben, anna = await phone(talking()), await phone()
    ours = await box(name="Ben", extension=ben.number)
    await set_pin(own, ours)
    await listens(own, ben)
    await typed(ben, f"0{key}1")
    await is_recorded(own, ben.number)
    await audible(ben, heard_by(ben).seconds + 5)
    await ben.press("#")
    await is_at(own, ben.number, "review")
    await ben.press("1")
    await is_at(own, ben.number, "greeting", first="greeting_kept")
    await ben.hang_up()
    reason = "" if kind == "all" else f"/{kind}"
    await anna.dial(await leading(f"voicemail:{ours}{reason}"))
    await audible(anna, 4.0)
    await anna.hang_up()
    assert heard_by(anna).says(PHRASE)
