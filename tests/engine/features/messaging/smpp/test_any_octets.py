"""Whatever an SMSC sends: nothing hangs, nothing raises, and the link is usable again."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.features.messaging.carrier import Accepted, Answer, Incoming, NotSent
from engine.features.messaging.smpp import pdu
from engine.features.messaging.smpp.answers import answer_of
from engine.features.messaging.smpp.carrier import SmppCarrier
from engine.features.messaging.smpp.incoming import incoming_of
from engine.features.messaging.smpp.receipts import receipt_of
from engine.features.messaging.smpp.settings import SmscSettings
from tests.fakes.inbox import RecordingInbox
from tests.fakes.smsc import ScriptedSmsc
from tests.support.clock import VirtualLoop
from tests.support.texts import part

OCTET = st.integers(0, 255)
STRING = st.binary(max_size=21).map(lambda octets: octets.replace(b"\0", b"") + b"\0")
OPTION = st.tuples(
    st.sampled_from([0x001E, 0x0427, 0x0423, 0x020C, 0x020E, 0x020F, 0x0424, 0x1400, 0x130C]), st.binary(max_size=40)
)
ALPHABETS = st.sampled_from(["gsm7", "latin1"])
IDS = st.sampled_from(["same", "hex_to_decimal", "decimal_to_hex"])
Body = Callable[[SmppCarrier, ScriptedSmsc], Awaitable[None]]


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """Bodies of deliver_sm, right in their fields and with anything in them, or cut short."""
    content = draw(st.one_of(st.binary(max_size=160), st.from_regex(rb"\Aid:.{0,20} stat:.{0,20} err:.{0,5}")))[:255]
    options = [tag.to_bytes(2) + len(value).to_bytes(2) + value for tag, value in draw(st.lists(OPTION, max_size=5))]
    octets = [bytes([value]) for value in draw(st.lists(OCTET, min_size=12, max_size=12))]
    fields = [draw(STRING), *octets[:2], draw(STRING), *octets[2:4], draw(STRING), *octets[4:7], b"\0\0", *octets[7:11]]
    body = b"".join([*fields, bytes([len(content)]), content, *options])
    return body[: draw(st.integers(0, len(body)))] if draw(st.booleans()) else body


def smsc_settings(**more: object) -> SmscSettings:
    given = {"name": "one", "host": "127.0.0.1", "port": 1, "system_id": "us"} | more
    return SmscSettings(**given)  # type: ignore[arg-type]


def with_link(body: Body) -> None:
    """Run with a bound carrier, in virtual time."""

    async def run() -> None:
        smsc = ScriptedSmsc()
        await smsc.start()
        carrier = SmppCarrier(smsc_settings(port=smsc.port, answer_seconds=5, enquire_seconds=10), RecordingInbox())
        await carrier.start()
        await carrier.wait_ready()
        await body(carrier, smsc)
        await carrier.stop()
        await smsc.stop()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(run())


async def usable(carrier: SmppCarrier, smsc: ScriptedSmsc) -> None:
    """A text can be submitted within a minute."""
    async with asyncio.timeout(60):
        answer: Answer = NotSent("")
        while not isinstance(answer, Accepted):
            await carrier.wait_ready()
            answer = await carrier.submit(part())


@given(st.one_of(bodies(), st.binary(max_size=300)), ALPHABETS, IDS, st.booleans())
@settings(max_examples=500, deadline=None)
def test_any_octets_as_a_body_are_a_message_or_malformed(body: bytes, alphabet: str, ids: str, data: bool) -> None:
    given = smsc_settings(alphabet=alphabet, receipt_ids=ids)
    try:
        message = pdu.read_message(body, data=data)
    except pdu.Malformed:
        return
    receipt_of(message, given)
    incoming = incoming_of(message, given)
    assert 1 <= incoming.number <= incoming.total <= 255
    assert 0 <= incoming.reference <= 0xFFFF
    for text in (incoming.text, incoming.sender, incoming.recipient):
        assert text.encode("utf-8").decode() == text


@given(st.binary(max_size=100), st.integers(0, 2**32 - 1), st.booleans())
@settings(deadline=None)
def test_any_octets_as_an_answer_are_an_answer(body: bytes, status: int, nack: bool) -> None:
    command = pdu.GENERIC_NACK if nack else pdu.SUBMIT_SM | pdu.RESPONSE
    assert answer_of(pdu.Pdu(command, status, 1, body), smsc_settings())


@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), OCTET, st.binary(max_size=50)), max_size=8), st.data())
@settings(deadline=None)
def test_pdus_in_any_pieces_are_the_same_pdus(sent: list[tuple[int, int, bytes]], data: st.DataObject) -> None:
    stream = b"".join(pdu.packed(command, status, body, status) for command, status, body in sent)
    buffer, found = bytearray(), list[pdu.Pdu]()
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        buffer += stream[:size]
        stream = stream[size:]
        found += pdu.taken_from(buffer)
    assert found == [pdu.Pdu(command, status, status, body) for command, status, body in sent]
    assert not buffer


@given(
    st.text(st.characters(min_codepoint=1, max_codepoint=255), max_size=20),
    st.binary(max_size=254),
    st.booleans(),
    st.dictionaries(st.integers(0, 0xFFFF).filter(lambda tag: tag != pdu.MESSAGE_PAYLOAD), st.binary(max_size=20)),
)
@settings(deadline=None)
def test_a_message_reads_back(source: str, content: bytes, short: bool, options: dict[int, bytes]) -> None:
    written = pdu.Message(source=source, dest="123", content=content, coding=8, options=options, receipts=1)
    read = pdu.read_message(pdu.message(written, short))
    assert (read.source, read.content, read.coding, read.receipts) == (source, content, 8, 1)
    assert {tag: value for tag, value in read.options.items() if tag != pdu.MESSAGE_PAYLOAD} == options


@given(st.lists(st.binary(min_size=1, max_size=100), min_size=1, max_size=5))
@settings(max_examples=50, deadline=None)
def test_any_octets_on_the_wire_leave_a_usable_link(pieces: list[bytes]) -> None:
    async def body(carrier: SmppCarrier, smsc: ScriptedSmsc) -> None:
        for piece in pieces:
            smsc.send(piece)
        await usable(carrier, smsc)

    with_link(body)


@given(st.integers(0, 0x80000200), st.integers(0, 2**32 - 1), st.integers(0, 5), bodies())
@settings(max_examples=50, deadline=None)
def test_any_pdu_leaves_a_usable_link(command: int, status: int, sequence: int, content: bytes) -> None:
    async def body(carrier: SmppCarrier, smsc: ScriptedSmsc) -> None:
        smsc.send(pdu.packed(command, sequence, content, status))
        await usable(carrier, smsc)

    with_link(body)


@given(bodies())
@settings(max_examples=50, deadline=None)
def test_any_deliver_sm_is_acknowledged(content: bytes) -> None:
    async def body(carrier: SmppCarrier, smsc: ScriptedSmsc) -> None:
        smsc.send(pdu.packed(pdu.DELIVER_SM, 3, content))
        async with asyncio.timeout(60):
            (response,) = await smsc.got(pdu.DELIVER_SM | pdu.RESPONSE)
        assert response.sequence == 3
        assert carrier.ready

    with_link(body)


@pytest.mark.parametrize("length", [0, 1, 15, pdu.MOST_OCTETS + 1, 0xFFFFFFFF])
@pytest.mark.parametrize("before", [b"", pdu.packed(pdu.ENQUIRE_LINK, 1)])
def test_a_length_that_cannot_be_closes_the_link_at_once(length: int, before: bytes) -> None:
    async def body(carrier: SmppCarrier, smsc: ScriptedSmsc) -> None:
        smsc.send(before + pdu.HEADER.pack(length, pdu.DELIVER_SM, 0, 1))
        await smsc.connected(2)
        reason = f"What the SMSC sent is not SMPP: a PDU cannot have {length} octets; the most are 131072."
        assert carrier.last_error == reason
        await usable(carrier, smsc)

    with_link(body)


def test_half_a_pdu_and_then_silence_is_given_up() -> None:
    async def body(carrier: SmppCarrier, smsc: ScriptedSmsc) -> None:
        smsc.send(pdu.HEADER.pack(100, pdu.DELIVER_SM, 0, 1))
        await smsc.connected(2)  # its answer to enquire_link is read as the rest of the PDU
        assert carrier.last_error == "The SMSC did not answer enquire_link within 5 s."
        await usable(carrier, smsc)

    with_link(body)


def test_an_empty_text_is_a_text() -> None:
    message = pdu.read_message(pdu.message(pdu.Message(source="1", dest="2")))
    assert incoming_of(message, smsc_settings()) == Incoming(sender="1", recipient="2", text="")
