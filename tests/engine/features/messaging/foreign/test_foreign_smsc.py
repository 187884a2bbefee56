"""Our link beside an SMSC, and the lab's SMSC beside a client, that were written by others (smpp34, in Rust)."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
import smpp34

from api.lab_smsc.smsc import LabSmsc
from engine.features.messaging.carrier import Accepted, PutOff, ReceiptState, Refused
from engine.features.messaging.smpp.carrier import SmppCarrier
from engine.features.messaging.smpp.settings import SmscSettings
from tests.fakes.inbox import RecordingInbox
from tests.support.texts import DELIVERED, OURS, part, parts

PASSWORD = "secret"


class ForeignSmsc:
    """smpp34's server. It takes every bind; what it was sent is in `submits`, as smpp34 read it."""

    def __init__(self, port: int) -> None:
        self.submits = list[smpp34.SubmitSmEvent]()
        self.esmes = list[smpp34.Esme]()
        self.bound = asyncio.Event()
        self._server = smpp34.Server(host="127.0.0.1", port=port, system_id="foreign")
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await self._server.start()
        self._task = asyncio.create_task(self._serve())

    async def stop(self) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.wait((self._task,))
        await self._server.stop()

    async def _serve(self) -> None:
        while True:
            event = await self._server.next()
            if isinstance(event, smpp34.Esme):
                self.esmes.append(event)
                self.bound.set()
            elif isinstance(event, smpp34.SubmitSmEvent):
                self.submits.append(event)
                await self._take(event)

    async def _take(self, event: smpp34.SubmitSmEvent) -> None:
        match event.destination_addr:
            case "49151000001":
                event.reject(smpp34.ESME_RTHROTTLED)
            case "49151000002":
                event.reject(smpp34.ESME_RINVDSTADR)
            case _:
                id_ = f"f{len(self.submits)}"
                event.accept(id_)
                text = (
                    f"id:{id_} sub:001 dlvrd:001 submit date:2611291200 done date:2611291200 stat:DELIVRD err:000 text:"
                )
                acknowledged = await self.esmes[-1].deliver_sm(
                    OURS, text.encode(), source_addr=event.destination_addr, esm_class=4
                )
                assert acknowledged.is_success


@pytest.fixture
async def inbox() -> RecordingInbox:
    return RecordingInbox()


@pytest.fixture
async def foreign() -> AsyncIterator[tuple[ForeignSmsc, int]]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    smsc = ForeignSmsc(port)
    await smsc.start()
    yield smsc, port
    await smsc.stop()


@pytest.fixture
async def carrier(foreign: tuple[ForeignSmsc, int], inbox: RecordingInbox) -> AsyncIterator[SmppCarrier]:
    settings = SmscSettings(name="one", host="127.0.0.1", port=foreign[1], system_id="us", password=PASSWORD)
    carrier = SmppCarrier(settings, inbox)
    await carrier.start()
    async with asyncio.timeout(20):
        await carrier.wait_ready()
        await foreign[0].bound.wait()
    yield carrier
    await carrier.stop()


async def test_texts_and_their_receipts(
    foreign: tuple[ForeignSmsc, int], carrier: SmppCarrier, inbox: RecordingInbox
) -> None:
    answers = await asyncio.gather(*(carrier.submit(part(f"4915100{number:05d}")) for number in range(100, 200)))
    await inbox.until(lambda: len(inbox.receipts) == 100)
    assert sorted(each.id for each in answers if isinstance(each, Accepted)) == sorted(f"f{n}" for n in range(1, 101))
    assert {each.id for each in inbox.receipts} == {each.id for each in answers if isinstance(each, Accepted)}
    assert {each.state for each in inbox.receipts} == {ReceiptState.DELIVERED}


async def test_what_it_read(foreign: tuple[ForeignSmsc, int], carrier: SmppCarrier) -> None:
    await carrier.submit(part(text="€[]", sender="Carillon"))
    await carrier.submit(part(text="ж", sender="12345"))
    for each in parts("{" * 100, reference=0x1234):
        await carrier.submit(each)
    letters, unicode, first, second = foreign[0].submits
    assert (letters.source_addr, letters.source_addr_ton, letters.source_addr_npi) == ("Carillon", 5, 0)
    assert (letters.destination_addr, letters.dest_addr_ton, letters.dest_addr_npi) == (DELIVERED, 1, 1)
    assert (letters.short_message, letters.data_coding, letters.registered_delivery) == (b"\x1be\x1b<\x1b>", 0, 1)
    assert (unicode.source_addr_ton, unicode.source_addr_npi) == (3, 0)
    assert (unicode.short_message, unicode.data_coding) == ("ж".encode("utf-16-be"), 8)
    assert (first.esm_class, first.short_message) == (0x40, b"\5\0\3\x34\2\1" + b"\x1b(" * 76)
    assert (second.esm_class, second.short_message) == (0x40, b"\5\0\3\x34\2\2" + b"\x1b(" * 24)


async def test_its_refusals(carrier: SmppCarrier) -> None:
    throttled, refused = await carrier.submit(part("49151000001")), await carrier.submit(part("49151000002"))
    assert isinstance(throttled, PutOff)
    assert throttled.slower
    assert isinstance(refused, Refused)


async def test_its_texts(foreign: tuple[ForeignSmsc, int], carrier: SmppCarrier, inbox: RecordingInbox) -> None:
    (esme,) = foreign[0].esmes
    sar = [smpp34.Tlv(0x020C, b"\x12\x34"), smpp34.Tlv(0x020E, b"\2"), smpp34.Tlv(0x020F, b"\1")]
    payload = [smpp34.Tlv(smpp34.TLV_MESSAGE_PAYLOAD, b"long" * 200)]
    await esme.deliver_sm(OURS, b"\x1be", source_addr="49151")
    await esme.deliver_sm(OURS, "ж".encode("utf-16-be"), source_addr="49151", data_coding=8)
    await esme.deliver_sm(OURS, b"part", source_addr="49151", tlvs=sar)
    await esme.deliver_sm(OURS, b"", source_addr="49151", tlvs=payload)
    assert [each.text for each in inbox.texts] == ["€", "ж", "part", "long" * 200]
    assert (inbox.texts[2].reference, inbox.texts[2].number, inbox.texts[2].total) == (0x1234, 1, 2)
    inbox.failures = 1
    assert (await esme.deliver_sm(OURS, b"x", source_addr="49151")).command_status == 0x64


async def test_the_labs_smsc_beside_a_foreign_client() -> None:
    lab = LabSmsc(PASSWORD, port=0)
    await lab.start()
    client = smpp34.Client("127.0.0.1", lab.port, "carillon", PASSWORD, bind_type="TRX")
    smsc = await client.connect()
    taken = await smsc.submit_sm(DELIVERED, b"Hello", source_addr=OURS, registered_delivery=1)
    assert taken.is_success
    event = await smsc.next()
    assert isinstance(event, smpp34.DeliverSmEvent)
    assert event.short_message.startswith(f"id:{taken.message_id} sub:001 dlvrd:001 ".encode())
    assert {tlv.tag: tlv.value for tlv in event.tlvs}[0x0427] == b"\2"
    refused = await smsc.submit_sm("12015550148", b"Hello", source_addr=OURS)
    assert refused.command_status == 0x0B
    lab.send("49151", OURS, "Hi")
    event = await smsc.next()
    assert isinstance(event, smpp34.DeliverSmEvent)
    assert (event.source_addr, event.short_message) == ("49151", b"Hi")
    assert [text.text for text in lab.texts.at(DELIVERED)] == ["Hello"]
    await smsc.unbind()
    await client.stop()
    await lab.stop()
