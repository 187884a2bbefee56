"""Messaging: texts sent and received by SMPP and by SIP MESSAGE."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from sqlalchemy import Connection

from engine.commands import NumberRefused
from engine.features.destinations.registry import Destinations
from engine.features.files.service import FileService
from engine.features.messaging import announced, progress
from engine.features.messaging.attachments import Attachments
from engine.features.messaging.backlog import Backlog
from engine.features.messaging.carrier import Carrier, Inbox
from engine.features.messaging.commands import SendMessage, SendMessages
from engine.features.messaging.configuration import store as configuration
from engine.features.messaging.configuration.keywords import Keywords
from engine.features.messaging.configuration.rates import MessageRates
from engine.features.messaging.configuration.rules import TextingSettings
from engine.features.messaging.configuration.smscs import Smscs
from engine.features.messaging.events import MessageEnded, MessageReceived, MessageSent
from engine.features.messaging.model import Smsc
from engine.features.messaging.pricing import MessagePricing
from engine.features.messaging.progress import KIND, Progress
from engine.features.messaging.queueing import Queueing
from engine.features.messaging.receipts import MessagingInbox
from engine.features.messaging.receiving import assembly
from engine.features.messaging.receiving.confirming import PER_HOUR, Confirmations
from engine.features.messaging.receiving.receiver import Receiver
from engine.features.messaging.receiving.unmatched import UnmatchedMessages
from engine.features.messaging.sending.expiry import Expiry
from engine.features.messaging.sending.pace import Paces
from engine.features.messaging.sending.sender import Common
from engine.features.messaging.sending.senders import Senders, SmscCarrier
from engine.features.messaging.service import MessageService
from engine.features.messaging.settings import MessagingSettings
from engine.features.messaging.smpp.stored import connect
from engine.features.messaging.store import parts
from engine.features.messaging.store.expiring import expire_messages
from engine.features.messaging.store.parts import Lane
from engine.features.messaging.tables import (
    idempotency_keys,
    message_keywords,
    message_marks,
    message_parts,
    message_rates,
    message_routes,
    messages,
    opt_outs,
    text_threads,
    texting,
)
from engine.features.messaging.threads.events import THREAD_EVENTS
from engine.features.messaging.threads.following import ThreadFollower
from engine.features.messaging.threads.service import ThreadService
from engine.model.call_data import CallData
from engine.platform.feature import Feature, Measure
from engine.platform.leads import Lead
from engine.platform.platform import Expire, Platform
from engine.platform.scheduler import Timer
from engine.store.applications import Application


class Registrations(Protocol):
    """Which phones can be reached, by their SIP user names."""

    def is_registered(self, sip_user: str) -> bool:
        """Whether a phone is registered."""

    def on_registered(self, callback: Callable[[str], None]) -> None:
        """Call `callback` with the name of each that becomes registered."""

    def on_changed(self, callback: Callable[[str], None]) -> None:
        """Call `callback` with the name of each that becomes registered, or is found not to be."""


class PhoneCarrier(Carrier, Protocol):
    """The carrier of texts to and from the phones of extensions."""

    @property
    def registrations(self) -> Registrations:
        """Which phones can be reached."""


class MessagingFeature(Feature):
    """Texts. `data` says what texts to an application's numbers carry. `phones` makes the carrier of phones; None:
    texts to extensions wait. `connect` makes the link to an SMSC. `confirmations_per_hour`: of STOP and START, an
    account's. `files`: of which texts have links; None: no text has one.
    """

    name = "messaging"
    events = (MessageSent, MessageEnded, MessageReceived, *THREAD_EVENTS)
    announces = announced.ENTRIES
    tables = (message_routes, message_rates, message_keywords, texting, opt_outs, idempotency_keys)
    books = (message_parts, message_marks, text_threads, messages)
    expires: Mapping[str, Expire] = {"messages": expire_messages}

    def __init__(
        self,
        platform: Platform,
        destinations: Destinations,
        data: Callable[[Application], CallData | None],
        phones: Callable[[Inbox], PhoneCarrier] | None = None,
        connect: Callable[[Smsc, Inbox], SmscCarrier] = connect,
        confirmations_per_hour: int = PER_HOUR,
        files: FileService | None = None,
    ) -> None:
        self._platform, self._connect = platform, connect
        writer, clock = platform.writer, platform.clock
        settings = self._settings = MessagingSettings(platform.database)
        backlog = self._backlog = Backlog()
        self._expiry = Expiry(writer, clock, self._note)
        self._registrations: Registrations | None = None
        self._watching: list[Callable[[str], None]] = []
        senders = self._senders = self._with_senders(phones)
        queueing = Queueing(platform.cache, settings, backlog, senders, self._expiry, clock)
        confirmations = Confirmations(queueing, confirmations_per_hour)
        receiver = Receiver(platform, queueing, confirmations, data)
        self.inbox = MessagingInbox(writer, clock, receiver, self._note)
        service = self._service = MessageService(
            platform, settings, senders, backlog, queueing, self._note, Attachments(files, clock)
        )
        self.services = (
            service,
            Smscs(platform, service.reload, senders),
            MessageRates(platform, service.reload),
            TextingSettings(platform, service.reload),
            Keywords(platform, destinations),
            UnmatchedMessages(platform.database),
            ThreadService(platform, service),
        )
        self.consumers = (ThreadFollower(writer),)
        self.commands = {SendMessage: service.carry_out, SendMessages: service.carry_out_all}
        self.timers = {assembly.KIND: Timer(receiver.sweep)}
        self.prices = {KIND: MessagePricing(platform.cache, settings)}
        self.metrics = (
            Measure("carillon_messages_queued", "Texts that wait to be sent", lambda: backlog.total),
            Measure("carillon_messages_submitting", "Parts whose answer is awaited", lambda: senders.submitting),
            Measure(
                "carillon_messages_unmatched", "Texts that reached no number since the start", lambda: receiver.lost
            ),
            Measure(
                "carillon_confirmations_left_out",
                "STOPs and STARTs since the start that were not confirmed because of a limit",
                lambda: confirmations.left_out,
            ),
        )
        platform.on_refresh(senders.open_all)

    def leads(self, conn: Connection, account: str) -> Iterable[Lead]:
        """Where keywords lead texts."""
        of_account = (keyword for keyword in configuration.all_keywords(conn) if keyword.account == account)
        return (Lead(f"the keyword {row.word} of the number {row.number}", row.leads_to) for row in of_account)

    async def start(self) -> None:
        """Read the settings, end what was being submitted when the last controller died, and begin to send."""
        writer, clock = self._platform.writer, self._platform.clock
        await self._settings.load()
        await writer.write(lambda conn: progress.recovered(conn, clock()))
        self._backlog.load(await self._platform.database.read(parts.queued))
        await self._expiry.start()
        for account in self._backlog.accounts:  # of those that were removed, if the last controller died meanwhile
            if self._is_removed(account):
                await self._service.end_all(account)
        await self._senders.start()

    async def closed(self, account: str) -> None:
        """End the texts of an account that are queued."""
        await self._service.end_all(account)

    async def stop(self) -> None:
        """End the links; what is queued is sent after the next start."""
        await self._senders.stop()
        await self._expiry.stop()

    def _with_senders(self, phones: Callable[[Inbox], PhoneCarrier] | None) -> Senders:
        platform, settings = self._platform, self._settings
        common = Common(
            database=platform.database,
            writer=platform.writer,
            clock=platform.clock,
            paces=Paces(lambda account: settings.rules(account).per_second, _loop_time),
            on_progress=self._note,
            is_open=self._is_open,
            user_of=self._user_of,
        )
        make = None if phones is None else lambda: self._with_phones(phones)
        return Senders(settings, lambda smsc: self._connect(smsc, self.inbox), make, common)

    def _with_phones(self, phones: Callable[[Inbox], PhoneCarrier]) -> Carrier:
        carrier = phones(self.inbox)
        self._registrations = carrier.registrations
        self._registrations.on_registered(self._registered)
        for watch in self._watching:
            self._registrations.on_changed(watch)
        return carrier

    def on_registration(self, watch: Callable[[str], None]) -> None:
        """Call `watch` with the SIP user name of each phone that registers or is gone; before the start."""
        self._watching.append(watch)

    def is_registered(self, sip_user: str) -> bool:
        """Whether a phone or browser of an extension is registered; none is while Asterisk cannot be reached."""
        return bool(self._registrations and self._registrations.is_registered(sip_user))

    def _note(self, done: Progress) -> None:
        """Keep in memory what was committed."""
        self._backlog.leave(done.left_queue)
        if done.expires is not None:
            self._expiry.note(done.expires)

    def _is_open(self, lane: Lane) -> bool:
        """Whether a lane's texts may go now: its account is not disabled, and its phone is registered.

        Those of an account that was removed are claimed, so that they end (sending.last_checks).
        """
        if self._is_removed(lane.account):
            return True
        try:
            self._platform.cache.rules(lane.account)
        except NumberRefused:
            return False
        if not lane.extension:
            return True
        known, user = self._registrations, self._user_of(lane)
        return bool(known and user and known.is_registered(user))

    def _is_removed(self, account: str) -> bool:
        found = self._platform.cache.find(account)
        return found is None or found.closed is not None

    def _user_of(self, lane: Lane) -> str:
        """Return the SIP user name of a lane's phone; "": there is no such extension."""
        extension = self._platform.cache.extension(lane.account, lane.extension)
        return extension.sip_user if extension else ""

    def _registered(self, sip_user: str) -> None:
        if extension := self._platform.cache.extension_of(sip_user):
            self._senders.open(Lane(extension.account, extension.number))


def _loop_time() -> float:
    return asyncio.get_running_loop().time()
