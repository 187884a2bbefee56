"""Texts for a time to come, and those that are cancelled."""

import pytest

from engine.features.errors import NotThere, StillUsed
from engine.features.messaging.carrier import PutOff
from engine.features.messaging.model import State
from tests.engine.features.messaging.sending.exchange import LONG, NOW, Exchange
from tests.support.clock import settled


async def test_a_text_for_a_time_leaves_within_a_second_of_it_and_not_before(exchange: Exchange) -> None:
    text = await exchange.send(at=NOW + 3600)
    now = await exchange.send()
    await exchange.leap(3599)
    assert await exchange.state(text) == State.QUEUED and await exchange.state(now) == State.SENT
    await exchange.pass_seconds(2)
    assert await exchange.state(text) == State.SENT


async def test_it_leaves_in_time_if_the_clock_is_set(exchange: Exchange) -> None:
    text = await exchange.send(at=NOW + 86_400)
    await exchange.pass_seconds(10)
    exchange.set_clock(86_400 - 10)
    await exchange.pass_seconds(1)
    assert await exchange.state(text) == State.SENT


async def test_it_survives_a_restart(exchange: Exchange) -> None:
    text = await exchange.send(at=NOW + 3600)
    await exchange.stop()
    await exchange.start()
    await exchange.leap(3598)
    assert await exchange.state(text) == State.QUEUED
    await exchange.pass_seconds(3)
    assert await exchange.reports(text) == ["sent"]


async def test_its_time_to_live_begins_at_its_time(exchange: Exchange) -> None:
    text = await exchange.send(at=NOW + 3600, valid_seconds=60)
    exchange.one.up(up=False)
    await exchange.leap(3655)
    assert await exchange.state(text) == State.QUEUED
    await exchange.pass_seconds(11)
    assert await exchange.state(text) == State.EXPIRED


async def test_a_queued_text_can_be_cancelled_and_costs_nothing(exchange: Exchange) -> None:
    await exchange.add_rate("", 1000)
    await exchange.reload()
    text = await exchange.send(text=LONG, at=NOW + 60)
    cancelled = await exchange.messages.cancel(exchange.account.id, text.id)
    assert (cancelled.state, cancelled.reason) == (State.FAILED, "It was cancelled.")
    await exchange.pass_seconds(120)
    assert exchange.one.submitted == []
    assert await exchange.reports(text) == ["failed"]
    assert (await exchange.held(), await exchange.charged()) == (0, 0)
    assert exchange.messages.queued(exchange.account.id) == 0


async def test_a_text_of_which_a_part_left_or_is_leaving_cannot(exchange: Exchange) -> None:
    exchange.hold_answer()
    leaving = await exchange.send()
    await settled()
    sent = await exchange.send()
    await settled()
    await exchange.receipt("1")
    for text in (leaving, sent):
        with pytest.raises(StillUsed, match="being sent"):
            await exchange.messages.cancel(None, text.id)
    for account in ("acct-other", exchange.account.id):
        with pytest.raises(NotThere):
            await exchange.messages.cancel(account, leaving.id if account == "acct-other" else "message-0")


async def test_a_text_that_was_put_off_can(exchange: Exchange) -> None:
    exchange.one.say = lambda part: PutOff("Full.")
    text = await exchange.send()
    await settled()
    await exchange.messages.cancel(None, text.id)
    exchange.one.say = exchange.one.accept
    await exchange.pass_seconds(10)
    assert len(exchange.one.submitted) == 1 and await exchange.reports(text) == ["failed"]
