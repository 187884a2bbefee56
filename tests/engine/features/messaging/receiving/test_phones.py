"""Texts that phones send."""

import pytest

from engine.features.messaging.model import Message
from tests.engine.features.messaging.receiving.bay import Bay
from tests.engine.features.messaging.sending.exchange import OWN, UK, US


async def dial(bay: Bay, to: str, text: str = "Lunch?", user: str = "u101", key: str = "") -> None:
    await bay.receive(text, sender=user, to=to, carrier="sip", key=key)


async def only(bay: Bay) -> Message:
    (sent,) = await bay.sent()
    return sent


async def test_a_phone_texts_another_extension(bay: Bay) -> None:
    await dial(bay, "102")
    sent = await only(bay)
    assert (sent.sender, sent.recipient, sent.carrier, sent.origin) == ("101", "102", "sip", "extension:101")
    assert await bay.phone() == ["Lunch?"] and await bay.received() == []


@pytest.mark.parametrize(
    ("dialled", "read"),
    [(US, US), (f"+{US}", US), ("2015550114", US), ("011442079460000", UK), ("00442079460000", UK)],
)
async def test_a_phone_texts_a_number_with_the_accounts_own_as_sender(bay: Bay, dialled: str, read: str) -> None:
    await dial(bay, dialled)
    sent = await only(bay)
    assert (sent.sender, sent.recipient, sent.carrier, sent.origin) == (OWN, read, "one", "extension:101")
    assert [(part.sender, part.recipient) for part in bay.exchange.one.submitted] == [(OWN, read)]


async def test_the_reply_comes_back_to_the_phone(bay: Bay) -> None:
    await dial(bay, US, user="u102")
    first = await only(bay)
    await bay.receive("At one.")
    (event,) = await bay.heard()
    assert event.reply_to == first.id and event.application == bay.shop
    assert [(one.sender, one.recipient) for one in await bay.sent("relay")] == [(US, "102")]
    assert await bay.phone() == ["At one."]
    await bay.receive("Or at two?")  # what went to the phone meanwhile is no text that this one replies to
    assert await bay.phone() == ["At one.", "Or at two?"]


@pytest.mark.parametrize(
    ("dialled", "why"),
    [("911", "Emergency"), ("abc", "digits"), ("123", "digits"), ("+1", "digits")],
)
async def test_what_is_refused_is_answered_with_the_reason(bay: Bay, dialled: str, why: str) -> None:
    await dial(bay, dialled)
    notice = await only(bay)
    assert (notice.sender, notice.recipient, notice.origin) == (dialled, "101", "notice")
    assert notice.text.startswith("Not sent: ") and why in notice.text
    assert await bay.phone() == [notice.text]


async def test_a_phone_is_told_of_an_opt_out(bay: Bay) -> None:
    await bay.exchange.opt_out(US)
    await dial(bay, US)
    assert "STOP" in (await only(bay)).text


async def test_a_phone_is_told_three_times_a_minute(bay: Bay) -> None:
    for _ in range(5):
        await dial(bay, "911")
    await dial(bay, "911", user="u102")
    assert [one.recipient for one in await bay.sent("notice")] == ["101", "101", "101", "102"]
    bay.exchange.set_clock(61)
    await dial(bay, "911")
    assert len(await bay.sent("notice")) == 5


async def test_a_phone_that_is_not_known_is_not_heard(bay: Bay) -> None:
    await dial(bay, US, user="u999")
    assert await bay.sent() == [] and await bay.received() == []


async def test_a_text_that_a_phone_sends_twice_leaves_once(bay: Bay) -> None:
    await dial(bay, US, key="call-1")
    await dial(bay, US, key="call-1")
    await dial(bay, US, key="call-2")
    assert len(await bay.sent()) == 2


async def test_a_refused_text_that_comes_twice_is_answered_once(bay: Bay) -> None:
    await dial(bay, "911", key="call-1")
    await dial(bay, "911", key="call-1")
    assert (await only(bay)).origin == "notice"


async def test_stop_from_a_phone_is_a_text(bay: Bay) -> None:
    await dial(bay, US, "STOP")
    assert (await only(bay)).text == "STOP" and not await bay.opted_out()


async def test_a_phone_may_send_nul_and_halves_of_characters(bay: Bay) -> None:
    await dial(bay, "102", "a\0b\ud83d")
    assert (await only(bay)).text == "a\ufffdb\ufffd"


async def test_an_empty_text_is_answered(bay: Bay) -> None:
    await dial(bay, "102", "")
    assert "empty" in (await only(bay)).text
