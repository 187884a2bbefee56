"""Calls that are placed at a time: scheduled, listed, cancelled, and placed once, also over a restart.

A scheduled call is a row of work that is due (engine.platform.due_work). Its id is the call's: a second run finds the
call and does nothing. Those of a list wait while their account has as many calls as it may have: one of them is tried
when a call of the account ends, or after a while.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Protocol, TypeVar

import msgspec
import structlog
from sqlalchemy import Connection

from engine.commands import Command, CommandRefused, EngineUnavailable, LimitReached, PlaceCall
from engine.commands.once import Once
from engine.events import CallEnded, ScheduledCallRefused
from engine.features.errors import InvalidSetting, NotThere, StillUsed
from engine.features.scheduled_calls.model import ScheduledCall, TakenBack, WantedCall
from engine.ids import new_id
from engine.model.call_data import CallData
from engine.model.leg_options import LegOptions
from engine.platform import due_work
from engine.platform.due_work import DueWork
from engine.platform.platform import Platform
from engine.platform.scheduler import AccountMustWait, Finish, Later, is_last_attempt
from engine.store import call_requests, calls, events
from engine.store.errors import StoreError
from engine.store.events import StoredEvent
from engine.store.rows import to_sealed_json
from engine.tasks import kinds, secret

log = structlog.get_logger(__name__)
KIND, LIST_KIND = "call", "listed_call"
"""Work that is due: a call of its own, and one of a list that waits for a free place of its account."""
KINDS = (KIND, LIST_KIND)
AT_ONCE, LISTED_AT_ONCE = 100, 50
FREED_SECONDS = 0.1
"""After the end of a call, until its place is free."""
LONGEST_AHEAD = 366 * 86_400.0
MOST = 10_000
"""Calls that an account may have scheduled."""
AGAIN_SECONDS = 1.0
"""Until the next attempt where the engine takes no calls."""
FAILED = "The call could not be placed; the engine's log says why."
UNREADABLE = "What was stored of this call cannot be read."
R = TypeVar("R")
Check = Callable[[str, str, str | None], None]


class Placing(Protocol):
    """Who places calls: the engine."""

    async def ready(self) -> None:
        """Wait until calls are taken, or never will be again."""

    async def submit(self, command: Command[R]) -> R:
        """Carry out a command; raises CommandRefused."""


class ScheduledCalls:
    """`check` refuses numbers that an account may not call, or not show (engine.calls.admission_protocol.Admission)."""

    def __init__(self, platform: Platform, check: Check, engine: Callable[[], Placing]) -> None:
        self._db, self._writer, self._clock = platform.database, platform.writer, platform.clock
        self._scheduler, self._engine = platform.scheduler, engine
        self.check = check
        """Refuses a number that an account (its id) may not call, or a caller that it may not show."""

    async def schedule(self, account: str, wanted: WantedCall, at: float, once: Once | None = None) -> ScheduledCall:
        """Schedule a call for a time (Unix seconds); one that `once` names is scheduled once, and returned as it was.

        Raises InvalidSetting for a time that has passed or is too far ahead, NumberRefused and CallerRefused for what
        the account may not call or show now, LimitReached where it has too many, EngineUnavailable without the store,
        KeyReused.
        """
        if once and (before := await self._db.read(partial(self._answered, account=account, once=once))):
            return _scheduled(before, account, wanted, at)
        now = self._clock()
        if not now < at <= now + LONGEST_AHEAD:
            raise InvalidSetting(f"at must be a time to come, within {LONGEST_AHEAD / 86400:g} days (got {at:.15g}).")
        (made,) = await self._put(account, {new_id("call"): wanted}, at, once)
        return made

    async def schedule_all(
        self, account: str, wanted: Mapping[str, WantedCall], at: float | None
    ) -> Sequence[ScheduledCall]:
        """Schedule calls together, all or none, each under the id that it is given; None: they are placed at once.

        Raises what `schedule` raises.
        """
        if at is not None and not self._clock() < at <= self._clock() + LONGEST_AHEAD:
            raise InvalidSetting(f"at must be a time to come, within {LONGEST_AHEAD / 86400:g} days (got {at:.15g}).")
        return await self._put(account, wanted, self._clock() if at is None else at)

    def _answered(self, conn: Connection, *, account: str, once: Once) -> str | None:
        return call_requests.answered(conn, account, once, self._clock())

    async def _put(
        self, account: str, wanted: Mapping[str, WantedCall], at: float, once: Once | None = None
    ) -> list[ScheduledCall]:
        if self._writer.out:
            raise EngineUnavailable("The store cannot be reached now. Try again.")
        for each in wanted.values():
            self.check(account, each.callee, each.caller)

        def unit(conn: Connection) -> list[ScheduledCall]:
            if once and (before := self._answered(conn, account=account, once=once)):
                return [_scheduled(before, account, each, at) for each in wanted.values()]
            if sum(due_work.count(conn, kind, account) for kind in KINDS) + len(wanted) > MOST:
                raise LimitReached(f"This account may have {MOST} scheduled calls, and no more.")
            works = [
                DueWork(id=id, kind=_kind(each), at=at, account=account, payload=to_sealed_json(conn, each))
                for id, each in wanted.items()
            ]
            for work in works:
                due_work.put(conn, work)
                if once:
                    call_requests.keep(conn, account, once, work.id, self._clock())
            return [_scheduled(work.id, account, wanted[work.id], at) for work in works]

        made = await self._writer.write(unit)
        self._scheduler.wake(at)
        return made

    async def page(self, account: str | None = None, limit: int = 100) -> list[ScheduledCall]:
        """Return an account's scheduled calls, or all accounts': the next one first, then those that were refused."""

        def read(conn: Connection) -> list[DueWork]:
            found = [work for kind in KINDS for work in due_work.of_account(conn, kind, account, limit)]
            return sorted(found, key=lambda work: (-(work.failed or math.inf), work.at, work.id))[:limit]

        return [_shown(work) for work in await self._db.read(read)]

    async def get(self, account: str | None, call: str) -> ScheduledCall:
        """Return a scheduled call, of an account or (None) of any; raises NotThere."""
        return _shown(await self._db.read(lambda conn: _found(conn, account, call)))

    async def cancel(self, account: str | None, call: str) -> ScheduledCall:
        """Take a scheduled call back; raises NotThere, and StillUsed where it is being placed now, or was placed."""

        def unit(conn: Connection) -> DueWork:
            work = _found(conn, account, call)
            if not self._withdrawn(conn, call):
                raise StillUsed(f"The call {call} is being placed now: hang it up instead.")
            return work

        return _shown(await self._writer.write(unit))

    async def cancel_all(self, account: str, calls: Iterable[str]) -> TakenBack:
        """Take those of these calls back that are not placed yet, in one transaction.

        One that was refused, or taken back before, is none of them. Raises NotThere where there are none at all.
        """

        def unit(conn: Connection) -> TakenBack:
            taken, begun = list[DueWork](), list[str]()
            for call in calls:
                work = _waiting(conn, account, call)
                if work and self._withdrawn(conn, call):
                    taken.append(work)
                elif work or _was_placed(conn, account, call):
                    begun.append(call)
            if not taken and not begun:
                raise NotThere("There are no such scheduled calls.")
            return TakenBack(calls=tuple(_shown(work) for work in taken), begun=tuple(begun))

        return await self._writer.write(unit)

    def _withdrawn(self, conn: Connection, call: str) -> bool:
        """Take a row away; False if its call is being placed, or was placed by a controller that could not note it."""
        return calls.get(conn, call) is None and due_work.withdraw(conn, call, self._writer.epoch)

    def freed(self, stored: Sequence[StoredEvent]) -> None:
        """Let an account's lists go on when one of its calls has ended."""
        for account in {each.event.account for each in stored if isinstance(each.event, CallEnded)}:
            self._scheduler.let_go(LIST_KIND, account, self._clock() + FREED_SECONDS)

    async def place(self, work: DueWork, finish: Finish) -> None:
        """Place a call whose time has come; one that is refused stays in the list, with the reason."""
        if await self._db.read(lambda conn: calls.get(conn, work.id)):
            return  # by a controller that ended before it could note that
        wanted = _wanted(work)
        if wanted is None:
            return await self._refused(work, UNREADABLE)
        engine = self._engine()
        await engine.ready()
        try:
            await engine.submit(_command(work, wanted))
        except EngineUnavailable as error:
            raise Later(self._clock() + AGAIN_SECONDS, str(error)) from error
        except CommandRefused as error:
            if isinstance(error, LimitReached) and self._clock() < wanted.try_until:
                raise AccountMustWait(str(error)) from error
            await self._refused(work, str(error), wanted.data)
        except StoreError:
            raise
        except Exception:
            if not is_last_attempt(work):
                raise
            log.exception("a scheduled call could not be placed", call=work.id)
            # The customer is told that it was, and nothing of our own.
            await self._refused(work, FAILED, wanted.data)

    async def _refused(self, work: DueWork, reason: str, data: CallData | None = None) -> None:
        now = self._clock()
        event = ScheduledCallRefused(
            id=new_id("event"),
            account=work.account or "",
            subject=work.id,
            root=work.id,
            at=now,
            data=data,
            reason=reason,
        )
        refused = msgspec.structs.replace(work, failed=now, error=reason)

        def unit(conn: Connection) -> None:
            if due_work.get(conn, work.id) is None:
                return  # its account was removed meanwhile
            due_work.put(conn, refused)
            events.append(conn, event)

        await self._writer.write(unit)


def _found(conn: Connection, account: str | None, call: str) -> DueWork:
    work = due_work.get(conn, call)
    if work is None or work.kind not in KINDS or account not in (None, work.account):
        raise NotThere(f"There is no scheduled call {call}.")
    return work


def _waiting(conn: Connection, account: str, call: str) -> DueWork | None:
    work = due_work.get(conn, call)
    return work if work and work.kind in KINDS and (work.account, work.failed) == (account, None) else None


def _was_placed(conn: Connection, account: str, id: str) -> bool:
    call = calls.get(conn, id)
    return call is not None and call.account == account


def _kind(wanted: WantedCall) -> str:
    return LIST_KIND if wanted.try_until else KIND


def _wanted(work: DueWork) -> WantedCall | None:
    """Read what is wanted; None for what cannot be read: it can still be listed and cancelled."""
    try:
        return kinds.read(work.payload, WantedCall, secret.stored)
    except msgspec.DecodeError:
        log.warning("a scheduled call cannot be read", call=work.id, exc_info=True)
        return None


def _command(work: DueWork, wanted: WantedCall) -> PlaceCall:
    return PlaceCall(
        account=work.account or "",
        id=work.id,
        callee=wanted.callee,
        options=LegOptions(caller=wanted.caller, ring_seconds=wanted.ring_seconds),
        tasks=wanted.tasks,
        max_seconds=wanted.max_seconds,
        data=wanted.data,
        reports_tree=wanted.reports_tree,
    )


def _scheduled(id: str, account: str, wanted: WantedCall, at: float) -> ScheduledCall:
    return ScheduledCall(id=id, account=account, at=at, state="scheduled", callee=wanted.callee, caller=wanted.caller)


def _shown(work: DueWork) -> ScheduledCall:
    wanted = _wanted(work)
    return ScheduledCall(
        id=work.id,
        account=work.account or "",
        at=work.at,
        state="scheduled" if work.failed is None else "refused",
        callee=wanted.callee if wanted else "",
        caller=wanted.caller if wanted else None,
        reason=work.error if work.failed is not None else None,
    )
