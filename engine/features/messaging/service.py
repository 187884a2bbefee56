"""What is done with texts: sent, listed, cancelled, and led to another carrier."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

import msgspec
from sqlalchemy import Connection

from engine.commands import EngineUnavailable, NumberRefused
from engine.commands.once import Once
from engine.events import Event
from engine.features.errors import NotThere, StillUsed
from engine.features.messaging import progress
from engine.features.messaging.accepting import Plan
from engine.features.messaging.attachments import Attachments
from engine.features.messaging.backlog import Backlog
from engine.features.messaging.commands import SendMessage, SendMessages, TextsRefused
from engine.features.messaging.model import SIP, Direction, Message, NewMessage, Part, State
from engine.features.messaging.moving import Moving
from engine.features.messaging.progress import ACCOUNT_CLOSED, Progress
from engine.features.messaging.queueing import Queueing, lane_of
from engine.features.messaging.sending.senders import Senders
from engine.features.messaging.settings import MessagingSettings
from engine.features.messaging.store import messages, parts, repeated
from engine.platform.platform import Platform
from engine.store import events
from engine.store.errors import StoreError

CANCELLED = "It was cancelled."
ENDED_AT_ONCE = 200
"""Texts of an account that was removed which are ended in one transaction."""


class MessageService:
    """The texts of accounts."""

    def __init__(
        self,
        platform: Platform,
        settings: MessagingSettings,
        senders: Senders,
        backlog: Backlog,
        queueing: Queueing,
        on_progress: Callable[[Progress], None],
        attachments: Attachments,
    ) -> None:
        self._db, self._writer, self._clock = platform.database, platform.writer, platform.clock
        self._settings, self._senders, self._backlog = settings, senders, backlog
        self._queueing, self._on_progress, self._attachments = queueing, on_progress, attachments
        self._moving = Moving(platform, settings, senders)

    # Sending

    async def carry_out(self, command: SendMessage) -> Message:
        """Accept a text, as a command."""
        return await self.send(command.account, command.message, command.once)

    async def send(
        self,
        account: str,
        wanted: NewMessage,
        once: Once | None = None,
        *,
        origin: str = "",
        id: str | None = None,
        also: Callable[[Connection], object] | None = None,
    ) -> Message:
        """Accept a text; returns it, queued, once it is stored. One that `once` names is accepted once.

        `origin`: who wrote it, if no program of the account. `id`: what it is called; None: it gets one. `also` runs in
        the transaction that stores it, before that; what it raises is raised, and nothing is stored.
        Raises TextRefused, NumberRefused, CallerRefused, CreditSpent, LimitReached, EngineUnavailable, KeyReused.
        """
        if self._writer.out:
            raise EngineUnavailable("The store cannot be reached now. Try again.")
        if once and (before := await self._db.read(partial(self._answered, account=account, once=once))):
            return before
        async with self._attachments.linked(account, wanted, partial(self._queueing.plan, account)) as linked:
            plan = self._queueing.plan(account, linked.message)
            message = self._queueing.message(account, linked.message, plan, origin=origin)
            message = message if id is None else msgspec.structs.replace(message, id=id)
            stored = await self._stored(message, plan, once, also)
            linked.is_kept = stored is message
            return stored

    async def _stored(
        self, message: Message, plan: Plan, once: Once | None, also: Callable[[Connection], object] | None
    ) -> Message:
        """Store a text; returns it, or the one that the same request was answered with meanwhile."""
        queueing = self._queueing
        try:
            stored = await self._writer.write(partial(self._store, message=message, plan=plan, once=once, also=also))
        except asyncio.CancelledError:  # it is stored nevertheless
            queueing.accepted(message)
            raise
        except StoreError as error:
            raise EngineUnavailable(f"The store accepts nothing now: {error}") from error
        if stored is message:
            queueing.accepted(message)
        return stored

    async def carry_out_all(self, command: SendMessages) -> tuple[Message, ...]:
        """Accept several texts, as a command."""
        return await self.send_all(command.account, command.messages)

    async def send_all(self, account: str, wanted: Sequence[NewMessage]) -> tuple[Message, ...]:
        """Accept several texts in one transaction, all or none.

        Raises TextsRefused for recipients that get no text, and else what `send` raises.
        """
        if self._writer.out:
            raise EngineUnavailable("The store cannot be reached now. Try again.")
        refused, planned = list[str](), list[tuple[Message, Plan]]()
        for each in wanted:
            try:
                plan = self._queueing.plan(account, each)
            except NumberRefused as error:
                refused.append(f"{each.to}: {error}")
            else:
                planned.append((self._queueing.message(account, each, plan), plan))
        if refused:
            raise TextsRefused(" ".join(refused))
        try:
            await self._writer.write(partial(self._store_all, planned=planned))
        except StoreError as error:
            raise EngineUnavailable(f"The store accepts nothing now: {error}") from error
        for message, _ in planned:
            self._queueing.accepted(message)
        return tuple(message for message, _ in planned)

    def _store_all(self, conn: Connection, *, planned: Sequence[tuple[Message, Plan]]) -> None:
        refused: list[str] = []
        for message, plan in planned:
            try:
                self._queueing.store(conn, message, plan)
            except NumberRefused as error:
                refused.append(f"{message.recipient}: {error}")
        if refused:
            raise TextsRefused(" ".join(refused))

    def accept(self, conn: Connection, account: str, wanted: NewMessage, *, origin: str = "") -> Message:
        """Store a text, queued, in a transaction of the caller's, who calls `accepted` behind its commit.

        Raises what `send` raises, with nothing stored.
        """
        return self._queueing.accept(conn, account, wanted, origin=origin)

    def accepted(self, message: Message) -> None:
        """Note that a text is committed: it may leave."""
        self._queueing.accepted(message)

    def _answered(self, conn: Connection, *, account: str, once: Once) -> Message | None:
        return repeated.answered(conn, account, once, self._clock())

    def _store(
        self,
        conn: Connection,
        *,
        message: Message,
        plan: Plan,
        once: Once | None,
        also: Callable[[Connection], object] | None,
    ) -> Message:
        """Store a text and what its request was answered with; returns another text if the request came already."""
        if also:
            also(conn)
        if once and (before := self._answered(conn, account=message.account, once=once)):
            return before
        self._attachments.check(conn, message.account, message.files)
        self._queueing.store(conn, message, plan)
        if once:
            repeated.keep(conn, once, message)
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

    async def end_all(self, account: str) -> None:
        """End all queued texts of an account that was removed; of one that was purged there are none any more.

        What is being submitted ends with its answer.
        """
        for carrier in await self.waiting():
            last: str | None = ""
            while last is not None:
                ended, last = await self._writer.write(
                    partial(self._end_some, account=account, carrier=carrier, after=last)
                )
                for done in ended:
                    self._on_progress(done)
        if not (await self._db.read(parts.queued)).get(account):
            self._backlog.drop(account)

    def _end_some(
        self, conn: Connection, *, account: str, carrier: str, after: str
    ) -> tuple[list[Progress], str | None]:
        """End some texts; returns what came of it, and the last one looked at; None: that was all."""
        found, now = parts.waiting_of(conn, carrier, account, after, ENDED_AT_ONCE), self._clock()
        texts = [text for id in found if (text := messages.text(conn, id))]
        ended = [done for text in texts if (done := progress.cancelled(conn, text, now, ACCOUNT_CLOSED))]
        return ended, found[-1] if found else None

    # Reading

    async def get(self, account: str | None, id: str) -> Message:
        """Return a text, of an account or (None) of any; raises NotThere. One that waits says why."""
        return self._shown(await self._db.read(lambda conn: _found(conn, account, id)))

    def is_there(self, conn: Connection, id: str) -> bool:
        """Whether there is a message of this id: a step of the caller's transaction."""
        return messages.get(conn, id) is not None

    async def parts(self, id: str) -> list[Part]:
        """Return the parts of a text that is sent; none for one that came in, or is not there."""
        return await self._db.read(lambda conn: parts.of(conn, id))

    async def events(self, id: str) -> list[Event]:
        """Return the events of a text, oldest first."""
        return [one.event for one in await self._db.read(lambda conn: events.of_subject(conn, id))]

    async def page(
        self,
        account: str | None = None,
        *,
        limit: int = 100,
        before: str | None = None,
        direction: Direction | None = None,
        states: tuple[State, ...] = (),
        number: str | None = None,
        since: float | None = None,
        user: str | None = None,
    ) -> list[Message]:
        """Return texts, the newest first: those made before the one of the id `before`, which must be there.

        `number` is the sender or the recipient; `since` is the time of the oldest (Unix seconds). `user` (its id):
        those in its inbox.
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
                since=since,
                user=user,
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
        """Make committed changes of SMSCs, routes, rates and rules count at once.

        What waits at an SMSC that was removed goes by another one, if a route leads there; else it waits.
        """
        await self._settings.load()
        await self._senders.reload()
        for carrier in await self.waiting():
            if carrier != SIP and carrier not in self._settings.smscs:
                await self._moving.move(carrier)

    def _shown(self, message: Message) -> Message:
        if message.state != State.QUEUED or message.reason:
            return message
        if message.due > self._clock():
            return message
        return msgspec.structs.replace(message, reason=self._senders.why_waiting(message.carrier, lane_of(message)))


def _found(conn: Connection, account: str | None, id: str) -> Message:
    message = messages.get(conn, id)
    if message is None or account not in (None, message.account):
        raise NotThere(f"There is no text {id}.")
    return message
