"""STOP and START."""

import pytest

from engine.commands import NumberRefused
from engine.features.messaging.configuration import store as configuration
from engine.features.messaging.model import TextingRules
from engine.features.messaging.receiving.confirming import HOUR, OF_A_SENDER, PER_HOUR
from engine.features.messaging.receiving.opting import STARTED, STOPPED
from tests.engine.features.messaging.receiving.bay import Bay
from tests.engine.features.messaging.sending.exchange import OWN, UK, US

DAY = 86_400.0


async def test_after_stop_nothing_is_sent_until_start(bay: Bay) -> None:
    await bay.receive("Stop.")
    assert await bay.opted_out() and [event.text for event in await bay.heard()] == ["Stop."]
    (confirmation,) = await bay.sent()
    assert (confirmation.text, confirmation.origin) == (STOPPED, "confirmation")
    assert (confirmation.sender, confirmation.recipient) == (OWN, US)
    with pytest.raises(NumberRefused, match="STOP"):
        await bay.exchange.send(US)
    await bay.exchange.send(UK)
    bay.exchange.set_clock(DAY + 1)
    await bay.receive(" START ")
    assert not await bay.opted_out() and [one.text for one in await bay.sent("confirmation")] == [STOPPED, STARTED]
    await bay.exchange.send(US)


async def test_the_confirmation_leaves(bay: Bay) -> None:
    await bay.receive("STOP")
    assert [part.recipient for part in bay.exchange.one.submitted] == [US]


async def test_there_is_one_confirmation_a_day(bay: Bay) -> None:
    for text in ("STOP", "STOP", "START", "STOP", "Unsubscribe"):
        await bay.receive(text)
    assert [one.text for one in await bay.sent()] == [STOPPED] and await bay.opted_out()
    bay.exchange.set_clock(DAY + 1)
    await bay.receive("START")
    assert [one.text for one in await bay.sent()] == [STOPPED, STARTED]


async def test_of_a_flood_of_stops_only_so_many_are_confirmed_and_all_count(
    bay: Bay, capfd: pytest.CaptureFixture[str]
) -> None:
    flood = [f"1201555{number:04d}" for number in range(PER_HOUR + 5)]
    for sender in flood:
        await bay.receive("STOP", sender=sender)
    assert len(await bay.sent("confirmation")) == PER_HOUR
    assert [await bay.opted_out(sender) for sender in flood] == [True] * len(flood)
    measures = {measure.name: measure.read() for measure in bay.exchange.feature.metrics}
    assert measures["carillon_confirmations_left_out"] == 5
    assert capfd.readouterr().out.count("was not confirmed because of a limit") == 1
    bay.exchange.set_clock(HOUR + 1)
    await bay.receive("STOP", sender=UK)
    assert len(await bay.sent("confirmation")) == PER_HOUR + 1


async def test_one_sender_that_stops_at_every_number_gets_a_few_confirmations(bay: Bay) -> None:
    for number in range(OF_A_SENDER + 2):
        own = f"120155501{number + 10}"
        await bay.lead(own, application=bay.shop)
        await bay.exchange.reload()
        await bay.receive("STOP", to=own)
        await bay.write(lambda conn: configuration.remove_opt_out(conn, bay.account, US))
    assert len(await bay.sent("confirmation")) == OF_A_SENDER


async def test_two_systems_that_answer_each_other_do_not_go_on(bay: Bay) -> None:
    for _ in range(3):
        await bay.receive("STOP")
        for sent in await bay.sent():
            await bay.receive(sent.text)
    assert len(await bay.sent()) == 1


async def test_start_and_yes_of_who_has_not_stopped_are_texts_like_others(bay: Bay) -> None:
    await bay.receive("START")
    await bay.receive("yes")
    assert await bay.sent() == [] and await bay.texts() == ["START", "yes"]


async def test_yes_of_who_has_stopped_is_a_start(bay: Bay) -> None:
    await bay.receive("STOP")
    await bay.receive("Yes!")
    assert not await bay.opted_out()


async def test_a_stop_counts_for_one_account(bay: Bay) -> None:
    other = await bay.exchange.add_account("other", "12015550500")
    await bay.exchange.reload()
    await bay.receive("STOP", to="12015550500")
    assert not await bay.opted_out()
    assert [one.account for one in await bay.sent("confirmation")] == [other.id]
    await bay.exchange.send(US)


async def test_an_account_may_have_them_not_count(bay: Bay) -> None:
    rules = TextingRules(account=bay.account, stop_words=False)
    await bay.write(lambda conn: configuration.put_rules(conn, rules))
    await bay.receive("STOP")
    assert not await bay.opted_out() and await bay.sent() == [] and await bay.texts() == ["STOP"]


@pytest.mark.parametrize("sender", ["40404", "BANK", ""])
async def test_a_short_code_and_letters_get_no_confirmation(bay: Bay, sender: str) -> None:
    await bay.receive("STOP", sender=sender)
    assert await bay.opted_out(sender) and await bay.sent() == []


async def test_a_confirmation_that_cannot_be_sent_does_not_hold_up_the_stop(bay: Bay) -> None:
    await bay.exchange.set_balance(0)
    await bay.exchange.add_rate("", 10_000)
    await bay.exchange.reload()
    await bay.receive("STOP")
    assert await bay.opted_out() and await bay.sent() == [] and await bay.texts() == ["STOP"]


async def test_a_stop_to_a_number_that_leads_to_a_phone_is_seen_there_too(bay: Bay) -> None:
    await bay.receive("STOP", to="12015550101")
    assert await bay.opted_out() and await bay.phone() == ["STOP"]


async def test_a_confirmation_is_no_text_that_is_replied_to(bay: Bay) -> None:
    await bay.receive("STOP")
    await bay.receive("Why?")
    assert [row.reply_to for row in await bay.received()] == ["", ""]
