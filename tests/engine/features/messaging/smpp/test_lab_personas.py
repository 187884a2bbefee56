"""The lab's numbers, each by what a carrier sees of it."""

import asyncio

import pytest

from api.lab_smsc.personas import PERSONAS
from api.lab_smsc.smsc import LabSmsc, State
from engine.features.messaging.carrier import (
    Accepted,
    Answer,
    NotSent,
    PutOff,
    Receipt,
    ReceiptState,
    Refused,
    Unknown,
)
from engine.features.messaging.smpp.carrier import SmppCarrier
from tests.engine.features.messaging.smpp.conftest import NewCarrier
from tests.fakes.inbox import RecordingInbox
from tests.support.clock import settled
from tests.support.texts import OURS, part, parts

NOW = asyncio.get_running_loop


async def accepted(carrier: SmppCarrier, number: str, text: str = "Hello") -> str:
    answer = await carrier.submit(part(number, text))
    assert isinstance(answer, Accepted), answer
    return answer.id


@pytest.mark.parametrize(
    ("number", "states", "errors"),
    [
        ("12015550140", ["delivered"], [""]),
        ("12015550141", ["failed"], ["001"]),
        ("12015550143", ["delivered"], [""]),
        ("12015550144", ["delivered", "delivered"], ["", ""]),
        ("12015550145", [], []),
        ("12015550155", ["under way", "delivered"], ["", ""]),
        ("12015550156", ["failed"], ["0A5"]),
        ("4915112345678", ["delivered"], [""]),
    ],
)
async def test_receipts(
    lab: LabSmsc, carrier: NewCarrier, inbox: RecordingInbox, number: str, states: list[str], errors: list[str]
) -> None:
    one = await carrier(lab.port)
    id_ = await accepted(one, number)
    await settled()
    assert [receipt.state for receipt in inbox.receipts] == states
    assert [receipt.error for receipt in inbox.receipts] == errors
    assert {receipt.id for receipt in inbox.receipts} <= {id_}
    assert [text.text for text in lab.texts.at(number)] == ["Hello"]


@pytest.mark.parametrize(("number", "state"), [("12015550142", "delivered"), ("12015550154", "expired")])
async def test_a_late_receipt(
    lab: LabSmsc, carrier: NewCarrier, inbox: RecordingInbox, number: str, state: str
) -> None:
    one = await carrier(lab.port)
    id_ = await accepted(one, number)
    began = NOW().time()
    await inbox.until(lambda: bool(inbox.receipts))
    assert inbox.receipts == [Receipt(id=id_, state=ReceiptState(state))]
    assert NOW().time() - began == pytest.approx(3, abs=0.1)


@pytest.mark.parametrize(
    ("number", "answers"),
    [
        ("12015550147", [PutOff, Accepted, PutOff]),
        ("12015550152", [PutOff, Accepted, PutOff]),
        ("12015550153", [PutOff, PutOff]),
        ("12015550148", [Refused, Refused]),
    ],
)
async def test_answers(lab: LabSmsc, carrier: NewCarrier, number: str, answers: list[type[Answer]]) -> None:
    one = await carrier(lab.port)
    found = [await one.submit(part(number)) for _ in answers]
    assert [type(answer) for answer in found] == answers
    assert [answer.slower for answer in found if isinstance(answer, PutOff)] == [
        number == "12015550147" for answer in found if isinstance(answer, PutOff)
    ]


async def test_a_reply_comes_from_the_number_that_was_written_to(
    lab: LabSmsc, carrier: NewCarrier, inbox: RecordingInbox
) -> None:
    one = await carrier(lab.port)
    await accepted(one, "12015550146", "Is it you? {€}")
    await settled()
    (text,) = inbox.texts
    assert (text.sender, text.recipient, text.text) == ("12015550146", OURS, "Is it you? {€}")


async def test_a_link_that_is_cut_before_the_answer(lab: LabSmsc, carrier: NewCarrier, inbox: RecordingInbox) -> None:
    one = await carrier(lab.port)
    cut = await one.submit(part("12015550149"))
    assert cut == Unknown("The link to one ended before it answered.")
    assert isinstance(await one.submit(part()), NotSent)
    await one.wait_ready()
    await settled()
    assert [receipt.state for receipt in inbox.receipts] == ["delivered"]  # it waited for the next link
    await accepted(one, "12015550140")


async def test_an_answer_after_three_seconds(lab: LabSmsc, carrier: NewCarrier) -> None:
    one = await carrier(lab.port)
    began = NOW().time()
    await accepted(one, "12015550150")
    assert NOW().time() - began == pytest.approx(3, abs=0.1)


async def test_no_answer(lab: LabSmsc, carrier: NewCarrier) -> None:
    one = await carrier(lab.port, answer_seconds=5)
    began = NOW().time()
    assert await one.submit(part("12015550151")) == Unknown("one did not answer within 5 s.")
    assert NOW().time() - began == pytest.approx(5, abs=0.1)
    assert one.ready


@pytest.mark.parametrize("by", ["udh", "sar", "payload"])
@pytest.mark.parametrize("text", ["é{1}" * 100, "ж1" * 100])
async def test_a_longer_text_arrives_whole(lab: LabSmsc, carrier: NewCarrier, by: str, text: str) -> None:
    one = await carrier(lab.port, parts_by=by)
    answers = [await one.submit(each) for each in reversed(parts(text))]
    ids = [answer.id for answer in answers if isinstance(answer, Accepted)]
    (arrived,) = lab.texts.at("12015550140")
    assert (arrived.text, arrived.parts, arrived.ids) == (text, len(answers), ids[::-1])


@pytest.mark.parametrize("text", ["Hello", "é€" * 100, "ж" * 200, "😀" * 100])
async def test_the_network_sends_a_text(lab: LabSmsc, carrier: NewCarrier, inbox: RecordingInbox, text: str) -> None:
    await carrier(lab.port)
    total = lab.send("4915112345678", OURS, text)
    await inbox.until(lambda: len(inbox.texts) == total)
    assert "".join(each.text for each in inbox.texts) == text
    assert [(each.number, each.total) for each in inbox.texts] == [(number, total) for number in range(1, total + 1)]
    assert {(each.sender, each.recipient) for each in inbox.texts} == {("4915112345678", OURS)}
    assert len({each.reference for each in inbox.texts}) == 1


async def test_what_was_sent_while_there_was_no_link_arrives_over_the_next(
    lab: LabSmsc, carrier: NewCarrier, inbox: RecordingInbox
) -> None:
    lab.send("4915112345678", OURS, "Before")
    await carrier(lab.port)
    await settled()
    assert [text.text for text in inbox.texts] == ["Before"]


async def test_what_could_not_be_stored_is_sent_again(lab: LabSmsc, carrier: NewCarrier, inbox: RecordingInbox) -> None:
    await carrier(lab.port)
    inbox.failures = 2
    lab.send("4915112345678", OURS, "Again")
    await inbox.until(lambda: bool(inbox.texts))
    assert [text.text for text in inbox.texts] == ["Again"]


async def test_down_slow_and_up(lab: LabSmsc, carrier: NewCarrier) -> None:
    one = await carrier(lab.port)
    await lab.become(State.DOWN)
    await settled()
    assert not one.ready
    assert isinstance(await one.submit(part()), NotSent)
    await asyncio.sleep(300)
    assert one.last_error.startswith("Nothing listens at 127.0.0.1:")
    await lab.become(State.SLOW)
    began = NOW().time()
    await one.wait_ready()
    assert NOW().time() - began <= 1  # as soon as it is back
    await accepted(one, "12015550140")
    assert NOW().time() - began >= 1


def test_each_persona_has_a_number_of_its_own() -> None:
    assert len({persona.number for persona in PERSONAS}) == len(PERSONAS)
