"""The connection to Redis, which fails fast and reconnects by itself."""

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError as RedisConnectionError

CONNECT_SECONDS = 1.0
ANSWER_SECONDS = 1.0


def connect(url: str) -> Redis:
    """Return a client of the Redis at `url`, e.g. `redis://:password@127.0.0.1:6390/0`; nothing is sent yet.

    A connection that Redis has closed is made again at once. Nothing else is retried: if Redis is down, requests must
    fail within two seconds. Close the client with `aclose()`.
    """
    return Redis.from_url(
        url,
        decode_responses=True,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        socket_keepalive=True,
        retry=Retry(ConstantBackoff(0.05), 1, supported_errors=(RedisConnectionError,)),
    )
