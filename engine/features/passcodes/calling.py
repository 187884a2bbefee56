"""Places the calls that say codes, and ends passcodes whose time is over: what is due."""

from collections.abc import Callable
from typing import Protocol, TypeVar

import structlog
from sqlalchemy import Connection

from engine.commands import Command, CommandRefused, EngineUnavailable, LimitReached, PlaceCall
from engine.features.passcodes import progress, rules, speaking, store
from engine.features.passcodes.model import Content, Passcode, Reason, State
from engine.features.passcodes.store import Attempt
from engine.model.leg_options import LegOptions
from engine.platform.due_work import DueWork
from engine.platform.platform import Platform
from engine.platform.scheduler import Finish, Later
from engine.store import calls

log = structlog.get_logger(__name__)
AGAIN_SECONDS = 1.0
"""Until the next attempt where the engine takes no calls, or the account may have no more of them at once."""
LONGEST_SECONDS = 120.0
"""That a call which says a code may last."""
R = TypeVar("R")


class Placing(Protocol):
    """Who places calls: the engine."""

    async def ready(self) -> None:
        """Wait until calls are taken, or never will be again."""

    async def submit(self, command: Command[R]) -> R:
        """Carry out a command; raises CommandRefused."""


class Calling:
    """Places calls. `live` are the ids of texts and calls that engine.features.passcodes.following follows."""

    def __init__(self, platform: Platform, engine: Callable[[], Placing], live: set[str]) -> None:
        self._db, self._writer, self._clock = platform.database, platform.writer, platform.clock
        self._cache, self._engine, self._live = platform.cache, engine, live
        self._placing: set[str] = set()

    async def place(self, passcode: Passcode, content: Content, call: str) -> Passcode:
        """Place a call that is stored as an attempt; returns the passcode, sent. Raises CommandRefused."""
        self._placing.add(call)
        self._live.add(call)
        try:
            await self._engine().submit(self._command(passcode, content, call))
        except BaseException:
            self._live.discard(call)
            raise
        finally:
            self._placing.discard(call)
        return await self._writer.write(lambda conn: self._sent(conn, passcode.id, call))

    async def place_due(self, work: DueWork, finish: Finish) -> None:
        """Place a call whose time has come, unless the code arrived meanwhile, or an earlier controller placed it."""
        passcode, content, placed = await self._db.read(lambda conn: _read(conn, work))
        if passcode is None or content is None or passcode.state is State.DELIVERED:
            return
        if work.id in self._placing:
            raise Later(self._clock() + AGAIN_SECONDS, "the call is being placed")
        if placed:
            self._live.add(work.id)
            await self._writer.write(lambda conn: (self._sent(conn, passcode.id, work.id), finish(conn)))
            return
        attempt = await self._writer.write(lambda conn: self._attempted(conn, passcode, work.id))
        await self._engine().ready()
        try:
            await self.place(passcode, content, work.id)
        except EngineUnavailable as error:
            raise Later(self._clock() + AGAIN_SECONDS, str(error)) from error
        except CommandRefused as error:
            if isinstance(error, LimitReached) and self._clock() < passcode.expires:
                raise Later(self._clock() + AGAIN_SECONDS, str(error)) from error
            log.info("the call of a passcode was refused", passcode=passcode.id, why=str(error))

            def unit(conn: Connection) -> None:
                finish(conn)
                progress.undelivered(conn, attempt, self._clock())

            await self._writer.write(unit)

    async def expire(self, work: DueWork, finish: Finish) -> None:
        """End a passcode whose time is over; one that was sent again meanwhile has another time."""

        def unit(conn: Connection) -> None:
            finish(conn)
            passcode, now = store.get(conn, work.id), self._clock()
            if passcode is not None and not passcode.state.final and passcode.expires <= now:
                progress.fail(conn, passcode, Reason.EXPIRED, now)

        await self._writer.write(unit)

    def _attempted(self, conn: Connection, passcode: Passcode, call: str) -> Attempt:
        """Store the attempt, unless it is there."""
        attempt = store.attempt(conn, call)
        if attempt is None:
            attempt = attempt_of(passcode, call, "voice", self._clock())
            store.add_attempt(conn, attempt)
        return attempt

    def _sent(self, conn: Connection, id: str, call: str) -> Passcode:
        passcode = store.get(conn, id)
        assert passcode is not None
        return progress.sent(conn, passcode, "voice", call, self._clock())

    def _command(self, passcode: Passcode, content: Content, call: str) -> PlaceCall:
        owned = self._cache.rules(passcode.account).owned
        # A text's sender may be a number that cannot be shown in a call.
        caller = None if passcode.text and content.sender not in owned else content.sender
        return PlaceCall(
            account=passcode.account,
            id=call,
            callee=passcode.number,
            options=LegOptions(caller=caller),
            tasks=speaking.tasks_of(),
            max_seconds=LONGEST_SECONDS,
        )


def attempt_of(passcode: Passcode, id: str, way: str, now: float) -> Attempt:
    """Return an attempt: the text or call of this id."""
    range = rules.range_of(passcode.number)
    return Attempt(id, passcode.id, passcode.account, passcode.number, range, passcode.address, way, now)


def _read(conn: Connection, work: DueWork) -> tuple[Passcode | None, Content | None, bool]:
    passcode = store.get(conn, work.payload)
    content = store.content_of(conn, passcode.id) if passcode else None
    return passcode, content, calls.get(conn, work.id) is not None
