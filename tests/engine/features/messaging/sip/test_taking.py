"""Texts that Asterisk keeps are handed to the Inbox, and deleted after that."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from engine.ari.client import AriClient
from engine.ari.errors import Detached, ServerError
from engine.features.messaging.sip.arrived import KeptText, KeptTexts
from engine.features.messaging.sip.astdb import AstDb
from engine.features.messaging.sip.reading import ReadingChannels
from engine.features.messaging.sip.taking import TRUNK_CARRIER, Taking
from tests.fakes.ari import FakeAri
from tests.support.inbox import TestInbox


@pytest.fixture
async def asterisk() -> AsyncIterator[FakeAri]:
    async with FakeAri() as fake:
        yield fake


@pytest.fixture
def inbox() -> TestInbox:
    return TestInbox()


@pytest.fixture
def too_long() -> list[KeptText]:
    return []


@pytest.fixture
async def taking(asterisk: FakeAri, inbox: TestInbox, too_long: list[KeptText]) -> AsyncIterator[Taking]:
    async def note(text: KeptText) -> None:
        too_long.append(text)

    async with AriClient(asterisk.url, "carillon", "secret", asterisk.application) as client:
        yield Taking("sip", KeptTexts(client, AstDb(client, ReadingChannels(client))), inbox, note)


async def test_a_text_is_handed_on_and_deleted(asterisk: FakeAri, inbox: TestInbox, taking: Taking) -> None:
    asterisk.texts.arrives("101", "102", b"hello")
    assert await taking.take()
    ((carrier, text),) = inbox.texts
    assert (carrier, text.sender, text.recipient, text.text, len(text.key)) == ("sip", "101", "102", "hello", 32)
    assert asterisk.texts.kept == {"101": []}
    assert not asterisk.texts.counts, "counted from 0 again"
    assert not asterisk.world.channels, "the reading channel is gone"
    assert await taking.take(), "nothing is left"
    assert len(inbox.texts) == 1


async def test_a_text_that_is_not_committed_stays_and_so_do_those_after_it(
    asterisk: FakeAri, inbox: TestInbox, taking: Taking
) -> None:
    inbox.failing = 1
    for text in (b"first", b"second"):
        asterisk.texts.arrives("101", "102", text)
    asterisk.texts.arrives("103", "102", b"of another one")
    assert not await taking.take()
    assert len(asterisk.texts.kept["101"]) == 2
    assert asterisk.texts.counts == {"101", "103", "all"}, "too many would still be refused"
    assert await taking.take()
    assert [text.text for _, text in inbox.texts] == ["of another one", "first", "second"]


async def test_a_text_of_which_the_deletion_fails_comes_again_with_the_same_key(
    asterisk: FakeAri, inbox: TestInbox, taking: Taking
) -> None:
    asterisk.texts.arrives("101", "102", b"hello")
    asterisk.refuse("POST", "/asterisk/variable", 500)
    with pytest.raises(ServerError):
        await taking.take()
    assert await taking.take()
    (_, first), (_, second) = inbox.texts
    assert first == second


async def test_the_same_request_has_the_same_key_and_another_one_another(
    asterisk: FakeAri, inbox: TestInbox, taking: Taking
) -> None:
    for call_id in ("a", "a", "b"):
        asterisk.texts.arrives("101", "102", b"hello", call_id=call_id)
    asterisk.texts.arrives("103", "102", b"hello", call_id="a")
    await taking.take()
    keys = [text.key for _, text in inbox.texts]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


async def test_a_text_of_a_trunk_has_another_carriers_name(asterisk: FakeAri, inbox: TestInbox, taking: Taking) -> None:
    asterisk.texts.arrives("trunk", "+12015550123", b"hi", sender="101")
    await taking.take()
    ((carrier, text),) = inbox.texts
    assert (carrier, text.sender) == (TRUNK_CARRIER, "101")


async def test_an_empty_text_and_what_is_no_text_are_deleted(
    asterisk: FakeAri, inbox: TestInbox, taking: Taking
) -> None:
    asterisk.texts.arrives("101", "102", b"")
    asterisk.texts.kept["101"].append("nonsense")
    assert await taking.take()
    assert inbox.texts == []
    assert asterisk.texts.kept == {"101": []}


async def test_a_text_that_asterisk_lost_is_not_handed_on(
    asterisk: FakeAri, inbox: TestInbox, taking: Taking, too_long: list[KeptText]
) -> None:
    asterisk.texts.arrives("101", "102", b"x" * 1024)
    assert await taking.take()
    assert inbox.texts == []
    assert [text.endpoint for text in too_long] == ["101"]


async def test_texts_that_asterisk_did_not_keep_are_counted(asterisk: FakeAri, taking: Taking) -> None:
    asterisk.texts.globals["TEXTS_REFUSED"] = "7"
    await taking.take()
    await taking.take()
    assert taking.refused == 7


async def test_a_controller_that_may_not_any_more_takes_nothing_and_ends_quietly(
    asterisk: FakeAri, inbox: TestInbox
) -> None:
    def refuse() -> None:
        raise Detached("command", "this controller is leaving")

    async def ready() -> None:
        return

    async def ignore(text: KeptText) -> None:
        raise AssertionError(text)

    asterisk.texts.arrives("101", "102", b"hello")
    client = AriClient(asterisk.url, "carillon", "secret", asterisk.application, before_command=refuse)
    async with client, asyncio.timeout(5):
        with capture_logs() as logs:
            await Taking("sip", KeptTexts(client, AstDb(client, ReadingChannels(client))), inbox, ignore).run(ready)
    assert inbox.texts == [] and len(asterisk.texts.kept["101"]) == 1
    assert [entry["log_level"] for entry in logs] == ["info"], logs
