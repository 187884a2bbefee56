"""A call that ended while nobody watched: it is charged up to the last moment at which it was known to be up."""

import asyncio

import pytest

from engine.commands import HangUpCall
from engine.events import CallEnded
from engine.model.call import Call
from engine.store import owners
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import ACCOUNT, APPLICATION, Exchange


async def seen(exchange: Exchange) -> float | None:
    return await exchange.database.read(lambda conn: owners.seen(conn, APPLICATION))


async def left_a_sign(exchange: Exchange, ago: float) -> None:
    """An earlier controller's last one."""
    at = exchange.clock() - ago
    await exchange.database.transact(lambda conn: owners.claim(conn, APPLICATION))
    await exchange.database.transact(lambda conn: owners.note(conn, APPLICATION, at))


async def charged(exchange: Exchange, call: Call) -> CallEnded:
    """How it ended; the store, the event and the charge say the same."""
    ended, stored = await exchange.ended(call.id), await exchange.stored(call.id)
    assert stored.duration == ended.seconds
    assert ended.price == stored.price == round(ended.seconds * exchange.admission.per_second)
    return ended


async def test_a_crash_is_charged_to_nobody(stopped_exchange: Exchange) -> None:
    exchange = stopped_exchange
    call = await exchange.left_behind(channel=None)  # answered 50 s ago
    await left_a_sign(exchange, ago=20)
    await exchange.start()
    ended = await charged(exchange, call)
    assert ended.seconds == pytest.approx(30, abs=0.1) and ended.cause == "controller_lost"


@pytest.mark.parametrize("ago", [None, 55])
async def test_an_answer_is_the_last_that_is_known_where_no_sign_came_after_it(
    stopped_exchange: Exchange, ago: float | None
) -> None:
    exchange = stopped_exchange
    call = await exchange.left_behind(channel=None)
    if ago:
        await left_a_sign(exchange, ago)
    await exchange.start()
    ended = await charged(exchange, call)
    assert ended.seconds == 0 and ended.answered


async def test_an_asterisk_that_was_restarted_meanwhile_is_charged_to_nobody_either(
    stopped_exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange = stopped_exchange
    call = await exchange.left_behind(channel=None)
    await left_a_sign(exchange, ago=20)
    asterisk.world.started = "2099-01-01T00:00:00.000+0000"
    await exchange.start()
    ended = await charged(exchange, call)
    assert ended.seconds == pytest.approx(30, abs=0.1) and ended.cause == "media_node_lost"


async def test_a_controller_with_calls_leaves_signs_and_one_without_does_not(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    await asyncio.sleep(60)
    assert await seen(exchange) is None
    call = await exchange.call()
    for _ in range(3):
        await asyncio.sleep(30)
        at = await seen(exchange)
        assert at and 0 <= exchange.clock() - at <= 5.1
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)


async def test_what_ends_after_a_controller_left_is_charged_until_it_left(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call = await exchange.call()
    await asyncio.sleep(33)
    await exchange.leave()
    asterisk.hangs_up(call.id)
    await asyncio.sleep(100)
    await exchange.start()
    assert (await charged(exchange, call)).seconds == pytest.approx(33, abs=0.2)


async def test_what_goes_on_meanwhile_is_charged_whole(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call()
    await asyncio.sleep(33)
    await exchange.leave()
    await asyncio.sleep(100)
    await exchange.start()
    asterisk.hangs_up(call.id)
    assert (await charged(exchange, call)).seconds == pytest.approx(133, abs=0.2)


@pytest.mark.parametrize("asked", [False, True])
async def test_what_ends_while_asterisks_events_are_lost_is_charged_until_they_were(
    exchange: Exchange, asterisk: FakeAri, asked: bool
) -> None:
    call = await exchange.call()
    await asyncio.sleep(20)
    for _ in range(10):
        asterisk.refuse("GET", "/events", 503)
    await asterisk.drop_socket()
    await settled()
    if asked:
        await exchange.submit(HangUpCall(account=ACCOUNT, call=call.id))
    else:
        asterisk.hangs_up(call.id)
    began = exchange.clock()
    ended = await charged(exchange, call)
    assert ended.seconds == pytest.approx(20, abs=0.2)
    assert asked or exchange.clock() - began > 10
