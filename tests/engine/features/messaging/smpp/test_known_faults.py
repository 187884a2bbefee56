"""What SMPP clients were reported to fail at, tried on ours."""

import asyncio
from collections.abc import Callable

import pytest
from aiosmpplib.state import SmppCommandStatus

from api.lab_smsc.smsc import LabSmsc
from engine.features.messaging.carrier import Accepted, PutOff, Receipt, ReceiptState, Refused, Unknown
from engine.features.messaging.smpp import pdu
from tests.engine.features.messaging.smpp.conftest import PASSWORD, NewCarrier
from tests.fakes.inbox import RecordingInbox
from tests.fakes.smsc import ScriptedSmsc, answer, silence
from tests.support.clock import settled
from tests.support.texts import OURS, part

S = SmppCommandStatus
ACKNOWLEDGED = pdu.DELIVER_SM | pdu.RESPONSE


def receipt(text: str, **more: object) -> pdu.Message:
    return pdu.Message(source="49151", dest=OURS, esm_class=4, content=text.encode(), **more)  # type: ignore[arg-type]


async def test_a_receipt_that_comes_before_its_answer_is_not_lost(
    lab: LabSmsc, carrier: NewCarrier, inbox: RecordingInbox
) -> None:
    one = await carrier(lab.port)
    accepted = await one.submit(part("12015550143"))
    assert isinstance(accepted, Accepted)
    await settled()
    assert inbox.receipts == [Receipt(id=accepted.id, state=ReceiptState.DELIVERED)]


@pytest.mark.parametrize(
    ("ids", "name"),
    [
        ("same", str),
        ("hex_to_decimal", lambda id_: f"{int(id_):X}"),
        ("hex_to_decimal", lambda id_: f"{int(id_):08x}"),
        ("decimal_to_hex", lambda id_: str(int(id_, 16))),
        ("decimal_to_hex", lambda id_: f"{int(id_, 16):010d}"),
    ],
)
async def test_ids_that_are_hexadecimal_on_one_side_or_have_zeros_before_them(
    carrier: NewCarrier, inbox: RecordingInbox, ids: str, name: Callable[[str], str]
) -> None:
    lab = LabSmsc(PASSWORD, port=0, receipt_name=name)
    await lab.start()
    one = await carrier(lab.port, receipt_ids=ids)
    accepted = [await one.submit(part()) for _ in range(20)]
    await settled()
    assert [Accepted(each.id) for each in inbox.receipts] == accepted
    assert len(set(accepted)) == 20
    await one.stop()
    await lab.stop()


async def test_zeros_before_an_id_and_the_case_of_its_letters_are_kept(
    smsc: ScriptedSmsc, carrier: NewCarrier, inbox: RecordingInbox
) -> None:
    smsc.on[pdu.SUBMIT_SM] = answer(b"00B8be19\0")
    one = await carrier(smsc.port)
    assert await one.submit(part()) == Accepted("00B8be19")
    smsc.deliver(1, receipt("id:00B8be19 stat:DELIVRD"))
    await smsc.got(ACKNOWLEDGED)
    assert inbox.receipts == [Receipt(id="00B8be19", state=ReceiptState.DELIVERED)]


@pytest.mark.parametrize(
    "text",
    [
        "id:77 submit date:2302101454 done date:2302101454 stat:UNDELIV err:0A1",
        "id:77 sub: dlvrd: submit date: done date: stat:UNDELIV err:0A1 text:",
        "id:77 sub:1 dlvrd:0 submit date:230210145400 done date:yesterday stat:UNDELIV err:0A1 Text:\x00\x01",
    ],
)
async def test_a_receipt_that_lacks_fields_or_has_an_error_of_letters(
    smsc: ScriptedSmsc, carrier: NewCarrier, inbox: RecordingInbox, text: str
) -> None:
    await carrier(smsc.port)
    smsc.deliver(1, receipt(text))
    await smsc.got(ACKNOWLEDGED)
    assert inbox.receipts == [Receipt(id="77", state=ReceiptState.FAILED, error="0A1")]


async def test_a_receipt_by_data_sm(smsc: ScriptedSmsc, carrier: NewCarrier, inbox: RecordingInbox) -> None:
    await carrier(smsc.port)
    smsc.send(pdu.packed(pdu.DATA_SM, 6, b"\0\1\00149\0\1\0011\0\4\0\0" + b"\0\x1e\0\x0377\0" + b"\4\x27\0\1\2"))
    await smsc.got(pdu.DATA_SM | pdu.RESPONSE)
    assert inbox.receipts == [Receipt(id="77", state=ReceiptState.DELIVERED)]


@pytest.mark.parametrize(
    "options",
    [
        b"\x04\x28\0\1\0",  # a tag of SMPP 5.0
        b"\x31\x77\0\2ab",  # a vendor's
        b"\x04\x24\0\x50ab",  # longer than the PDU
        b"\x04",
        b"\0",
        b"\0\0\0\0\0",
    ],
)
async def test_unknown_and_incomplete_options(
    smsc: ScriptedSmsc, carrier: NewCarrier, inbox: RecordingInbox, options: bytes
) -> None:
    smsc.on[pdu.SUBMIT_SM] = answer(b"id-1\0" + options)
    one = await carrier(smsc.port)
    assert await one.submit(part()) == Accepted("id-1")
    text = pdu.Message(source="49151", dest=OURS, content=b"Hi")
    smsc.send(pdu.packed(pdu.DELIVER_SM, 3, pdu.message(text) + options))
    assert (await smsc.got(ACKNOWLEDGED))[0].status == 0
    assert [each.text for each in inbox.texts] == ["Hi"]


async def test_a_status_that_no_specification_has(smsc: ScriptedSmsc, carrier: NewCarrier) -> None:
    smsc.on[pdu.SUBMIT_SM] = answer(status=0x22)
    one = await carrier(smsc.port)
    assert isinstance(await one.submit(part()), Refused)
    assert one.ready


async def test_an_answer_that_comes_too_late_is_not_taken_for_another(smsc: ScriptedSmsc, carrier: NewCarrier) -> None:
    smsc.on[pdu.SUBMIT_SM] = silence
    one = await carrier(smsc.port, answer_seconds=1)
    assert isinstance(await one.submit(part()), Unknown)
    (late,) = smsc.requests(pdu.SUBMIT_SM)
    waiting = asyncio.create_task(one.submit(part()))
    _, submit = await smsc.got(pdu.SUBMIT_SM, 2)
    smsc.send(pdu.packed(pdu.SUBMIT_SM | pdu.RESPONSE, late.sequence, b"late\0"))
    smsc.send(pdu.packed(pdu.ENQUIRE_LINK | pdu.RESPONSE, submit.sequence))  # nor is one of another command
    smsc.send(pdu.packed(pdu.SUBMIT_SM | pdu.RESPONSE, submit.sequence, b"right\0"))
    assert await waiting == Accepted("right")


async def test_a_header_in_message_payload(smsc: ScriptedSmsc, carrier: NewCarrier, inbox: RecordingInbox) -> None:
    await carrier(smsc.port)
    text = pdu.Message(source="49151", dest=OURS, esm_class=0x40, content=b"\6\x08\4\x12\x34\2\1Hello")
    smsc.send(pdu.packed(pdu.DELIVER_SM, 3, pdu.message(text, short=False)))
    await smsc.got(ACKNOWLEDGED)
    (found,) = inbox.texts
    assert (found.text, found.reference, found.number, found.total) == ("Hello", 0x1234, 1, 2)


async def test_a_text_that_is_longer_than_its_length_says(
    smsc: ScriptedSmsc, carrier: NewCarrier, inbox: RecordingInbox
) -> None:
    one = await carrier(smsc.port)
    body = pdu.message(pdu.Message(source="49151", dest=OURS, content=b"Hello")) + b"\0"
    smsc.send(pdu.packed(pdu.DELIVER_SM, 3, body))
    await smsc.got(ACKNOWLEDGED)
    assert [each.text for each in inbox.texts] == ["Hello"]
    assert one.ready


async def test_throttling_does_not_become_a_storm(smsc: ScriptedSmsc, carrier: NewCarrier) -> None:
    """Each submit is answered once and nothing is repeated by the link itself."""
    smsc.on[pdu.SUBMIT_SM] = answer(status=S.ESME_RTHROTTLED)
    one = await carrier(smsc.port, window=50)
    answers = await asyncio.gather(*(one.submit(part()) for _ in range(200)))
    await asyncio.sleep(60)
    assert all(isinstance(each, PutOff) and each.slower for each in answers)
    assert len(smsc.requests(pdu.SUBMIT_SM)) == 200


async def test_a_busy_smsc_that_does_not_answer_enquire_link_is_not_given_up(
    smsc: ScriptedSmsc, carrier: NewCarrier
) -> None:
    smsc.on[pdu.ENQUIRE_LINK] = silence
    one = await carrier(smsc.port, enquire_seconds=10, answer_seconds=5)
    for sequence in range(20):
        await asyncio.sleep(4 if sequence % 2 else 11)
        smsc.send(pdu.packed(pdu.ENQUIRE_LINK, sequence))
    assert one.ready
    assert smsc.connections == 1


async def test_a_generic_nack_without_a_sequence_does_no_harm(smsc: ScriptedSmsc, carrier: NewCarrier) -> None:
    one = await carrier(smsc.port)
    smsc.send(pdu.packed(pdu.GENERIC_NACK, 0, status=S.ESME_RINVMSGLEN))
    assert isinstance(await one.submit(part()), Accepted)


async def test_a_receipt_that_is_not_understood_is_not_asked_for_again(
    smsc: ScriptedSmsc, carrier: NewCarrier, inbox: RecordingInbox
) -> None:
    await carrier(smsc.port)
    smsc.deliver(3, receipt("?"))
    assert (await smsc.got(ACKNOWLEDGED))[0].status == 0
    assert not inbox.receipts
    assert not inbox.texts
