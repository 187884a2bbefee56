"""Messaging: texts sent and received by SMPP and by SIP MESSAGE."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from engine.commands import NumberRefused
from engine.features.messaging import progress
from engine.features.messaging.backlog import Backlog
from engine.features.messaging.carrier import Carrier, Inbox
from engine.features.messaging.commands import SendMessage
from engine.features.messaging.events import MessageEnded, MessageReceived, MessageSent
from engine.features.messaging.model import Smsc
from engine.features.messaging.pricing import MessagePricing
from engine.features.messaging.progress import KIND, Progress
from engine.features.messaging.receipts import MessagingInbox, Receiving
from engine.features.messaging.sending.expiry import Expiry
from engine.features.messaging.sending.pace import Paces
from engine.features.messaging.sending.sender import Common
from engine.features.messaging.sending.senders import Senders
from engine.features.messaging.service import MessageService
from engine.features.messaging.settings import MessagingSettings
from engine.features.messaging.store import parts
from engine.features.messaging.store.parts import Lane
from engine.features.messaging.tables import (
    message_keywords,
    message_parts,
    message_rates,
    message_routes,
    messages,
    opt_outs,
    texting,
)
from engine.platform.feature import Feature, Measure
from engine.platform.platform import Platform

ConnectSmsc = Callable[[Smsc, Inbox], Carrier]


class Phones(Protocol):
    """Texts to and from the phones of extensions: a carrier, and which of them can be reached."""

    def carrier(self, inbox: Inbox) -> Carrier:
        """Return the carrier `sip`, which brings what it gets to `inbox`."""

    def is_registered(self, sip_user: str) -> bool:
        """Whether a phone is registered."""

    def on_registered(self, notify: Callable[[str], None]) -> None:
        """Call `notify` with the SIP user name of each phone that registers."""


class MessagingFeature(Feature):
    """Texts. `connect` makes the link to an SMSC, `receiving` takes what comes in.

    `phones` None: texts to extensions wait.
    """

    name = "messaging"
    events = (MessageSent, MessageEnded, MessageReceived)
    tables = (message_routes, message_rates, message_keywords, texting, opt_outs)
    books = (message_parts, messages)

    def __init__(
        self, platform: Platform, connect: ConnectSmsc, receiving: Receiving, phones: Phones | None = None
    ) -> None:
        self._platform, self._phones = platform, phones
        self.settings = MessagingSettings(platform.database)
        self._backlog = Backlog()
        self._expiry = Expiry(platform.writer, platform.clock, self._note)
        self.inbox = MessagingInbox(platform.writer, platform.clock, receiving, self._note)
        self._connect = connect
        self._senders: Senders = self._with_senders()
        self.messages = MessageService(platform, self.settings, self._senders, self._backlog, self._note)
        self.services = (self.messages,)
        self.commands = {SendMessage: self.messages.carry_out}
        self.prices = {KIND: MessagePricing(platform.cache, self.settings)}
        self.metrics = (
            Measure("carillon_messages_queued", "Texts that wait to be sent.", lambda: self._backlog.total),
            Measure("carillon_messages_submitting", "Parts whose answer is awaited.", lambda: self._senders.submitting),
        )
        platform.on_refresh(self._senders.open_all)
        if phones is not None:
            phones.on_registered(self._registered)

    async def start(self) -> None:
        """Read the settings, end what was being submitted when the last controller died, and begin to send."""
        writer, clock = self._platform.writer, self._platform.clock
        await self.settings.load()
        await writer.write(lambda conn: progress.recovered(conn, clock()))
        self._backlog.load(await self._platform.database.read(parts.queued))
        await self._expiry.start()
        await self._senders.start()

    async def stop(self) -> None:
        """End the links; what is queued is sent after the next start."""
        await self._senders.stop()
        await self._expiry.stop()

    def _with_senders(self) -> Senders:
        platform, phones = self._platform, self._phones
        common = Common(
            database=platform.database,
            writer=platform.writer,
            clock=platform.clock,
            paces=Paces(lambda account: self.settings.rules(account).per_second, _loop_time),
            on_progress=self._note,
            is_open=self._is_open,
        )
        make = (lambda: phones.carrier(self.inbox)) if phones is not None else None
        return Senders(self.settings, lambda smsc: self._connect(smsc, self.inbox), make, common)

    def _note(self, done: Progress) -> None:
        self._backlog.leave(done.left_queue)
        if done.expires is not None:
            self._expiry.note(done.expires)

    def _is_open(self, lane: Lane) -> bool:
        """Whether a lane's texts may go now: its account is not disabled, and its phone is registered."""
        cache = self._platform.cache
        try:
            cache.rules(lane.account)
        except NumberRefused:
            return False
        if not lane.extension:
            return True
        extension = cache.extension(lane.account, lane.extension)
        return bool(extension and self._phones and self._phones.is_registered(extension.sip_user))

    def _registered(self, sip_user: str) -> None:
        if extension := self._platform.cache.extension_of(sip_user):
            self._senders.open(Lane(extension.account, extension.number))


def _loop_time() -> float:
    return asyncio.get_running_loop().time()
