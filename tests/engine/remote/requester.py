"""A process that runs no calls and submits commands: reads them as JSON lines, and writes a line for each answer."""

import asyncio
import sys

from engine.commands import CommandRefused, wire
from engine.redis.client import connect
from engine.remote.engine import RemoteEngine
from engine.store.database import Database
from engine.store.writer import Writer


async def main(database_url: str, redis_url: str, application: str, seconds: str) -> None:
    database, redis = Database(database_url), connect(redis_url)
    writer = Writer(database)
    engine = RemoteEngine(database, writer, redis, application, seconds=float(seconds))
    await engine.start()
    for line in sys.stdin:
        try:
            print("result", wire.encode_result(await engine.submit(wire.decode(line))), flush=True)
        except CommandRefused as refusal:
            print(type(refusal).__name__, refusal, flush=True)
    await engine.stop()
    await writer.stop()
    await redis.aclose()
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
