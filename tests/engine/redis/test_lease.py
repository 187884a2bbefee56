"""Leases."""

import asyncio
import contextlib
import time

import pytest
from redis.asyncio import Redis

from engine.redis.errors import RedisUnavailable
from engine.redis.lease import Lease
from tests.support.redis_server import RedisServer

KEY = "carillon:lease:carillon-0"


async def _a_moment(lease: Lease) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(lease.lost.wait(), 0.05)


async def test_a_lease_is_held_by_one(redis: Redis) -> None:
    first, second = Lease(redis, "carillon-0", "first"), Lease(redis, "carillon-0", "second")
    await first.acquire()
    waiting = asyncio.create_task(second.acquire())
    done, _ = await asyncio.wait((waiting,), timeout=0.1)
    assert first.held and not second.held and not done
    await first.release()
    await asyncio.wait_for(waiting, 5)
    assert second.held and not first.held
    await second.release()


async def test_leases_of_two_applications_do_not_meet(redis: Redis) -> None:
    first, second = Lease(redis, "carillon-0", "first"), Lease(redis, "carillon-1", "second")
    await first.acquire()
    await second.acquire()
    assert first.held and second.held
    await first.release()
    await second.release()


async def test_it_is_renewed_beyond_its_time(redis: Redis) -> None:
    lease = Lease(redis, "carillon-0", "first", ttl=0.3)
    await lease.acquire()
    first = lease.held_until
    while lease.held_until < first + 0.5:
        await _a_moment(lease)
        assert not lease.lost.is_set()
    assert await redis.get(KEY) == "first"
    await lease.release()
    assert await redis.get(KEY) is None


async def test_what_a_killed_controller_left_runs_out(redis: Redis) -> None:
    await redis.set(KEY, "killed", px=300)
    lease = Lease(redis, "carillon-0", "next")
    began = time.monotonic()
    await asyncio.wait_for(lease.acquire(), 5)
    assert time.monotonic() - began > 0.2
    assert lease.held
    await lease.release()


async def test_a_predecessor_known_to_be_dead_is_not_waited_for(redis: Redis) -> None:
    await redis.set(KEY, "killed", px=60_000)
    lease = Lease(redis, "carillon-0", "next")
    await asyncio.wait_for(lease.acquire(steal=True), 5)
    assert lease.held
    await lease.release()


async def test_the_same_owner_gets_its_own_lease_back_at_once(redis: Redis) -> None:
    await redis.set(KEY, "me", px=60_000)
    lease = Lease(redis, "carillon-0", "me")
    await asyncio.wait_for(lease.acquire(), 5)
    assert lease.held
    await lease.release()


async def test_a_lease_that_another_took_is_lost(redis: Redis) -> None:
    calls: list[str] = []
    lease = Lease(redis, "carillon-0", "first", ttl=0.3, on_lost=lambda: calls.append("lost"))
    await lease.acquire()
    thief = Lease(redis, "carillon-0", "second")
    await thief.acquire(steal=True)
    await asyncio.wait_for(lease.lost.wait(), 5)
    assert not lease.held and thief.held
    assert calls == ["lost"]
    await lease.release()
    assert await redis.get(KEY) == "second"
    await thief.release()


async def test_it_is_not_held_once_its_time_ran_out_without_redis(redis: Redis, redis_server: RedisServer) -> None:
    lease = Lease(redis, "carillon-0", "first", ttl=0.3)
    await lease.acquire()
    redis_server.stop()
    while lease.held:
        await _a_moment(lease)
    assert not lease.lost.is_set()
    redis_server.start()
    while not lease.held:
        await _a_moment(lease)
    assert await redis.get(KEY) == "first"
    await lease.release()


async def test_the_store_keeps_it_held_while_redis_is_down(redis: Redis, redis_server: RedisServer) -> None:
    asked: asyncio.Queue[None] = asyncio.Queue()

    async def confirm() -> bool:
        asked.put_nowait(None)
        return True

    lease = Lease(redis, "carillon-0", "first", ttl=1.0, confirm=confirm)
    await lease.acquire()
    redis_server.stop()
    for _ in range(5):
        await asyncio.wait_for(asked.get(), 5)
        assert lease.held
    await lease.release()


async def test_it_is_lost_when_the_store_names_another(redis: Redis, redis_server: RedisServer) -> None:
    async def confirm() -> bool:
        return False

    lease = Lease(redis, "carillon-0", "first", ttl=0.3, confirm=confirm)
    await lease.acquire()
    redis_server.stop()
    await asyncio.wait_for(lease.lost.wait(), 5)
    assert not lease.held
    await lease.release()


async def test_without_redis_there_is_no_lease(redis: Redis, redis_server: RedisServer) -> None:
    redis_server.stop()
    with pytest.raises(RedisUnavailable):
        await Lease(redis, "carillon-0", "first").acquire()
