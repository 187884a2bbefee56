"""What is sent to an extension reaches its phone as it is; without a registered phone it is not sent."""

import asyncio
import re

from engine.features.messaging.carrier import Accepted, NotSent
from tests.e2e.conftest import MakePhone
from tests.support.phone_texts import ODD, MakeTexter, Running
from tests.support.scenario import until
from tests.support.texter import Texter


async def test_a_text_reaches_the_phone_as_it_is(texts: Running, texter: MakeTexter) -> None:
    phone = await texter()
    await texts.registered(phone.user)
    for count, text in enumerate([ODD, "y" * 1400, "z" * 4096, "%41%00&body=x"], 1):
        assert await texts.send(phone.user, text) == Accepted("")
        received = await phone.until(count)
        assert received.body.decode() == text
        assert received.header("Content-Type") == "text/plain"
        assert f"<sip:302@{phone.host}>" in received.header("From")


async def test_a_text_appears_on_a_softphone(texts: Running, phone: MakePhone) -> None:
    one = await phone(trace=True)
    await texts.registered(one.user)
    assert await texts.send(one.user, "hello, softphone ü") == Accepted("")

    async def shown() -> str:
        return one.traced()

    printed = await until(shown, lambda text: "hello, softphone ü" in text, what="baresip shows the text")
    assert re.search(r"^MESSAGE sip:", printed, re.MULTILINE)


async def test_a_text_waits_for_a_phone_that_is_not_registered(texts: Running, texter: MakeTexter) -> None:
    phone = await texter(register=False)
    assert isinstance(await texts.send(phone.user, "too early"), NotSent)
    seen: asyncio.Queue[str] = asyncio.Queue()
    texts.carrier.registrations.on_registered(seen.put_nowait)
    assert await phone.register() == 200
    while await asyncio.wait_for(seen.get(), 5) != phone.user:
        pass
    assert await texts.send(phone.user, "in time") == Accepted("")
    assert (await phone.until(1)).body == b"in time"
    assert await phone.register(0) == 200

    async def gone() -> bool:
        return texts.carrier.registrations.is_registered(phone.user)

    await until(gone, lambda there: not there, what="it has unregistered")
    assert isinstance(await texts.send(phone.user, "too late"), NotSent)


async def test_phones_that_are_registered_are_known_to_the_next_controller(texts: Running, texter: MakeTexter) -> None:
    phone = await texter()
    await texts.registered(phone.user)
    await texts.stop()
    assert isinstance(await texts.send(phone.user, "while it is away"), NotSent)
    await texts.start()
    assert texts.carrier.registrations.is_registered(phone.user)
    assert await texts.send(phone.user, "hello") == Accepted("")
    assert (await phone.until(1)).body == b"hello"


async def test_the_phone_that_registered_last_has_the_text(texts: Running, texter: MakeTexter) -> None:
    first = await texter()
    async with Texter(first.user, first.password, first.host, first.port) as second:
        assert await second.register() == 200
        await texts.registered(first.user)
        assert await texts.send(first.user, "hello") == Accepted("")
        assert (await second.until(1)).body == b"hello"
        assert first.received == []


async def test_a_phone_that_refuses_a_text_stops_none_of_the_others(texts: Running, texter: MakeTexter) -> None:
    refusing, silent, good = await texter(answers=486), await texter(), await texter()
    for one in (refusing, silent, good):
        await texts.registered(one.user)
    silent.answers = 0
    for one in (refusing, silent, good):
        assert await texts.send(one.user, "hello") == Accepted("")
    assert (await good.until(1)).body == b"hello"
