"""Pairs: placed, scheduled, cancelled and listed.

Whether a cancel or the start of a scheduled pair comes first is decided by the row of its due work: a cancel that takes
it away ends the pair there, and nobody is called. One that comes later notes itself first and then ends the calls; a
start looks for such a note when it has placed the call. So one of the two sees the other, after a restart too.
"""

import contextlib
from collections.abc import Callable
from typing import Protocol, TypeVar

import msgspec
import structlog
from sqlalchemy import Connection

from engine.commands import (
    Command,
    CommandRefused,
    EngineUnavailable,
    HangUpCall,
    LimitReached,
    NoSuchCall,
    NumberRefused,
)
from engine.features.pairs import progress, store
from engine.features.pairs.commands import CancelPair, NoSuchPair, PairOver, PairRefused, PlacePair
from engine.features.pairs.model import Pair, Result, State, WantedPair
from engine.features.pairs.placing import command_of
from engine.ids import new_id
from engine.model.call_data import CallData
from engine.model.cause import HangupCause
from engine.model.leg_options import LegOptions
from engine.platform import due_work
from engine.platform.due_work import DueWork
from engine.platform.platform import Platform
from engine.platform.scheduler import Finish, Later, is_last_attempt
from engine.store import calls
from engine.store.errors import StoreError

log = structlog.get_logger(__name__)
KIND = "pair"
LONGEST_AHEAD = 366 * 86_400.0
MOST = 10_000
"""Pairs that an account may have scheduled."""
LONGEST_GREETING = 10
"""Prompts of a greeting."""
AGAIN_SECONDS = 1.0
"""Until the next attempt where the engine takes no calls."""
CLOSED = "The account was removed."
FAILED = "The two could not be called; the engine's log says why."
Check = Callable[[str, str, str | None], None]
R = TypeVar("R")


class Placing(Protocol):
    """Who places and ends calls: the engine."""

    async def ready(self) -> None:
        """Wait until calls are taken, or never will be again."""

    async def submit(self, command: Command[R]) -> R:
        """Carry out a command; raises CommandRefused."""


class PairService:
    """`check` refuses numbers that an account may not call, or not show (engine.calls.admission_protocol.Admission).

    `live` are the ids of the pairs that have not ended, which engine.features.pairs.progress follows.
    """

    def __init__(self, platform: Platform, check: Check, engine: Callable[[], Placing], live: set[str]) -> None:
        self._db, self._writer, self._clock = platform.database, platform.writer, platform.clock
        self._scheduler, self._cache = platform.scheduler, platform.cache
        self._check, self._engine, self._live = check, engine, live
        self._closing: dict[str, list[str]] = {}  # pairs that end with their accounts

    async def start(self) -> None:
        """Follow the pairs of earlier controllers."""
        await self._writer.write(store.withdraw_all)
        self._live.update(await self._db.read(store.live))

    def end_scheduled(self, conn: Connection, account: str) -> None:
        """End the scheduled pairs of an account, in the transaction that closes it."""
        ids = self._closing[account] = store.scheduled(conn, account)
        for id in ids:
            pair = _found(conn, account, id)
            progress.end(conn, pair, Result.CANCELLED, self._clock(), data=_data(conn, id), reason=CLOSED)

    def closed(self, account: str) -> None:
        """Follow these pairs no more: the transaction is committed."""
        self._live.difference_update(self._closing.pop(account, ()))

    async def place(self, command: PlacePair) -> Pair:
        """See PlacePair."""
        if self._writer.out:
            raise EngineUnavailable("The store cannot be reached now. Try again.")
        wanted, at = command.wanted, command.at
        self.check(command.account, wanted)
        if at is not None:
            return await self._schedule(command.account, wanted, at)
        pair = self._new(command.account, wanted, State.CALLING)
        await self._writer.write(lambda conn: store.insert(conn, pair, wanted))
        self._live.add(pair.id)
        try:
            await self._engine().submit(command_of(pair, wanted, self.default_caller(pair.account)))
        except BaseException:  # who asked is told that there is none
            self._writer.post(lambda conn: store.withdraw(conn, pair.id))
            self._live.discard(pair.id)
            raise
        return await self._unless_cancelled(pair)

    async def cancel(self, command: CancelPair) -> Pair:
        """See CancelPair."""
        id = command.pair
        pair = await self._writer.write(lambda conn: self._cancelled(conn, command.account, id))
        if pair.state is State.ENDED:
            self._live.discard(id)
            return pair
        try:
            await self._end_calls(pair)
        except NoSuchCall:
            call = await self._db.read(lambda conn: calls.get(conn, id))
            if call is not None and call.cause not in (None, HangupCause.CANCELLED):  # else this cancel ended it
                raise PairOver(f"The pair {id} has ended.") from None
        return pair

    async def get(self, account: str | None, id: str) -> Pair:
        """Return a pair, of an account or (None) of any; raises NoSuchPair."""
        return await self._db.read(lambda conn: _found(conn, account, id))

    async def page(self, account: str | None = None, limit: int = 100, before: str | None = None) -> list[Pair]:
        """Return pairs, newest first: of an account, or of all. `before` is the last id of the previous page."""
        return await self._db.read(lambda conn: store.page(conn, account, limit, before))

    async def place_due(self, work: DueWork, finish: Finish) -> None:
        """Place a pair whose time has come; one that is refused ends with the reason."""
        pair = await self._db.read(lambda conn: store.get(conn, work.id))
        if pair is None or pair.state is State.ENDED:
            return
        try:
            if not await self._start_due(pair):
                return await self._refused(pair, "", finish)
        except EngineUnavailable as error:
            raise Later(self._clock() + AGAIN_SECONDS, str(error)) from error
        except CommandRefused as error:
            return await self._refused(pair, str(error), finish)
        except StoreError:
            raise
        except Exception:
            if not is_last_attempt(work):
                raise
            log.exception("a scheduled pair could not be placed", pair=pair.id)
            return await self._refused(pair, FAILED, finish)  # the customer hears nothing of our own
        await self._unless_cancelled(pair)

    async def _start_due(self, pair: Pair) -> bool:
        """Call the first party, unless an earlier controller did; False if that is not wanted any more."""
        call, wanted = await self._db.read(lambda conn: (calls.get(conn, pair.id), store.wanted(conn, pair.id)))
        if call is None and pair.cancelled is not None:
            return False
        if call is None:
            engine = self._engine()
            await engine.ready()
            self.check(pair.account, wanted)
            await engine.submit(command_of(pair, wanted, self.default_caller(pair.account)))

        def unit(conn: Connection) -> None:
            now = store.get(conn, pair.id)
            if now is not None and now.state is State.SCHEDULED:
                store.change(conn, pair.id, state=State.CALLING)

        await self._writer.write(unit)
        return True

    async def _schedule(self, account: str, wanted: WantedPair, at: float) -> Pair:
        now = self._clock()
        if not now < at <= now + LONGEST_AHEAD:
            raise PairRefused(f"at must be a time to come, within {LONGEST_AHEAD / 86400:g} days (got {at:.15g}).")
        pair = self._new(account, wanted, State.SCHEDULED, at)

        def unit(conn: Connection) -> None:
            if due_work.count(conn, KIND, account) >= MOST:
                raise LimitReached(f"This account has {MOST} scheduled pairs, and may have no more.")
            store.insert(conn, pair, wanted)
            due_work.put(conn, DueWork(id=pair.id, kind=KIND, at=at, account=account))

        self._live.add(pair.id)
        try:
            await self._writer.write(unit)
        except (LimitReached, StoreError):
            self._live.discard(pair.id)
            raise
        self._scheduler.wake(at)
        return pair

    def _new(self, account: str, wanted: WantedPair, state: State, at: float | None = None) -> Pair:
        return Pair(
            id=new_id("call"),
            account=account,
            first=wanted.first,
            second=wanted.second,
            state=state,
            created=self._clock(),
            at=at,
            currency=self._cache.rules(account).account.currency,
        )

    def check(self, account: str, wanted: WantedPair) -> None:
        """Refuse what can be known before the first party is called in vain: raises PairRefused, NumberRefused,
        CallerRefused, LimitReached.
        """
        if wanted.first.removeprefix("+") == wanted.second.removeprefix("+"):
            raise PairRefused("The two parties must have different numbers.")
        if len(wanted.greeting) > LONGEST_GREETING:
            raise PairRefused(f"A greeting must have at most {LONGEST_GREETING} prompts.")
        try:
            LegOptions(ringback=wanted.ringback, music=wanted.music)
        except ValueError as error:
            raise PairRefused(str(error)) from error
        try:
            self._check(account, wanted.second, wanted.second_caller or (wanted.caller if wanted.private else None))
        except NumberRefused as error:
            raise type(error)(f"The second party: {error}") from error
        self._check(account, wanted.first, wanted.caller)
        if (most := self._cache.rules(account).account.max_calls) < 2:
            raise LimitReached(f"A pair has two calls at once, and this account may have {most}.")

    def default_caller(self, account: str) -> str | None:
        """Return the number that an account shows where nothing else is said; None: it has none."""
        return next(iter(self._cache.rules(account).owned), None)

    async def _unless_cancelled(self, pair: Pair) -> Pair:
        """End the calls of a pair that was cancelled while they were placed."""
        now = await self._db.read(lambda conn: store.get(conn, pair.id))
        if now is None:
            return pair
        if now.cancelled is not None:
            with contextlib.suppress(NoSuchCall):  # it has ended
                await self._end_calls(now)
        return now

    async def _end_calls(self, pair: Pair) -> None:
        await self._engine().submit(HangUpCall(account=pair.account, call=pair.id, cause=HangupCause.CANCELLED))

    def _cancelled(self, conn: Connection, account: str, id: str) -> Pair:
        """Note that a pair is to end; ended at once if nobody was called yet, and nobody is about to."""
        pair, now = _found(conn, account, id), self._clock()
        if pair.state is State.ENDED:
            raise PairOver(f"The pair {id} has ended.")
        if due_work.withdraw(conn, id, self._writer.epoch) and calls.get(conn, id) is None:
            progress.end(conn, pair, Result.CANCELLED, now, data=_data(conn, id))
        store.change(conn, id, cancelled=pair.cancelled or now)
        return _found(conn, account, id)

    async def _refused(self, pair: Pair, reason: str, finish: Finish) -> None:
        def unit(conn: Connection) -> None:
            finish(conn)
            now = store.get(conn, pair.id)
            if now is None or now.state is State.ENDED:
                return
            result = Result.REFUSED if now.cancelled is None else Result.CANCELLED
            progress.end(conn, now, result, self._clock(), data=_data(conn, pair.id), reason=reason)

        await self._writer.write(unit)
        self._live.discard(pair.id)


def _found(conn: Connection, account: str | None, id: str) -> Pair:
    pair = store.get(conn, id)
    if pair is None or account not in (None, pair.account):
        raise NoSuchPair(f"There is no pair {id} in this account.")
    return pair


def _data(conn: Connection, id: str) -> CallData | None:
    """Return what is stored with a pair that was not placed; None also if that cannot be read."""
    try:
        return store.wanted(conn, id).data
    except msgspec.DecodeError:
        log.warning("what is stored of a pair cannot be read", pair=id, exc_info=True)
        return None
