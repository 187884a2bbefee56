"""Two connected legs as one object: connected, parted, ended. How a Dial and a restart use it: test_dial_ends."""

import asyncio

from engine.calls.pair import Pair, Terms
from engine.calls.session import Session
from engine.model.cause import HangupCause
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import Exchange

FOR_A_MINUTE = Terms(max_seconds=60, hang_up_after=True)


async def two(exchange: Exchange, asterisk: FakeAri, terms: Terms = FOR_A_MINUTE) -> Pair:
    """Two calls that were answered, connected."""
    sessions: list[Session] = []
    for callee in ("12015550101", "12015550102"):
        call = await exchange.call(callee=callee)
        found = exchange.engine.registry.get(call.id)
        assert found
        sessions.append(found)
    near, far = sessions
    pair = Pair(near, far, "task-1", terms, exchange.engine.registry.pairs)
    assert await pair.connect()
    assert asterisk.world.bridges["bridge-1"]["channels"] == [one.channel.id for one in sessions]
    assert [one.media.bridge for one in sessions] == ["bridge-1", "bridge-1"]
    return pair


async def test_two_that_are_parted_go_on_and_neither_ends_with_the_other(exchange: Exchange, asterisk: FakeAri) -> None:
    pair = await two(exchange, asterisk)
    await settled()
    await pair.part()
    assert asterisk.world.bridges == {}
    assert pair.session.media.bridge is None and pair.other.media.bridge is None
    await asyncio.sleep(120)
    asterisk.hangs_up(pair.other.channel.id)
    assert (await exchange.ended(pair.other.call.id)).hung_up_by == "far"
    await settled()
    assert pair.session.ready_to_talk
    asterisk.hangs_up(pair.session.channel.id)
    await exchange.ended(pair.session.call.id)


async def test_two_that_are_parted_in_the_turn_of_their_connecting_leave_no_bridge(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    pair = await two(exchange, asterisk)
    await pair.part()
    assert asterisk.world.bridges == {}
    await pair.end(HangupCause.NORMAL)
    for leg in (pair.session, pair.other):
        await exchange.ended(leg.call.id)


async def test_two_that_were_parted_are_connected_again_with_new_time(exchange: Exchange, asterisk: FakeAri) -> None:
    pair = await two(exchange, asterisk)
    await asyncio.sleep(50)
    await pair.part()
    assert await pair.connect()
    await asyncio.sleep(50)
    assert pair.session.ready_to_talk and pair.other.ready_to_talk
    for leg in (pair.session, pair.other):
        assert (await exchange.ended(leg.call.id)).cause == "max_duration"
    assert asterisk.world.bridges == {}


async def test_both_of_two_that_are_ended_end_for_the_same_reason(exchange: Exchange, asterisk: FakeAri) -> None:
    pair = await two(exchange, asterisk, Terms(max_seconds=None, hang_up_after=False))
    await pair.end(HangupCause.NOT_ALLOWED)
    for leg in (pair.session, pair.other):
        ended = await exchange.ended(leg.call.id)
        assert (ended.cause, ended.hung_up_by) == ("not_allowed", "us")
    await settled()
    assert asterisk.world.bridges == asterisk.world.channels == {}
