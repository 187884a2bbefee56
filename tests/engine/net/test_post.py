"""Requests to a server that closes its kept connections, and what is sent of an address."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from yarl import URL

from engine.net import Net
from tests.support.closing_server import ClosingServer


@pytest.fixture
async def net() -> AsyncIterator[Net]:
    made = Net()
    yield made
    await made.close()


async def post(net: Net, url: str, total: float = 30.0) -> bytes:
    sent = net.post(URL(url), allow_private=True, data=b"hello", headers={"X": "y"}, total=total, connect=total)
    async with await sent as response:
        return await response.read()


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
async def test_a_request_is_repeated_if_its_kept_connection_ends_as_it_is_sent(
    net: Net, reset: bool
) -> None:
    async with ClosingServer(b"well", reset=reset) as server:
        assert [await post(net, server.url()) for _ in range(3)] == [b"well"] * 3
        assert server.numbers == [1, 2, 1, 1], "once more, and on a connection made for it"
        assert server.requests[1].body == server.requests[2].body == b"hello"


async def test_a_request_is_not_repeated_if_its_new_connection_is_closed(net: Net) -> None:
    async with ClosingServer(closes_at=1) as server:
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await post(net, server.url())
        assert server.numbers == [1]


@pytest.mark.parametrize("partly", [b"H", b"HTTP/1.1 20", b"HTTP/1.1 200 OK\r\nContent-Le"])
async def test_a_request_is_not_repeated_if_its_connection_ends_within_the_answer(net: Net, partly: bytes) -> None:
    async with ClosingServer(partly=partly) as server:
        await post(net, server.url())
        with pytest.raises(aiohttp.ClientError):
            await post(net, server.url())
        assert server.numbers == [1, 2]


async def test_once_more_is_within_the_time_of_the_request(net: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    async with ClosingServer() as server:
        await post(net, server.url())
        fresh, limits = net._fresh_allowing._request, []

        async def request(*given: Any, **more: Any) -> aiohttp.ClientResponse:
            limits.append(more["timeout"])
            return await fresh(*given, **more)

        monkeypatch.setattr(net._fresh_allowing, "_request", request)
        begun = asyncio.get_running_loop().time()
        await post(net, server.url(), total=10.0)
        (limit,) = limits
        assert 10.0 - (asyncio.get_running_loop().time() - begun) <= limit.total < 10.0


@pytest.mark.parametrize(
    ("written", "sent"), [("ann:secret", "ann:secret"), ("ann:p%40ss%2F%23", "ann:p@ss/#"), ("ann:%E2%82%AC", "ann:€"),
                          ("ann", "ann:"), (":token", ":token")],
)  # fmt: skip
async def test_a_user_and_a_password_are_sent_unescaped_in_the_header(net: Net, written: str, sent: str) -> None:
    async with ClosingServer() as server:
        await post(net, server.url().replace("//", f"//{written}@"))
        (request,) = server.requests
        assert f"Authorization: Basic {b64encode(sent.encode()).decode()}\r\n" in request.head
        assert "@" not in request.head
