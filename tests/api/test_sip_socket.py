"""The websocket of SIP: what browsers say reaches Asterisk's /ws and nothing else, within limits."""

import asyncio
from collections.abc import AsyncIterator
from typing import NamedTuple

import aiohttp
import pytest
from aiohttp import WSMsgType, web

from api import sip_socket
from api.clients import Clients
from api.guess_throttle import BURST, Guesses
from api.sip_socket import SOURCE, SipSocket

REGISTER = (
    "REGISTER sip:here SIP/2.0\r\nCall-ID: {call}\r\nCSeq: {cseq} REGISTER\r\n"
    'Authorization: Digest username="web-101", nonce="n{cseq}", response="{response}"\r\nContent-Length: 0\r\n\r\n'
)
ANSWER = "SIP/2.0 {status} Said\r\nCall-ID: {call}\r\nCSeq: {cseq} REGISTER\r\n{more}Content-Length: 0\r\n\r\n"


class Asterisk:
    """Its HTTP server: it says back what it is sent, or what `says` makes of it."""

    def __init__(self) -> None:
        self.sockets: list[web.WebSocketResponse] = []
        self.asked: list[tuple[str, str, str]] = []
        self.says = lambda text: text
        self.ended = asyncio.Event()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(protocols=("sip",))
        await socket.prepare(request)
        self.asked.append((request.path, request.headers["Sec-WebSocket-Protocol"], request.remote or ""))
        self.sockets.append(socket)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await socket.send_str(self.says(message.data))
            elif message.type is WSMsgType.BINARY:
                await socket.send_bytes(message.data)
        self.ended.set()
        return socket


class Line(NamedTuple):
    """What a test has: the far server, ours, a client, and where ours is."""

    asterisk: Asterisk
    socket: SipSocket
    session: aiohttp.ClientSession
    url: str

    async def open(self, **headers: str) -> aiohttp.ClientWebSocketResponse:
        return await self.session.ws_connect(self.url, protocols=("sip",), headers=headers)


async def _serving(app: web.Application) -> tuple[web.AppRunner, str]:
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    """Our websocket before a server like Asterisk's."""
    asterisk, far, near = Asterisk(), web.Application(), web.Application()
    far.router.add_get("/{path:.*}", asterisk.serve)
    behind, address = await _serving(far)
    clients = Clients.read("127.0.0.1")
    socket = SipSocket(f"{address}/ws", Guesses(clients), clients)
    near.add_routes(socket.routes())
    runner, url = await _serving(near)
    async with aiohttp.ClientSession() as session:
        yield Line(asterisk, socket, session, url + "/sip")
    socket.close()
    await runner.cleanup()
    await behind.cleanup()


async def _closed(browser: aiohttp.ClientWebSocketResponse) -> int | None:
    async with asyncio.timeout(5):
        while (await browser.receive()).type not in (WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.CLOSING):
            pass
    return browser.close_code


async def test_messages_pass_both_ways_as_they_are_and_only_asterisk_s_websocket_of_sip_is_reached(line: Line) -> None:
    browser = await line.open()
    assert browser.protocol == "sip"
    await browser.send_str("OPTIONS sip:ä SIP/2.0\r\n\r\n")
    assert (await browser.receive_str(timeout=5)) == "OPTIONS sip:ä SIP/2.0\r\n\r\n"
    await browser.send_bytes(b"\xff\x00")
    assert (await browser.receive_bytes(timeout=5)) == b"\xff\x00"
    await browser.close()
    async with asyncio.timeout(5):
        await line.asterisk.ended.wait()
    for path in ("/../ari/channels", "?x=/ari/channels", "/%2e%2e/ari/channels"):
        try:
            other = await line.session.ws_connect(line.url + path, protocols=("sip",))
            await other.close()
        except aiohttp.WSServerHandshakeError as error:
            assert error.status == 404
    assert {(path, protocol, address) for path, protocol, address in line.asterisk.asked} == {("/ws", "sip", SOURCE)}


async def test_it_is_closed_when_asterisk_closes_and_when_we_leave(line: Line) -> None:
    browser = await line.open()
    await browser.send_str("x")
    await browser.receive_str(timeout=5)
    await line.asterisk.sockets[0].close()
    assert await _closed(browser) == 1000
    browser = await line.open()
    line.socket.close()
    assert await _closed(browser) == 1001


async def test_what_is_not_sip_over_a_websocket_is_refused_with_the_reason(line: Line) -> None:
    async with line.session.get(line.url) as answer:
        assert answer.status == 400 and "websocket" in (await answer.json())["error"]
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await line.session.ws_connect(line.url, protocols=("chat",))
    assert refused.value.status == 400
    assert not line.asterisk.asked


async def test_a_message_that_is_too_long_closes_it(line: Line) -> None:
    browser = await line.open()
    await browser.send_str("x" * (sip_socket.LARGEST_MESSAGE + 1))
    assert await _closed(browser) == 1009


async def test_each_client_has_so_many_and_all_have_so_many(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sip_socket, "MOST_OF_A_CLIENT", 2)
    monkeypatch.setattr(sip_socket, "MOST", 3)
    first = [await line.open(**{"X-Forwarded-For": "192.0.2.1"}) for _ in range(2)]
    for address, fits in (("192.0.2.1", False), ("192.0.2.2", True), ("192.0.2.3", False)):
        if fits:
            first.append(await line.open(**{"X-Forwarded-For": address}))
        else:
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await line.open(**{"X-Forwarded-For": address})
            assert refused.value.status == 503
    await first[0].close()
    async with asyncio.timeout(5):
        while len(line.socket) == 3:  # noqa: ASYNC110
            await asyncio.sleep(0)
    await line.open(**{"X-Forwarded-For": "192.0.2.1"})


async def test_asterisk_that_is_not_there_is_said(line: Line) -> None:
    gone = SipSocket("http://127.0.0.1:1/ws", Guesses(), Clients())
    app = web.Application()
    app.add_routes(gone.routes())
    runner, url = await _serving(app)
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await line.session.ws_connect(url + "/sip", protocols=("sip",))
    assert refused.value.status == 503
    await runner.cleanup()


async def _tries(browser: aiohttp.ClientWebSocketResponse, first: int, count: int) -> None:
    for number in range(first, first + count):
        await browser.send_str(REGISTER.format(call="c", cseq=number, response=f"r{number}"))
        await browser.receive_str(timeout=5)


async def test_wrong_passwords_are_bounded_and_others_go_on(line: Line) -> None:
    def answer(text: str) -> str:
        cseq = text.partition("CSeq: ")[2].partition(" ")[0]
        return ANSWER.format(status=401, call="c", cseq=cseq, more='WWW-Authenticate: Digest nonce="n2"\r\n')

    line.asterisk.says = answer
    browser, other = [await line.open(**{"X-Forwarded-For": f"192.0.2.{one}"}) for one in (1, 2)]
    await _tries(browser, 1, BURST)
    await browser.send_str(REGISTER.format(call="c", cseq=9999, response="x"))
    assert await _closed(browser) == 1008
    await _tries(other, 1, 1)


async def test_right_passwords_and_old_nonces_are_no_guesses(line: Line) -> None:
    answers = {"status": 200, "more": ""}

    def answer(text: str) -> str:
        return ANSWER.format(call="c", cseq=text.partition("CSeq: ")[2].partition(" ")[0], **answers)

    line.asterisk.says = answer
    browser = await line.open()
    await _tries(browser, 1, BURST + 20)
    answers |= {"status": 401, "more": 'WWW-Authenticate: Digest nonce="n", stale=true\r\n'}
    await _tries(browser, 1000, BURST + 20)
