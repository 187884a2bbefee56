"""Wake-ups: hints to another process that a row of the store is there for it. Any may be lost: the row is the truth."""

import asyncio
from collections.abc import Callable

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)
AGAIN_SECONDS = 1.0
READ_SECONDS = 2.0
_PREFIX = "carillon"


async def wake(redis: Redis, channel: str, text: str) -> None:
    """Send a wake-up; without Redis it is lost, with a line in the log."""
    try:
        await redis.publish(f"{_PREFIX}:{channel}", text)
    except RedisError as error:
        log.warning("a wake-up could not be sent; the other process looks by itself", channel=channel, error=str(error))


async def listen(redis: Redis, channel: str, on_wake: Callable[[str], None]) -> None:
    """Call `on_wake` with the text of each wake-up, until cancelled.

    It is called with "" after each new connection: some may have been lost before it.
    """
    while not _cancelled():
        try:
            async with redis.pubsub(ignore_subscribe_messages=True) as messages:
                await messages.subscribe(f"{_PREFIX}:{channel}")
                on_wake("")
                while not _cancelled():
                    message = await messages.get_message(timeout=READ_SECONDS)
                    if message is not None:
                        on_wake(str(message["data"]))
        except RedisError as error:
            log.warning("wake-ups are not received; looking goes on without them", channel=channel, error=str(error))
            await asyncio.sleep(AGAIN_SECONDS)


def _cancelled() -> bool:
    """Whether this task was cancelled: the client swallows a cancellation that comes while it connects."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
