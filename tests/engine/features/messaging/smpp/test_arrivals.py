"""What the SMSC sends: acknowledged when it is stored, in the order of each source."""

import asyncio

import pytest
from aiosmpplib.state import SmppCommandStatus

from engine.features.messaging.smpp import pdu
from engine.features.messaging.smpp.arrivals import MOST_AT_ONCE
from tests.engine.features.messaging.smpp.conftest import NewCarrier
from tests.fakes.inbox import RecordingInbox
from tests.fakes.smsc import ScriptedSmsc
from tests.support.clock import settled
from tests.support.texts import OURS

S = SmppCommandStatus
ACKNOWLEDGED = pdu.DELIVER_SM | pdu.RESPONSE


def text(content: bytes = b"Hi", source: str = "4915112345678", **more: object) -> pdu.Message:
    return pdu.Message(source=source, dest=OURS, content=content, **more)  # type: ignore[arg-type]


async def test_a_text_is_acknowledged_when_it_is_stored_and_not_before(
    smsc: ScriptedSmsc, carrier: NewCarrier, inbox: RecordingInbox
) -> None:
    await carrier(smsc.port)
    inbox.gate.clear()
    smsc.deliver(9, text())
    await settled()
    assert not smsc.requests(ACKNOWLEDGED)
    inbox.gate.set()
    (response,) = await smsc.got(ACKNOWLEDGED)
    assert (response.sequence, response.status, response.body) == (9, 0, b"\0")
    assert [each.text for each in inbox.texts] == ["Hi"]


async def test_an_inbox_that_fails_has_it_sent_again(
    smsc: ScriptedSmsc, carrier: NewCarrier, inbox: RecordingInbox
) -> None:
    one = await carrier(smsc.port)
    inbox.failures = 1
    smsc.deliver(9, text())
    (response,) = await smsc.got(ACKNOWLEDGED)
    assert response.status == S.ESME_RX_T_APPN
    smsc.deliver(10, text())
    assert (await smsc.got(ACKNOWLEDGED, 2))[1].status == 0
    assert one.ready


async def test_a_slow_inbox_does_not_hold_up_the_answers(
    smsc: ScriptedSmsc, carrier: NewCarrier, inbox: RecordingInbox
) -> None:
    await carrier(smsc.port)
    inbox.gate.clear()
    smsc.deliver(9, text())
    smsc.send(pdu.packed(pdu.ENQUIRE_LINK, 10))
    await smsc.got(pdu.ENQUIRE_LINK | pdu.RESPONSE)
    assert not smsc.requests(ACKNOWLEDGED)
    inbox.gate.set()


class SlowFirst(RecordingInbox):
    """Takes long for each text that says so."""

    async def incoming(self, carrier: str, incoming: object) -> None:
        if getattr(incoming, "text", "").startswith("slow"):
            await asyncio.sleep(5)
        await super().incoming(carrier, incoming)  # type: ignore[arg-type]


@pytest.mark.parametrize("inbox", [SlowFirst()])
async def test_one_source_keeps_its_order_and_others_do_not_wait(
    smsc: ScriptedSmsc, carrier: NewCarrier, inbox: RecordingInbox
) -> None:
    await carrier(smsc.port)
    for sequence, (source, content) in enumerate([("1", b"slow"), ("1", b"second"), ("2", b"other"), ("1", b"third")]):
        smsc.deliver(sequence + 1, text(content, source))
    responses = await smsc.got(ACKNOWLEDGED, 4)
    assert [each.text for each in inbox.texts] == ["other", "slow", "second", "third"]
    assert [each.sequence for each in responses] == [3, 1, 2, 4]


async def test_more_at_once_than_there_is_room_for_is_put_off(
    smsc: ScriptedSmsc, carrier: NewCarrier, inbox: RecordingInbox
) -> None:
    await carrier(smsc.port)
    inbox.gate.clear()
    for sequence in range(1, MOST_AT_ONCE + 3):
        smsc.deliver(sequence, text())
    put_off = await smsc.got(ACKNOWLEDGED, 2)
    assert [each.sequence for each in put_off] == [MOST_AT_ONCE + 1, MOST_AT_ONCE + 2]
    assert {each.status for each in put_off} == {S.ESME_RX_T_APPN}
    inbox.gate.set()
    assert {each.status for each in (await smsc.got(ACKNOWLEDGED, MOST_AT_ONCE + 2))[2:]} == {0}


async def test_what_is_being_stored_when_the_link_is_cut_is_stored(
    smsc: ScriptedSmsc, carrier: NewCarrier, inbox: RecordingInbox
) -> None:
    one = await carrier(smsc.port)
    inbox.gate.clear()
    smsc.deliver(9, text())
    await settled()
    smsc.cut()
    await smsc.connected(2)
    await one.wait_ready()
    inbox.gate.set()
    await settled()
    assert len(inbox.texts) == 1
    assert not smsc.requests(ACKNOWLEDGED)


async def test_stopping_ends_what_is_not_stored(smsc: ScriptedSmsc, carrier: NewCarrier, inbox: RecordingInbox) -> None:
    before = asyncio.all_tasks()
    one = await carrier(smsc.port)
    inbox.gate.clear()
    for sequence in (9, 10):
        smsc.deliver(sequence, text())
    await settled()
    await one.stop()
    await settled()
    assert asyncio.all_tasks() == before
    assert not inbox.texts


async def test_a_body_that_cannot_be_read_is_refused_for_good_and_the_link_stays(
    smsc: ScriptedSmsc, carrier: NewCarrier, inbox: RecordingInbox
) -> None:
    one = await carrier(smsc.port)
    smsc.send(pdu.packed(pdu.DELIVER_SM, 4, b"\0\1\1123"))
    (response,) = await smsc.got(ACKNOWLEDGED)
    assert (response.sequence, response.status) == (4, S.ESME_RX_P_APPN)
    assert one.ready
    assert not inbox.texts


async def test_a_data_sm_is_a_text_too(smsc: ScriptedSmsc, carrier: NewCarrier, inbox: RecordingInbox) -> None:
    await carrier(smsc.port)
    body = b"\0\1\00149151\0\1\00112015552000\0\0\0\0" + b"\x04\x24\x00\x05Hello"
    smsc.send(pdu.packed(pdu.DATA_SM, 6, body))
    (response,) = await smsc.got(pdu.DATA_SM | pdu.RESPONSE)
    assert (response.sequence, response.status, response.body) == (6, 0, b"\0")
    assert [(each.sender, each.recipient, each.text) for each in inbox.texts] == [("49151", OURS, "Hello")]
