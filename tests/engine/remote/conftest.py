"""The fixtures of commands from another process."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from engine.redis.client import connect
from tests.support.redis_server import RedisServer, redis_server
from tests.support.stores import database_url, new_postgres, new_sqlite, postgres_cluster

__all__ = ["database_url", "new_postgres", "new_sqlite", "postgres_cluster", "redis_server"]


@pytest.fixture
async def redis(redis_server: RedisServer) -> AsyncIterator[Redis]:
    """A client of this test's Redis."""
    client = connect(redis_server.url)
    yield client
    await client.aclose()
