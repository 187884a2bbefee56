"""Gives what comes in to the Inbox, and has it acknowledged afterwards."""

import asyncio

import structlog
from aiosmpplib.state import SmppCommandStatus

from engine.features.messaging.carrier import Inbox
from engine.features.messaging.smpp import pdu
from engine.features.messaging.smpp.incoming import incoming_of
from engine.features.messaging.smpp.receipts import receipt_of
from engine.features.messaging.smpp.session import Acknowledge
from engine.features.messaging.smpp.settings import SmscSettings

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 1000
"""What is under way at once. The SMSC is asked to send the rest again, so that its answers are not held up."""

_OK = int(SmppCommandStatus.ESME_ROK)
_LATER = int(SmppCommandStatus.ESME_RX_T_APPN)
_NEVER = int(SmppCommandStatus.ESME_RX_P_APPN)


class Arrivals:
    """What came in over the links of one SMSC and is not stored yet.

    What has the same source is given one after the other, in its order; the rest at once. It outlives its link: what
    the Inbox has begun to store is stored, though it cannot be acknowledged and will be sent again.
    """

    def __init__(self, settings: SmscSettings, inbox: Inbox) -> None:
        self._settings = settings
        self._inbox = inbox
        self._latest = dict[str, asyncio.Task[None]]()
        self._tasks = set[asyncio.Task[None]]()

    def take(self, received: pdu.Pdu, acknowledge: Acknowledge) -> None:
        """Give a deliver_sm or data_sm to the Inbox, and acknowledge it when that has returned.

        What cannot be read will never be: it is refused for good, so that the SMSC does not send it again and again.
        """
        if len(self._tasks) >= MOST_AT_ONCE:
            acknowledge(_LATER)
            return
        try:
            message = pdu.read_message(received.body, data=received.command == pdu.DATA_SM)
        except pdu.Malformed as error:
            log.warning("an SMSC sent a text that cannot be read", smsc=self._settings.name, reason=str(error))
            acknowledge(_NEVER)
            return
        source = message.source
        work = self._deliver(self._latest.get(source), message, acknowledge)
        task = asyncio.create_task(work, name=f"smpp {self._settings.name}: arrival")
        self._latest[source] = task
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._forget(source, done))

    async def stop(self) -> None:
        """End what is under way; it is not acknowledged."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _deliver(self, before: asyncio.Task[None] | None, message: pdu.Message, acknowledge: Acknowledge) -> None:
        if before is not None:
            await asyncio.wait((before,))
        try:
            await self._give(message)
        except Exception:
            log.exception(
                "what an SMSC sent could not be stored; it is asked to send it again", smsc=self._settings.name
            )
            acknowledge(_LATER)
        else:
            acknowledge(_OK)

    async def _give(self, message: pdu.Message) -> None:
        name, receipt = self._settings.name, receipt_of(message, self._settings)
        if receipt is None:
            await self._inbox.incoming(name, incoming_of(message, self._settings))
        elif receipt.id:
            await self._inbox.receipt(name, receipt)
        else:
            log.warning("a receipt without an id was ignored", smsc=name, state=receipt.state)

    def _forget(self, source: str, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if self._latest.get(source) is task:
            del self._latest[source]
