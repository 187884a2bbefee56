"""TringMe's texts through the lab's SMSC."""

import secrets

from tests.clients.tringme.client import TringMe
from tests.support.lab_texts import LabTexts


async def test_a_text_arrives_and_the_answer_is_ok_alone(
    tringme: TringMe, texts: LabTexts, ours: str, theirs: str
) -> None:
    for verb, op in (("GET", "sms"), ("POST", "sendsms")):
        assert await tringme.ask(op, verb=verb, dest=theirs, msg="hai joe") == "OK"
    arrived = await texts.until(theirs, 2)
    assert [(text.sender, text.text) for text in arrived] == [(ours, "hai joe")] * 2


async def test_each_number_of_a_list_gets_the_text(tringme: TringMe, texts: LabTexts, ours: str, theirs: str) -> None:
    other = f"1201555{secrets.randbelow(10**7):07}"
    assert await tringme.ask("sms", dest=f"{theirs}, +{other}", msg="to all") == "OK"
    for number in (theirs, other):
        assert [text.text for text in await texts.until(number)] == ["to all"]


async def test_a_number_that_gets_no_text_is_named_and_none_of_the_list_gets_one(
    tringme: TringMe, texts: LabTexts, ours: str, theirs: str
) -> None:
    text = await tringme.failed("sms", dest=f"{theirs},911", msg="some")
    assert "parameter dest " in text and "911: " in text and theirs not in text
    assert await tringme.ask("sms", dest=theirs, msg="this one alone") == "OK"
    assert [each.text for each in await texts.until(theirs)] == ["this one alone"]
