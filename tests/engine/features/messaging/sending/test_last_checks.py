"""Texts that wait, for which something changes before they leave."""

import pytest
from sqlalchemy import delete

from engine.features.messaging.model import State
from engine.store import tables
from tests.engine.features.messaging.sending.exchange import LONG, NOW, OWN, US, Exchange


@pytest.mark.parametrize("text", ["Good morning.", LONG])
async def test_a_stop_stops_what_is_queued_and_nothing_is_paid_for_it(exchange: Exchange, text: str) -> None:
    await exchange.add_rate("", 1000)
    await exchange.reload()
    message = await exchange.send(text=text, at=NOW + 60)
    await exchange.opt_out(US)
    await exchange.pass_seconds(61)
    ended = await exchange.get(message)
    assert (ended.state, ended.reason) == (State.FAILED, f"{US} sent STOP to this account before the text left.")
    assert exchange.one.submitted == [] and await exchange.reports(message) == ["failed"]
    assert (await exchange.held(), await exchange.charged()) == (0, 0)
    assert exchange.messages.queued(exchange.account.id) == 0


async def test_a_stop_while_the_link_is_down_counts(exchange: Exchange) -> None:
    exchange.one.up(up=False)
    message = await exchange.send()
    other = await exchange.send(to="12015550115")
    await exchange.opt_out(US)
    exchange.one.up()
    await exchange.pass_seconds(1)
    assert [await exchange.state(each) for each in (message, other)] == [State.FAILED, State.SENT]


async def test_a_text_does_not_leave_from_a_number_that_the_account_has_no_more(exchange: Exchange) -> None:
    message = await exchange.send(at=NOW + 86_400)
    await exchange._execute(delete(tables.numbers).where(tables.numbers.c.number == OWN))
    await exchange.leap(86_399)
    assert await exchange.state(message) == State.QUEUED
    await exchange.pass_seconds(2)
    ended = await exchange.get(message)
    assert ended.state == State.FAILED and ended.reason.startswith(f"{OWN} was not a number of this account")
    assert exchange.one.submitted == []


async def test_texts_of_an_account_that_was_removed_end(exchange: Exchange) -> None:
    exchange.one.up(up=False)
    message = await exchange.send()
    await exchange._execute(delete(tables.numbers).where(tables.numbers.c.number == OWN))
    await exchange._execute(tables.accounts.update().values(closed=NOW))
    await exchange.platform.refresh()
    exchange.one.up()
    await exchange.pass_seconds(2)
    assert await exchange.state(message) == State.FAILED
    assert await exchange.held() == 0
