"""A phone for texts, for tests: it registers, sends MESSAGE and keeps those it receives, with every byte under control.

Tests that need a whole softphone use a real one (tests.support.phone).
"""

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import uuid4

from tests.support.digest import answered

LIMIT_SECONDS = 8.0
T1_SECONDS, T2_SECONDS = 0.5, 4.0


@dataclass(frozen=True)
class Received:
    """A MESSAGE as it arrived."""

    head: str
    body: bytes

    def header(self, name: str) -> str:
        """The value of a header; "" if there is none."""
        found = re.search(rf"(?im)^{name}:\s*(.*?)\r?$", self.head)
        return found[1] if found else ""


@dataclass
class Texter:
    """One SIP user at `host`:`port`, by UDP or TCP. A context manager; it registers only when told to.

    `answers`: what it answers to a MESSAGE; 0: nothing. `number`: its extension, for the test.
    """

    user: str
    password: str
    host: str
    port: int
    address: str = "127.0.0.1"
    tcp: bool = False
    answers: int = 200
    number: str = ""
    received: list[Received] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        self._replies: asyncio.Queue[str] = asyncio.Queue()
        self._news = asyncio.Condition()
        self._waking: set[asyncio.Task[None]] = set()
        loop = asyncio.get_running_loop()
        if self.tcp:
            reader, self._writer = await asyncio.open_connection(self.host, self.port, local_addr=(self.address, 0))
            self._own = self._writer.get_extra_info("sockname")
            self._reading = asyncio.create_task(self._read(reader), name=f"texter {self.user}")
        else:
            self._udp, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(self), local_addr=(self.address, 0))
            self._own = self._udp.get_extra_info("sockname")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.tcp:
            self._reading.cancel()
            self._writer.close()
        else:
            self._udp.close()

    async def register(self, seconds: int = 300) -> int:
        """Register for so long, 0: unregister; returns the status."""
        contact = ("Contact", f"<sip:{self.user}@{self._own[0]}:{self._own[1]}{self._by}>;expires={seconds}")
        return await self.ask("REGISTER", f"sip:{self.host}:{self.port}", headers=(contact,))

    async def text(self, to: str, body: bytes | str, **more: Any) -> int:
        """Send a text to a user of the host; returns the status. `more` as in `ask`."""
        return await self.ask("MESSAGE", f"sip:{to}@{self.host}:{self.port}", body=body, **more)

    async def ask(
        self,
        method: str,
        uri: str,
        *,
        body: bytes | str = b"",
        kind: str = "text/plain",
        identity: str = "",
        call_id: str = "",
        headers: tuple[tuple[str, str], ...] = (),
        copies: int = 1,
    ) -> int:
        """Send a request, answer one challenge, and return the final status.

        `identity`: the whole From but its tag; `kind`: the Content-Type, "": none; `copies`: how often each request is
        sent, as a phone does that has no answer yet.
        """
        body = body.encode() if isinstance(body, str) else body
        call_id = call_id or uuid4().hex
        for sequence in (1, 2):
            head = self._head(method, uri, f"Call-ID: {call_id}\r\nCSeq: {sequence} {method}", identity)
            head += [f"{name}: {value}" for name, value in headers]
            head += [f"Content-Type: {kind}"] if kind and method == "MESSAGE" else []
            whole = "\r\n".join([*head, f"Content-Length: {len(body)}", "", ""]).encode() + body
            for _ in range(copies):
                self._send(whole)
            reply = await self._answer(whole, call_id, sequence)
            status = int(reply.split(" ", 2)[1])
            if status != 401 or not self.password or sequence == 2:
                break
            headers = (*headers, ("Authorization", answered(reply, method, uri, self.user, self.password)))
        return status

    def _head(self, method: str, uri: str, names: str, identity: str) -> list[str]:
        own = f"{self._own[0]}:{self._own[1]}"
        return [
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/{'TCP' if self.tcp else 'UDP'} {own};branch=z9hG4bK{uuid4().hex};rport",
            f"From: {identity or f'<sip:{self.user}@{self.host}>'};tag={uuid4().hex[:8]}",
            f"To: <{uri if method == 'MESSAGE' else f'sip:{self.user}@{self.host}'}>",
            names,
            "Max-Forwards: 70",
        ]

    async def until(self, count: int = 1) -> Received:
        """Wait until so many texts were received; returns the last of them."""
        async with asyncio.timeout(LIMIT_SECONDS), self._news:
            await self._news.wait_for(lambda: len(self.received) >= count)
        return self.received[count - 1]

    @property
    def _by(self) -> str:
        return ";transport=tcp" if self.tcp else ""

    async def _answer(self, whole: bytes, call_id: str, sequence: int) -> str:
        """Wait for the final answer; by UDP the request is repeated meanwhile (RFC 3261 17.1.2.2), as all phones do."""
        wait = T1_SECONDS
        async with asyncio.timeout(LIMIT_SECONDS):
            while True:
                try:
                    async with asyncio.timeout(None if self.tcp else wait):
                        return await self._final(call_id, sequence)
                except TimeoutError:
                    self._send(whole)
                    wait = min(2 * wait, T2_SECONDS)

    async def _final(self, call_id: str, sequence: int) -> str:
        while True:
            reply = await self._replies.get()
            if call_id in reply and f"CSeq: {sequence} " in reply and not reply.startswith("SIP/2.0 1"):
                return reply

    def _send(self, data: bytes) -> None:
        if self.tcp:
            self._writer.write(data)
        else:
            self._udp.sendto(data, (self.host, self.port))

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode(errors="replace")
            length = int((re.search(r"(?im)^(?:content-length|l):\s*(\d+)", head) or ["", "0"])[1])
            self.took(head, await reader.readexactly(length))

    def took(self, head: str, body: bytes) -> None:
        """Take one message of the wire."""
        if head.startswith("SIP/2.0"):
            self._replies.put_nowait(head)
            return
        if head.startswith("MESSAGE "):
            self.received.append(Received(head, body))
            waking = asyncio.create_task(self._wake(), name=f"texter {self.user}: received")
            self._waking.add(waking)
            waking.add_done_callback(self._waking.discard)
        status = self.answers if head.startswith("MESSAGE ") else 200
        if status:
            kept = [line for line in head.split("\r\n") if re.match(r"(?i)(via|from|to|call-id|cseq):", line)]
            self._send("\r\n".join([f"SIP/2.0 {status} Taken", *kept, "Content-Length: 0", "", ""]).encode())

    async def _wake(self) -> None:
        async with self._news:
            self._news.notify_all()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, texter: Texter) -> None:
        self._texter = texter

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        head, _, body = data.partition(b"\r\n\r\n")
        self._texter.took(head.decode(errors="replace"), body)
