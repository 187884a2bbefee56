"""docker restart of Asterisk while texts are kept in it: each is taken once afterwards, and phones are known again."""

import asyncio

from engine.features.messaging.carrier import Accepted
from tests.support.phone_texts import MakeTexter, Running, texter, texts
from tests.support.scenario import until
from tests.support.system import System

__all__ = ["texter", "texts"]


async def test_texts_and_registrations_survive_a_restart_of_asterisk(
    texts: Running, texter: MakeTexter, system: System
) -> None:
    phone = await texter()
    await texts.registered(phone.user)
    await texts.stop()
    for number in range(10):
        assert await phone.text("302", f"{number}") == 202
    await system.docker("restart", system.container("asterisk"))
    await texts.start()
    seen: asyncio.Queue[str] = asyncio.Queue()
    texts.carrier.registrations.on_registered(seen.put_nowait)
    assert [text.text for text in await texts.of(phone.user, 10, 30)] == [f"{number}" for number in range(10)]

    async def registered() -> bool:
        return texts.carrier.registrations.is_registered(phone.user)

    await until(registered, bool, 30, "the phone is known from what Asterisk has stored")
    assert await texts.send(phone.user, "hello again") == Accepted("")
    assert (await phone.until(1)).body == b"hello again"
    assert await phone.text("302", "and back") == 202
    assert (await texts.of(phone.user, 11))[-1].text == "and back"


async def test_a_restart_under_a_running_controller_loses_nothing_that_is_kept(
    texts: Running, texter: MakeTexter, system: System
) -> None:
    phone = await texter()
    await texts.registered(phone.user)
    seen: asyncio.Queue[str] = asyncio.Queue()
    texts.carrier.registrations.on_registered(seen.put_nowait)
    await system.docker("restart", system.container("asterisk"))
    while await asyncio.wait_for(seen.get(), 60) != phone.user:
        pass
    assert await phone.text("302", "hello") == 202
    assert (await texts.of(phone.user, 1))[0].text == "hello"
