"""The simulated SMSC: who is bound to it, what becomes of each text, and what waits for a client."""

import asyncio
import hmac
import itertools
import time
from collections import Counter, deque
from collections.abc import Callable
from enum import StrEnum

from aiosmpplib.state import SmppCommandStatus

from api.lab_smsc.connection import Answer, Connection
from api.lab_smsc.personas import TextPersona, persona_of
from api.lab_smsc.texts import Texts
from engine.features.messaging.encoding import parts_of
from engine.features.messaging.smpp import pdu
from engine.features.messaging.smpp.incoming import incoming_of
from engine.features.messaging.smpp.outgoing import GSM7, UNICODE, type_of
from engine.features.messaging.smpp.settings import SmscSettings

SYSTEM_ID = "carillon"
SLOW_SECONDS = 1.0
PUT_OFF_SECONDS = 0.5
"""How long is waited before a deliver_sm that was not wanted now is sent again."""

_MOST_WAITING = 100_000
_RECEIPT = 0x04
_STATES = {"ENROUTE": 1, "DELIVRD": 2, "EXPIRED": 3, "UNDELIV": 5, "REJECTD": 8}
_READING = SmscSettings(name="lab", host="127.0.0.1", port=1, system_id=SYSTEM_ID)


class State(StrEnum):
    """How the SMSC is. `down`: no connection is accepted. `slow`: every answer takes a second more."""

    UP = "up"
    DOWN = "down"
    SLOW = "slow"


class LabSmsc:
    """A listener on a host and port (0: any free one), and what it knows.

    `receipt_name`: how a receipt writes an id, for SMSCs that write it otherwise than in their answer.
    """

    def __init__(
        self, password: str, host: str = "127.0.0.1", port: int = 2775, receipt_name: Callable[[str], str] = str
    ) -> None:
        self.texts = Texts()
        self.state = State.UP
        self.port = port
        self._host = host
        self._password = password
        self._receipt_name = receipt_name
        self._server: asyncio.Server | None = None
        self._connections = list[Connection]()
        self._waiting = deque[bytes](maxlen=_MOST_WAITING)
        self._ids = itertools.count(1)
        self._references = itertools.cycle(range(256))
        self._submits = Counter[str]()

    @property
    def clients(self) -> int:
        """How many connections are bound."""
        return len(self._connections)

    async def start(self) -> None:
        """Accept connections."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Connection(self), self._host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Unbind all clients and accept none."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        for connection in list(self._connections):
            connection.close()
        await server.wait_closed()

    async def become(self, state: State) -> None:
        """Go down, or come up again, slow or not."""
        self.state = state
        if state is State.DOWN:
            await self.stop()
        elif self._server is None:
            await self.start()

    def cut(self) -> None:
        """End all connections without a word."""
        for connection in list(self._connections):
            connection.cut()

    def send(self, sender: str, recipient: str, text: str) -> int:
        """Send a text from a number to one of the client's, in parts if it is long; return how many there are."""
        unicode, parts = parts_of(text)
        reference, total = next(self._references), len(parts)
        for number, content in enumerate(parts, 1):
            header = bytes((5, 0, 3, reference, total, number)) if total > 1 else b""
            self._deliver(
                pdu.message(
                    pdu.Message(
                        source=sender,
                        source_type=type_of(sender),
                        dest=recipient,
                        esm_class=pdu.WITH_HEADER if header else 0,
                        coding=UNICODE if unicode else GSM7,
                        content=header + content,
                    )
                )
            )
        return total

    def admit(self, system_id: str, password: str) -> int:
        """Return the status of a bind."""
        if system_id != SYSTEM_ID:
            return int(SmppCommandStatus.ESME_RINVSYSID)
        right = hmac.compare_digest(password.encode(), self._password.encode())
        return 0 if right else int(SmppCommandStatus.ESME_RINVPASWD)

    def bound(self, connection: Connection) -> None:
        """Note that a connection was bound; what waited for one is delivered."""
        self._connections.append(connection)
        waiting, self._waiting = self._waiting, deque(maxlen=_MOST_WAITING)
        for body in waiting:
            self._deliver(body)

    def gone(self, connection: Connection, unanswered: list[bytes]) -> None:
        """Note that a connection ended; what it did not acknowledge is delivered over another one."""
        if connection in self._connections:
            self._connections.remove(connection)
        for body in unanswered:
            self._deliver(body)

    def put_off(self, body: bytes) -> None:
        """Deliver again later."""
        self._after(PUT_OFF_SECONDS, lambda: self._deliver(body))

    def submitted(self, connection: Connection, message: pdu.Message, answer: Answer) -> None:
        """Take a text as its number's persona does."""
        persona = persona_of(message.dest)
        self._submits[persona.number] += 1
        if persona.status and (not persona.once or self._submits[persona.number] % 2):
            answer(persona.status, b"")
            return
        id_ = f"{next(self._ids):010d}"
        self.texts.add(incoming_of(message, _READING), id_)
        if persona.receipt_first:
            self._report(message, persona, id_)
        if persona.cuts:
            connection.cut()
        elif persona.answers_after is not None:
            late = SLOW_SECONDS if self.state is State.SLOW else 0.0
            self._after(persona.answers_after + late, lambda: answer(0, id_.encode() + b"\0"))
        if not persona.receipt_first:
            self._after(
                persona.receipts_after + (persona.answers_after or 0.0), lambda: self._report(message, persona, id_)
            )
        if persona.replies:
            self.send(message.dest, message.source, incoming_of(message, _READING).text)

    def _report(self, message: pdu.Message, persona: TextPersona, id_: str) -> None:
        if message.receipts & 1:
            for word in persona.receipts:
                self._deliver(self._receipt(message, word, persona.error, self._receipt_name(id_)))

    def _receipt(self, message: pdu.Message, word: str, error: str, id_: str) -> bytes:
        when, dlvrd = time.strftime("%y%m%d%H%M", time.gmtime()), int(word == "DELIVRD")
        text = f"id:{id_} sub:001 dlvrd:{dlvrd:03d} submit date:{when} done date:{when} stat:{word} err:{error} text:"
        receipt = pdu.Message(
            source=message.dest,
            source_type=message.dest_type,
            dest=message.source,
            dest_type=message.source_type,
            esm_class=_RECEIPT,
            content=text.encode("ascii"),
            options={pdu.RECEIPTED_MESSAGE_ID: id_.encode() + b"\0", pdu.MESSAGE_STATE: bytes((_STATES[word],))},
        )
        return pdu.message(receipt)

    def _deliver(self, body: bytes) -> None:
        """Deliver over the connection that was bound last and receives; without one it waits."""
        for connection in reversed(self._connections):
            if connection.receives:
                connection.deliver(body)
                return
        self._waiting.append(body)

    @staticmethod
    def _after(seconds: float, action: Callable[[], None]) -> None:
        if seconds:
            asyncio.get_running_loop().call_later(seconds, action)
        else:
            action()
