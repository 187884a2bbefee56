"""HTTP byte by byte: what a client that is broken, slow or hostile sends, and what comes back."""

import asyncio
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple


class Answer(NamedTuple):
    """A response as it came; of a status 0 nothing came but the end."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


class Wire:
    """One connection to a server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def send(self, text: str | bytes) -> None:
        """Send bytes, or a text in UTF-8."""
        self.writer.write(text.encode() if isinstance(text, str) else text)

    async def answer(self, seconds: float = 20) -> Answer:
        """Return the next response."""
        async with asyncio.timeout(seconds):
            try:
                head = await self.reader.readuntil(b"\r\n\r\n")
            except (asyncio.IncompleteReadError, ConnectionError):
                return Answer(0, {}, b"")
            first, *lines = head.decode().rstrip().split("\r\n")
            pairs = [line.split(": ", 1) for line in lines]
            headers = {name.lower(): value for name, value in pairs}
            body = await self.reader.readexactly(int(headers.get("content-length", "0")))
        return Answer(int(first.split()[1]), headers, body)

    async def closed(self, seconds: float = 20) -> bytes:
        """Wait until the server has closed the connection; returns what it sent before."""
        async with asyncio.timeout(seconds):
            try:
                return await self.reader.read()
            except ConnectionError:
                return b""


@asynccontextmanager
async def wire(host: str, port: int, *, source: str | None = None) -> AsyncIterator[Wire]:
    """Open a connection, from the address `source` (any of 127.0.0.0/8) where one is given."""
    local = None if source is None else (source, 0)
    reader, writer = await asyncio.open_connection(host, port, local_addr=local)
    try:
        yield Wire(reader, writer)
    finally:
        writer.transport.abort()


async def ask(host: str, port: int, request: str | bytes, *, source: str | None = None) -> Answer:
    """Send a request on a connection of its own; returns the response."""
    async with wire(host, port, source=source) as connection:
        connection.send(request)
        return await connection.answer()


def request(method: str, path: str, *, body: bytes = b"", **headers: str) -> bytes:
    """Return a request as bytes; `headers` with _ for -, their characters above 0x7F as Latin-1."""
    lines = [f"{method} {path} HTTP/1.1", "Host: x"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body or method in ("POST", "PUT", "PATCH"):
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


def bomb(megabytes: int, *, wbits: int = 31) -> bytes:
    """Return so many megabytes of zeros, compressed: a thousandth of it, without its end (wbits 31: gzip, 15: deflate).

    Each megabyte's block is the same bytes, for nothing before it is referred to.
    """
    packer = zlib.compressobj(9, wbits=wbits)
    head = packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(1024 * 1024)) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + block * megabytes
