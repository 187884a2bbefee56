"""Texts that wait, for which something changes before they leave."""

import asyncio

import pytest
from sqlalchemy import delete

from engine.features.messaging.carrier import Answer, NotSent
from engine.features.messaging.model import NewMessage, State
from engine.features.messaging.tables import message_parts, messages
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


async def test_an_account_that_is_removed_has_its_texts_ended_at_once(exchange: Exchange) -> None:
    await exchange.add_rate("", 1000)
    await exchange.add_extension("101", "u101")
    await exchange.reload()
    exchange.one.up(up=False)
    waiting = [
        await exchange.send(),
        await exchange.send(text=LONG, at=NOW + 30 * 86_400),
        await exchange.send(to="101"),
    ]
    other = await exchange.add_account("other", "12015550105")
    await exchange.reload()
    others = await exchange.messages.send(other.id, NewMessage(to=US, text="Good morning."))
    await exchange._execute(tables.accounts.update().where(tables.accounts.c.name == "acme").values(closed=NOW))
    await exchange.feature.closed(exchange.account.id)
    ended = [await exchange.get(each) for each in waiting]
    assert {(each.state, each.reason) for each in ended} == {(State.FAILED, "The account was removed.")}
    assert [await exchange.reports(each) for each in waiting] == [["failed"]] * 3
    assert (await exchange.held(), exchange.messages.queued(exchange.account.id)) == (0, 0)
    assert await exchange.state(others) == State.QUEUED and exchange.messages.queued(other.id) == 1


async def test_a_controller_that_died_while_an_account_was_removed_ends_its_texts_at_its_start(
    exchange: Exchange,
) -> None:
    await exchange.add_extension("101", "u101")
    await exchange.reload()
    waiting = await exchange.send(to="101", at=NOW + 86_400)
    await exchange._execute(tables.accounts.update().values(closed=NOW))
    await exchange.kill()
    await exchange.start()
    assert (await exchange.get(waiting)).reason == "The account was removed."


async def test_a_purged_account_has_nothing_queued(exchange: Exchange) -> None:
    await exchange.send(at=NOW + 60)
    for table in (messages, message_parts):
        await exchange._execute(delete(table))
    await exchange.feature.closed(exchange.account.id)
    assert exchange.messages.queued(exchange.account.id) == 0


async def test_a_text_to_a_phone_that_did_not_leave_while_its_account_was_removed_ends(exchange: Exchange) -> None:
    await exchange.add_extension("101", "u101")
    exchange.phones.registrations.registered.add("u101")
    await exchange.reload()
    answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
    exchange.phones.answers.append(answer)
    message = await exchange.send(to="101")
    await exchange.pass_seconds(1)
    await exchange._execute(tables.accounts.update().values(closed=NOW, disabled=True))
    await exchange.platform.refresh()
    await exchange.feature.closed(exchange.account.id)
    assert await exchange.part_states(message) == ["submitting"]
    answer.set_result(NotSent("The phone has gone."))
    await exchange.pass_seconds(2)
    assert (await exchange.get(message)).reason == "The account was removed."
