"""The fixtures of commands from another process."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from engine.redis.client import connect
from tests.support.redis_server import RedisServer, redis_server

__all__ = ["redis_server"]


@pytest.fixture
async def redis(redis_server: RedisServer) -> AsyncIterator[Redis]:
    """A client of this test's Redis."""
    client = connect(redis_server.url)
    yield client
    await client.aclose()
