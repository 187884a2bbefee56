"""The socket to which Asterisk sends HEP packets: UDP on 127.0.0.1.

The event loop only moves octets from it to a list. They are read in small slices, so that calls are not held up, and
what the kernel had to drop because nobody read is counted (SO_RXQ_OVFL, socket(7)).
"""

import asyncio
import socket
import sys
from collections.abc import Callable

import structlog

from engine.features.sip_traces.hep import NotHep, Packet, decode

log = structlog.get_logger(__name__)
ADDRESS = "127.0.0.1"
READ_SECONDS = 0.5
"""How often what arrived is read."""
SLICE = 50
"""Packets that are read between two turns of the event loop; some 20 µs each."""
MOST_AT_ONCE = 256
"""Packets that are moved from the socket in one turn."""
MOST_HELD = 8_000_000
"""Bytes that are not yet read."""
_LARGEST = 65_535
_OVERHEAD = 64  # of an object
_KERNEL_BUFFER = 4_194_304  # the kernel gives what net.core.rmem_max allows
_SO_RXQ_OVFL = 40
_ANCILLARY = socket.CMSG_SPACE(4)


class Listener:
    """Listens from start() to stop(). `take` gets each message, `lose` how many were lost."""

    def __init__(self, port: int, password: str, take: Callable[[Packet], None], lose: Callable[[int], None]) -> None:
        self._port, self._password, self._take, self._lose = port, password, take, lose
        self._socket: socket.socket | None = None
        self._held: list[bytes] = []
        self._size = self._overflows = 0
        self.refused = 0
        """How many packets were not HEP, or not of our Asterisk."""

    def start(self) -> None:
        """Open the socket; raises OSError if the port is taken."""
        found = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            found.setblocking(False)
            found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _KERNEL_BUFFER)
            found.setsockopt(socket.SOL_SOCKET, _SO_RXQ_OVFL, 1)
            found.bind((ADDRESS, self._port))
        except OSError:
            found.close()
            raise
        self._socket = found
        asyncio.get_running_loop().add_reader(found, self._move)

    def stop(self) -> None:
        """Close it."""
        if self._socket:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._socket = None

    @property
    def port(self) -> int:
        """The port that it listens on."""
        assert self._socket
        return int(self._socket.getsockname()[1])

    async def read(self) -> None:
        """Read what has arrived."""
        if self._socket:
            self._move()
        held, self._held, self._size = self._held, [], 0
        for begin in range(0, len(held), SLICE):
            for datagram in held[begin : begin + SLICE]:
                try:
                    self._take(decode(datagram, self._password))
                except NotHep as error:
                    self._refuse(datagram, error)
            await asyncio.sleep(0)

    def _move(self) -> None:
        assert self._socket
        for _ in range(MOST_AT_ONCE):
            try:
                datagram, ancillary, _, _ = self._socket.recvmsg(_LARGEST, _ANCILLARY)
            except BlockingIOError:
                return
            if ancillary:
                self._overflow(int.from_bytes(ancillary[0][2], sys.byteorder))
            size = len(datagram) + _OVERHEAD
            if self._size + size > MOST_HELD:
                self._lose(1)
                continue
            self._held.append(datagram)
            self._size += size

    def _overflow(self, total: int) -> None:
        """Note how many packets the kernel has dropped since the socket was opened (a counter of 32 bits)."""
        if news := (total - self._overflows) % 2**32:
            self._overflows = total
            self._lose(news)

    def _refuse(self, datagram: bytes, error: NotHep) -> None:
        self.refused += 1
        if self.refused == 1:
            log.warning(
                "A packet to the port of SIP traces is not from our Asterisk; later ones are only counted.",
                port=self._port,
                why=str(error),
                bytes=len(datagram),
            )
