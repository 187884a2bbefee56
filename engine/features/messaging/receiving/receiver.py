"""Takes what comes in: one transaction for each text, or part of one; it is acknowledged once that is committed.

1. One that came in already, by the carrier's name of it, is dropped.
2. Parts are put together (engine.features.messaging.receiving.assembly).
3. The number of ours is found, and by the first word or the number the account and where the text leads.
4. It is stored with its event. A reply carries what was stored with the text that it replies to.
5. STOP and START are followed. What leads to a phone, or to a user with phones, is sent there.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import msgspec
import structlog
from sqlalchemy import Connection

from engine.calls.directory import Unmatched, UnmatchedReason
from engine.commands import CommandRefused
from engine.features.messaging.carrier import Incoming
from engine.features.messaging.configuration import store as settings
from engine.features.messaging.events import MessageReceived
from engine.features.messaging.model import PREFIX, Direction, Message, NewMessage, State
from engine.features.messaging.receiving import assembly, opting, store
from engine.features.messaging.receiving.assembly import Whole
from engine.features.messaging.receiving.bounds import Bounds
from engine.features.messaging.receiving.confirming import Confirmations
from engine.features.messaging.receiving.lost import LostTexts
from engine.features.messaging.receiving.numbers import LONGEST, recipient_of, sender_as_read
from engine.features.messaging.receiving.outgoing import PHONE, RELAY, Outgoing
from engine.features.messaging.receiving.phones import PHONES, Phones
from engine.features.messaging.receiving.wording import first_word, storable
from engine.ids import new_id
from engine.model.call_data import CallData
from engine.model.destination import Destination
from engine.platform.due_work import DueWork
from engine.platform.platform import Platform
from engine.platform.scheduler import Finish
from engine.store import events
from engine.store.applications import Application

log = structlog.get_logger(__name__)
REPLY_SECONDS = 30 * 86_400.0
"""For how long a text that comes back is a reply."""
AT_ONCE = 50
"""How many incomplete texts are delivered in one transaction."""


class _Owner(NamedTuple):
    """Whose a text is, to which number of ours it came, and where it leads; None: nowhere."""

    account: str
    number: str
    leads_to: Destination | None


class _Reached(NamedTuple):
    """In whose inbox a text is (a user's id; None: nobody's), and to which extensions' phones it goes."""

    user: str | None
    phones: tuple[str, ...]


class Receiver:
    """`data` says what texts of an application carry; `outgoing` sends, `confirmations` those that confirm a STOP."""

    def __init__(
        self,
        platform: Platform,
        outgoing: Outgoing,
        confirmations: Confirmations,
        data: Callable[[Application], CallData | None],
    ) -> None:
        self._platform, self._outgoing, self._data = platform, outgoing, data
        self._writer, self._cache, self._clock = platform.writer, platform.cache, platform.clock
        self._confirmations, self._lost, self._parts = confirmations, LostTexts(), Bounds()
        self._phones = Phones(platform.cache, outgoing)

    @property
    def lost(self) -> int:
        """How many texts reached no number of ours."""
        return self._lost.count

    async def incoming(self, carrier: str, incoming: Incoming) -> None:
        """Take a text, or a part of one; returns once it is committed (engine.features.messaging.carrier.Inbox)."""
        now, incoming = self._clock(), _storable(incoming)
        for sent in await self._writer.write(lambda conn: self._take(conn, carrier, incoming, now)):
            self._outgoing.accepted(sent)
        if assembly.is_part(incoming):
            self._platform.scheduler.wake(now + assembly.LIMIT_SECONDS)

    async def sweep(self, work: DueWork, finish: Finish) -> None:
        """Deliver the texts whose missing parts have not come in a day."""
        now = self._clock()

        def unit(conn: Connection) -> list[Message]:
            late = assembly.overdue(conn, now, AT_ONCE)
            finish(conn)
            return [sent for carrier, whole in late for sent in self._deliver(conn, carrier, whole, now)]

        for sent in await self._writer.write(unit):
            self._outgoing.accepted(sent)
        self._platform.scheduler.wake()

    def _take(self, conn: Connection, carrier: str, incoming: Incoming, now: float) -> list[Message]:
        """Store what came; returns the texts that are sent because of it."""
        if carrier == PHONES:
            return self._phones.take(conn, incoming, now)
        if assembly.is_part(incoming):
            complete = assembly.take(conn, carrier, incoming, now) + self._parts.enforce(conn, carrier, incoming.sender)
        elif incoming.key and store.is_known(conn, f"{carrier}:{incoming.key}"):
            return []
        else:
            text = storable(incoming.text)
            complete = [(carrier, Whole(incoming.sender, incoming.recipient, text, incoming.key))]
        return [sent for smsc, whole in complete for sent in self._deliver(conn, smsc, whole, now)]

    def _deliver(self, conn: Connection, carrier: str, whole: Whole, now: float) -> list[Message]:
        country = settings.country_of(conn, carrier)
        sender = sender_as_read(whole.sender, country)
        owner = self._owner_of(conn, whole, country)
        if isinstance(owner, Unmatched):
            self._lost.keep(conn, carrier, whole, sender, owner, now)
            return []
        found = store.last_sent(conn, owner.account, owner.number, sender, now - REPLY_SECONDS)
        application, reached = self._application_of(owner), self._reached(owner, found)
        message = Message(
            id=new_id(PREFIX),
            account=owner.account,
            direction=Direction.IN,
            sender=sender,
            recipient=owner.number,
            text=whole.text,
            state=State.RECEIVED,
            created=now,
            carrier=carrier,
            application=application.id if application else None,
            data=(found and found.data) or (application and self._data(application)) or None,
            reply_to=found.id if found else "",
            user=reached.user,
        )
        store.add_message(conn, message, f"{carrier}:{whole.key}" if whole.key else None)
        events.append(conn, _event(message))
        return [*opting.follow(conn, self._confirmations, message), *self._relayed(conn, message, reached.phones)]

    def _owner_of(self, conn: Connection, whole: Whole, country: str) -> _Owner | Unmatched:
        row = recipient_of(conn, self._cache, whole.recipient, country)
        if isinstance(row, Unmatched):
            return row
        word = first_word(whole.text)
        keyword = settings.keyword(conn, row.number, word) if word else None
        if keyword and keyword.owner != row.account:
            keyword = None
        account = keyword.account if keyword else row.account
        leads_to = Destination.read(keyword.leads_to) if keyword else row.leads_to
        owner = self._cache.find(account)
        if owner is None or owner.disabled:
            return Unmatched(reason=UnmatchedReason.DISABLED)
        return _Owner(account, row.number, leads_to)

    def _application_of(self, owner: _Owner) -> Application | None:
        if owner.leads_to is None or owner.leads_to.kind != "application":
            return None
        return self._cache.application(owner.leads_to.target)

    def _reached(self, owner: _Owner, found: Message | None) -> _Reached:
        """Return whom a text reaches: who wrote the text that it replies to on a phone, or else where it leads."""
        leads_to = owner.leads_to
        if found and found.origin.startswith(PHONE):
            return self._phone(owner.account, found.origin.removeprefix(PHONE))
        if leads_to and leads_to.kind == "extension":
            return self._phone(owner.account, leads_to.target)
        person = self._cache.user(owner.account, leads_to.target) if leads_to and leads_to.kind == "user" else None
        if person is None:
            return _Reached(None, ())
        own = self._cache.extensions_of(owner.account, person.id)
        return _Reached(person.id, tuple(each.number for each in own))

    def _phone(self, account: str, number: str) -> _Reached:
        extension = self._cache.extension(account, number)
        return _Reached(extension.owner if extension else None, (number,))

    def _relayed(self, conn: Connection, message: Message, phones: tuple[str, ...]) -> Iterator[Message]:
        """Send a text on to phones; one that takes none keeps it from no other."""
        for number in phones:
            wanted = NewMessage(to=number, text=message.text, sender=self._shown(message))
            try:
                yield self._outgoing.accept(conn, message.account, wanted, origin=RELAY, trusted=True)
            except CommandRefused as refused:
                log.warning("A text did not go to a phone.", message=message.id, extension=number, reason=str(refused))

    def _shown(self, message: Message) -> str:
        """Return the sender as a phone is shown it: never a number that an extension of the account has."""
        known = self._cache.extension(message.account, message.sender)
        return f"external {message.sender}" if known else message.sender


def _storable(incoming: Incoming) -> Incoming:
    """Return what came with numbers that any database takes; else it would be sent again and again."""
    sender, recipient = (storable(text.strip())[:LONGEST] for text in (incoming.sender, incoming.recipient))
    return msgspec.structs.replace(incoming, sender=sender, recipient=recipient)


def _event(message: Message) -> MessageReceived:
    return MessageReceived(
        id=new_id("event"),
        account=message.account,
        subject=message.id,
        root=message.id,
        at=message.created,
        data=message.data,
        sender=message.sender,
        recipient=message.recipient,
        text=message.text,
        reply_to=message.reply_to,
        application=message.application,
        user=message.user,
    )
