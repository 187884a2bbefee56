"""Submitting: the window, what each answer means, and what happens when there is none."""

import asyncio

import pytest
from aiosmpplib.state import SmppCommandStatus

from engine.features.messaging.carrier import Accepted, Answer, NotSent, PutOff, Refused, Unknown
from engine.features.messaging.smpp import pdu
from tests.engine.features.messaging.smpp.conftest import NewCarrier
from tests.fakes.smsc import ScriptedSmsc, answer, silence
from tests.support.clock import settled
from tests.support.texts import OURS, part

S = SmppCommandStatus


async def test_a_text_as_it_is_written(smsc: ScriptedSmsc, carrier: NewCarrier) -> None:
    one = await carrier(smsc.port)
    assert await one.submit(part("+4915112345678", "a€", sender="+" + OURS, valid_seconds=90)) == Accepted("2")
    (submit,) = smsc.requests(pdu.SUBMIT_SM)
    assert submit.body == (
        b"\0\1\00112015552000\0\1\0014915112345678\0\0\0\0\0" + b"000000000130000R\0" + b"\1\0\0\0\3a\x1be"
    )


NOW = "The carrier cannot take the text now: "
NEVER = "The carrier refused the text with "


@pytest.mark.parametrize(
    ("status", "kind", "begins", "ends"),
    [
        (S.ESME_RTHROTTLED, PutOff, "The carrier wants fewer texts a second: ESME_RTHROTTLED (0x58: Thrott", ")."),
        (S.ESME_RMSGQFUL, PutOff, NOW, "ESME_RMSGQFUL (0x14: Message Broker Full)."),
        (S.ESME_RSYSERR, PutOff, NOW, "ESME_RSYSERR (0x08: System Error)."),
        (S.ESME_RX_T_APPN, PutOff, NOW, "ESME_RX_T_APPN (0x64: ESME Receiver Temporary App Error Code)."),
        (S.ESME_RINVDSTADR, Refused, NEVER + "ESME_RINVDSTADR (0x0B: Invalid Dest Addr): check the", "country code."),
        (S.ESME_RINVSRCADR, Refused, NEVER + "ESME_RINVSRCADR (0x0A: Invalid Source Address): use a", "for you."),
        (0x405, Refused, NEVER, "0x405 (a status of the carrier's own): ask the carrier what it means."),
    ],
)
async def test_each_status_is_an_answer(
    smsc: ScriptedSmsc, carrier: NewCarrier, status: int, kind: type[PutOff | Refused], begins: str, ends: str
) -> None:
    smsc.on[pdu.SUBMIT_SM] = answer(status=status)
    one = await carrier(smsc.port)
    answered = await one.submit(part())
    assert isinstance(answered, kind)
    assert answered.reason.startswith(begins)
    assert answered.reason.endswith(ends)
    if isinstance(answered, PutOff):
        assert answered.slower == (status == S.ESME_RTHROTTLED)


@pytest.mark.parametrize(("status", "kind"), [(S.ESME_RINVCMDID, Refused), (S.ESME_RSYSERR, PutOff)])
async def test_a_generic_nack_is_an_answer(
    smsc: ScriptedSmsc, carrier: NewCarrier, status: int, kind: type[Answer]
) -> None:
    smsc.on[pdu.SUBMIT_SM] = lambda got: pdu.packed(pdu.GENERIC_NACK, got.sequence, status=status)
    one = await carrier(smsc.port)
    answered = await one.submit(part())
    assert isinstance(answered, kind)
    assert one.ready


async def test_a_window_of_unanswered_submits(smsc: ScriptedSmsc, carrier: NewCarrier) -> None:
    smsc.on[pdu.SUBMIT_SM] = silence
    one = await carrier(smsc.port, window=3)
    waiting = [asyncio.create_task(one.submit(part())) for _ in range(5)]
    await settled()
    submits = smsc.requests(pdu.SUBMIT_SM)
    assert len(submits) == 3
    smsc.send(pdu.packed(pdu.SUBMIT_SM | pdu.RESPONSE, submits[1].sequence, b"b\0"))
    await smsc.got(pdu.SUBMIT_SM, 4)
    assert await waiting[1] == Accepted("b")
    await settled()
    assert len(smsc.requests(pdu.SUBMIT_SM)) == 4
    smsc.cut()
    answers = await asyncio.gather(*waiting)
    assert [type(each) for each in answers] == [Unknown, Accepted, Unknown, Unknown, NotSent]


async def test_answers_come_in_any_order(smsc: ScriptedSmsc, carrier: NewCarrier) -> None:
    smsc.on[pdu.SUBMIT_SM] = silence
    one = await carrier(smsc.port)
    waiting = [asyncio.create_task(one.submit(part())) for _ in range(10)]
    for submit in reversed(await smsc.got(pdu.SUBMIT_SM, 10)):
        smsc.send(pdu.packed(pdu.SUBMIT_SM | pdu.RESPONSE, submit.sequence, b"%d\0" % submit.sequence))
    assert [await each for each in waiting] == [Accepted(str(one.sequence)) for one in smsc.requests(pdu.SUBMIT_SM)]


async def test_no_answer_frees_the_window_and_keeps_the_link(smsc: ScriptedSmsc, carrier: NewCarrier) -> None:
    smsc.on[pdu.SUBMIT_SM] = silence
    one = await carrier(smsc.port, window=1, answer_seconds=2)
    assert [type(await one.submit(part())) for _ in range(3)] == [Unknown] * 3
    assert one.ready


async def test_an_smsc_that_is_gone_is_noticed_by_the_first_submit_that_it_does_not_answer(
    smsc: ScriptedSmsc, carrier: NewCarrier
) -> None:
    one = await carrier(smsc.port, answer_seconds=5, enquire_seconds=300)
    smsc.on[pdu.SUBMIT_SM] = smsc.on[pdu.ENQUIRE_LINK] = silence
    assert isinstance(await one.submit(part()), Unknown)
    await smsc.got(pdu.ENQUIRE_LINK)
    assert one.ready
    began = asyncio.get_running_loop().time()
    await smsc.connected(2)
    assert asyncio.get_running_loop().time() - began <= 6
    assert one.last_error == "The SMSC did not answer enquire_link within 5 s."


async def test_a_caller_that_gives_up_frees_the_window(smsc: ScriptedSmsc, carrier: NewCarrier) -> None:
    smsc.on[pdu.SUBMIT_SM] = silence
    one = await carrier(smsc.port, window=1)
    waiting = asyncio.create_task(one.submit(part()))
    await smsc.got(pdu.SUBMIT_SM)
    waiting.cancel()
    smsc.on[pdu.SUBMIT_SM] = answer(b"id\0")
    assert await one.submit(part()) == Accepted("id")


async def test_an_smsc_that_does_not_read(smsc: ScriptedSmsc, carrier: NewCarrier) -> None:
    """Submits wait for room, enquire_link is written nevertheless, and the link is given up."""
    one = await carrier(smsc.port, window=1000, enquire_seconds=20, answer_seconds=5)
    smsc.pause()
    long = part(content=b"x" * 60_000)  # message_payload
    many = [asyncio.create_task(one.submit(long)) for _ in range(1000)]
    answers = await asyncio.gather(*many)
    assert {type(each) for each in answers} == {NotSent, Unknown}


@pytest.mark.parametrize(
    ("sender", "recipient"), [("", "123"), ("Größe", "123"), ("a\0b", "123"), ("1" * 21, "123"), ("123", "")]
)
async def test_an_address_that_cannot_be_written_is_refused(
    smsc: ScriptedSmsc, carrier: NewCarrier, sender: str, recipient: str
) -> None:
    one = await carrier(smsc.port)
    refused = await one.submit(part(recipient, sender=sender))
    assert isinstance(refused, Refused)
    assert "must be 1 to 20 characters of ASCII" in refused.reason
    assert not smsc.requests(pdu.SUBMIT_SM)
