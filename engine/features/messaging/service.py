"""What is done with texts: sent, listed, cancelled, and led to another carrier."""

import asyncio
from collections.abc import Callable
from functools import partial
from itertools import count
from random import randrange

import msgspec
from sqlalchemy import Connection

from engine.commands import CreditSpent, EngineUnavailable, NumberRefused
from engine.features.errors import NotThere, StillUsed
from engine.features.messaging import progress
from engine.features.messaging.accepting import Checks, Plan
from engine.features.messaging.backlog import Backlog
from engine.features.messaging.commands import SendMessage
from engine.features.messaging.model import Direction, Message, NewMessage, Part, State
from engine.features.messaging.progress import Progress, purpose_of
from engine.features.messaging.sending.senders import Senders
from engine.features.messaging.settings import SIP, MessagingSettings
from engine.features.messaging.store import messages, parts
from engine.features.messaging.store.parts import Lane
from engine.ids import new_id
from engine.platform import money
from engine.platform.platform import Platform
from engine.store.errors import StoreError

CANCELLED = "It was cancelled."
MOVED_AT_ONCE = 500
"""Texts that are led to another carrier in one transaction."""
Note = Callable[[Progress], None]


class MessageService:
    """The texts of accounts."""

    def __init__(
        self,
        platform: Platform,
        settings: MessagingSettings,
        senders: Senders,
        backlog: Backlog,
        on_progress: Note,
    ) -> None:
        self._db, self._writer, self._clock = platform.database, platform.writer, platform.clock
        self._settings, self._senders, self._backlog = settings, senders, backlog
        self._on_progress = on_progress
        self._checks = Checks(platform.cache, settings)
        self._references = count(randrange(65_536))

    # Sending

    async def carry_out(self, command: SendMessage) -> Message:
        """Accept a text for another process."""
        return await self.send(command.account, command.message)

    async def send(self, account: str, wanted: NewMessage) -> Message:
        """Accept a text; returns it, queued, once it is stored.

        Raises TextRefused, NumberRefused, CallerRefused, CreditSpent, LimitReached, EngineUnavailable.
        """
        if self._writer.out:
            raise EngineUnavailable("The store cannot be reached now. Try again.")
        now = self._clock()
        plan = self._checks.plan(account, wanted, now)
        message = _message(account, wanted, plan, now)
        self._backlog.enter(account)
        reference = next(self._references) % 65_536
        try:
            await self._writer.write(partial(_store, message=message, plan=plan, reference=reference))
        except asyncio.CancelledError:  # it is stored nevertheless
            self._note(message, plan.lane)
            raise
        except BaseException as error:
            self._backlog.leave(account)
            if isinstance(error, StoreError):
                raise EngineUnavailable(f"The store accepts nothing now: {error}") from error
            raise
        self._note(message, plan.lane)
        return message

    async def cancel(self, account: str | None, id: str) -> Message:
        """End a queued text; raises NotThere, and StillUsed where a part of it is being sent, or was."""

        def unit(conn: Connection) -> tuple[Message, Progress]:
            _found(conn, account, id)
            text = messages.text(conn, id)
            assert text is not None
            done = progress.cancelled(conn, text, self._clock(), CANCELLED)
            if done is None:
                raise StillUsed(f"The text {id} is not queued any more: it is being sent, or it has ended.")
            return _found(conn, account, id), done

        message, done = await self._writer.write(unit)
        self._on_progress(done)
        return message

    # Reading

    async def get(self, account: str | None, id: str) -> Message:
        """Return a text, of an account or (None) of any; raises NotThere. One that waits says why."""
        return self._shown(await self._db.read(lambda conn: _found(conn, account, id)))

    async def parts(self, account: str | None, id: str) -> list[Part]:
        """Return the parts of a text that is sent; raises NotThere."""

        def read(conn: Connection) -> list[Part]:
            _found(conn, account, id)
            return parts.of(conn, id)

        return await self._db.read(read)

    async def page(
        self,
        account: str | None = None,
        *,
        limit: int = 100,
        before: str | None = None,
        direction: Direction | None = None,
        states: tuple[State, ...] = (),
        number: str | None = None,
    ) -> list[Message]:
        """Return texts, the newest first: those made before the one of the id `before`, which must be there.

        `number` is the sender or the recipient.
        """

        def read(conn: Connection) -> list[Message]:
            last = None if before is None else _found(conn, account, before)
            return messages.page(
                conn,
                account,
                limit=limit,
                before=None if last is None else (last.created, last.id),
                direction=direction,
                states=states,
                number=number,
            )

        return [self._shown(message) for message in await self._db.read(read)]

    async def counts(self, account: str | None = None, since: float = 0.0) -> dict[State, int]:
        """Return how many texts there are in each state, of those made since a time."""
        return await self._db.read(lambda conn: messages.counts(conn, account, since))

    def queued(self, account: str) -> int:
        """Return how many texts of an account are queued."""
        return self._backlog.of(account)

    async def waiting(self) -> dict[str, int]:
        """Return how many parts wait at each carrier, those that were removed too."""
        return await self._db.read(parts.waiting)

    # Settings

    async def reload(self) -> None:
        """Make committed changes of SMSCs, routes, rates and rules count at once."""
        await self._settings.load()
        await self._senders.reload()

    async def move(self, carrier: str) -> int:
        """Lead what waits at an SMSC to others by the routes as they are now; returns how many texts it was.

        A text to which no other route leads fails.
        """
        moved = 0
        while done := await self._writer.write(lambda conn: self._move_some(conn, carrier)):
            moved += len(done)
            for to, lane, one in done:
                self._on_progress(one)
                if to is not None:
                    self._senders.note(to, lane, self._clock())
        return moved

    def _move_some(self, conn: Connection, carrier: str) -> list[tuple[str | None, Lane, Progress]]:
        done: list[tuple[str | None, Lane, Progress]] = []
        for id in parts.waiting_at(conn, carrier, MOVED_AT_ONCE):
            text = messages.text(conn, id)
            if text is None:
                continue
            to = self._settings.carrier_for(text.account, text.recipient)
            if to is None or to == carrier:
                why = f"The SMSC {carrier} was removed, and no other route leads to that number."
                done.append((None, Lane(text.account), progress.dropped(conn, text, self._clock(), why)))
                continue
            parts.move(conn, id, to)
            messages.move(conn, id, to)
            done.append((to, Lane(text.account), progress.NOTHING))
        return done

    def _note(self, message: Message, lane: Lane) -> None:
        self._senders.note(message.carrier, lane, message.due)
        self._on_progress(Progress(expires=message.expires))

    def _shown(self, message: Message) -> Message:
        if message.state != State.QUEUED or message.reason:
            return message
        if message.due > self._clock():
            return message
        lane = Lane(message.account, message.recipient if message.carrier == SIP else "")
        return msgspec.structs.replace(message, reason=self._senders.why_waiting(message.carrier, lane))


def _message(account: str, wanted: NewMessage, plan: Plan, now: float) -> Message:
    return Message(
        id=new_id("msg"),
        account=account,
        direction=Direction.OUT,
        sender=plan.sender,
        recipient=plan.recipient,
        text=plan.text,
        state=State.QUEUED,
        created=now,
        carrier=plan.carrier,
        parts=plan.parts,
        due=plan.due,
        expires=plan.expires,
        currency=plan.currency,
        application=wanted.application,
        data=wanted.data,
    )


def _store(conn: Connection, message: Message, plan: Plan, reference: int) -> None:
    """Store a text with its parts and its hold; raises NumberRefused, CreditSpent."""
    account, recipient = message.account, message.recipient
    if plan.carrier != SIP and messages.has_opted_out(conn, account, recipient):
        raise NumberRefused(f"{recipient} sent STOP to this account: it gets no texts until it sends START.")
    amount, note = plan.per_part * plan.parts, f"text to {recipient}"
    if plan.limited:
        held = money.hold(conn, account, purpose_of(message.id), amount, message.created, note=note)
        if isinstance(held, money.Refused):
            raise CreditSpent(held.why)
    elif amount:
        money.put(conn, account, purpose_of(message.id), amount, message.created, note=note)
    messages.insert(conn, message, per_part=plan.per_part, watched=True)
    parts.insert(conn, message.id, plan.lane, plan.carrier, plan.parts, reference, plan.due)


def _found(conn: Connection, account: str | None, id: str) -> Message:
    message = messages.get(conn, id)
    if message is None or account not in (None, message.account):
        raise NotThere(f"There is no text {id}.")
    return message
