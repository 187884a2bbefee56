"""Our link beside an SMSC, and the lab's SMSC beside a client, of node-smpp (JavaScript)."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from api.lab_smsc.smsc import LabSmsc
from engine.features.messaging.carrier import Accepted, PutOff, ReceiptState, Refused
from engine.features.messaging.smpp.carrier import SmppCarrier
from engine.features.messaging.smpp.settings import SmscSettings
from tests.fakes.inbox import RecordingInbox
from tests.support.system import ROOT
from tests.support.texts import DELIVERED, OURS, part, parts

PASSWORD = "secret"
PROGRAM = Path(__file__).with_name("node") / "smsc.js"
PACKAGES = ROOT / ".build" / "node" / "node_modules"
"""docker/venv installs them."""
WITHIN = 20.0


class Node:
    """The program as it runs: lines of JSON to it and from it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin and process.stdout
        self._stdin, self._stdout = process.stdin, process.stdout

    def tell(self, **what: Any) -> None:
        """Have something sent."""
        self._stdin.write(json.dumps(what).encode() + b"\n")

    async def told(self, kind: str) -> Any:
        """Return the next line, which must be of that kind."""
        async with asyncio.timeout(WITHIN):
            line = json.loads(await self._stdout.readline())
        assert list(line) == [kind], line
        return line[kind]


@asynccontextmanager
async def node(*arguments: str) -> AsyncIterator[Node]:
    """Run the program."""
    assert PACKAGES.is_dir(), "node-smpp is not installed: run `docker/venv test`"
    process = await asyncio.create_subprocess_exec(
        "node", str(PROGRAM), *arguments, env={**os.environ, "NODE_PATH": str(PACKAGES)},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Node(process)
    finally:
        process.kill()
        await process.wait()


@pytest.fixture
async def inbox() -> RecordingInbox:
    return RecordingInbox()


@pytest.fixture
async def foreign() -> AsyncIterator[Node]:
    async with node("server") as foreign:
        yield foreign


@pytest.fixture
async def carrier(foreign: Node, inbox: RecordingInbox) -> AsyncIterator[SmppCarrier]:
    port = await foreign.told("port")
    carrier = SmppCarrier(SmscSettings(name="one", host="127.0.0.1", port=port, system_id="us"), inbox)
    await carrier.start()
    async with asyncio.timeout(WITHIN):
        await carrier.wait_ready()
    yield carrier
    await carrier.stop()


async def test_texts_and_their_receipts(carrier: SmppCarrier, inbox: RecordingInbox) -> None:
    answers = await asyncio.gather(*(carrier.submit(part(f"4915100{number:05d}")) for number in range(100, 200)))
    await inbox.until(lambda: len(inbox.receipts) == 100)
    assert sorted(each.id for each in answers if isinstance(each, Accepted)) == sorted(f"n{n}" for n in range(1, 101))
    assert {each.id for each in inbox.receipts} == {each.id for each in answers if isinstance(each, Accepted)}
    assert {each.state for each in inbox.receipts} == {ReceiptState.DELIVERED}


async def test_what_it_read(foreign: Node, carrier: SmppCarrier) -> None:
    await carrier.submit(part(text="€[] @ü", sender="Carillon"))
    await carrier.submit(part(text="ж😀", sender="12345"))
    for each in parts("{" * 100, reference=0x1234):
        await carrier.submit(each)
    letters, unicode, first, second = [await foreign.told("submit") for _ in range(4)]
    assert (letters["source_addr"], letters["source_addr_ton"], letters["source_addr_npi"]) == ("Carillon", 5, 0)
    assert (letters["destination_addr"], letters["dest_addr_ton"], letters["dest_addr_npi"]) == (DELIVERED, 1, 1)
    assert (letters["text"], letters["data_coding"], letters["registered_delivery"]) == ("€[] @ü", 0, 1)
    assert (unicode["text"], unicode["data_coding"], unicode["source_addr_ton"]) == ("ж😀", 8, 3)
    assert (first["esm_class"], first["udh"], first["text"]) == (0x40, ["0003340201"], "{" * 76)
    assert (second["esm_class"], second["udh"], second["text"]) == (0x40, ["0003340202"], "{" * 24)


async def test_its_refusals(carrier: SmppCarrier) -> None:
    throttled, refused = await carrier.submit(part("49151000001")), await carrier.submit(part("49151000002"))
    assert isinstance(throttled, PutOff) and throttled.slower
    assert isinstance(refused, Refused)


async def test_its_texts(foreign: Node, carrier: SmppCarrier, inbox: RecordingInbox) -> None:
    common = {"source_addr": "49151", "destination_addr": OURS}
    sar = {"sar_msg_ref_num": 0x1234, "sar_total_segments": 2, "sar_segment_seqnum": 1}
    for sent in (
        {"short_message": "€ @ü", "data_coding": 0},
        {"short_message": "ж😀"},
        {"short_message": "é", "data_coding": 3},
        {"short_message": "part", **sar},
        {"message_payload": "long" * 200},
    ):
        foreign.tell(deliver={**common, **sent})
        assert await foreign.told("acknowledged") == 0
    assert [each.text for each in inbox.texts] == ["€ @ü", "ж😀", "é", "part", "long" * 200]
    assert (inbox.texts[3].reference, inbox.texts[3].number, inbox.texts[3].total) == (0x1234, 1, 2)
    inbox.failures = 1
    foreign.tell(deliver={**common, "short_message": "x"})
    assert await foreign.told("acknowledged") == 0x64


async def test_the_labs_smsc_beside_its_client() -> None:
    lab = LabSmsc(PASSWORD, port=0)
    await lab.start()
    async with node("client", str(lab.port), PASSWORD) as client:
        assert await client.told("bound") == 0
        common = {"source_addr": OURS, "registered_delivery": 1}
        client.tell(submit={**common, "destination_addr": DELIVERED, "short_message": "Hello ж"})
        told = await client.told("answered")
        assert told["status"] == 0
        receipt = await client.told("deliver")
        assert receipt["text"].startswith(f"id:{told['id']} sub:001 dlvrd:001 ")
        assert (receipt["receipted_message_id"], receipt["message_state"], receipt["esm_class"]) == (told["id"], 2, 4)
        client.tell(submit={**common, "destination_addr": "12015550148", "short_message": "Hello"})
        assert (await client.told("answered"))["status"] == 0x0B
        lab.send("49151", OURS, "Hi €")
        came = await client.told("deliver")
        assert (came["source_addr"], came["text"]) == ("49151", "Hi €")
        assert [text.text for text in lab.texts.at(DELIVERED)] == ["Hello ж"]
    async with node("client", str(lab.port), "wrong") as client:
        assert await client.told("bound") == 0x0E
    await lab.stop()
