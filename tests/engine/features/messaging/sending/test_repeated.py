"""Requests to send a text that come again."""

import asyncio

import pytest
from sqlalchemy import func, select

from engine.commands.once import KeyReused, Once
from engine.features.messaging.model import NewMessage
from engine.features.messaging.tables import idempotency_keys
from tests.engine.features.messaging.sending.exchange import US, Exchange

WANTED = NewMessage(to=US, text="Good morning.")
ONCE = Once(key="order-7", digest="a")


async def known(exchange: Exchange) -> int:
    statement = select(func.count()).select_from(idempotency_keys)
    return int(await exchange.database.read(lambda conn: conn.execute(statement).scalar_one()))


async def test_of_requests_at_once_one_is_carried_out(exchange: Exchange) -> None:
    await exchange.add_rate("", 1000)
    await exchange.reload()
    sends = (exchange.messages.send(exchange.account.id, WANTED, ONCE) for _ in range(5))
    ids = {message.id for message in await asyncio.gather(*sends)}
    await exchange.pass_seconds(1)
    assert len(ids) == 1 == len(exchange.one.submitted) and await exchange.charged() == 1000
    with pytest.raises(KeyReused):
        await exchange.messages.send(exchange.account.id, WANTED, Once(key="order-7", digest="b"))


async def test_a_controller_that_died_knows_the_request(exchange: Exchange) -> None:
    first = await exchange.messages.send(exchange.account.id, WANTED, ONCE)
    await exchange.kill()
    await exchange.start()
    assert await exchange.messages.send(exchange.account.id, WANTED, ONCE) == first


async def test_after_a_day_it_is_another_request_and_the_first_is_forgotten(exchange: Exchange) -> None:
    first = await exchange.messages.send(exchange.account.id, WANTED, ONCE)
    exchange.set_clock(86_401)
    again = await exchange.messages.send(exchange.account.id, WANTED, ONCE)
    assert again.id != first.id and await known(exchange) == 1
    await exchange.leap(2 * 86_400)
    assert await known(exchange) == 0
