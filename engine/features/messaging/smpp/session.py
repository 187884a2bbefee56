"""One link to an SMSC, from its bind to its end."""

import asyncio
import itertools
from collections.abc import Callable
from contextlib import suppress

import structlog
from aiosmpplib.state import SmppCommandStatus

from engine.features.messaging.smpp import pdu
from engine.features.messaging.smpp.answers import name_of
from engine.features.messaging.smpp.settings import SmscSettings

log = structlog.get_logger(__name__)

Acknowledge = Callable[[int], None]
"""Answers a request with a status."""
Take = Callable[[pdu.Pdu, Acknowledge], None]
"""Takes a deliver_sm or data_sm, and has it acknowledged later."""

_READ_OCTETS = 65536
_MOST_UNREAD_OCTETS = 1_000_000
_UNBIND_SECONDS = 2.0
_WITHOUT_RESPONSE = frozenset({pdu.ALERT_NOTIFICATION, 0x0B})  # 0x0B: outbind

_REFUSED = {
    SmppCommandStatus.ESME_RINVPASWD: "correct the password",
    SmppCommandStatus.ESME_RINVSYSID: "correct the system_id",
    SmppCommandStatus.ESME_RBINDFAIL: "check system_id, password and system_type, and whether this address is allowed",
    SmppCommandStatus.ESME_RALYBND: "the SMSC allows no further link with it; end the other one",
}


class LinkLost(Exception):
    """There is no link, or no longer; the message is a sentence for the operator."""


class BindRefused(LinkLost):
    """The SMSC refused the bind."""


class NotWritten(Exception):
    """The link had ended before the request was written."""


class Session:
    """One connection. `run` binds it and serves it to its end; `request` is for others meanwhile."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, settings: SmscSettings, take: Take
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._settings = settings
        self._take = take
        self._loop = asyncio.get_running_loop()
        self._sequences = itertools.cycle(range(1, pdu.LAST_SEQUENCE + 1))
        self._waiting = dict[int, tuple[int, asyncio.Future[pdu.Pdu | None]]]()
        self._heard = self._loop.time()
        self._doubt = asyncio.Event()
        self._ended = False
        self._fault = ""

    async def run(self, command: int, on_bound: Callable[[], None], on_ended: Callable[[], None]) -> None:
        """Bind by a command, then serve the link until it ends, which raises LinkLost.

        `on_ended` is called as soon as it ends: before those who wait for a response go on without one.
        """
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._read(), name=f"smpp {self._settings.name}: read")
                await self._bind(command)
                on_bound()
                group.create_task(self._watch(), name=f"smpp {self._settings.name}: enquire")
        except ExceptionGroup as group:
            lost, others = group.split(LinkLost)
            if lost is None or others is not None:
                raise
            raise lost.exceptions[0] from None
        finally:
            self._ended = True
            on_ended()
            await self._end()

    async def request(self, command: int, body: bytes = b"") -> pdu.Pdu | None:
        """Send a request and return its response, or the generic_nack in its place.

        None: it was written, and no response came within `answer_seconds`, or before the link ended. Raises NotWritten.
        """
        if command == pdu.SUBMIT_SM:  # what keeps the link is written even to an SMSC that does not read
            await self._drained()
        if self._ended or self._writer.is_closing():
            raise NotWritten
        sequence = next(self._sequences)
        response: asyncio.Future[pdu.Pdu | None] = self._loop.create_future()
        self._waiting[sequence] = command, response
        timer = self._loop.call_later(self._settings.answer_seconds, _expire, response)
        self._write(pdu.packed(command, sequence, body))
        written = self._loop.time()
        try:
            answered = await response
        finally:
            timer.cancel()
            self._waiting.pop(sequence, None)
        if answered is None and command == pdu.SUBMIT_SM and self._heard <= written:
            self._doubt.set()
        return answered

    async def unbind(self) -> None:
        """Say good-bye (§4.2): the SMSC answers what it has still to answer, then this. Waits 2 s at most."""
        with suppress(NotWritten, TimeoutError):
            async with asyncio.timeout(_UNBIND_SECONDS):
                await self.request(pdu.UNBIND)

    async def _bind(self, command: int) -> None:
        settings = self._settings
        body = pdu.bind(settings.system_id, settings.password, settings.system_type)
        try:
            response = await self.request(command, body)
        except NotWritten:
            raise LinkLost("The SMSC closed the connection at once.") from None
        if response is None:
            raise LinkLost(f"The SMSC did not answer the bind within {settings.answer_seconds:g} s.")
        if response.status or response.command == pdu.GENERIC_NACK:
            raise BindRefused(
                f"The SMSC refused the bind of system_id '{settings.system_id}' with {name_of(response.status)}: "
                f"{_REFUSED.get(response.status, 'ask the carrier what it means')}."
            )

    async def _read(self) -> None:
        buffer = bytearray()
        try:
            while octets := await self._reader.read(_READ_OCTETS):
                buffer += octets
                while found := pdu.taken_from(buffer):
                    self._heard = (
                        self._loop.time()
                    )  # half a PDU is no sign of life: all that follows is read as its rest
                    for one in found:
                        self._handle(one)
        except pdu.Malformed as error:
            raise LinkLost(f"What the SMSC sent is not SMPP: {error}.") from None
        except OSError as error:
            raise LinkLost(self._fault or f"The connection was lost: {error.strerror or error}.") from None
        raise LinkLost(self._fault or "The SMSC closed the connection.")

    def _handle(self, received: pdu.Pdu) -> None:
        command, _, sequence, _ = received
        if command & pdu.RESPONSE:
            self._respond(received)
        elif command in (pdu.DELIVER_SM, pdu.DATA_SM):
            self._take(received, lambda status: self._acknowledge(command, sequence, status))
        elif command == pdu.ENQUIRE_LINK:
            self._write(pdu.packed(command | pdu.RESPONSE, sequence))
        elif command == pdu.UNBIND:
            self._write(pdu.packed(command | pdu.RESPONSE, sequence))
            raise LinkLost("The SMSC ended the link (unbind).")
        elif command not in _WITHOUT_RESPONSE:
            status = SmppCommandStatus.ESME_RINVCMDID
            self._write(pdu.packed(pdu.GENERIC_NACK, sequence, status=status))

    def _respond(self, received: pdu.Pdu) -> None:
        command, response = self._waiting.get(received.sequence, (0, None))
        if response is None or received.command not in (command | pdu.RESPONSE, pdu.GENERIC_NACK):
            fields = {"smsc": self._settings.name, "command": hex(received.command), "status": received.status}
            if received.command == pdu.SUBMIT_SM | pdu.RESPONSE:
                fields["id"] = pdu.text_of(received.body)  # which its receipt will name
            log.warning("an SMSC answered what it was not asked, or too late", **fields)
        elif not response.done():
            response.set_result(received)

    def _acknowledge(self, command: int, sequence: int, status: int) -> None:
        self._write(pdu.packed(command | pdu.RESPONSE, sequence, b"\0", status))

    async def _watch(self) -> None:
        """Ask a silent SMSC whether it is there; at once if nothing was heard since a submit that it did not answer."""
        while True:
            try:
                async with asyncio.timeout_at(self._heard + self._settings.enquire_seconds):
                    await self._doubt.wait()
            except TimeoutError:
                if self._loop.time() < self._heard + self._settings.enquire_seconds:
                    continue  # it was heard meanwhile
            self._doubt.clear()
            asked = self._loop.time()
            with suppress(NotWritten):
                if await self.request(pdu.ENQUIRE_LINK) is None and self._heard < asked:
                    limit = self._settings.answer_seconds
                    raise LinkLost(f"The SMSC did not answer enquire_link within {limit:g} s.")

    async def _drained(self) -> None:
        """Return when the connection takes more octets. Raises NotWritten."""
        try:
            await self._writer.drain()
        except OSError:
            raise NotWritten from None

    def _write(self, octets: bytes) -> None:
        if self._ended or self._writer.is_closing():
            return
        self._writer.write(octets)
        if self._writer.transport.get_write_buffer_size() > _MOST_UNREAD_OCTETS:
            self._fault = "The SMSC does not read what it is sent."
            self._writer.transport.abort()

    async def _end(self) -> None:
        """Close the connection; who waits for a response gets none."""
        for _, response in self._waiting.values():
            _expire(response)
        self._writer.close()
        try:
            async with asyncio.timeout(_UNBIND_SECONDS):
                await self._writer.wait_closed()
        except (OSError, TimeoutError):
            self._writer.transport.abort()


def _expire(response: asyncio.Future[pdu.Pdu | None]) -> None:
    if not response.done():
        response.set_result(None)
