"""A controller that dies at any step: nothing is lost, nothing is sent twice, each text ends once."""

from collections.abc import Callable

import pytest

from engine.features.messaging.carrier import Accepted, ReceiptState
from engine.features.messaging.model import State
from tests.engine.features.messaging.sending.exchange import LONG, NOW, US, Exchange
from tests.support.clock import settled


@pytest.fixture(autouse=True)
async def sold(exchange: Exchange) -> None:
    """A part costs 4,000."""
    await exchange.add_rate("", 4000)
    await exchange.reload()


async def test_after_a_text_was_accepted_it_is_sent_by_the_next_controller(exchange: Exchange) -> None:
    exchange.one.up(up=False)
    text = await exchange.send()
    await exchange.kill()
    await exchange.start()
    await settled()
    assert exchange.one.parts == [f"{US}.1"]
    assert await exchange.reports(text) == ["sent"] and await exchange.charged() == 4000


async def test_between_the_acceptance_and_the_answer_to_the_request_too(exchange: Exchange) -> None:
    exchange.one.up(up=False)
    await exchange.send()
    assert exchange.messages.queued(exchange.account.id) == 1
    await exchange.kill()
    await exchange.start()
    await settled()
    assert exchange.messages.queued(exchange.account.id) == 0


async def test_after_a_part_was_claimed_and_before_it_left_it_is_unknown(exchange: Exchange) -> None:
    """Whether it left cannot be known: it is not submitted again."""
    exchange.one.say = exchange.one.silent
    text = await exchange.send()
    await settled()
    await exchange.kill()
    await exchange.start()
    await settled()
    assert exchange.one.submitted == []
    found = await exchange.get(text)
    assert found.state == State.UNKNOWN and found.reason.startswith("The engine ended before")
    assert await exchange.reports(text) == ["unknown"]
    assert (await exchange.held(), await exchange.charged()) == (4000, 0)
    await exchange.leap(73 * 3600)
    assert (await exchange.held(), await exchange.charged()) == (0, 0)
    assert await exchange.reports(text) == ["unknown"]


async def test_before_the_answer_is_stored_it_is_unknown_and_its_receipt_names_no_part(exchange: Exchange) -> None:
    answer = exchange.hold_answer()
    text = await exchange.send()
    await settled()
    await exchange.writer.stop()
    answer.set_result(Accepted("a"))
    await settled()
    await exchange.kill()
    await exchange.start()
    await exchange.receipt("a")
    assert await exchange.reports(text) == ["unknown"] and await exchange.early() == 1


async def test_between_the_answer_and_the_receipt_the_receipt_still_counts(exchange: Exchange) -> None:
    text = await exchange.send()
    await settled()
    await exchange.kill()
    await exchange.start()
    await exchange.receipt("1")
    assert await exchange.reports(text) == ["sent", "delivered"]
    assert (await exchange.held(), await exchange.charged()) == (0, 4000)


async def test_after_an_early_receipt_it_is_taken_when_the_answer_is_never_stored(exchange: Exchange) -> None:
    exchange.hold_answer()
    text = await exchange.send()
    await settled()
    await exchange.receipt("early")
    await exchange.kill()
    await exchange.start()
    await settled()
    assert await exchange.reports(text) == ["unknown"]
    await exchange.leap(80 * 3600)
    assert await exchange.early() == 0


async def test_of_a_long_text_the_parts_that_wait_are_sent_by_the_next_controller(exchange: Exchange) -> None:
    await exchange.set_rules(per_second=1)
    await exchange.reload()
    exchange.one.answers = [Accepted("a")]
    exchange.one.say = exchange.one.silent
    text = await exchange.send(text=LONG)
    await exchange.pass_seconds(1.5)
    assert await exchange.part_states(text) == ["accepted", "submitting", "waiting"]
    await exchange.kill()
    await exchange.start()
    await exchange.pass_seconds(2)
    assert exchange.one.parts == [f"{US}.3"]
    assert await exchange.part_states(text) == ["accepted", "unknown", "accepted"]
    assert await exchange.reports(text) == ["unknown"]
    await exchange.receipt("a", ReceiptState.EXPIRED)
    assert await exchange.reports(text) == ["unknown", "expired"]
    assert (await exchange.charged(), await exchange.held()) == (8000, 0)


@pytest.mark.parametrize("how", [Exchange.kill, Exchange.stop])
async def test_what_waits_for_its_time_or_was_put_off_is_there_after_it(
    exchange: Exchange, how: Callable[[Exchange], object]
) -> None:
    exchange.one.up(up=False)
    texts = [await exchange.send(at=NOW + at) for at in (0, 30, 60)]
    await how(exchange)  # type: ignore[misc]
    await exchange.start()
    await exchange.pass_seconds(31)
    assert [await exchange.state(text) for text in texts] == [State.SENT, State.SENT, State.QUEUED]
    await exchange.pass_seconds(30)
    assert await exchange.state(texts[2]) == State.SENT


async def test_a_stop_stores_the_answers_that_came_and_the_others_as_unknown(exchange: Exchange) -> None:
    exchange.one.answers = [Accepted("a")]
    exchange.one.say = exchange.one.silent
    texts = [await exchange.send() for _ in range(30)]
    await settled()
    await exchange.stop()
    exchange.carriers = {}
    await exchange.start()
    await settled()
    states = [await exchange.state(text) for text in texts]
    assert states == [State.SENT] * 1 + [State.UNKNOWN] * 20 + [State.SENT] * 9
    assert len(exchange.one.submitted) == 9
    assert await exchange.charged() == 10 * 4000


async def test_a_controller_that_was_replaced_sends_nothing_more(exchange: Exchange) -> None:
    exchange.one.up(up=False)
    text = await exchange.send()
    old, features, writer = exchange.one, exchange.running, exchange.writer
    exchange.carriers = {}
    await exchange.start()
    await settled()
    old.up()
    await settled()
    assert old.submitted == [] and exchange.one.parts == [f"{US}.1"]
    assert await exchange.reports(text) == ["sent"]
    await features.stop()
    await writer.stop()
