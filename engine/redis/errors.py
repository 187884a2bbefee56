"""What the redis room raises; each message a sentence a user can act on."""

from collections.abc import Iterator
from contextlib import contextmanager

from redis.exceptions import RedisError


class RedisUnavailable(RedisError):
    """Redis does not answer, or cannot be written to. Try again."""


class TooManyCalls(Exception):
    """The account holds as many places as it may."""


class TooLongToWait(Exception):
    """The account's next turn is too far away."""


@contextmanager
def asking() -> Iterator[None]:
    """Turn whatever Redis or the way to it does wrong into RedisUnavailable."""
    try:
        yield
    except RedisUnavailable:
        raise
    except (RedisError, OSError, TimeoutError) as error:
        raise RedisUnavailable("Redis does not answer. Try again.") from error
