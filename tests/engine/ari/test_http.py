import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import uvloop

from engine.ari.http import Lost, Pool

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
REQUEST = b"GET / HTTP/1.1\r\n\r\n"


@asynccontextmanager
async def pool_of(serve: Serve, *, within: float = 5.0, keep_alive: float = 5.0) -> AsyncIterator[Pool]:
    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(served, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    pool = Pool("127.0.0.1", port, limit=10, timeout=within, keep_alive=keep_alive)
    try:
        yield pool
    finally:
        pool.close()
        server.close()
        await server.wait_closed()


class Answers:
    """Serves each connection with these pieces, one list a request; counts connections."""

    def __init__(self, *answers: list[bytes], then_close: bool = False) -> None:
        self.answers, self.then_close, self.connections, self.requests = answers, then_close, 0, 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        while True:
            await reader.readuntil(b"\r\n\r\n")
            pieces = self.answers[min(self.requests, len(self.answers) - 1)]
            self.requests += 1
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0)
            if self.then_close:
                return


async def test_a_connection_is_used_again() -> None:
    server = Answers([OK])
    async with pool_of(server) as pool:
        assert [await pool.ask("GET", REQUEST) for _ in range(3)] == [(200, b"ok")] * 3
    assert server.connections == 1


async def test_an_answer_comes_in_pieces() -> None:
    server = Answers([OK[:9], OK[9:30], OK[30:-1], OK[-1:]])
    async with pool_of(server) as pool:
        assert await pool.ask("GET", REQUEST) == (200, b"ok")


async def test_no_content_has_no_body() -> None:
    server = Answers([b"HTTP/1.1 204 No Content\r\n\r\n"])
    async with pool_of(server) as pool:
        assert [await pool.ask("DELETE", REQUEST) for _ in range(2)] == [(204, b"")] * 2
    assert server.connections == 1


async def test_a_server_that_says_it_will_close_is_believed() -> None:
    server = Answers([b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"])
    async with pool_of(server) as pool:
        assert [await pool.ask("POST", REQUEST) for _ in range(2)] == [(200, b"ok")] * 2
    assert server.connections == 2


async def test_what_may_be_repeated_is_after_a_kept_connection_was_closed() -> None:
    server = Answers([OK], then_close=True)
    async with pool_of(server) as pool:
        assert [await pool.ask("DELETE", REQUEST) for _ in range(3)] == [(200, b"ok")] * 3
    assert server.connections == 3


async def test_a_command_is_never_sent_twice() -> None:
    served = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal served
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        await reader.readuntil(b"\r\n\r\n")
        served += 1

    async with pool_of(serve) as pool:
        assert await pool.ask("POST", REQUEST) == (200, b"ok")
        with pytest.raises(Lost):
            await pool.ask("POST", REQUEST)
    assert served == 1


async def test_a_late_answer_is_nobody_elses() -> None:
    release = asyncio.Event()
    connections = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await reader.readuntil(b"\r\n\r\n")
        if connections == 1:
            await release.wait()
            writer.write(b"HTTP/1.1 500 Late\r\nContent-Length: 0\r\n\r\n")
        else:
            writer.write(OK)
            await reader.read()

    async with pool_of(serve, within=0.05) as pool:
        with pytest.raises(TimeoutError):
            await pool.ask("GET", REQUEST)
        release.set()
        assert await pool.ask("GET", REQUEST) == (200, b"ok")
    assert connections == 2


@pytest.mark.parametrize(
    "answer",
    [
        b"SIP/2.0 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        b"HTTP/1.1 two OK\r\n\r\n",
        b"x" * 70_000,
    ],
)
async def test_what_is_not_understood_is_a_lost_connection(answer: bytes) -> None:
    async with pool_of(Answers([answer])) as pool:
        with pytest.raises(Lost):
            await pool.ask("GET", REQUEST)


async def test_a_connection_that_idled_for_long_is_not_used() -> None:
    server = Answers([OK])
    async with pool_of(server, keep_alive=-1.0) as pool:
        assert [await pool.ask("GET", REQUEST) for _ in range(2)] == [(200, b"ok")] * 2
    assert server.connections == 2


def test_it_runs_on_the_loop_that_the_controller_has() -> None:
    async def main() -> None:
        async with pool_of(Answers([OK])) as pool:
            assert await pool.ask("GET", REQUEST) == (200, b"ok")

    uvloop.run(main())
