"""Connections that cost and ask nothing: half-sent headers, far too many, bodies and readers that take their time."""

import asyncio
import gc
import resource
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from aiohttp import web

from api import bodies, connections
from api.app_keys import ERRORS
from api.clients import Clients
from api.connections import Connections, Limits, Seldom, affordable
from api.first_header import MOST_BYTES, FirstHeader
from api.middleware import Errors, errors
from api.serving import HttpConnection
from tests.api.serving import serve
from tests.support.raw_http import Wire, request, wire

HOST = "127.0.0.1"
GET = request("GET", "/")
GATE: web.AppKey[asyncio.Event] = web.AppKey("gate")
AT_WORK: web.AppKey[asyncio.Semaphore] = web.AppKey("at work")
REFUSED: web.AppKey[asyncio.Queue[web.Request]] = web.AppKey("refused")
HALF = b"GET / HTTP/1.1\r\nHost: x\r\nX-Half: "


def application() -> web.Application:
    """Answers at once, reads a body, sends 64 MB, or waits for ever."""

    async def quick(_: web.Request) -> web.Response:
        return web.Response(text="here")

    async def read(request: web.Request) -> web.Response:
        try:
            return web.Response(text=str(len(await bodies.read(request, seconds=0.2))))
        except bodies.BodyTooSlow as error:
            return web.Response(status=400, text=str(error))

    async def patient(request: web.Request) -> web.Response:
        request.app[AT_WORK].release()
        return web.Response(text=str(len(await bodies.read(request))))

    async def large(_: web.Request) -> web.Response:
        return web.Response(body=bytes(64 * 1024 * 1024))

    async def refused(request: web.Request) -> web.Response:
        request.app[REFUSED].put_nowait(request)
        return web.Response(status=413)

    async def hanging(request: web.Request) -> web.Response:
        request.app[AT_WORK].release()
        await request.app[GATE].wait()
        return web.Response()

    rendering = Errors([])
    app = web.Application(middlewares=[errors(rendering)])
    app[ERRORS], app[GATE], app[AT_WORK] = rendering, asyncio.Event(), asyncio.Semaphore(0)
    app[REFUSED] = asyncio.Queue()
    app.add_routes([web.post("/patient", patient), web.post("/refused", refused)])
    app.add_routes([web.get("/", quick), web.post("/", read), web.get("/large", large), web.get("/hanging", hanging)])
    return app


async def answered(connection: Wire) -> bool:
    """Whether a request on this connection is answered."""
    connection.send(GET)
    return (await connection.answer()).text == "here"


async def until(count: int, open_ones: Connections) -> None:
    """Wait until so many connections are open."""
    async with asyncio.timeout(10):
        while len(open_ones) != count:  # noqa: ASYNC110
            await asyncio.sleep(0.001)


async def test_a_header_that_is_never_whole_ends_with_a_408() -> None:
    async with serve(application(), Limits(header_seconds=0.2)) as (port, _), wire(HOST, port) as slow:
        slow.send(HALF)
        answer = await slow.answer()
        assert (answer.status, answer.headers["connection"]) == (408, "close")
        assert "header" in answer.text and await slow.closed() == b""


async def test_a_header_that_drips_has_no_more_time_than_one_that_stops() -> None:
    async with serve(application(), Limits(header_seconds=0.3)) as (port, _), wire(HOST, port) as slow:
        slow.send(HALF)
        ended = asyncio.create_task(slow.closed())
        async with asyncio.timeout(5):
            while not ended.done():
                slow.send(b"x")
                await asyncio.wait([ended], timeout=0.02)
        await ended


async def test_a_connection_on_which_nothing_is_sent_ends_without_a_word() -> None:
    async with serve(application(), Limits(header_seconds=0.2)) as (port, _), wire(HOST, port) as silent:
        assert await silent.closed() == b""


async def test_the_second_header_on_a_kept_connection_has_the_same_time() -> None:
    async with serve(application(), Limits(header_seconds=0.2)) as (port, _), wire(HOST, port) as kept:
        assert await answered(kept)
        kept.send(HALF)
        assert (await kept.answer()).status == 408


async def test_a_kept_connection_may_be_idle_for_longer_than_a_header_takes() -> None:
    limits = Limits(header_seconds=0.1, idle_seconds=0.5)
    async with serve(application(), limits) as (port, _), wire(HOST, port) as kept:
        assert await answered(kept)
        with pytest.raises(TimeoutError):
            await kept.closed(0.3)
        assert await answered(kept)
        assert await kept.closed() == b""


async def test_a_body_that_does_not_come_ends_its_request_and_no_other() -> None:
    limits = Limits(discard_seconds=0.1)
    async with serve(application(), limits) as (port, _), wire(HOST, port) as slow, wire(HOST, port) as other:
        slow.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
        assert await answered(other)
        answer = await slow.answer()
        assert (answer.status, answer.text) == (400, "The body did not arrive within 0.2 seconds.")


async def test_the_rest_of_a_body_is_not_taken_for_the_next_header() -> None:
    async with serve(application(), Limits(header_seconds=0.3)) as (port, _), wire(HOST, port) as kept:
        kept.send(b"POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
        assert (await kept.answer()).status == 404
        kept.send(b"defghij")
        with pytest.raises(TimeoutError):
            await kept.closed(0.5)
        assert await answered(kept)


@pytest.mark.parametrize("length", [b"Content-Length: 33554432", b"Transfer-Encoding: chunked"])
async def test_the_rest_of_a_long_body_is_not_parsed_and_its_sender_sees_the_answer(length: bytes) -> None:
    app = application()
    async with serve(app, Limits(discard_seconds=0.5)) as (port, open_ones), wire(HOST, port) as sender:
        sender.send(b"POST /refused HTTP/1.1\r\nHost: x\r\n" + length + b"\r\n\r\n")
        refused = await app[REFUSED].get()
        piece = b"10000\r\n" + bytes(0x10000) + b"\r\n" if b"chunked" in length else bytes(0x10000)
        for _ in range(512):
            sender.send(piece)
            await sender.writer.drain()
        answer = await sender.answer()
        assert (answer.status, answer.headers["connection"]) == (413, "close")
        assert await sender.closed() == b""
        assert refused.content.total_bytes < 1024 * 1024
        await until(0, open_ones)


async def test_the_rest_of_a_long_body_is_received_for_a_limited_time() -> None:
    async with serve(application(), Limits(discard_seconds=0.2)) as (port, _), wire(HOST, port) as slow:
        slow.send(b"POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 33554432\r\n\r\nabc")
        assert (await slow.answer()).status == 404
        assert await slow.closed() == b""


async def test_a_client_that_takes_no_response_in_loses_its_connection() -> None:
    async with serve(application(), Limits(unread_seconds=0.5)) as (port, open_ones), wire(HOST, port) as deaf:
        deaf.writer.transport.pause_reading()  # type: ignore[attr-defined]
        deaf.send(request("GET", "/large"))
        await until(1, open_ones)
        await until(0, open_ones)


@pytest.fixture
async def crowd() -> AsyncIterator[tuple[int, Connections]]:
    """A server for three connections, two of one client."""
    async with serve(application(), Limits(total=3, per_client=2)) as served:
        yield served


async def test_where_there_are_too_many_the_one_that_waits_longest_for_its_header_goes(
    crowd: tuple[int, Connections],
) -> None:
    port, open_ones = crowd
    async with (
        wire(HOST, port, source="127.0.0.11") as first,
        wire(HOST, port, source="127.0.0.12") as second,
        wire(HOST, port, source="127.0.0.13") as third,
    ):
        assert await answered(first)
        second.send(HALF)
        third.send(HALF)
        await until(3, open_ones)
        async with wire(HOST, port, source="127.0.0.14") as late:
            assert await answered(late)
        assert await second.closed() == b"" and len(open_ones) <= 3
        assert await answered(first), "a kept connection is not the first to go"
        third.send(b"x\r\n\r\n")
        assert (await third.answer()).status == 200


async def test_a_client_with_too_many_loses_its_own_and_nobody_elses(crowd: tuple[int, Connections]) -> None:
    port, open_ones = crowd
    async with wire(HOST, port, source="127.0.0.12") as other, wire(HOST, port) as first, wire(HOST, port) as second:
        other.send(HALF)
        await until(3, open_ones)
        assert await answered(second)
        async with wire(HOST, port) as third:
            assert await answered(third)
        assert await first.closed() == b""
        other.send(b"x\r\n\r\n")
        assert (await other.answer()).status == 200


async def test_bodies_that_do_not_come_give_way_before_anybody_is_turned_away() -> None:
    app = application()
    post = b"POST /patient HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"
    async with serve(app, Limits(total=2)) as (port, _), wire(HOST, port) as first, wire(HOST, port) as second:
        for slow in (first, second):
            slow.send(post)
            await app[AT_WORK].acquire()
        async with wire(HOST, port) as late:
            assert await answered(late)
        assert await first.closed() == b""
        second.send(b"defghij")
        assert (await second.answer()).text == "10"


async def test_where_all_are_at_work_the_next_is_turned_away_with_a_503() -> None:
    app = application()
    async with serve(app, Limits(total=3, per_client=2)) as (port, _), wire(HOST, port) as one, wire(HOST, port) as two:
        for busy in (one, two):
            busy.send(request("GET", "/hanging"))
            await app[AT_WORK].acquire()
        async with wire(HOST, port) as third, wire(HOST, port, source="127.0.0.12") as other:
            answer = await third.answer()
            assert (answer.status, answer.headers["retry-after"]) == (503, "1") and "too many" in answer.text
            assert await answered(other), "another client has its place"
        app[GATE].set()
        assert [(await busy.answer()).status for busy in (one, two)] == [200, 200]


async def test_clients_behind_a_proxy_share_no_limit_of_one_client() -> None:
    class HttpConnection:
        def drop(self) -> None:
            raise AssertionError

    behind = Connections(Limits(per_client=2), Clients.read("10.0.0.0/8"))
    assert all(behind.admit(HttpConnection(), "10.1.2.3", 0.0) for _ in range(10)) and len(behind) == 10


async def test_hundreds_of_half_open_connections_leave_room_for_who_asks() -> None:
    async with serve(application(), Limits(total=50, per_client=50)) as (port, open_ones):
        pairs = [await asyncio.open_connection(HOST, port) for _ in range(300)]
        for _, writer in pairs:
            writer.write(HALF)
        for _ in range(20):
            async with wire(HOST, port) as honest:
                assert await answered(honest)
            assert len(open_ones) <= 50
        for _, writer in pairs:
            writer.transport.abort()
        await until(0, open_ones)


def test_what_anybody_can_bring_about_is_logged_once_a_minute_with_its_count() -> None:
    seldom = Seldom()
    assert [seldom.due(now) for now in (100.0, 101.0, 159.9, 160.0, 161.0, 500.0)] == [1, 0, 0, 3, 0, 2]


def test_files_are_kept_in_reserve_for_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    def limited(files: int) -> int:
        monkeypatch.setattr(resource, "getrlimit", lambda _: (files, files))
        return affordable()

    assert limited(20_000) == connections.MOST_CONNECTIONS
    assert [limited(files) for files in (1024, 4096, 6000, resource.RLIM_INFINITY)] == [256, 1024, 1976, 4096]


async def test_a_half_open_connection_has_no_handler_and_a_whole_header_has_one() -> None:
    async with serve(application()) as (port, open_ones), AsyncExitStack() as stack:
        half = [await stack.enter_async_context(wire(HOST, port)) for _ in range(20)]
        for connection in half:
            connection.send(HALF)
        await until(20, open_ones)
        assert handlers() == 0
        half[0].send(b"y\r\n\r\n")
        assert (await half[0].answer()).text == "here"
        assert handlers() == 1


def handlers() -> int:
    """How many of aiohttp's handlers there are."""
    return sum(isinstance(each, HttpConnection) and each.transport is not None for each in gc.get_objects())


class Taking:
    """What takes a connection over, and notes what it is given."""

    def __init__(self) -> None:
        self.given: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert not self.given

    def data_received(self, data: bytes) -> None:
        self.given.append(data)

    def drop(self) -> None:
        raise AssertionError("it is not dropped")


@pytest.mark.parametrize(
    ("came", "after"),
    [
        *(((GET[:cut], GET[cut:]), 2) for cut in range(1, len(GET))),
        ((GET,), 1),
        ((GET + b"x" * 100_000,), 1),
        ((b"GET / HTTP/1.1\n\n",), 1),
        ((b"\x16\x03\x01\x02",), 1),
        ((b"\r\n", GET), 1),
        ((b"G", b"x" * MOST_BYTES, b"y"), 2),
    ],
)
async def test_a_connection_is_handed_over_once_its_header_is_whole_or_cannot_become_one(
    came: tuple[bytes, ...], after: int
) -> None:
    handler, open_ones = Taking(), Connections(Limits())
    ours, theirs = socket.socketpair()
    with ours, theirs:
        loop = asyncio.get_running_loop()
        transport, protocol = await loop.create_connection(
            lambda: FirstHeader(open_ones, lambda: handler, loop), sock=ours
        )
        for number, part in enumerate(came, 1):
            (handler if handler.given else protocol).data_received(part)
            assert bool(handler.given) == (number >= after)
        assert b"".join(handler.given) == b"".join(came) and len(open_ones) == 1
        transport.set_protocol(asyncio.Protocol())
        transport.abort()


async def test_what_is_not_http_is_refused_at_once() -> None:
    async with serve(application()) as (port, _), wire(HOST, port) as connection:
        connection.send(b"\x16\x03\x01\x02\x00\x01")  # a TLS client
        assert (await connection.answer()).status == 400


async def test_half_open_connections_are_closed_when_the_server_ends() -> None:
    async with AsyncExitStack() as stack:
        async with serve(application()) as (port, open_ones):
            connection = await stack.enter_async_context(wire(HOST, port))
            connection.send(HALF)
            await until(1, open_ones)
        await until(0, open_ones)
