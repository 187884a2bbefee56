"""The lab's SMSC by its HTTP side, the administrator's API and the command line."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from api.lab import LabError
from api.lab_smsc.client import LabSmscClient
from api.lab_smsc.http import application
from api.lab_smsc.personas import PERSONAS
from api.lab_smsc.smsc import LabSmsc, State
from api.lab_smsc.texts import Texts
from engine.features.messaging.carrier import Accepted, Incoming
from engine.features.messaging.smpp.carrier import SmppCarrier
from engine.features.messaging.smpp.settings import SmscSettings
from tests.fakes.inbox import RecordingInbox
from tests.support.texts import DELIVERED, OURS, part, parts

ROOT = Path(__file__).parents[2]
PASSWORD = "secret"


@pytest.fixture
async def lab() -> AsyncIterator[LabSmsc]:
    lab = LabSmsc(PASSWORD, port=0)
    await lab.start()
    yield lab
    await lab.stop()


@pytest.fixture
async def url(lab: LabSmsc) -> AsyncIterator[str]:
    runner = web.AppRunner(application(lab, PASSWORD), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.fixture
async def client(url: str) -> AsyncIterator[LabSmscClient]:
    async with LabSmscClient(url, PASSWORD) as client:
        yield client


@pytest.fixture
async def inbox() -> RecordingInbox:
    return RecordingInbox()


@pytest.fixture
async def carrier(lab: LabSmsc, inbox: RecordingInbox) -> AsyncIterator[SmppCarrier]:
    settings = SmscSettings(name="lab", host="127.0.0.1", port=lab.port, system_id="carillon", password=PASSWORD)
    carrier = SmppCarrier(settings, inbox)
    await carrier.start()
    await carrier.wait_ready()
    yield carrier
    await carrier.stop()


async def test_what_arrived_is_listed_and_forgotten(client: LabSmscClient, carrier: SmppCarrier) -> None:
    first = await carrier.submit(part(text="One"))
    answers = [await carrier.submit(each) for each in parts("ж" * 100)]
    one, long = await client.arrived("+" + DELIVERED)
    assert isinstance(first, Accepted)
    assert (one.sender, one.recipient, one.text, one.parts, one.ids) == (OURS, DELIVERED, "One", 1, [first.id])
    assert (long.text, long.parts) == ("ж" * 100, 2)
    assert long.ids == [each.id for each in answers if isinstance(each, Accepted)]
    await client.clear(DELIVERED)
    assert await client.arrived(DELIVERED) == []


async def test_a_text_is_sent_in_parts(client: LabSmscClient, carrier: SmppCarrier, inbox: RecordingInbox) -> None:
    assert await client.send("+4915112345678", "+" + OURS, "x" * 200) == 2
    await inbox.until(lambda: len(inbox.texts) == 2)
    assert [(each.sender, each.recipient, each.number) for each in inbox.texts] == [
        ("4915112345678", OURS, 1),
        ("4915112345678", OURS, 2),
    ]


async def test_its_state(client: LabSmscClient, carrier: SmppCarrier) -> None:
    assert await client.state() is State.UP
    await client.become(State.DOWN)
    assert await client.state() is State.DOWN
    await client.become(State.UP)
    await carrier.wait_ready()
    await client.cut()


async def test_what_cannot_be_is_said(client: LabSmscClient, url: str) -> None:
    with pytest.raises(LabError, match="a1 is not a number"):
        await client.arrived("a1")
    with pytest.raises(LabError, match="needs 257 parts; the most are 255"):
        await client.send("1", "2", "x" * 153 * 257)
    async with LabSmscClient(url, "wrong") as stranger:
        with pytest.raises(LabError, match="CARILLON_LAB_SMSC_PASSWORD"):
            await stranger.arrived("1")
        assert await stranger.state() is State.UP
    async with LabSmscClient("http://127.0.0.1:9", PASSWORD) as nowhere:
        with pytest.raises(LabError, match="does not answer at http://127\\.0\\.0\\.1:9: start it with `make run`"):
            await nowhere.state()


def test_it_keeps_no_more_than_it_says() -> None:
    texts = Texts()
    for number in range(10_005):
        texts.add(Incoming(sender="1", recipient=str(number), text="x"), "id")
    assert (len(texts.at("0")), len(texts.at("5")), texts.count) == (0, 1, 10_005)
    for number in range(1005):
        texts.add(Incoming(sender="1", recipient="5", text=str(number)), "id")
    assert [len(texts.at("5")), texts.at("5")[0].text] == [1000, "5"]
    for reference in range(10_005):
        texts.add(Incoming(sender="1", recipient="new", text="x", reference=reference, number=1, total=2), "id")
    texts.add(Incoming(sender="1", recipient="new", text="y", reference=10_004, number=2, total=2), "id")
    assert [each.text for each in texts.at("new")] == ["xy"]


def test_the_page_lists_the_personas_as_they_are() -> None:
    page = (ROOT / "docs" / "lab.md").read_text()
    for persona in PERSONAS:
        assert f"| `{persona.number}` | {persona.does} |" in page
