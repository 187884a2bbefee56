"""Delivers callbacks: in order per lane, retried with growing pauses, given up on into the dead letters."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

import msgspec
import structlog
from sqlalchemy import Connection

from api.accounts import Accounts
from api.callbacks.attempt import AttemptResult, Verdict, attempt
from api.callbacks.concurrency import Places
from api.callbacks.lanes import Key, Lane, Waiting, key_of, read_on
from api.callbacks.mail import MAIL, Mailer
from api.callbacks.replay import REPLAYED_TOGETHER, Replay, revive
from api.callbacks.signer_protocol import NotToBeSent, Signer
from engine.net import Net
from engine.platform import audit
from engine.platform.audit import Actor
from engine.store import deliveries
from engine.store.database import Database
from engine.store.deliveries import DEAD, DELIVERED, PENDING, DeliveryRow
from engine.store.errors import StoreError, StoreUnavailable
from engine.store.writer import Writer

log = structlog.get_logger(__name__)


class DeliveryPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of delivering; times in seconds. The pause doubles from `first` to `longest`, less up to a quarter.

    `per_host` of an account's callbacks are under way to one host at once, and `overall` in all, shared by the accounts
    (api.callbacks.concurrency).
    Where there is a second address each of the two has as many `attempts`, and both are tried between two pauses.
    """

    attempts: int = 10
    unresolved_attempts: int = 3
    seconds: float = 3600.0
    first: float = 1.0
    longest: float = 300.0
    total: float = 10.0
    connect: float = 3.0
    per_host: int = 20
    overall: int = 500


class NoSuchDelivery(LookupError):
    """There is no delivery of this name that could be sent again."""


def _addressed(row: DeliveryRow) -> DeliveryRow:
    """Return a delivery as its next attempt goes out: every second one to the fallback, where there is one."""
    return msgspec.structs.replace(row, url=row.fallback) if row.fallback and row.attempts % 2 else row


def _addresses(row: DeliveryRow) -> int:
    """Return how many addresses a delivery is tried at in turn."""
    return 2 if row.fallback else 1


class Delivery:
    """Owns one task per active lane (api.callbacks.lanes); none while nothing is to be delivered.

    A delivery's state is written to the table after each attempt; what is pending there at `start` is taken up.
    """

    def __init__(
        self,
        db: Database,
        writer: Writer,
        net: Net,
        accounts: Accounts,
        signers: Mapping[str, Signer],
        *,
        mailer: Mailer | None = None,
        policy: DeliveryPolicy | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._db, self._writer, self._net = db, writer, net
        self._accounts, self._signers = accounts, signers
        self._mailer = mailer or Mailer(None)
        self._policy = policy or DeliveryPolicy()
        self._clock, self._sleep, self._chance = clock, sleep, chance
        self._places = Places(per_host=self._policy.per_host, overall=self._policy.overall)
        self._lanes: dict[Key, Lane] = {}
        self._started = 0.0

    async def start(self) -> None:
        """Take up what was pending when the last process ended."""
        self._started = self._clock()
        self.add(await self._db.read(lambda conn: deliveries.pending_of(conn, "")))
        for subscriber in await self._db.read(deliveries.awaited):
            self._lane(("", subscriber)).more = True

    async def stop(self) -> None:
        """Break off; what is not delivered stays pending in the table."""
        tasks = [lane.task for lane in self._lanes.values() if lane.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._lanes.clear()

    def add(self, rows: Sequence[DeliveryRow]) -> None:
        """Deliver these, which are committed, after what their lanes hold already."""
        for row in rows:
            self._add(row, before=self._spent(row))

    @property
    def active_lanes(self) -> int:
        """How many lanes have something to deliver."""
        return len(self._lanes)

    async def dead(self, account: str | None = None) -> Sequence[DeliveryRow]:
        """List the deliveries that were given up, of one account or of all."""
        return await self._db.read(lambda conn: deliveries.dead(conn, account))

    async def of_subject(self, subject: str) -> Sequence[DeliveryRow]:
        """Return a call's or conference's deliveries with their attempts, in the order of events."""
        return await self._db.read(lambda conn: deliveries.of_subject(conn, subject))

    async def counts(self) -> dict[str, int]:
        """Return how many deliveries there are, by their state."""
        return await self._db.read(deliveries.counts)

    async def send(self, row: DeliveryRow) -> None:
        """Store one more delivery, and deliver it."""
        await self._writer.write(lambda conn: deliveries.add(conn, row))
        self.add([row])

    async def resend(self, by: Actor, delivery: str) -> DeliveryRow:
        """Try a dead delivery again from the beginning; raises NoSuchDelivery."""

        def revive(conn: Connection) -> DeliveryRow:
            dead = deliveries.get(conn, delivery)
            if dead is None or not deliveries.revive(conn, delivery):
                raise NoSuchDelivery(f"There is no dead callback {delivery}.")
            before, after = {"state": dead.state, "attempts": dead.attempts}, {"state": PENDING}
            audit.record(
                conn, by, account=dead.account, what="callback.resent", subject=delivery, before=before, after=after
            )
            return deliveries.get(conn, delivery) or dead

        row = await self._writer.write(revive)
        self._add(row, before=row.attempts)
        return row

    async def replay(self, by: Actor, what: Replay) -> int:
        """Deliver again what was delivered or given up, as new attempts of the same deliveries; returns how many.

        What is still to be delivered is left as it is. Raises NoSuchDelivery where nothing is meant.
        """

        named = await self._db.read(what.rows)
        if not named:
            raise NoSuchDelivery(f"There is no callback of {what.subject[:80]}.")
        count = 0
        for begin in range(0, len(named), REPLAYED_TOGETHER):
            ids = [row.id for row in named[begin : begin + REPLAYED_TOGETHER]]
            revived = await self._writer.write(partial(revive, ids=ids, by=by, subject=what.subject))
            for row in revived:
                self._add(row, before=row.attempts)
            count += len(revived)
        return count

    def _spent(self, row: DeliveryRow) -> int:
        """Return how many attempts do not count: one with all its attempts spent was resent and has as many again."""
        return 0 if row.attempts < self._policy.attempts * _addresses(row) else row.attempts

    def _add(self, row: DeliveryRow, *, before: int) -> None:
        self._lane(key_of(row)).put(Waiting(row, self._clock(), before))

    def _lane(self, key: Key) -> Lane:
        """Return a lane that is at work; it looks for what waits after its caller's step."""
        lane = self._lanes.setdefault(key, Lane())
        if lane.task is None:
            lane.task = asyncio.create_task(self._run(key, lane), name="deliver {} to {}".format(*key))
        return lane

    async def _run(self, key: Key, lane: Lane) -> None:
        try:
            while lane.waiting or await self._read_on(key, lane):
                try:
                    await self._deliver(lane.waiting[0])
                except Exception:
                    log.exception("a callback broke; it is tried again after the next start", root=key[0], host=key[1])
                    lane.broken.add(lane.waiting[0].row.id)
                lane.waiting.popleft()
        finally:
            if self._lanes.get(key) is lane:
                del self._lanes[key]

    async def _read_on(self, key: Key, lane: Lane) -> bool:
        """Let those wait in memory that were left in the table; returns whether there are any."""
        while lane.more and not lane.waiting:
            try:
                rows = await read_on(self._db, self._writer, key[1], lane)
            except StoreUnavailable:
                await self._sleep(self._policy.first)
                continue
            except StoreError:
                log.warning("callbacks stay in the table: they are delivered after the next start", subscription=key[1])
                return False
            for row in rows:  # one that is due at 0 was made pending again a while ago
                since = max(row.created, self._started) if row.due else self._clock()
                lane.waiting.append(Waiting(row, since, self._spent(row)))
        return bool(lane.waiting)

    async def _deliver(self, waiting: Waiting) -> None:
        while True:
            row = waiting.row
            if (wait := row.due - self._clock()) > 0:
                await self._sleep(wait)
            at = self._clock()
            try:
                done = await self._attempt(_addressed(row), row.attempts + 1)
            except StoreUnavailable:
                await self._sleep(self._policy.first)
                continue
            row = waiting.row = msgspec.structs.replace(row, attempts=row.attempts + 1)
            if done.verdict is Verdict.DELIVERED:
                return self._end(row, at, done, DELIVERED, self._heard(row, done.reply))
            if self._is_over(waiting, done):
                log.warning("a callback was given up", delivery=row.id, host=row.host, reason=done.error)
                return self._end(row, at, done, DEAD)
            at_once = bool(row.fallback) and row.attempts % 2 == 1  # its turn has come
            pause = 0.0 if at_once else self._pause((row.attempts - waiting.before) // _addresses(row))
            waiting.row = msgspec.structs.replace(row, due=self._clock() + pause)
            self._postpone(waiting.row, at, done)

    async def _attempt(self, row: DeliveryRow, number: int) -> AttemptResult:
        account = await self._accounts.get(row.account)
        private = account is not None and account.allow_private
        headers = {
            "Carillon-Event-Id": row.key,
            "Carillon-Attempt": str(number),
        }
        async with self._places.take(row.account, row.host):
            if (signer := self._signers.get(row.dialect)) is not None:
                try:
                    headers |= await signer.sign(row, number)
                except NotToBeSent as error:
                    return AttemptResult(Verdict.HOPELESS, None, str(error), 0.0)
            total, connect = self._policy.total, self._policy.connect
            if row.content_type == MAIL:
                return await self._mailer.send(row, total)
            return await attempt(self._net, row, headers, allow_private=private, total=total, connect=connect)

    def _is_over(self, waiting: Waiting, done: AttemptResult) -> bool:
        tried, policy, addresses = waiting.row.attempts - waiting.before, self._policy, _addresses(waiting.row)
        if tried == 1 and waiting.row.fallback:
            return False
        if done.verdict is Verdict.HOPELESS or tried >= policy.attempts * addresses:
            return True
        if done.verdict is Verdict.UNRESOLVED and tried >= policy.unresolved_attempts * addresses:
            return True
        return self._clock() - waiting.since >= policy.seconds

    def _pause(self, tried: int) -> float:
        pause = min(self._policy.first * 2.0 ** (tried - 1), self._policy.longest)
        return pause * (1 - self._chance() / 4)

    def _heard(self, row: DeliveryRow, reply: bytes) -> str | None:
        """Return what the host said; whatever it was, the callback is delivered."""
        try:
            return (signer.heard(row, reply) or None) if (signer := self._signers.get(row.dialect)) else None
        except Exception:
            log.exception("an answer to a callback could not be read", delivery=row.id)
            return None

    def _end(self, row: DeliveryRow, at: float, done: AttemptResult, state: str, remark: str | None = None) -> None:
        ended = self._clock()

        def write(conn: Connection) -> None:
            deliveries.attempt(conn, row.id, row.attempts, at, done.seconds, done.status, done.error)
            deliveries.finish(conn, row.id, state, ended, done.error, remark)

        self._writer.post(write)

    def _postpone(self, row: DeliveryRow, at: float, done: AttemptResult) -> None:
        def write(conn: Connection) -> None:
            deliveries.attempt(conn, row.id, row.attempts, at, done.seconds, done.status, done.error)
            deliveries.postpone(conn, row.id, row.due, done.error)

        self._writer.post(write)
