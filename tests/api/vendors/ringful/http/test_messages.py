"""Ringful's texts: what is accepted as the document says, and how a reply comes back."""

import pytest

from engine.commands import CreditSpent, EngineUnavailable, NumberRefused
from tests.api.conftest import Stack
from tests.fakes.sink import Sink

EXAMPLE = {"callee": "15125551234", "message": "hello world", "seq": "1234", "sig": "abcd"}


@pytest.mark.parametrize("name", ["SendReceiveSms", "SendReciveSms", "sendreceivesms"])
async def test_a_text_is_accepted_with_an_empty_answer(stack: Stack, sink: Sink, name: str) -> None:
    assert await stack.ok(name, **EXAMPLE, callbackUrl=sink.url("/SmsReply/15125551234/")) == ""
    (message,) = stack.engine.messages
    assert (message.account, message.recipient, message.text) == ("account-ann", "15125551234", "hello world")


async def test_the_reply_is_posted_with_the_two_fields_of_the_document_and_nothing_else(
    stack: Stack, sink: Sink
) -> None:
    await stack.ok("SendReceiveSms", **EXAMPLE, callbackUrl=sink.url("/SmsReply/15125551234/"))
    await stack.engine.text("15125551234", "yes & no +1 é")
    assert await sink.next() == {"from": "15125551234", "reply": "yes & no +1 é"}
    assert sink.posts[-1].path == "/SmsReply/15125551234/"


async def test_the_number_of_a_reply_is_spelled_as_the_customer_wrote_it(stack: Stack, sink: Sink) -> None:
    await stack.ok("SendReceiveSms", **EXAMPLE | {"callee": "+1 (512) 555-1234"}, callbackUrl=sink.url())
    await stack.engine.text("15125551234", "OK")
    assert await sink.next() == {"from": "+1 (512) 555-1234", "reply": "OK"}


async def test_without_a_callback_url_a_reply_is_posted_nowhere(stack: Stack, sink: Sink) -> None:
    await stack.ok("SendReceiveSms", **EXAMPLE)
    await stack.engine.text("15125551234", "OK")
    await stack.settle()
    assert sink.posts == []


@pytest.mark.parametrize(
    "text", ["x" * 161, "first line\nsecond\tline\r\n", "  around  ", "👩‍👩‍👧 ñ €", "0", "%41&callee=+"]
)
async def test_a_text_arrives_as_it_was_written(stack: Stack, text: str) -> None:
    await stack.ok("SendReceiveSms", **EXAMPLE | {"message": text})
    assert stack.engine.messages[-1].text == text


@pytest.mark.parametrize("operator", ["1", "2", "3", "4"])
async def test_a_short_text_goes_to_north_america_and_no_reply_is_heard(
    stack: Stack, sink: Sink, operator: str
) -> None:
    answer = await stack.ok("SendSms", **EXAMPLE, operator=operator, callbackUrl=sink.url())
    assert answer == "" and stack.engine.messages[-1].data is None
    await stack.engine.text("15125551234", "who is this?")
    await stack.settle()
    assert sink.posts == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"callee": ""}, "callee is missing"),
        ({"callee": "nobody"}, "callee is not a phone number"),
        ({"message": ""}, "message is missing"),
        ({"message": " \n "}, "message is missing"),
        ({"message": "a\x00b"}, "U+0000"),
        ({"message": "x" * 4097}, "at most 4096"),
        ({"operator": ""}, "operator is missing"),
        ({"operator": "5"}, "operator must be one of 1 (AT&T)"),
        ({"operator": "01"}, "operator must be one of"),
        ({"message": "x" * 140}, "fewer than 140 characters (got 140)"),
        ({"callee": "442071234567"}, "North American"),
    ],
)
async def test_what_the_document_does_not_allow_is_refused_by_name(
    stack: Stack, change: dict[str, str], said: str
) -> None:
    status, text = await stack.ask("SendSms", **EXAMPLE | {"operator": "1"} | change)
    assert status == 400 and said in text, text
    assert stack.engine.messages == []


async def test_a_text_of_139_characters_is_short_enough(stack: Stack) -> None:
    assert await stack.ok("SendSms", **EXAMPLE | {"message": "x" * 139}, operator="4") == ""


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (NumberRefused("No SMSC carries that number."), 403),
        (CreditSpent("The balance is used up."), 402),
        (EngineUnavailable("Try again."), 503),
    ],
)
async def test_a_refusal_is_a_sentence_with_its_status(stack: Stack, refusal: Exception, status: int) -> None:
    stack.engine.error = refusal
    assert await stack.ask("SendReceiveSms", **EXAMPLE) == (status, str(refusal))
