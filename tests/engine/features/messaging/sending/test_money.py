"""What texts cost: so much a part, held when they are accepted, and charged once when they are sent."""

import pytest

from engine.features.messaging.carrier import Accepted, ReceiptState, Refused, Unknown
from engine.features.messaging.model import State
from engine.platform.money import Price
from tests.engine.features.messaging.sending.exchange import LONG, UK, US, Exchange
from tests.support.clock import settled


async def test_a_part_costs_what_the_longest_prefix_says_the_accounts_own_first(exchange: Exchange) -> None:
    for prefix, per_part in (("", 9000), ("1", 5000), ("1201", 4000)):
        await exchange.add_rate(prefix, per_part)
    await exchange.add_rate("1", 1, currency="EUR")
    await exchange.reload()
    price, account = exchange.platform.prices.price, exchange.account.id
    assert price("message", account, US, 3) == Price(amount=12_000, currency="USD")
    assert price("message", account, UK, 1).amount == 9000
    await exchange.add_rate("12", 700, account=account)
    await exchange.reload()
    assert price("message", account, US, 1).amount == 700, "any rate of its own comes before everybody's"


async def test_the_money_is_held_until_all_parts_are_accepted_and_charged_then_once(exchange: Exchange) -> None:
    await exchange.add_rate("", 4000)
    await exchange.set_balance(100_000)
    await exchange.reload()
    answer = exchange.hold_answer()
    text = await exchange.send(text=LONG)
    await settled()
    assert (await exchange.held(), await exchange.charged()) == (12_000, 0)
    answer.set_result(Accepted("a"))
    await settled()
    assert (await exchange.held(), await exchange.charged(text), await exchange.balance()) == (0, 12_000, 88_000)
    for id in ("a", "1", "2"):
        await exchange.receipt(id)
    found = await exchange.get(text)
    assert (found.state, found.price, await exchange.charged()) == (State.DELIVERED, 12_000, 12_000)


async def test_a_text_may_cost_thousands(exchange: Exchange) -> None:
    await exchange.add_rate("", 1_000_000_000)
    await exchange.reload()
    text = await exchange.send(text=LONG)
    await settled()
    assert ((await exchange.get(text)).state, await exchange.charged(text)) == (State.SENT, 3_000_000_000)


async def test_the_rates_of_the_moment_it_was_accepted_count(exchange: Exchange) -> None:
    await exchange.add_rate("", 4000)
    await exchange.reload()
    answer = exchange.hold_answer()
    text = await exchange.send()
    await exchange.add_rate("1201", 99_000)
    await exchange.reload()
    answer.set_result(Accepted("a"))
    await settled()
    assert await exchange.charged(text) == 4000


async def test_a_failed_delivery_is_paid_for_as_it_was_sent(exchange: Exchange) -> None:
    await exchange.add_rate("", 4000)
    await exchange.reload()
    text = await exchange.send()
    await settled()
    await exchange.receipt("1", ReceiptState.FAILED)
    assert (await exchange.charged(text), await exchange.held()) == (4000, 0)


async def test_of_a_text_that_failed_the_accepted_parts_are_paid_for(exchange: Exchange) -> None:
    await exchange.add_rate("", 4000)
    await exchange.reload()
    exchange.one.answers = [Accepted("a"), Accepted("b"), Refused("Barred.")]
    text = await exchange.send(text=LONG)
    await settled()
    found = await exchange.get(text)
    assert (found.state, found.price) == (State.FAILED, 8000)
    assert (await exchange.charged(text), await exchange.held()) == (8000, 0)


async def test_a_refused_text_costs_nothing(exchange: Exchange) -> None:
    await exchange.add_rate("", 4000)
    await exchange.reload()
    exchange.one.answers = [Refused("Barred.")]
    await exchange.send()
    await settled()
    assert (await exchange.charged(), await exchange.held()) == (0, 0)


async def test_an_unknown_text_that_a_receipt_ends_is_paid_for_as_far_as_it_was_accepted(exchange: Exchange) -> None:
    await exchange.add_rate("", 4000)
    await exchange.reload()
    exchange.one.answers = [Accepted("a"), Unknown("Cut."), Accepted("c")]
    text = await exchange.send(text=LONG)
    await settled()
    assert (await exchange.held(), await exchange.charged()) == (12_000, 0)
    await exchange.receipt("c", ReceiptState.FAILED)
    assert (await exchange.held(), await exchange.charged(text)) == (0, 8000)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_free_text_holds_and_charges_nothing(exchange: Exchange) -> None:
    await exchange.set_balance(1)
    await exchange.reload()
    await exchange.send()
    await settled()
    assert (await exchange.charged(), await exchange.held(), await exchange.balance()) == (0, 0, 1)
