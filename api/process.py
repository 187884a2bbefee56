"""The process of the controller: its settings, its signals, and why it could not start."""

import asyncio
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

SWITCH_SECONDS = 0.0005  # the store's writer thread waits less for the interpreter: its worst write halves


class Runnable(Protocol):
    """What the process runs until a signal sets `steering.stopping`."""

    steering: Steering

    async def run(self) -> None:
        """Run until it is over."""


def run(make: Callable[[Settings], Runnable]) -> int:
    """Run what `make` returns; returns the exit status."""
    configure()
    os.umask(0o077)  # what is written here is of this user only: Asterisk's is the same
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


async def _run(make: Callable[[Settings], Runnable], settings: Settings) -> None:
    runnable = make(settings)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, runnable.steering.stopping.set)
    await runnable.run()
