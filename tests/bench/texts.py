"""Texts a second over one SMPP link, with their receipts, beside the lab's SMSC in a process of its own.

python -m tests.bench.texts [--texts 20000] [--windows 1 10 50 200]
"""

import argparse
import asyncio
import os
import resource
import secrets
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import uvloop

from engine.features.messaging.carrier import Accepted, Incoming, Receipt
from engine.features.messaging.smpp.carrier import SmppCarrier
from engine.features.messaging.smpp.settings import SmscSettings
from tests.support.texts import part


class Counting:
    """An Inbox that stores nothing and counts receipts."""

    def __init__(self, expected: int) -> None:
        self.ids = set[str]()
        self.complete = asyncio.Event()
        self._expected = expected

    async def receipt(self, carrier: str, receipt: Receipt) -> None:
        self.ids.add(receipt.id)
        if len(self.ids) == self._expected:
            self.complete.set()

    async def incoming(self, carrier: str, incoming: Incoming) -> None:
        raise AssertionError("no text was sent to us")


class Lab(NamedTuple):
    """The lab's SMSC in a process."""

    port: int
    password: str
    pid: int


@asynccontextmanager
async def lab() -> AsyncIterator[Lab]:
    """Start the lab's SMSC."""
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        ports = [each.getsockname()[1] for each in (one, other)]
    password = secrets.token_hex(16)
    settings = {
        "CARILLON_LAB_SMSC_PASSWORD": password,
        "CARILLON_LAB_SMSC_PORT": str(ports[0]),
        "CARILLON_LAB_SMSC_HTTP_PORT": str(ports[1]),
    }
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "api.lab_smsc", env={**os.environ, **settings})
    try:
        yield Lab(ports[0], password, process.pid)
    finally:
        process.terminate()
        await process.wait()


def cpu_seconds() -> float:
    """What this process has used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def measure(texts: int, window: int) -> str:
    """Submit so many texts and wait for their receipts; returns a row of the table."""
    inbox, numbers, accepted = Counting(texts), iter(range(texts)), set[str]()
    async with lab() as smsc:
        carrier = SmppCarrier(
            SmscSettings(
                name="lab",
                host="127.0.0.1",
                port=smsc.port,
                system_id="carillon",
                password=smsc.password,
                window=window,
            ),
            inbox,
        )
        await carrier.start()
        await carrier.wait_ready()

        async def submit() -> None:
            for number in numbers:
                answer = await carrier.submit(part(f"4915100{number % 5000:05d}", "x" * 100))
                assert isinstance(answer, Accepted), answer
                accepted.add(answer.id)

        began, used = time.perf_counter(), cpu_seconds()
        async with asyncio.TaskGroup() as group:
            for _ in range(window):
                group.create_task(submit())
        await inbox.complete.wait()
        took, used = time.perf_counter() - began, cpu_seconds() - used
        await carrier.stop()
    assert inbox.ids == accepted
    return f"| {window} | {texts / took:.0f} | {used / texts * 1e6:.0f} µs | {texts / used:.0f} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=int, default=20_000)
    parser.add_argument("--windows", type=int, nargs="+", default=[1, 10, 50, 200])
    options = parser.parse_args()
    print("| window | texts and receipts a second | CPU of each | a second on one core |\n|---|---|---|---|")
    for window in options.windows:
        print(uvloop.run(measure(options.texts, window)), flush=True)


if __name__ == "__main__":
    main()
