"""What a number leads to, each kind by a real call; and where a call goes that an extension does not take."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from tests.e2e.calls.test_inbound import audible, away, heard_by
from tests.e2e.conftest import MakeExtension, MakePhone
from tests.support import audio, people
from tests.support.carillon import Account, Admin, Command, CommandFailed, Own
from tests.support.far_end import assert_hears
from tests.support.scenario import call_ended, until

CALLER, ANSWERS = 573, 908
"""The tones (Hz) of who calls and of who answers."""
Leading = Callable[[Any], Awaitable[str]]


@pytest.fixture
async def leading(admin: Admin, account: Account) -> AsyncIterator[Leading]:
    """Makes short numbers of the account: `await leading("extension:101")`."""
    made: list[str] = []

    async def make(to: Any) -> str:
        number = "44" + str(secrets.randbelow(10**9)).rjust(9, "0")
        await admin.ask("POST", "numbers", {"number": number, "account": account.name, "to": to})
        made.append(number)
        return number

    yield make
    for number in made:
        await admin.ask("DELETE", f"numbers/{number}")


async def newest(own: Own, number: str) -> dict[str, Any]:
    """The account's newest call that came in for a number."""
    _, body = await own.ask("GET", "calls?limit=50")
    return next(call for call in body["calls"] if call["direction"] == "inbound" and call["callee"] == number)


async def test_a_number_leads_to_an_extension(phone: MakePhone, leading: Leading) -> None:
    anna, ben = await phone(audio.sine(CALLER, 60)), await phone(audio.sine(ANSWERS, 60))
    ours = await leading(f"extension:{ben.number}")
    await anna.ring(ours)
    assert anna.number in (await ben.pick_up())["peeruri"]
    await anna.until("CALL_ESTABLISHED")
    await audible(anna, 2.0)
    await anna.hang_up()
    await ben.closed()
    assert_hears(heard_by(anna), [ANSWERS], [CALLER])
    assert_hears(heard_by(ben), [CALLER], [ANSWERS])


async def test_a_number_leads_to_a_room_where_its_callers_meet(phone: MakePhone, leading: Leading) -> None:
    anna, ben = await phone(audio.sine(CALLER, 60)), await phone(audio.sine(ANSWERS, 60))
    ours = await leading(f"room:{secrets.token_hex(4)}")
    await anna.dial(ours)
    await ben.dial(ours)
    await audible(ben, 3.0)
    await ben.hang_up()
    await anna.hang_up()
    assert_hears(heard_by(anna), [ANSWERS], [CALLER])
    assert_hears(heard_by(ben), [CALLER], [ANSWERS])


async def test_a_number_leads_to_tasks_and_to_an_application(
    phone: MakePhone, leading: Leading, admin: Admin, account: Account
) -> None:
    tasks = [{"kind": "say", "text": "Welcome. My name is Carillon."}, {"kind": "hang_up"}]
    name = f"shop-{secrets.token_hex(3)}"
    await admin.ask("POST", "applications", {"account": account.name, "name": name, "tasks": tasks})
    anna = await phone()
    for to in ({"tasks": tasks}, f"application:{name}"):
        await anna.dial(await leading(to))
        await anna.closed()
        assert heard_by(anna).says("my name is")


async def test_a_number_is_forwarded_and_its_account_pays_as_for_any_call(
    phone: MakePhone, leading: Leading, own: Own
) -> None:
    (number, hz), *_ = people.speakers(1, first=6)
    anna = await phone(audio.sine(CALLER, 60))
    ours = await leading(f"forward:+{number}")
    await anna.dial(ours)
    await audible(anna, 2.5)
    await anna.hang_up()
    assert_hears(heard_by(anna), [hz], [CALLER])
    call = await newest(own, ours)
    _, body = await own.ask("GET", "calls?limit=50")
    (leg,) = [each for each in body["calls"] if each["root"] == call["id"] and each["id"] != call["id"]]
    assert (leg["direction"], leg["callee"], leg["account"]) == ("outbound", number, call["account"])


async def test_a_forward_that_the_account_may_not_make_ends_and_the_timeline_says_why(
    phone: MakePhone, leading: Leading, own: Own
) -> None:
    anna = await phone()
    ours = await leading("forward:+442071838750")
    await anna.ring(ours)
    await anna.closed()
    seen = await call_ended(own, (await newest(own, ours))["id"])
    assert seen["cause"] == "not_allowed"
    assert "may not call" in str(seen["tasks"][-1]["outcome"]), seen["tasks"]


@pytest.mark.parametrize(("to", "reply"), [("hangup:busy", "486"), ("hangup", "403")])
async def test_a_number_leads_to_its_end(phone: MakePhone, leading: Leading, to: str, reply: str) -> None:
    anna = await phone()
    await anna.ring(await leading(to))
    assert reply in await anna.closed()


async def test_an_extension_that_nobody_answers_leads_on_when_its_time_is_over(
    phone: MakePhone, admin: Admin, own: Own
) -> None:
    (number, hz), *_ = people.speakers(1, first=7)
    anna, ben = await phone(audio.sine(CALLER, 60)), await phone()
    await admin.ask("PATCH", f"extensions/{ben.number}", {"no_answer": f"forward:+{number}", "ring_seconds": 3})
    await anna.ring(ben.number)
    await ben.until("CALL_INCOMING")
    await anna.until("CALL_ESTABLISHED")
    await ben.closed()
    await audible(anna, 2.0)
    await anna.hang_up()
    assert_hears(heard_by(anna), [hz], [CALLER])
    _, body = await own.ask("GET", "calls?limit=50")
    assert [call["callee"] for call in body["calls"] if call["root"] == (body["calls"][0]["root"])][:1] == [number]


async def test_an_extension_that_declines_leads_on_as_busy(phone: MakePhone, admin: Admin) -> None:
    anna, ben, cleo = await phone(), await phone(), await phone(audio.sine(ANSWERS, 60), answer=True)
    await admin.ask("PATCH", f"extensions/{ben.number}", {"busy": f"extension:{cleo.number}"})
    await anna.ring(ben.number)
    await ben.until("CALL_INCOMING")
    await ben.command("hangup")
    await anna.until("CALL_ESTABLISHED")
    await audible(anna, 2.0)
    await anna.hang_up()
    assert_hears(heard_by(anna), [ANSWERS], [CALLER])


async def test_an_extension_without_a_phone_leads_on_at_once(
    phone: MakePhone, extension: MakeExtension, admin: Admin
) -> None:
    anna, cleo = await phone(), await phone(audio.sine(ANSWERS, 60), answer=True)
    absent, ben = await extension(), await phone()
    for number in (absent.number, ben.number):
        await admin.ask("PATCH", f"extensions/{number}", {"unregistered": f"extension:{cleo.number}"})
    await anna.ring(absent.number)  # no phone ever registered
    await anna.until("CALL_ESTABLISHED", within=5)
    await anna.hang_up()
    async with away(ben):
        await anna.ring(ben.number)
        await anna.until("CALL_ESTABLISHED", within=5)
        await audible(anna, 2.0)
        await anna.hang_up()
    assert_hears(heard_by(anna), [ANSWERS], [CALLER])


async def test_a_menu_leads_on_by_its_choice(phone: MakePhone, leading: Leading) -> None:
    anna, ben = await phone(), await phone(audio.sine(ANSWERS, 60), answer=True)
    menu = {
        "id": "main",
        "main": [{"kind": "say", "text": "Press one."}],
        "choices": [{"digit": "1", "to": f"extension:{ben.number}"}],
        "otherwise": "hangup",
    }
    await anna.dial(await leading({"tasks": [{"kind": "run_menu", "first": "main", "menus": [menu]}]}))
    await audible(anna, 0.5)
    await anna.press("1")
    await ben.until("CALL_ESTABLISHED")
    told = heard_by(anna).seconds
    await audible(anna, told + 2.0)
    await anna.hang_up()
    assert_hears(heard_by(anna).part(told), [ANSWERS], [CALLER])


async def test_a_destination_that_leads_to_itself_is_refused_when_it_is_set(
    extension: MakeExtension, admin: Admin, carillon: Command, account: Account
) -> None:
    one, two = await extension(), await extension()
    await admin.ask("PATCH", f"extensions/{one.number}", {"no_answer": f"extension:{two.number}"})
    ran = await carillon.run("extensions", "set", two.number, "--busy", f"extension:{one.number}")
    assert ran.status == 1
    assert f"extension:{two.number} would lead to itself" in ran.errors
    with pytest.raises(CommandFailed, match="would lead to itself"):
        await admin.ask("PATCH", f"extensions/{one.number}", {"busy": f"extension:{one.number}"})


async def test_a_chain_of_numbers_is_followed_for_five_steps_and_cut_then(
    phone: MakePhone, leading: Leading, own: Own
) -> None:
    anna, to = await phone(), f"room:{secrets.token_hex(4)}"
    chain = [to := f"forward:+{await leading(to)}" for _ in range(6)]
    fifth, sixth = (text.removeprefix("forward:+") for text in chain[-2:])
    await anna.dial(fifth)
    await anna.hang_up()
    await anna.ring(sixth)
    assert await anna.closed() == "603 Decline"
    seen = await call_ended(own, (await newest(own, sixth))["id"])
    assert (seen["cause"], seen["tasks"][-1]["outcome"]["reason"]) == ("loop", "loop")
    assert "led on 5 times and is ended before room:" in seen["tasks"][-1]["outcome"]["detail"]


async def test_the_command_line_lets_a_number_lead_to_each_kind_and_shows_it(
    phone: MakePhone, carillon: Command, account: Account
) -> None:
    ben = await phone(audio.sine(ANSWERS, 60), answer=True)
    anna = await phone()
    number = "44" + str(secrets.randbelow(10**9)).rjust(9, "0")
    said = await carillon("numbers", "add", number, "--account", account.name, "--to", "hangup")
    assert said.strip() == f"{number} leads to hangup:rejected."
    await carillon("numbers", "set", number, "--to", f"extension:{ben.number}")
    (row,) = [each for each in await carillon.json("numbers", "list") if each["number"] == number]
    assert row["leads_to"] == {"kind": "extension", "target": ben.number, "text": f"extension:{ben.number}"}
    await anna.dial(number)
    await audible(anna, 1.0)
    await anna.hang_up()
    assert_hears(heard_by(anna), [ANSWERS], [CALLER])
    await until(lambda: carillon("numbers", "remove", number), bool, what="the number is removed")
