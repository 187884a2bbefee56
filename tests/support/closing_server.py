"""A customer's web server that keeps connections, and closes one at the worst moment: as another request goes out."""

import asyncio
import re
from dataclasses import dataclass, field
from types import TracebackType

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Request:
    """One request that arrived: which of its connection's it was (from 1), its head and its body."""

    number: int
    head: str
    body: bytes


@dataclass
class ClosingServer:
    """Answers 200 with `answer`; the request `closes_at` of each connection is taken, and its connection closed.

    `partly` is sent before that. With `reset` the connection is reset instead. A context manager.
    """

    answer: bytes = b"{}"
    closes_at: int = 2
    partly: bytes = b""
    reset: bool = False
    address: str = "127.0.0.1"
    requests: list[Request] = field(default_factory=list)

    async def __aenter__(self) -> "ClosingServer":
        self._open: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}
        self._server = await asyncio.start_server(self._serve, self.address, 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for writer in self._open:
            writer.close()
        await asyncio.gather(*filter(None, self._open.values()), return_exceptions=True)

    def url(self, name: str = "events") -> str:
        """An address of it; all of them are answered alike."""
        return f"http://{self.address}:{self._server.sockets[0].getsockname()[1]}/{name}"

    @property
    def numbers(self) -> list[int]:
        """Which request of its connection each one was."""
        return [request.number for request in self.requests]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = 0
        self._open[writer] = asyncio.current_task()
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = _LENGTH.search(head)
                body = await reader.readexactly(int(length[1]) if length else 0)
                number += 1
                self.requests.append(Request(number, head.decode(), body))
                if number == self.closes_at:
                    return await self._close(writer)
                headers = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(self.answer)}\r\n"
                writer.write(headers.encode() + b"\r\n" + self.answer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _close(self, writer: asyncio.StreamWriter) -> None:
        if self.partly:
            writer.write(self.partly)
            await writer.drain()
        if self.reset:
            writer.transport.abort()
