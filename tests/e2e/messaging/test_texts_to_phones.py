"""What is sent to an extension reaches its phone as it is; without a registered phone it waits."""

import re
import secrets

from tests.e2e.conftest import MakePhone
from tests.support.carillon import Admin, Command
from tests.support.phone_texts import ODD, WAITS, MakeTexter, Office, from_the_lab
from tests.support.scenario import until
from tests.support.system import System
from tests.support.texter import Texter


async def test_a_text_reaches_the_phone_as_it_is(office: Office, texter: MakeTexter) -> None:
    phone = await texter()
    for count, text in enumerate([ODD, "y" * 1400, "z" * 4096, "%41%00&body=x"], 1):
        id = await office.post(phone.number, text, sender=office.desk)
        received = await phone.until(count)
        assert received.body.decode() == text
        assert received.header("Content-Type") == "text/plain"
        assert received.header("From").partition(";")[0] == f"<sip:{office.desk}@{phone.host}>"
        await office.becomes(id, "sent")
    assert len(phone.received) == 4


async def test_texts_arrive_in_their_order_however_fast_they_leave(office: Office, texter: MakeTexter) -> None:
    phone = await texter(register=False)
    assert (await office.own.ask("PATCH", "texting", json={"per_second": 1000}))[0] == 200
    count = 60
    for number in range(count):
        await office.post(phone.number, f"{number}", sender=office.desk)
    assert await phone.register() == 200
    await phone.until(count)
    assert [one.body.decode() for one in phone.received] == [f"{number}" for number in range(count)]


async def test_a_text_appears_on_a_softphone(office: Office, phone: MakePhone) -> None:
    one = await phone(trace=True, account=office.own.account.name)
    id = await office.post(one.number, "hello, softphone ü", sender=office.desk)

    async def shown() -> str:
        return one.traced()

    printed = await until(shown, lambda text: "hello, softphone ü" in text, what="baresip shows the text")
    assert re.search(r"^MESSAGE sip:", printed, re.MULTILINE)
    await office.becomes(id, "sent")


async def test_a_text_to_a_users_number_rings_all_its_phones_and_is_in_its_inbox(
    office: Office, texter: MakeTexter, phone: MakePhone, system: System, admin: Admin, carillon: Command
) -> None:
    account, email, number = office.own.account.name, "ann@example.com", f"4478{secrets.randbelow(10**8):08d}"
    await admin.ask("POST", f"accounts/{account}/users", {"email": email, "role": "member"})
    softphone, other, nobodys = await phone(trace=True, account=account), await texter(), await texter()
    for one in (softphone.number, other.number):
        await carillon("extensions", "set", one, "--account", account, "--owner", email)
    led = {"number": number, "account": account, "capability": "sms", "to": f"user:{email}"}
    await admin.ask("POST", "numbers", led)
    try:
        await from_the_lab(system, "12015550140", number, "Hello, Ann.")
        assert (await other.until(1)).body == b"Hello, Ann."

        async def shown() -> str:
            return softphone.traced()

        await until(shown, lambda text: "Hello, Ann." in text, what="baresip shows the text")
    finally:
        await admin.ask("DELETE", f"numbers/{number}")
    inbox = await carillon.json("messages", "list", "--account", account, "--user", email)
    assert [(one["sender"], one["recipient"], one["text"]) for one in inbox] == [("12015550140", number, "Hello, Ann.")]
    assert nobodys.received == []


async def test_a_text_waits_for_a_phone_that_is_not_registered(office: Office, texter: MakeTexter) -> None:
    phone = await texter(register=False)
    early = await office.post(phone.number, "too early", sender=office.desk)
    waits = ("queued", WAITS.format(phone.number))
    assert await office.why(early) == waits
    assert await phone.register() == 200
    assert (await phone.until(1)).body == b"too early"
    await office.becomes(early, "sent")
    assert await phone.register(0) == 200
    late = await office.post(phone.number, "too late", sender=office.desk)
    await until(lambda: office.why(late), lambda found: found == waits, what="it has unregistered")
    assert await phone.register() == 200
    assert (await phone.until(2)).body == b"too late"
    await office.becomes(late, "sent")
    assert len(phone.received) == 2


async def test_each_phone_of_an_extension_has_the_text_once(office: Office, texter: MakeTexter) -> None:
    first = await texter()
    async with (
        Texter(first.user, first.password, first.host, first.port) as second,
        Texter(first.user, first.password, first.host, first.port, tcp=True) as third,
    ):
        assert [await second.register(), await third.register()] == [200, 200]
        for count, text in enumerate(("hello", "and again"), 1):
            await office.post(first.number, text, sender=office.desk)
            for phone in (first, second, third):
                assert (await phone.until(count)).body == text.encode()
        assert await second.register(0) == 200
        await office.post(first.number, "to two", sender=office.desk)
        assert [(await phone.until(3)).body for phone in (first, third)] == [b"to two"] * 2
        assert [len(phone.received) for phone in (first, second, third)] == [3, 2, 3]


async def test_a_phone_that_is_gone_keeps_no_text_from_the_others(office: Office, texter: MakeTexter) -> None:
    first = await texter()
    async with Texter(first.user, first.password, first.host, first.port) as gone:
        assert await gone.register() == 200
    for count in (1, 2):
        await office.post(first.number, f"{count}", sender=office.desk)
        assert (await first.until(count)).body == f"{count}".encode()


async def test_a_phone_that_refuses_a_text_stops_none_of_the_others(office: Office, texter: MakeTexter) -> None:
    refusing, silent, good = await texter(answers=486), await texter(), await texter()
    ids = [await office.post(one.number, "hello", sender=office.desk) for one in (refusing, silent, good)]
    assert (await good.until(1)).body == b"hello"
    for id in ids:
        await office.becomes(id, "sent")
    silent.answers = 0
    ids = [await office.post(one.number, "again", sender=office.desk) for one in (refusing, silent, good)]
    assert (await good.until(2)).body == b"again"
    for id in ids:
        await office.becomes(id, "sent")
    assert [received.body for received in good.received] == [b"hello", b"again"]
