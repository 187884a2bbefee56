"""The guard lets a request reach the public internet and, where that is allowed, a private network; nothing else."""

import ipaddress
import socket

import aiohttp
import pytest
from aiohttp import web

from engine.net import BlockedAddress, Net, blocked
from engine.net.guard import guarded_sockets

PUBLIC = ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]
PRIVATE = [
    "127.0.0.1", "127.8.9.1", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1",
    "100.127.255.254", "::1", "fd00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:100.64.0.1", "64:ff9b::7f00:1",
    "2002:7f00:1::", "2002:a00:1::1", "::127.0.0.1",
]
NEVER = [
    "169.254.169.254", "fe80::1", "fe80::1%eth0", "::ffff:169.254.169.254", "0.0.0.0", "::", "224.0.0.1", "ff02::1",
    "255.255.255.255", "240.0.0.1", "64:ff9b::a9fe:a9fe", "fec0::1", "64:ff9b:1::1",
    "fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "192.0.0.192", "168.63.129.16", "::ffff:100.100.100.200",
    "2002:6464:64c8::1", "64:ff9b::a83f:8110", "3fff::1",
]


def reaches(address: str, allow_private: bool) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        guarded_sockets(allow_private)((family, socket.SOCK_STREAM, 6, "", (address, 80))).close()
    except BlockedAddress:
        return False
    return True


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_reached_by_both_sessions(address: str) -> None:
    assert reaches(address, allow_private=False)
    assert reaches(address, allow_private=True)


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_reached_only_if_that_is_allowed(address: str) -> None:
    assert not reaches(address, allow_private=False)
    assert reaches(address, allow_private=True)


@pytest.mark.parametrize("address", NEVER)
def test_link_local_multicast_and_nowhere_are_never_reached(address: str) -> None:
    assert not reaches(address, allow_private=False)
    assert not reaches(address, allow_private=True)


def test_what_is_not_an_address_is_refused() -> None:
    assert not reaches("not an address", allow_private=True)


def test_every_reserved_ipv4_block_is_refused_by_the_strict_session() -> None:
    for block in ("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
                  "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
                  "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"):
        network = ipaddress.ip_network(block)
        for address in (network[0], network[1], network[-1]):
            assert not reaches(str(address), allow_private=False), address


@pytest.fixture
async def net():
    made = Net()
    yield made
    await made.close()


@pytest.fixture
async def server():
    async def answer(request: web.Request) -> web.StreamResponse:
        if "to" in request.query:
            raise web.HTTPFound(request.query["to"])
        return web.Response(text="here", headers={"Set-Cookie": "a=b"})

    app = web.Application()
    app.router.add_get("/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield runner.addresses[0][1]
    await runner.cleanup()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]", "127.1"])
async def test_no_spelling_of_loopback_passes_the_strict_session(net: Net, server: int, host: str) -> None:
    with pytest.raises((aiohttp.ClientError, ValueError)) as caught:
        await net.session(False).get(f"http://{host}:{server}/")
    not_a_name = (aiohttp.InvalidURL, ValueError, aiohttp.ClientConnectorDNSError)
    assert blocked(caught.value) or isinstance(caught.value, not_a_name)


async def test_the_allowing_session_reaches_loopback_and_keeps_no_cookies(net: Net, server: int) -> None:
    async with net.session(True).get(f"http://127.0.0.1:{server}/") as response:
        assert await response.text() == "here"
    assert not list(net.session(True).cookie_jar)


async def test_each_hop_of_a_redirect_is_checked(net: Net, server: int) -> None:
    with pytest.raises(aiohttp.ClientConnectorError) as caught:
        await net.session(True).get(f"http://127.0.0.1:{server}/?to=http://169.254.169.254/latest/meta-data/")
    assert blocked(caught.value)


async def test_a_proxy_in_the_environment_is_not_used(net: Net, server: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    async with net.session(True).get(f"http://127.0.0.1:{server}/") as response:
        assert response.status == 200


def test_an_ordinary_connection_error_is_not_taken_for_the_guard() -> None:
    assert not blocked(OSError("refused"))
