"""The end of a text's time: what was not sent expires, what no receipt came of is unknown."""

from engine.features.messaging.accepting import LONGEST_SECONDS
from engine.features.messaging.carrier import Accepted, PutOff, Unknown
from engine.features.messaging.model import State
from tests.engine.features.messaging.sending.exchange import LONG, Exchange
from tests.support.clock import settled


async def test_a_text_that_no_link_took_in_its_time_expires_and_costs_nothing(exchange: Exchange) -> None:
    await exchange.add_rate("", 7000)
    await exchange.reload()
    exchange.one.up(up=False)
    text = await exchange.send(valid_seconds=60)
    await exchange.pass_seconds(59)
    assert (await exchange.state(text), await exchange.held()) == (State.QUEUED, 7000)
    await exchange.pass_seconds(6)
    assert await exchange.reports(text) == ["expired"]
    assert (await exchange.held(), await exchange.charged()) == (0, 0)
    exchange.one.up()
    await exchange.pass_seconds(10)
    assert exchange.one.submitted == [] and exchange.messages.queued(exchange.account.id) == 0


async def test_why_it_waited_is_the_reason(exchange: Exchange) -> None:
    exchange.one.say = lambda part: PutOff("Its queue is full.")
    text = await exchange.send(valid_seconds=30)
    await exchange.pass_seconds(40)
    found = await exchange.get(text)
    assert (found.state, found.reason) == (State.EXPIRED, "It was not sent in its time. Its queue is full.")


async def test_the_longest_time_is_three_days(exchange: Exchange) -> None:
    exchange.one.up(up=False)
    text = await exchange.send()
    await exchange.leap(LONGEST_SECONDS - 10)
    assert await exchange.state(text) == State.QUEUED
    await exchange.pass_seconds(20)
    assert await exchange.state(text) == State.EXPIRED


async def test_a_sent_text_without_a_receipt_is_unknown_an_hour_after_its_time(exchange: Exchange) -> None:
    text = await exchange.send(valid_seconds=60)
    await exchange.leap(60 + 3590)
    assert await exchange.state(text) == State.SENT
    await exchange.pass_seconds(20)
    found = await exchange.get(text)
    assert (found.state, found.reason) == (State.UNKNOWN, "No receipt came.")
    await exchange.receipt("1")
    await exchange.leap(10_000)
    assert await exchange.reports(text) == ["sent", "unknown", "delivered"]


async def test_a_text_that_is_being_submitted_when_its_time_is_over_ends_as_it_is_answered(exchange: Exchange) -> None:
    answers = [exchange.hold_answer(), exchange.hold_answer()]
    accepted, put_off = await exchange.send(valid_seconds=5), await exchange.send(valid_seconds=5)
    await exchange.pass_seconds(30)
    assert await exchange.reports(accepted) == []
    answers[0].set_result(Accepted("a"))
    answers[1].set_result(PutOff("Later."))
    await exchange.pass_seconds(5)
    assert await exchange.reports(accepted) == ["sent"]
    assert await exchange.reports(put_off) == ["expired"]


async def test_a_text_of_which_some_parts_went_in_time_expires_and_those_are_paid_for(exchange: Exchange) -> None:
    await exchange.add_rate("", 1000)
    await exchange.reload()
    exchange.one.answers = [Accepted("a"), PutOff("Full."), PutOff("Full.")]
    exchange.one.say = lambda part: PutOff("Full.")
    text = await exchange.send(text=LONG, valid_seconds=20)
    await exchange.pass_seconds(30)
    assert await exchange.part_states(text) == ["accepted", "expired", "expired"]
    assert await exchange.reports(text) == ["expired"]
    assert (await exchange.charged(text), await exchange.held(), (await exchange.get(text)).price) == (1000, 0, 1000)


async def test_the_hold_of_an_unknown_text_ends_with_its_time_and_nothing_is_charged(exchange: Exchange) -> None:
    await exchange.add_rate("", 1000)
    await exchange.reload()
    exchange.one.answers = [Unknown("The link was cut.")]
    text = await exchange.send(valid_seconds=60)
    await settled()
    assert (await exchange.state(text), await exchange.held()) == (State.UNKNOWN, 1000)
    await exchange.pass_seconds(66)
    assert (await exchange.held(), await exchange.charged()) == (0, 0)
    assert await exchange.reports(text) == ["unknown"]


async def test_many_texts_expire_together(exchange: Exchange) -> None:
    exchange.one.up(up=False)
    texts = [await exchange.send(valid_seconds=10) for _ in range(700)]
    await exchange.pass_seconds(20)
    assert await exchange.messages.counts() == {State.EXPIRED: len(texts)}
