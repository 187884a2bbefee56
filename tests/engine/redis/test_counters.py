"""Places (concurrent calls) and turns (new calls a second) of accounts."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from engine.redis.client import connect
from engine.redis.counters import Counters
from engine.redis.errors import RedisUnavailable, TooLongToWait, TooManyCalls
from tests.support.redis_server import RedisServer


@pytest.fixture
def counters(redis: Redis) -> Counters:
    return Counters(redis, "carillon-0")


async def _take(counters: Counters, call: str, most: int = 2) -> None:
    await counters.take("acct-1", call, most=most)


async def test_an_account_has_so_many_places(counters: Counters) -> None:
    await _take(counters, "call-1")
    await _take(counters, "call-2")
    with pytest.raises(TooManyCalls):
        await _take(counters, "call-3")
    await counters.give_back("acct-1", "call-1")
    await _take(counters, "call-3")
    assert await counters.taken("acct-1") == 2


async def test_a_call_that_holds_a_place_keeps_it(counters: Counters) -> None:
    for _ in range(3):
        await _take(counters, "call-1", most=1)
    assert await counters.taken("acct-1") == 1


async def test_places_are_counted_over_processes_at_once(redis: Redis) -> None:
    both = [Counters(redis, "carillon-0"), Counters(redis, "carillon-1")]
    takes = [_take(both[n % 2], f"call-{n}", most=10) for n in range(40)]
    results = await asyncio.gather(*takes, return_exceptions=True)
    assert sum(isinstance(result, TooManyCalls) for result in results) == 30
    assert await both[0].taken("acct-1") == 10


async def test_a_restored_place_counts_whatever_the_limit(counters: Counters) -> None:
    for number in range(3):
        await counters.restore("acct-1", f"call-{number}")
    with pytest.raises(TooManyCalls):
        await _take(counters, "call-9")
    assert await counters.taken("acct-1") == 3


async def test_a_place_that_is_freed_as_the_process_ends_is_free_for_others(redis: Redis, counters: Counters) -> None:
    await _take(counters, "call-1")
    counters.leave("acct-1", "call-1")
    await counters.stop()
    assert await Counters(redis, "carillon-1").taken("acct-1") == 0
    assert "write places" not in {task.get_name() for task in asyncio.all_tasks()}


async def test_an_incoming_call_is_counted_before_the_next_place_is_taken(counters: Counters) -> None:
    for number in range(3):
        counters.count("acct-1", f"call-{number}")
    with pytest.raises(TooManyCalls):
        await _take(counters, "call-9", most=3)
    counters.leave("acct-1", "call-1")
    counters.leave("acct-1", "no-such-call")
    await _take(counters, "call-9", most=3)
    assert await counters.taken("acct-1") == 3


async def test_other_processes_soon_know_of_calls_that_come_in_and_end(redis: Redis, counters: Counters) -> None:
    async def known(calls: set[str]) -> None:
        async with asyncio.timeout(10):
            while set(await redis.hkeys("carillon:places:acct-1")) != calls:  # noqa: ASYNC110 - Redis announces nothing
                await asyncio.sleep(0.005)

    counters.count("acct-1", "call-1")
    counters.count("acct-1", "call-2")
    await known({"call-1", "call-2"})
    counters.leave("acct-1", "call-1")
    await known({"call-2"})
    assert await redis.hgetall("carillon:calls:carillon-0") == {"call-2": "acct-1"}


async def test_calls_that_came_in_while_redis_was_down_are_counted_later(
    counters: Counters, redis_server: RedisServer
) -> None:
    await counters.restore("acct-1", "call-1")
    redis_server.freeze()
    counters.count("acct-1", "call-2")
    counters.leave("acct-1", "call-1")
    with capture_logs() as logs, pytest.raises(RedisUnavailable):
        await _take(counters, "call-3")
    assert {entry["event"] for entry in logs} == {"The places of calls could not be counted; they are corrected later."}
    redis_server.thaw()
    await _take(counters, "call-3")
    assert await counters.taken("acct-1") == 2


async def test_what_a_killed_controller_held_is_dropped(redis: Redis) -> None:
    killed = Counters(redis, "carillon-0")
    await _take(killed, "call-1")
    await _take(killed, "call-2")
    following = Counters(redis, "carillon-0")
    await following.restore("acct-1", "call-2")
    await _take(following, "call-3")
    assert set(await redis.hkeys("carillon:places:acct-1")) == {"call-2", "call-3"}


async def test_another_controllers_places_are_not_dropped(redis: Redis) -> None:
    other = Counters(redis, "carillon-1")
    await _take(other, "call-1")
    await Counters(redis, "carillon-0").reconcile()
    assert await other.taken("acct-1") == 1


async def test_a_redis_that_was_restarted_empty_is_filled_again(counters: Counters, redis_server: RedisServer) -> None:
    await _take(counters, "call-1")
    redis_server.stop()
    redis_server.start()
    await _take(counters, "call-2")
    with pytest.raises(TooManyCalls):
        await _take(counters, "call-3")


async def test_a_place_given_back_while_redis_was_down_is_free_again(
    counters: Counters, redis_server: RedisServer
) -> None:
    await _take(counters, "call-1", most=1)
    redis_server.freeze()
    with pytest.raises(RedisUnavailable):
        await counters.give_back("acct-1", "call-1")
    redis_server.thaw()
    await _take(counters, "call-2", most=1)
    assert await counters.taken("acct-1") == 1


@pytest.mark.parametrize(
    "ask",
    [
        lambda counters: _take(counters, "call-1"),
        lambda counters: counters.restore("acct-1", "call-1"),
        lambda counters: counters.give_back("acct-1", "call-1"),
        lambda counters: counters.taken("acct-1"),
        lambda counters: counters.pace("acct-1", 10, 1),
        lambda counters: counters.reconcile(),
    ],
)
async def test_everything_is_unavailable_while_redis_is_down(
    counters: Counters, redis_server: RedisServer, ask: Callable[[Counters], Awaitable[object]]
) -> None:
    redis_server.stop()
    began = time.monotonic()
    with pytest.raises(RedisUnavailable):
        await ask(counters)
    assert time.monotonic() - began < 3


async def test_turns_are_evenly_spaced(counters: Counters) -> None:
    waits = [await counters.pace("acct-1", 2, 30) for _ in range(4)]
    assert waits[0] == 0
    assert waits == pytest.approx([0, 0.5, 1.0, 1.5], abs=0.2)
    assert waits == sorted(waits)


async def test_a_turn_too_far_away_is_not_taken(counters: Counters) -> None:
    assert await counters.pace("acct-1", 0.1, 1) == 0
    for _ in range(2):
        with pytest.raises(TooLongToWait):
            await counters.pace("acct-1", 0.1, 1)
    assert await counters.pace("acct-1", 0.1, 30) <= 10


async def test_accounts_do_not_share_a_pace(counters: Counters) -> None:
    await counters.pace("acct-1", 0.1, 1)
    assert await counters.pace("acct-2", 0.1, 1) == 0


async def test_a_pace_of_nothing_never_comes(counters: Counters) -> None:
    with pytest.raises(TooLongToWait):
        await counters.pace("acct-1", 0, 1e6)


async def test_a_connection_comes_back_by_itself(redis_server: RedisServer) -> None:
    client = connect(redis_server.url)
    await client.set("key", "value")
    redis_server.stop()
    redis_server.start()
    assert await client.get("key") is None
    await client.aclose()
