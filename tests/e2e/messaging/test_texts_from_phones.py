"""What phones send is taken once, whole, and by its true sender; so is what trunks send."""

import asyncio
import secrets
from typing import Any

import pytest

from tests.e2e.conftest import MakeCarrier, MakeExtension
from tests.support.carillon import Admin
from tests.support.phone_texts import ODD, MakeTexter, Office, from_the_lab
from tests.support.scenario import until
from tests.support.sip_caller import SipCaller
from tests.support.system import System
from tests.support.texter import Texter

NO_NUMBER = '"?" <sip:anonymous@{}>'


async def test_a_text_of_a_phone_is_taken_whole_and_once(office: Office, texter: MakeTexter) -> None:
    phone = await texter()
    sent = [ODD, "x" * 1023, ")" * 1023, ")", ":", "  blanks  ", "ü" * 511, "end"]
    for text in sent:
        assert await phone.text(office.desk, text) == 202
    taken = await office.of(phone, len(sent))
    assert sorted(one["text"] for one in taken) == sorted(sent)
    assert {(one["sender"], one["recipient"]) for one in taken} == {(phone.number, office.desk)}


async def test_what_one_phone_sends_another_one_gets_as_it_is(office: Office, texter: MakeTexter) -> None:
    one, other = await texter(), await texter()
    for text in (ODD, "ü" * 511):
        assert await one.text(other.number, text) == 202
    await other.until(2)
    assert {received.body.decode() for received in other.received} == {ODD, "ü" * 511}
    assert {received.header("From").partition(";")[0] for received in other.received} == {
        f"<sip:{one.number}@{one.host}>"
    }


async def test_a_request_that_a_phone_repeats_is_one_text(office: Office, texter: MakeTexter) -> None:
    phone = await texter()
    assert await phone.text(office.desk, "repeated", copies=3) == 202
    for _ in range(2):  # with another branch it is another transaction, but the same Call-ID and CSeq
        assert await phone.text(office.desk, "again", call_id=f"same-{phone.user}") == 202
    assert await phone.text(office.desk, "end") == 202
    assert await office.bodies(phone, 3) == ["again", "end", "repeated"]


async def test_who_sent_a_text_is_what_the_phone_has_proved(office: Office, texter: MakeTexter, admin: Admin) -> None:
    mallory, victim = await texter(), await texter()
    host, text = mallory.host, f"forged {secrets.token_hex(6)}"
    forged = {
        "the victim's From": (f"<sip:{victim.user}@{host}>", ()),
        "a < in the display": (f'"x <sip:{victim.user}@{host}>" <sip:{mallory.user}@{host}>', ()),
        "a < in the user": (f"<sip:{mallory.user};%3Csip:{victim.user}@{host}>", ()),
        "a quote in the display": (f'"x\\" <sip:{victim.user}@{host}> \\"" <sip:{mallory.user}@{host}>', ()),
        "an @ in the user": (f"<sip:{victim.user}%40{host}:x@{host}>", ()),
        "a NUL in the user": (f"<sip:{mallory.user}%00{victim.user}@{host}>", ()),
        "identity headers": (
            f'"{victim.user}" <sip:{mallory.user}@{host}>',
            (
                ("PJSIP_ENDPOINT", victim.user),
                ("P-Asserted-Identity", f"<sip:{victim.user}@{host}>"),
                ("P-Preferred-Identity", f"<sip:{victim.user}@{host}>"),
                ("Remote-Party-ID", f"<sip:{victim.user}@{host}>"),
                ("Authorization", f'Digest username="{victim.user}", realm="x", nonce="x", uri="x", response="x"'),
            ),
        ),
    }
    for identity, headers in forged.values():
        await mallory.text(office.desk, text, identity=identity, headers=headers)
    assert await victim.text(office.desk, "true") == 202
    assert await mallory.text(office.desk, "end") == 202
    await until(lambda: office.bodies(mallory, 1), lambda found: "end" in found, what="all are taken")
    assert await office.bodies(victim, 1) == ["true"]
    everywhere = (await admin.ask("GET", "messages?limit=1000"))["messages"]
    known = {(one["account"], one["origin"]) for one in everywhere if one["text"] == text}
    assert known == {(office.own.account.name, f"extension:{mallory.number}")}, "and nobody else's"


async def test_a_phone_that_registers_by_tcp_sends_texts_and_is_sent_them(office: Office, texter: MakeTexter) -> None:
    phone = await texter(tcp=True)
    assert await phone.text(office.desk, "x" * 1023) == 202
    assert await office.bodies(phone, 1) == ["x" * 1023]
    id = await office.post(phone.number, "hello", sender=office.desk)
    assert (await phone.until(1)).body == b"hello"
    await office.becomes(id, "sent")


async def test_strangers_are_refused_as_with_calls(office: Office, texter: MakeTexter) -> None:
    phone = await texter()
    known = f"<sip:{phone.user}@{phone.host}>"
    async with Texter("nobody", "", phone.host, phone.port) as stranger:
        assert await stranger.text(office.desk, "no endpoint") == 401
        assert await stranger.text(office.desk, "no password", identity=known) == 401
    async with Texter(phone.user, "wrong-password", phone.host, phone.port) as guesser:
        assert await guesser.text(office.desk, "a wrong password") in (401, 403)
    assert await phone.text(office.desk, "true") == 202
    assert await office.bodies(phone, 1) == ["true"]
    assert len(await office.all("out")) == 1


async def test_a_text_longer_than_asterisk_takes_is_answered_on_the_phone(office: Office, texter: MakeTexter) -> None:
    phone = await texter()
    assert await phone.text(office.desk, "x" * 1024) == 202
    answer = await phone.until(1)
    assert answer.body == b"Your text was not sent: it is longer than 1023 bytes."
    assert f"<sip:{office.desk}@{phone.host}>" in answer.header("From")
    assert await phone.text(office.desk, "end") == 202
    assert await office.bodies(phone, 1) == ["end"]


async def test_the_content_type_may_have_parameters(office: Office, texter: MakeTexter) -> None:
    phone = await texter()
    assert await phone.text(office.desk, "1 ü", kind="text/plain;charset=UTF-8") == 202
    assert await phone.text(office.desk, "2 ü", kind='Text/Plain; charset="utf-8"; format=flowed') == 202
    assert await phone.text(office.desk, "3 ü", kind="text/plain") == 202
    assert await phone.text(office.desk, "4 ü".encode("latin-1"), kind="text/plain; charset=iso-8859-1") == 202
    assert await phone.text(office.desk, b"5 \xfc") == 202
    assert await phone.text(office.desk, "end") == 202  # Asterisk sends no event of the two before it
    assert await office.bodies(phone, 6, 45) == ["1 ü", "2 ü", "3 ü", "4 ü", "5 \ufffd", "end"]


@pytest.mark.parametrize("kind", ["text/html", "application/im-iscomposing+xml", "message/cpim", "multipart/mixed", ""])
async def test_other_content_is_415(office: Office, texter: MakeTexter, kind: str) -> None:
    phone = await texter()
    assert await phone.text(office.desk, "<x/>", kind=kind) == 415


@pytest.mark.parametrize(
    ("user", "shown"),
    [("+12015550123", "<sip:+12015550123@{}>"), ("911", "<sip:911@{}>"), ("*97", "<sip:*97@{}>"),
     ("h", "<sip:h@{}>"), ("i", "<sip:i@{}>"), ("s", "<sip:s@{}>"), ("302;ext=x", "<sip:302@{}>"),
     ("a%20b", NO_NUMBER), ("1%29%3A2", NO_NUMBER), ("x%22%3C", NO_NUMBER)],
)  # fmt: skip
async def test_what_cannot_be_sent_is_answered_by_the_recipient_that_was_dialled(
    office: Office, texter: MakeTexter, user: str, shown: str
) -> None:
    phone = await texter()
    assert await phone.text(user, "hello") == 202
    answer = await phone.until(1)
    assert answer.body.startswith(b"Not sent: ")
    assert answer.header("From").partition(";")[0] == shown.format(phone.host)
    assert [one["origin"] for one in await office.all("out")] == ["notice"]


async def test_parameters_of_the_recipient_do_not_count(office: Office, texter: MakeTexter) -> None:
    phone = await texter()
    assert await phone.text(f"{office.desk};ext=x", "hello") == 202
    assert [one["recipient"] for one in await office.of(phone, 1)] == [office.desk]


async def test_texts_and_calls_do_not_disturb_each_other(
    office: Office, texter: MakeTexter, extension: MakeExtension, system: System
) -> None:
    phone = await texter()
    one = await extension()
    caller: SipCaller = one.telephone(system)
    calling = asyncio.create_task(caller.call("499", seconds=4))
    for number in range(30):
        assert await phone.text(office.desk, f"{number}") == 202
    assert (await calling).status >= 400, "a number that there is not"
    assert await phone.text(office.desk, "after") == 202
    assert await office.bodies(phone, 31) == sorted([*(f"{number}" for number in range(30)), "after"])


# -- trunks


class Shop:
    """An office with two numbers for texts: one leads nowhere, the other one to a phone."""

    def __init__(self, number: str, leading: str, phone: Texter) -> None:
        self.number, self.leading, self.phone = number, leading, phone


@pytest.fixture
async def shop(office: Office, texter: MakeTexter, admin: Admin) -> Any:
    """Make the numbers; they are removed at the end."""
    phone = await texter()
    numbers = [f"4478{secrets.randbelow(10**8):08d}" for _ in range(2)]
    for number, to in zip(numbers, ({"unassigned": True}, {"to": f"extension:{phone.number}"}), strict=True):
        wanted = {"number": number, "account": office.own.account.name, "capability": "sms", **to}
        await admin.ask("POST", "numbers", wanted)
    yield Shop(*numbers, phone)
    for number in numbers:
        await admin.ask("DELETE", f"numbers/{number}")


async def test_a_text_that_a_network_sends_by_sip_is_routed_by_its_number(
    office: Office, shop: Shop, system: System
) -> None:
    await from_the_lab(system, "+12015550140", f"+{shop.number}", "ünï ): 😀")
    (text,) = await office.received()
    assert (text["carrier"], text["sender"], text["recipient"]) == ("sip-trunk", "12015550140", shop.number)
    assert (text["text"], text["state"]) == ("ünï ): 😀", "received")
    await from_the_lab(system, "+12015550140", shop.leading, "for the phone")
    answer = await shop.phone.until(1)
    assert answer.body == b"for the phone"
    assert f"<sip:12015550140@{shop.phone.host}>" in answer.header("From")
    assert [text["recipient"] for text in await office.received(2)] == [shop.number, shop.leading]


async def test_a_text_of_a_trunk_to_no_number_of_ours_is_kept_for_the_operator(
    office: Office, shop: Shop, system: System, admin: Admin
) -> None:
    extension, words = shop.phone.number, f"anybody? {secrets.token_hex(6)}"
    await from_the_lab(system, "+12015550140", extension, words)

    async def look() -> list[tuple[str, str]]:
        found = (await admin.ask("GET", "messages/unmatched?limit=1000"))["messages"]
        return [(text["carrier"], text["recipient"]) for text in found if text["text"] == words]

    assert await until(look, bool) == [("sip-trunk", extension)], "an extension is no number of ours"
    assert shop.phone.received == []


async def test_a_text_of_a_trunk_is_told_from_a_phones(office: Office, shop: Shop, carrier: MakeCarrier) -> None:
    phone, trunk = shop.phone, await carrier()
    known = (phone.user, office.desk)
    async with Texter(phone.user, "", phone.host, phone.port, address=trunk.address) as far:
        for sender in known:
            identity = f"<sip:{sender}@{phone.host}>"
            assert await far.text(f"+{shop.leading}", f"from {sender}", identity=identity) == 202
    texts = await office.received(2)
    assert [(text["carrier"], text["sender"]) for text in texts] == [("sip-trunk", sender) for sender in known]
    await phone.until(2)
    shown = [received.header("From").partition(";")[0] for received in phone.received]
    assert shown[1] == f'"external {office.desk}" <sip:external{office.desk}@{phone.host}>', "not the extension's"
    assert {text["origin"] for text in await office.all("out")} == {"relay"}
