"""Names that resolve slowly, or not at all, with a real name server."""

import asyncio
import errno
import os
import socket
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest

from engine.net import Net
from engine.net.resolver import Resolver
from tests.support.name_server import NameServer


@pytest.fixture
async def names() -> AsyncIterator[NameServer]:
    async with NameServer() as server:
        yield server


@pytest.fixture
async def resolver(names: NameServer) -> AsyncIterator[Resolver]:
    made = Resolver((names.address,))
    yield made
    await made.really_close()


async def test_fifty_slow_names_delay_neither_another_name_nor_a_file(
    names: NameServer, resolver: Resolver
) -> None:
    slow = [asyncio.create_task(resolver.resolve(f"slow{n}.example", 80)) for n in range(50)]
    async with asyncio.timeout(60):
        while len({name for name in names.asked if name.startswith("slow")}) < 50:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        found = await resolver.resolve("quick.example", 80)
        await asyncio.to_thread(lambda: None)
    assert [each["host"] for each in found] == ["127.0.0.1"]
    assert not any(task.done() for task in slow)
    for task in slow:
        task.cancel()
    await asyncio.gather(*slow, return_exceptions=True)


async def test_a_slow_name_fails_in_time_and_is_distinguished_from_a_missing_one(resolver: Resolver) -> None:
    async with asyncio.timeout(60):
        with pytest.raises(OSError) as slow:
            await resolver.resolve("slow.example", 80)
        with pytest.raises(OSError) as missing:
            await resolver.resolve("none.example", 80)
    assert slow.value.errno == errno.EAGAIN and missing.value.errno is None


async def test_names_of_the_hosts_file_need_no_name_server(names: NameServer, resolver: Resolver) -> None:
    found = await resolver.resolve("localhost", 80, socket.AF_INET)
    assert [each["host"] for each in found] == ["127.0.0.1"] and not names.asked


async def test_many_requests_to_one_slow_name_are_one_question(names: NameServer) -> None:
    net = Net(name_servers=(names.address,))
    asking = [asyncio.create_task(net.session(False).get("http://slow.example/")) for _ in range(20)]
    async with asyncio.timeout(60):
        while not names.asked:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    assert len(names.asked) <= 2, "one for IPv4 and one for IPv6"
    for task in asking:
        task.cancel()
    await asyncio.gather(*asking, return_exceptions=True)
    await net.close()


async def test_slow_names_use_none_of_the_threads_that_work_on_files(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    over, real = threading.Event(), socket.getaddrinfo

    def slowly(host: Any, *more: Any, **options: Any) -> Any:
        if str(host).startswith("slow"):
            over.wait(60)
        return real("127.0.0.1", *more, **options)

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    net = Net()
    hosts = range((os.cpu_count() or 1) + 8)  # more than the default executor has threads
    asking = [asyncio.create_task(net.session(True).get(f"http://slow{n}.invalid/")) for n in hosts]
    try:
        for _ in range(10):
            await asyncio.sleep(0)
        async with asyncio.timeout(10):
            await asyncio.to_thread(lambda: None)
    finally:
        over.set()
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
        await net.close()
