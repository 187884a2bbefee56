"""Faults that other programs were reported to have, tried here."""

import pytest

from tests.engine.features.messaging.receiving.bay import Bay
from tests.engine.features.messaging.receiving.test_parts import late, part, rows
from tests.engine.features.messaging.sending.exchange import US


async def test_a_reference_of_0_is_one_like_others(bay: Bay) -> None:
    """github.com/onomondo/onomondo-uicc/pull/174: 0 stood for "no parts are awaited"."""
    await part(bay, 1, "one ", reference=0)
    await part(bay, 2, "two", reference=0)
    assert await bay.texts() == ["one two"]


async def test_of_many_texts_with_missing_parts_none_is_dropped(bay: Bay) -> None:
    """github.com/selvakn/gsm-sip-bridge/pull/67: the 65th dropped the first one, which had been acknowledged."""
    for reference in range(70):
        await part(bay, 1, f"{reference} ", reference=reference)
    await part(bay, 2, "whole", reference=0)
    assert await bay.texts() == ["0 whole"]
    for _ in range(3):
        await late(bay)
    assert len(await bay.texts()) == 70 and await rows(bay) == 0


@pytest.mark.parametrize("text", ["REVOKE", "opt out", "Opt-out.", "OPTOUT"])
async def test_the_words_of_the_fcc_are_a_stop(bay: Bay, text: str) -> None:
    """github.com/SparkDevNetwork/Rock/issues/6399: these were missing."""
    await bay.receive(text)
    assert await bay.opted_out()


async def test_stop_with_something_behind_it_is_a_text_for_the_program(bay: Bay) -> None:
    """github.com/medic/cht-core/issues/476: STOP 12345 ends the reminders of one patient."""
    await bay.receive("STOP 12345")
    assert not await bay.opted_out() and await bay.texts() == ["STOP 12345"]


@pytest.mark.parametrize("written", [US, f"+{US}", f"00{US}"])
async def test_a_number_is_the_same_whether_its_carrier_writes_a_plus_or_not(bay: Bay, written: str) -> None:
    """github.com/frimtec/secure-sms-proxy/issues/49: without the plus nothing matched."""
    sent = await bay.exchange.send(f"+{US}")
    await bay.receive("ok", sender=written)
    assert [row.reply_to for row in await bay.received()] == [sent.id]


async def test_a_keyword_that_is_a_stop_word_is_followed_as_both(bay: Bay) -> None:
    """github.com/rapidpro/rapidpro/issues/519: a flow took the word, and texts went on to who had stopped them."""
    await bay.add_keyword("CANCEL", bay.account, "extension:101")
    await bay.receive("Cancel")
    assert await bay.opted_out() and await bay.phone() == ["Cancel"]
