"""The process of the controller: settings, signals, and errors at the start."""

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Callable
from typing import Protocol

import uvloop

from api.log import configure, masked
from api.settings import Settings, SettingsError, read
from api.steering import Steering
from engine.redis.errors import RedisUnavailable

SWITCH_SECONDS = 0.0005  # the store's writer thread waits less for the interpreter, which halves its slowest write
COLLECTIONS = (2000, 2, 50)
"""Thresholds of the garbage collector (Python's are 2000, 10, 10): cycles of ended calls, 55 objects each, are found
when there are 60 of them, not 300, which would stop the event loop for up to 36 ms (docs/benchmarks.md)."""


class Runnable(Protocol):
    """The controller that the process runs until a signal sets `steering.stopping`."""

    steering: Steering

    async def run(self) -> None:
        """Run until the controller ends."""


def run(make: Callable[[Settings], Runnable]) -> int:
    """Run the controller that `make` returns; returns the exit status."""
    configure()
    os.umask(0o077)  # only this user may read the files that are written; Asterisk has the same one
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        settings = read(os.environ)
    except SettingsError as error:
        print(f"carillon: {error}", file=sys.stderr)
        return 2
    masked.learn(settings.secrets)
    try:
        uvloop.run(_run(make, settings))
    except RedisUnavailable as error:
        print(f"carillon: Redis does not answer at 127.0.0.1:{settings.redis_port}: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"carillon: it could not start: {error}", file=sys.stderr)
        return 1
    return 0


def keep_collections_short() -> None:
    """Take what exists now out of the garbage collector's way: to visit it would let every call wait for 0.1 s."""
    gc.set_threshold(*COLLECTIONS)
    gc.collect()
    gc.freeze()


async def _run(make: Callable[[Settings], Runnable], settings: Settings) -> None:
    runnable = make(settings)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, runnable.steering.stopping.set)
    await runnable.run()
