"""One connection of a client to the lab's SMSC."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Protocol, cast

import structlog
from aiosmpplib.state import SmppCommandStatus

from engine.features.messaging.smpp import pdu

log = structlog.get_logger(__name__)

_WINDOW = 100
"""How many deliver_sm are unanswered at once."""

_BINDS = {pdu.BIND_RECEIVER: (False, True), pdu.BIND_TRANSMITTER: (True, False), pdu.BIND_TRANSCEIVER: (True, True)}
"""Whether each bind command submits, and whether it receives."""

Answer = Callable[[int, bytes], None]
"""Answers a submit_sm: with a status, and with the body."""


class Smsc(Protocol):
    """What connections need of the SMSC that they belong to."""

    def admit(self, system_id: str, password: str) -> int:
        """Return the status of a bind."""

    def bound(self, connection: "Connection") -> None:
        """Note that a connection was bound."""

    def gone(self, connection: "Connection", unanswered: list[bytes]) -> None:
        """Note that a connection ended, with the deliver_sm that were not acknowledged."""

    def submitted(self, connection: "Connection", message: pdu.Message, answer: Answer) -> None:
        """Take a submit_sm."""

    def put_off(self, body: bytes) -> None:
        """Deliver again later what the client did not want now."""


class Connection(asyncio.Protocol):
    """A connection, bound or not yet."""

    def __init__(self, smsc: Smsc) -> None:
        self.submits = self.receives = False
        self._smsc = smsc
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._sequence = 0
        self._unanswered = dict[int, bytes]()
        self._queue = deque[bytes]()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to read from a client that has connected."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is not derived from it

    def connection_lost(self, error: Exception | None) -> None:
        """Hand back what was not acknowledged, when the connection has ended."""
        self._transport = None
        self._smsc.gone(self, [*self._unanswered.values(), *self._queue])

    def data_received(self, octets: bytes) -> None:
        """Answer what PDUs are whole; the rest waits for more octets."""
        self._buffer += octets
        try:
            while found := pdu.taken_from(self._buffer):
                for one in found:
                    self._handle(one)
        except pdu.Malformed as error:
            log.warning("a client of the lab's SMSC does not speak SMPP", reason=str(error))
            self.cut()

    def deliver(self, body: bytes) -> None:
        """Send a deliver_sm, as soon as fewer than 100 are unanswered."""
        if len(self._unanswered) >= _WINDOW:
            self._queue.append(body)
            return
        self._sequence = self._sequence % pdu.LAST_SEQUENCE + 1
        self._unanswered[self._sequence] = body
        self._write(pdu.packed(pdu.DELIVER_SM, self._sequence, body))

    def close(self) -> None:
        """Unbind: the client answers, and both close."""
        if self._transport is not None:
            self._write(pdu.packed(pdu.UNBIND, pdu.LAST_SEQUENCE))
            self._transport.close()

    def cut(self) -> None:
        """End the connection without a word."""
        if self._transport is not None:
            self._transport.abort()

    def _handle(self, received: pdu.Pdu) -> None:
        command, _, sequence, body = received
        if command == pdu.DELIVER_SM | pdu.RESPONSE:
            self._acknowledged(received)
        elif command == pdu.SUBMIT_SM:
            self._submit(sequence, body)
        elif command in _BINDS:
            self._bind(command, sequence, body)
        elif command in (pdu.ENQUIRE_LINK, pdu.UNBIND):
            self._write(pdu.packed(command | pdu.RESPONSE, sequence))
            if command == pdu.UNBIND and self._transport is not None:
                self._transport.close()
        elif not command & pdu.RESPONSE:
            self._write(pdu.packed(pdu.GENERIC_NACK, sequence, status=SmppCommandStatus.ESME_RINVCMDID))

    def _bind(self, command: int, sequence: int, body: bytes) -> None:
        system_id, password = (value.decode("latin-1") for value in [*body.split(b"\0"), b"", b""][:2])
        status = self._smsc.admit(system_id, password)
        self._write(pdu.packed(command | pdu.RESPONSE, sequence, b"lab\0", status))
        if status == 0:
            self.submits, self.receives = _BINDS[command]
            self._smsc.bound(self)

    def _submit(self, sequence: int, body: bytes) -> None:
        def answer(status: int, answered: bytes) -> None:
            self._write(pdu.packed(pdu.SUBMIT_SM | pdu.RESPONSE, sequence, answered, status))

        if not self.submits:
            answer(SmppCommandStatus.ESME_RINVBNDSTS, b"")
            return
        try:
            message = pdu.read_message(body)
        except pdu.Malformed:
            answer(SmppCommandStatus.ESME_RINVCMDLEN, b"")
            return
        self._smsc.submitted(self, message, answer)

    def _acknowledged(self, received: pdu.Pdu) -> None:
        body = self._unanswered.pop(received.sequence, None)
        if body is not None and received.status == SmppCommandStatus.ESME_RX_T_APPN:
            self._smsc.put_off(body)
        elif body is not None and received.status:
            log.warning("a client of the lab's SMSC refused a text for good", status=received.status)
        if self._queue:
            self.deliver(self._queue.popleft())

    def _write(self, octets: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(octets)
