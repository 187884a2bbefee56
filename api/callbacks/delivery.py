"""Delivers callbacks: in order per lane, retried with growing pauses, given up on into the dead letters."""

import asyncio
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
import structlog
from sqlalchemy import Connection

from api.accounts import Accounts
from api.callbacks.attempt import Attempt, Verdict, attempt
from api.callbacks.places import Places
from api.vendors.vendor import Vendor
from engine.net import Net
from engine.store import deliveries
from engine.store.database import Database
from engine.store.deliveries import DeliveryRow
from engine.store.writer import Writer

log = structlog.get_logger(__name__)
DEAD, DELIVERED = "dead", "delivered"


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of delivering; times in seconds. The pause doubles from `first` to `longest`, less up to a quarter."""

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
    """There is no dead delivery with this id."""


@dataclass(slots=True)
class _Lane:
    waiting: deque[tuple[DeliveryRow, float]] = field(default_factory=deque)
    task: asyncio.Task[None] | None = None


class Delivery:
    """Owns one task per active lane (a root and a host); none while there is nothing to deliver.

    A delivery's state is written to the table after each attempt; what is pending there at `start` is taken up.
    """

    def __init__(
        self,
        db: Database,
        writer: Writer,
        net: Net,
        accounts: Accounts,
        vendors: Mapping[str, Vendor],
        *,
        policy: Policy | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._db, self._writer, self._net = db, writer, net
        self._accounts, self._vendors = accounts, vendors
        self._policy = policy or Policy()
        self._clock, self._sleep, self._chance = clock, sleep, chance
        self._places = Places(per_host=self._policy.per_host, overall=self._policy.overall)
        self._lanes: dict[tuple[str, str], _Lane] = {}

    async def start(self) -> None:
        """Take up what was pending when the last process ended."""
        pending = await self._db.read(deliveries.pending)
        self.add(sorted(pending, key=lambda row: (row.position, row.part)))

    async def stop(self) -> None:
        """Break off; what is not delivered stays pending in the table."""
        tasks = [lane.task for lane in self._lanes.values() if lane.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._lanes.clear()

    def add(self, rows: Sequence[DeliveryRow]) -> None:
        """Deliver these, which are committed, after what their lanes hold already."""
        now = self._clock()
        for row in rows:
            key = (row.root, row.host)
            lane = self._lanes.setdefault(key, _Lane())
            lane.waiting.append((row, now))
            if lane.task is None:
                lane.task = asyncio.create_task(self._run(key, lane), name=f"deliver {row.root} to {row.host}")

    @property
    def active_lanes(self) -> int:
        """How many lanes have something to deliver."""
        return len(self._lanes)

    async def dead(self, account: str | None = None) -> Sequence[DeliveryRow]:
        """List the deliveries that were given up, of one account or of all."""
        return await self._db.read(lambda conn: deliveries.dead(conn, account))

    async def resend(self, delivery: str) -> DeliveryRow:
        """Try a dead delivery again from the beginning; raises NoSuchDelivery."""

        def revive(conn: Connection) -> DeliveryRow | None:
            if not any(row.id == delivery for row in deliveries.dead(conn)):
                return None
            deliveries.revive(conn, delivery)
            return next((row for row in deliveries.pending(conn) if row.id == delivery), None)

        row = await self._writer.write(revive)
        if row is None:
            raise NoSuchDelivery(f"There is no dead callback {delivery}.")
        self.add([row])
        return row

    async def _run(self, key: tuple[str, str], lane: _Lane) -> None:
        try:
            while lane.waiting:
                row, since = lane.waiting[0]
                await self._deliver(row, since)
                lane.waiting.popleft()
        except Exception:
            log.exception("a lane of callbacks broke", root=key[0], host=key[1], left=len(lane.waiting))
        finally:
            if self._lanes.get(key) is lane:
                del self._lanes[key]

    async def _deliver(self, row: DeliveryRow, since: float) -> None:
        first = row.attempts
        while True:
            if (wait := row.due - self._clock()) > 0:
                await self._sleep(wait)
            at = self._clock()
            done = await self._attempt(row, row.attempts + 1)
            row = msgspec.structs.replace(row, attempts=row.attempts + 1)
            if done.verdict is Verdict.DELIVERED:
                return self._end(row, at, done, DELIVERED)
            if self._is_over(row, done, since, first):
                log.warning("a callback was given up", delivery=row.id, host=row.host, reason=done.error)
                return self._end(row, at, done, DEAD)
            row = msgspec.structs.replace(row, due=self._clock() + self._pause(row.attempts))
            self._postpone(row, at, done)

    async def _attempt(self, row: DeliveryRow, number: int) -> Attempt:
        account = await self._accounts.get(row.account)
        vendor = self._vendors.get(row.dialect)
        session = self._net.session(account is not None and account.allow_private)
        async with self._places.take(row.host):
            headers = {
                "Carillon-Event-Id": f"{row.event}-{row.part}" if row.part else row.event,
                "Carillon-Attempt": str(number),
            }
            if vendor is not None:
                headers |= await vendor.sign(row, number)
            return await attempt(session, row, headers, total=self._policy.total, connect=self._policy.connect)

    def _is_over(self, row: DeliveryRow, done: Attempt, since: float, first: int) -> bool:
        tried, policy = row.attempts, self._policy
        if done.verdict is Verdict.HOPELESS or tried >= policy.attempts:
            return True
        if done.verdict is Verdict.UNRESOLVED and tried >= policy.unresolved_attempts:
            return True
        # At least one attempt here: a callback that waited an hour behind others of its lane still gets its chance.
        return tried > first and self._clock() - since >= policy.seconds

    def _pause(self, attempts: int) -> float:
        pause = min(self._policy.first * 2 ** (attempts - 1), self._policy.longest)
        return float(pause * (1 - self._chance() / 4))

    def _end(self, row: DeliveryRow, at: float, done: Attempt, state: str) -> None:
        ended = self._clock()

        def write(conn: Connection) -> None:
            deliveries.attempt(conn, row.id, row.attempts, at, done.seconds, done.status, done.error)
            deliveries.finish(conn, row.id, state, ended, done.error)

        self._writer.post(write)

    def _postpone(self, row: DeliveryRow, at: float, done: Attempt) -> None:
        def write(conn: Connection) -> None:
            deliveries.attempt(conn, row.id, row.attempts, at, done.seconds, done.status, done.error)
            deliveries.postpone(conn, row.id, row.due, done.error)

        self._writer.post(write)
