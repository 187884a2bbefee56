"""What a bucket's server cannot be asked to do: it answers a status instead, or nothing, for a while."""

import asyncio
import contextlib
from typing import Self

_ERROR = '<?xml version="1.0"?><Error><Code>{code}</Code><Message>No.</Message></Error>'


class Front:
    """Stands before the real server and passes bytes on, both ways.

    `answers` are (status, error code) that the next requests get instead; with `silent` they get nothing at all.
    `extra` are header lines of those answers, `head` is the last request that got one. `asked` counts connections.
    """

    def __init__(self, port: int = 0) -> None:
        self._behind = port
        self.answers: list[tuple[int, str]] = []
        self.extra, self.head = "", b""
        self.silent = False
        self.asked = 0
        self._over = asyncio.Event()

    @property
    def url(self) -> str:
        """Where it listens."""
        return "http://{}:{}".format(*self._server.sockets[0].getsockname())

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._over.set()
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked += 1
        with contextlib.closing(writer), contextlib.suppress(ConnectionError):
            if self.silent:
                await self._over.wait()
            elif self.answers:
                self.head = await reader.readuntil(b"\r\n\r\n")
                writer.write(self._answer(*self.answers.pop(0)))
                await writer.drain()
            else:
                await self._pass_on(reader, writer)

    def _answer(self, status: int, code: str) -> bytes:
        body = _ERROR.format(code=code) if code else "<html><p>No.<br></html>"
        body = "" if self.head.startswith(b"HEAD ") else body
        head = f"HTTP/1.1 {status} No\r\n{self.extra}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        return (head + body).encode()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        theirs, ours = await asyncio.open_connection("127.0.0.1", self._behind)
        with contextlib.closing(ours):
            there = asyncio.create_task(_copy(reader, ours), name="there")
            back = asyncio.create_task(_copy(theirs, writer), name="back")
            await asyncio.wait((there, back), return_when=asyncio.FIRST_COMPLETED)
            for task in (there, back):
                task.cancel()
            await asyncio.gather(there, back, return_exceptions=True)


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while block := await source.read(65536):
        target.write(block)
        await target.drain()
