"""An SMSC that does what a test says, PDU by PDU and octet by octet."""

import asyncio
import ssl
from collections.abc import Callable

from engine.features.messaging.smpp import pdu

Script = Callable[[pdu.Pdu], bytes | None]


def answer(body: bytes = b"", status: int = 0) -> Script:
    """Answer each request so."""
    return lambda got: pdu.packed(got.command | pdu.RESPONSE, got.sequence, body, status)


def silence(_: pdu.Pdu) -> None:
    """Answer nothing."""


class ScriptedSmsc:
    """A listener on a free port. `on` says what each command is answered; the rest is kept in `received` alone."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.received = list[pdu.Pdu]()
        self.connections = 0
        self.port = 0
        self.on: dict[int, Script] = {
            pdu.BIND_TRANSCEIVER: answer(b"smsc\0"),
            pdu.BIND_TRANSMITTER: answer(b"smsc\0"),
            pdu.BIND_RECEIVER: answer(b"smsc\0"),
            pdu.ENQUIRE_LINK: answer(),
            pdu.UNBIND: answer(),
            pdu.SUBMIT_SM: lambda got: pdu.packed(got.command | pdu.RESPONSE, got.sequence, b"%d\0" % got.sequence),
        }
        self._server: asyncio.Server | None = None
        self._serving = set[asyncio.Task[None]]()
        self._writers = list[asyncio.StreamWriter]()
        self._changed = asyncio.Condition()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self.cut()
            await self._server.wait_closed()
            await asyncio.gather(*self._serving)
            self._server = None

    def send(self, octets: bytes) -> None:
        """Send octets over the latest connection."""
        self._writers[-1].write(octets)

    def deliver(self, sequence: int, text: pdu.Message) -> None:
        self.send(pdu.packed(pdu.DELIVER_SM, sequence, pdu.message(text)))

    def cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    def pause(self) -> None:
        """Read nothing more from the latest connection."""
        self._writers[-1].transport.pause_reading()  # type: ignore[attr-defined]

    def requests(self, command: int) -> list[pdu.Pdu]:
        return [one for one in self.received if one.command == command]

    async def got(self, command: int, count: int = 1) -> list[pdu.Pdu]:
        """Return so many PDUs of a command as soon as they were received."""
        async with self._changed:
            await self._changed.wait_for(lambda: len(self.requests(command)) >= count)
        return self.requests(command)

    async def connected(self, count: int) -> None:
        """Return as soon as there were so many connections."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.connections >= count)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        self._writers.append(writer)
        self.connections += 1
        await self._notify()
        buffer = bytearray()
        try:
            while octets := await reader.read(65536):
                buffer += octets
                for one in pdu.taken_from(buffer):
                    self.received.append(one)
                    if (script := self.on.get(one.command)) and (answered := script(one)) is not None:
                        writer.write(answered)
                    await self._notify()
        except (OSError, pdu.Malformed):  # TLS, for instance
            pass
        finally:
            writer.close()

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()
