"""The exceptions of engine.redis; each message is a sentence that a user can act on."""

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
    """Raise RedisUnavailable for any error of Redis or of the connection to it."""
    try:
        yield
    except RedisUnavailable:
        raise
    except (RedisError, OSError, TimeoutError) as error:
        raise RedisUnavailable("Redis does not answer. Try again.") from error
