"""What phones send is taken once, whole, and by its true sender."""

import asyncio

import pytest

from engine.features.messaging.carrier import NotSent
from engine.features.messaging.sip import taking
from tests.e2e.conftest import MakeCarrier, MakeExtension
from tests.support.phone_texts import ODD, MakeTexter, Running
from tests.support.scenario import until
from tests.support.sip_caller import SipCaller
from tests.support.system import System
from tests.support.texter import Texter


async def test_a_text_of_a_phone_is_taken_whole_and_once(texts: Running, texter: MakeTexter) -> None:
    phone = await texter()
    sent = [ODD, "x" * 1023, ")" * 1023, ")", ":", "  blanks  ", "ü" * 511]
    for text in sent:
        assert await phone.text("302", text) == 202
    taken = await texts.of(phone.user, len(sent))
    assert [text.text for text in taken] == sent
    assert {text.recipient for text in taken} == {"302"}
    assert len({text.key for text in taken}) == len(sent)


async def test_a_request_that_a_phone_repeats_is_one_text(texts: Running, texter: MakeTexter) -> None:
    phone = await texter()
    assert await phone.text("302", "repeated", copies=3) == 202
    assert await phone.text("302", "end") == 202
    assert [text.text for text in await texts.of(phone.user, 2)] == ["repeated", "end"]
    for _ in range(2):  # with another branch it is another transaction, but the same Call-ID and CSeq
        assert await phone.text("302", "again", call_id=f"same-{phone.user}") == 202
    first, second = (await texts.of(phone.user, 4))[2:]
    assert first == second, "the Inbox knows it by its key"


async def test_what_came_while_no_controller_ran_is_taken_at_its_return(
    texts: Running, texter: MakeTexter, system: System
) -> None:
    phone, other = await texter(), await texter()
    await texts.crash()
    for number in range(20):
        assert await phone.text("302", f"{number}") == 202
        assert await other.text("303", f"other {number}") == 202
    assert texts.inbox.texts == []
    await texts.start()
    assert [text.text for text in await texts.of(phone.user, 20)] == [f"{number}" for number in range(20)]
    assert [text.text for text in await texts.of(other.user, 20)] == [f"other {number}" for number in range(20)]


async def test_what_the_store_did_not_take_comes_again(
    texts: Running, texter: MakeTexter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "AGAIN_SECONDS", 0.2)
    phone = await texter()
    texts.inbox.failing = 3
    assert await phone.text("302", "first") == 202
    assert await phone.text("302", "second") == 202
    assert [text.text for text in await texts.of(phone.user, 2)] == ["first", "second"]


async def test_who_sent_a_text_is_what_the_phone_has_proved(texts: Running, texter: MakeTexter) -> None:
    mallory, victim = await texter(), await texter()
    host = mallory.host
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
        await mallory.text("302", "forged", identity=identity, headers=headers)
    await victim.text("302", "true")
    assert [text.text for text in await texts.of(victim.user, 1)] == ["true"]
    await mallory.text("302", "end")
    async with asyncio.timeout(10):
        while "end" not in [text.text for _, text in texts.inbox.texts]:
            await texts.inbox.until(len(texts.inbox.texts) + 1)
    assert [text.text for _, text in texts.inbox.texts if text.sender == victim.user] == ["true"]


async def test_a_phone_that_registers_by_tcp_sends_texts_and_is_sent_none(texts: Running, texter: MakeTexter) -> None:
    phone = await texter(tcp=True)
    assert await phone.text("302", "x" * 1023) == 202
    assert (await texts.of(phone.user, 1))[0].text == "x" * 1023
    sent = await texts.send(phone.user, "hello")
    assert isinstance(sent, NotSent), "no call reaches it either: extensions are on transport-udp"


async def test_strangers_are_refused_as_with_calls(texts: Running, texter: MakeTexter, system: System) -> None:
    phone = await texter()
    known = f"<sip:{phone.user}@{phone.host}>"
    async with Texter("nobody", "", phone.host, phone.port) as stranger:
        assert await stranger.text("302", "no endpoint") == 401
        assert await stranger.text("302", "no password", identity=known) == 401
    async with Texter(phone.user, "wrong-password", phone.host, phone.port) as guesser:
        assert await guesser.text("302", "a wrong password") in (401, 403)
    assert await phone.text("302", "true") == 202
    assert [text.text for text in await texts.of(phone.user, 1)] == ["true"]
    assert len(texts.inbox.texts) == 1


async def test_a_text_longer_than_asterisk_takes_is_answered_on_the_phone(texts: Running, texter: MakeTexter) -> None:
    phone = await texter()
    await texts.registered(phone.user)
    assert await phone.text("302", "x" * 1024) == 202
    answer = await phone.until(1)
    assert answer.body == b"Your text was not sent: it is longer than 1023 bytes."
    assert f"<sip:302@{phone.host}>" in answer.header("From")
    assert texts.inbox.texts == []


async def test_the_content_type_may_have_parameters(
    texts: Running, texter: MakeTexter, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = await texter()
    assert await phone.text("302", "ü", kind="text/plain;charset=UTF-8") == 202
    assert await phone.text("302", "ü", kind='Text/Plain; charset="utf-8"; format=flowed') == 202
    assert await phone.text("302", "ü", kind="text/plain") == 202
    assert [text.text for text in await texts.of(phone.user, 3)] == ["ü"] * 3
    assert await phone.text("302", "ü".encode("latin-1"), kind="text/plain; charset=iso-8859-1") == 202
    texts.carrier.taking.wake()  # Asterisk sends no event of it
    assert [text.text for text in await texts.of(phone.user, 4)] == ["ü"] * 4


@pytest.mark.parametrize("kind", ["text/html", "application/im-iscomposing+xml", "message/cpim", "multipart/mixed", ""])
async def test_other_content_is_415(texts: Running, texter: MakeTexter, kind: str) -> None:
    phone = await texter()
    assert await phone.text("302", "<x/>", kind=kind) == 415


@pytest.mark.parametrize(
    ("user", "recipient"),
    [("+12015550123", "+12015550123"), ("*97", "*97"), ("h", "h"), ("i", "i"), ("s", "s"), ("302;ext=x", "302"),
     ("a%20b", "?"), ("1%29%3A2", "?"), ("x%22%3C", "?")],
)  # fmt: skip
async def test_the_recipient_is_the_user_that_was_dialled(
    texts: Running, texter: MakeTexter, user: str, recipient: str
) -> None:
    phone = await texter()
    assert await phone.text(user, "hello") == 202
    assert [text.recipient for text in await texts.of(phone.user, 1)] == [recipient]


async def test_a_flood_of_one_phone_leaves_room_for_the_others(texts: Running, texter: MakeTexter) -> None:
    flooder, other = await texter(), await texter()
    await texts.stop()
    for number in range(130):
        assert await flooder.text("302", f"{number}") == 202
    assert await other.text("302", "hello") == 202
    await texts.start()
    assert [text.text for text in await texts.of(other.user, 1)] == ["hello"]
    assert [text.text for text in await texts.of(flooder.user, 100)] == [f"{number}" for number in range(100)]

    async def refused() -> int:
        texts.carrier.taking.wake()
        return texts.carrier.taking.refused

    await until(refused, lambda count: count == 30, what="those that were not kept are counted")
    assert await flooder.text("302", "again") == 202
    assert (await texts.of(flooder.user, 101))[-1].text == "again"


async def test_a_text_of_a_trunk_is_told_from_a_phones(
    texts: Running, texter: MakeTexter, carrier: MakeCarrier
) -> None:
    phone, trunk = await texter(), await carrier()
    async with Texter(phone.user, "", phone.host, phone.port, address=trunk.address) as far:
        assert await far.text("+12015550123", "from the carrier", identity=f"<sip:{phone.user}@{trunk.address}>") == 202
    await texts.of(phone.user, 1)
    ((name, text),) = texts.inbox.texts
    assert (name, text.sender, text.recipient) == (taking.TRUNK_CARRIER, phone.user, "+12015550123")


async def test_texts_and_calls_do_not_disturb_each_other(
    texts: Running, texter: MakeTexter, extension: MakeExtension, system: System
) -> None:
    phone = await texter()
    one = await extension()
    caller: SipCaller = one.telephone(system)
    calling = asyncio.create_task(caller.call("499", seconds=4))
    for number in range(30):
        assert await phone.text("302", f"{number}") == 202
    assert len(await texts.of(phone.user, 30)) == 30
    assert (await calling).status >= 400, "a number that there is not"
    assert await phone.text("302", "after") == 202
    assert (await texts.of(phone.user, 31))[-1].text == "after"
