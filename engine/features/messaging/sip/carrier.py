"""The carrier `sip`: texts to and from the phones of extensions, through Asterisk.

It has an ARI application of its own, so that the calls' one is sent neither the events of endpoints nor those of the
channel that reads texts.
"""

import asyncio
import re
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from weakref import WeakValueDictionary

import aiohttp
import structlog

from engine.ari import generated as ari
from engine.ari.bus import Bus
from engine.ari.client import AriClient
from engine.ari.connection import AriConnection
from engine.ari.errors import AriError, AriNotFound, AriUnreachable, Detached, Replaced
from engine.calls.contacts import MOST, listed, listing
from engine.features.endpoints.extension import QUALIFY_SECONDS
from engine.features.messaging.carrier import Accepted, Answer, Inbox, NotSent, PutOff, Refused, Submission, Unknown
from engine.features.messaging.sip.arrived import TRUNK, KeptText, KeptTexts
from engine.features.messaging.sip.astdb import AstDb
from engine.features.messaging.sip.following import Following
from engine.features.messaging.sip.reading import ReadingChannels
from engine.features.messaging.sip.registrations import Registrations
from engine.features.messaging.sip.taking import Taking

log = structlog.get_logger(__name__)
NAME = "sip"
MOST_BYTES = 4096
"""Of a text to a phone. Asterisk would send ten times as much, by UDP in fragments that many networks drop."""
MOST_BYTES_FROM_PHONES = 1023
"""Of a text from a phone (res_pjsip_messaging.c): Asterisk answers 202 to a longer one, and loses it."""
YOUNG_SECONDS = QUALIFY_SECONDS + 5.0
"""After its start, Asterisk asks each stored contact within qualify_frequency whether it is there."""
_STATES = (ari.PeerStatusChange, ari.ContactStatusChange, ari.EndpointStateChange)
_WANTED = (*_STATES, ari.TextMessageReceived, ari.ApplicationReplaced)
_UNWANTED = tuple(sorted(kind.__name__ for kind in ari.AnyEvent.__args__ if kind not in _WANTED))
_NO_USER = re.compile(r"[^0-9A-Za-z+*#._-]")
_NO_DISPLAY = re.compile(r'[\x00-\x1f\x7f"\\<>]')


def application_of(calls: str) -> str:
    """Return the ARI application of texts beside the one of calls."""
    return f"{calls}-texts"


class SipCarrier:
    """Sends texts to extensions' phones and takes those that they send.

    `client` is of an ARI application of its own (`application_of`), and opened and closed here. `host` is the
    name or address that phones register with: they answer to it (a From has no port: RFC 3261 table 1). A submission's
    `recipient` is the extension's SIP user name, `sender` what the phone shows and answers to, `content` UTF-8.
    """

    def __init__(self, client: AriClient, inbox: Inbox, host: str) -> None:
        self._client, self._host = client, host
        self.registrations = Registrations()
        self._channels = ReadingChannels(client)
        self._db = AstDb(client, self._channels)
        self.taking = Taking(NAME, KeptTexts(client, self._db), inbox, self._answer_too_long)
        self._connection = AriConnection(
            client,
            Bus(unclaimed=self._notice),
            on_connected=self._on_connected,
            on_lost=self._on_lost,
            disallowed=_UNWANTED,
        )
        self.following = Following(client, self.registrations, self.taking.wake)
        self._ready = asyncio.Event()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def name(self) -> str:
        """The carrier's name."""
        return NAME

    @property
    def ready(self) -> bool:
        """Whether Asterisk can be reached."""
        return self._ready.is_set()

    async def wait_ready(self) -> None:
        """Return as soon as Asterisk can be reached."""
        await self._ready.wait()

    async def start(self) -> None:
        """Connect to Asterisk, now and whenever the connection is lost."""
        await self._client.open()
        self._tasks = [
            asyncio.create_task(self._listen(), name="texts: ari events"),
            asyncio.create_task(self.taking.run(self.wait_ready), name="texts: taking"),
            asyncio.create_task(self.following.run(self.wait_ready), name="texts: following"),
        ]

    async def stop(self) -> None:
        """End that; texts that were not taken are kept by Asterisk."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        self._tasks = []
        await self._client.close()

    async def submit(self, part: Submission) -> Answer:
        """Send a text to all phones of an extension that are registered.

        Accepted is all that is ever known: Asterisk does not say what the phone answered. A text to a phone that went
        away less than half a minute ago without a word (it is asked every 25 s) is lost. Those to one phone are sent
        one after another, in the order of the calls.
        """
        if not part.content:
            return Refused("The text is empty.")
        if len(part.content) > MOST_BYTES:
            return Refused(f"A text to a phone has at most {MOST_BYTES} bytes (this one: {len(part.content)}).")
        async with self._turns.setdefault(part.recipient, asyncio.Lock()):
            return await self._submit(part)

    async def _submit(self, part: Submission) -> Answer:
        if not self.ready:
            return NotSent("Asterisk cannot be reached now.")
        if not (reachable := self.registrations.reachable(part.recipient)):
            return NotSent("No phone of the extension is registered.")
        text = part.content.decode(errors="replace")
        try:
            first, *others = await self._contacts(reachable)
            await self._send(first, part.sender, text)
        except AriNotFound:
            self.registrations.drop(reachable[0])
            return NotSent("The extension's phone has unregistered.")
        except Detached:
            return NotSent("The controller is leaving.")
        except AriUnreachable as error:
            if isinstance(error.__cause__, aiohttp.ClientConnectorError):
                return NotSent("Asterisk cannot be reached now.")
            return Unknown("Asterisk did not answer.")
        except AriError as error:
            return PutOff(f"Asterisk refused the text: {error.detail or error}.")
        for contact in others:
            with suppress(AriError):
                await self._send(contact, part.sender, text)
        return Accepted("")

    async def _contacts(self, endpoints: Sequence[str]) -> list[str]:
        """Return where a text must be sent so that each phone has it: to an endpoint alone, one of its contacts does.

        An endpoint of which Asterisk lists no contact stays as it is. Raises AriError.
        """
        async with self._channels.one() as read:
            found = [(name, listed(await read(listing(name)), name)) for name in endpoints]
        return [
            contact.partition("/")[2] for name, contacts in found for contact in contacts[:MOST] or [f"PJSIP/{name}"]
        ]

    async def _send(self, to: str, sender: str, text: str) -> None:
        """Send a text to an endpoint, or to one contact of it (ENDPOINT/URI).

        All is in the body, as a line of HTTP that Asterisk reads has at most 4,096 bytes.
        """
        sent = {"to": f"pjsip:{to}", "from": address(sender, self._host), "body": text}
        await self._client.request("PUT", "/endpoints/sendMessage", None, sent)

    async def _listen(self) -> None:
        try:
            await self._connection.run()
        except Replaced:
            log.error("Another controller has taken over the texts of phones.")

    async def _on_connected(self) -> None:
        """Subscribe anew, and find who is registered."""
        client = self._client
        await self.following.begin()
        await self._channels.sweep()
        contacts = await self._stored_contacts()
        self.registrations.replace(await client.endpoints.list(), contacts)
        self._ready.set()
        self.taking.wake()

    async def _stored_contacts(self) -> list[str]:
        """Return the extensions with a contact that Asterisk, just started, has not asked yet; else none."""
        info = await self._client.asterisk.get_info(only=["status"])
        if info.status is None or time.time() - _moment(info.status.startup_time) > YOUNG_SECONDS:
            return []
        async with self._db.reading() as keys:
            return [key.partition(";@")[0] for key in await keys("registrar/contact")]

    def _on_lost(self) -> None:
        self._ready.clear()
        self.registrations.forget()

    def _notice(self, event: ari.AnyEvent) -> None:
        if isinstance(event, ari.TextMessageReceived):
            self.taking.wake()
        elif isinstance(event, _STATES):
            self.registrations.note(event.endpoint)

    async def _answer_too_long(self, text: KeptText) -> None:
        """Let the sender know, whose phone shows the text as sent."""
        log.warning("A text of a phone was too long.", endpoint=text.endpoint)
        if text.endpoint == TRUNK or not self.registrations.is_registered(text.endpoint):
            return
        sentence = f"Your text was not sent: it is longer than {MOST_BYTES_FROM_PHONES} bytes."
        try:
            await self._send(text.endpoint, text.recipient, sentence)
        except AriError as error:
            log.warning("A phone was not notified that its text was too long.", reason=str(error))


def _moment(text: str) -> float:
    """Unix seconds of a time as Asterisk writes it, e.g. 2026-11-29T23:15:41.377+0000; 0 for what is none."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z").timestamp()
    except ValueError:
        return 0.0


def address(sender: str, host: str) -> str:
    """Return the From of a text to a phone: an address that it can answer, with a display if the sender is no user."""
    user = _NO_USER.sub("", sender) or "anonymous"
    display = _NO_DISPLAY.sub("", sender)
    shown = f'"{display}" ' if display and user != sender else ""
    return f"{shown}<sip:{user}@{host}>"
