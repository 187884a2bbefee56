"""A name server: `slow…` gets no answer, `none…` has no address, everything else is at 127.0.0.1 (RFC 1035 §4)."""

import asyncio
import struct
from types import TracebackType

_A = 1


class NameServer(asyncio.DatagramProtocol):
    """Answers on a UDP port of its own; `asked` are the names so far. A context manager."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def __aenter__(self) -> "NameServer":
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transport.close()

    @property
    def address(self) -> str:
        """Its host:port."""
        return f"127.0.0.1:{self._transport.get_extra_info('sockname')[1]}"

    def datagram_received(self, data: bytes, sender: tuple[str, int]) -> None:
        name, end = _name(data)
        self.asked.append(name)
        if name.startswith("slow"):
            return
        question, (kind,) = data[12 : end + 4], struct.unpack("!H", data[end : end + 2])
        if name.startswith("none"):
            return self._send(data, 3, question, b"", sender)
        found = struct.pack("!HHHIH4s", 0xC00C, _A, 1, 60, 4, bytes((127, 0, 0, 1))) if kind == _A else b""
        self._send(data, 0, question, found, sender)

    def _send(self, asked: bytes, code: int, question: bytes, answer: bytes, to: tuple[str, int]) -> None:
        head = asked[:2] + struct.pack("!HHHHH", 0x8180 | code, 1, 1 if answer else 0, 0, 0)
        self._transport.sendto(head + question + answer, to)


def _name(data: bytes) -> tuple[str, int]:
    """The name that is asked for, and where it ends."""
    labels, at = [], 12
    while length := data[at]:
        labels.append(data[at + 1 : at + 1 + length].decode().lower())
        at += 1 + length
    return ".".join(labels), at + 1
