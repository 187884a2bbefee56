"""A SIP address that is always busy, for tests: what an INVITE to it really said."""

import asyncio
from types import TracebackType
from typing import Self


class SipListener(asyncio.DatagramProtocol):
    """Answers every INVITE with 486 and keeps its headers. A context manager; `place` is host:port."""

    def __init__(self, address: str = "127.0.0.1") -> None:
        self._address = address
        self._invite: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._transport: asyncio.DatagramTransport
        self.place = ""

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(self._address, 0))
        self.place = f"{self._address}:{self._transport.get_extra_info('sockname')[1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transport.close()

    async def invite(self, seconds: float = 10.0) -> str:
        """The first INVITE, whole; waits for it."""
        return await asyncio.wait_for(asyncio.shield(self._invite), seconds)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        text = data.decode()
        if not text.startswith("INVITE "):
            return
        if not self._invite.done():
            self._invite.set_result(text)
        kept = [line for line in text.split("\r\n") if line.split(":")[0] in ("Via", "From", "Call-ID", "CSeq")]
        (to,) = (line for line in text.split("\r\n") if line.startswith("To:"))
        lines = ["SIP/2.0 486 Busy Here", *kept, f"{to};tag=busy", "Content-Length: 0", "", ""]
        self._transport.sendto("\r\n".join(lines).encode(), addr)


def header(message: str, name: str) -> str | None:
    """The value of a message's first header of this name; None where there is none."""
    lines = message.partition("\r\n\r\n")[0].split("\r\n")[1:]
    found = [line.partition(":")[2].strip() for line in lines if line.partition(":")[0].lower() == name.lower()]
    return found[0] if found else None
