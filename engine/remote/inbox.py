"""Carries out the commands that other processes submitted to this controller."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol, TypeVar

import msgspec
import structlog
from redis.asyncio import Redis

from engine.commands import (
    Command,
    CommandRefused,
    EngineUnavailable,
    PlaceCall,
    StartConference,
    wire,
)
from engine.redis.wakeups import listen, wake
from engine.remote.engine import answers, requests
from engine.store import calls, commands, conferences
from engine.store.commands import CommandRow, CommandState
from engine.store.database import Database
from engine.store.errors import Fenced, StoreClosed, StoreError
from engine.store.writer import Writer

log = structlog.get_logger(__name__)
R = TypeVar("R")
AT_ONCE = 50
"""How many commands are carried out at the same time, at most."""
LOOK_SECONDS = 2.0
"""How long a wake-up is waited for until the rows are looked at without one."""
KEEP_SECONDS = 600.0
"""How long a row is kept behind its deadline, for a requester that is slow to read its answer."""
STOP_SECONDS = 5.0


class CommandTaker(Protocol):
    """What carries commands out: engine.Engine."""

    @property
    def available(self) -> bool:
        """Whether new work is taken."""

    async def submit(self, command: Command[R]) -> R:
        """Carry out a command; raises engine.commands.CommandRefused."""


class Inbox:
    """Owns one task that looks for rows, one that hears wake-ups, and one for each command that is carried out."""

    def __init__(
        self,
        database: Database,
        writer: Writer,
        redis: Redis,
        engine: CommandTaker,
        ari_application: str,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database, self._writer, self._redis, self._engine = database, writer, redis, engine
        self._ari_application, self._clock = ari_application, clock
        self._woken = asyncio.Event()
        self._owned: list[asyncio.Task[None]] = []
        self._running: dict[str, asyncio.Task[None]] = {}
        self._forgot = 0.0

    async def start(self) -> None:
        """Go on with what is there, and with what an earlier controller took and did not answer."""
        hearing = listen(self._redis, requests(self._ari_application), lambda id: self._woken.set())
        self._owned = [
            asyncio.create_task(hearing, name="wake-ups of commands"),
            asyncio.create_task(self._run(), name="commands of other processes"),
        ]

    async def stop(self) -> None:
        """Take no more, and let those that run finish for a while; the next controller answers the rest."""
        for task in self._owned:
            task.cancel()
        await asyncio.gather(*self._owned, return_exceptions=True)
        if self._running:
            _, late = await asyncio.wait(self._running.values(), timeout=STOP_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            try:
                await self._look()
            except (Fenced, StoreClosed):
                log.warning("commands of other processes are not taken any more: another controller has them now")
                return
            except StoreError:
                log.warning("the database is away; commands of other processes wait for it")
            except Exception:
                log.exception("commands of other processes could not be looked for; looking goes on")
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._woken.wait()

    async def _look(self) -> None:
        """Begin what waits, as far as there are slots. Nothing is taken while the engine cannot do it."""
        now, application, epoch = self._clock(), self._ari_application, self._epoch
        if now - self._forgot > KEEP_SECONDS / 10:
            self._forgot = now
            await self._writer.write(lambda conn: commands.forget(conn, now - KEEP_SECONDS))
        if not self._engine.available:
            return
        slots = AT_ONCE - len(self._running)
        rows = await self._database.read(
            lambda conn: commands.waiting(conn, application, AT_ONCE + slots, epoch=epoch, now=now)
        )
        for row in [row for row in rows if row.id not in self._running][:slots]:
            task = asyncio.create_task(self._carry_out(row), name=f"command {row.id}")
            self._running[row.id] = task
            task.add_done_callback(lambda _, id=row.id: self._done(id))  # type: ignore[misc]

    @property
    def _epoch(self) -> int:
        assert self._writer.epoch is not None
        return self._writer.epoch

    def _done(self, id: str) -> None:
        if len(self._running) == AT_ONCE:
            self._woken.set()
        del self._running[id]

    async def _carry_out(self, row: CommandRow) -> None:
        epoch = self._epoch
        try:
            if not await self._writer.write(lambda conn: commands.take(conn, row.id, epoch)):
                return
            state, text = await self._answer(row)
            await self._writer.write(lambda conn: commands.answer(conn, row.id, epoch, state, text))
        except StoreError as error:
            log.warning("a command of another process got no answer", command=row.id, error=str(error))
            return
        await wake(self._redis, answers(row.requester), row.id)

    async def _answer(self, row: CommandRow) -> tuple[CommandState, str]:
        try:
            command = wire.decode(row.body)
            begun = await self._begun(command, row) if row.state is CommandState.TAKEN else None
            result = await self._engine.submit(command) if begun is None else begun
            return CommandState.ANSWERED, wire.encode_result(result)
        except CommandRefused as refusal:
            return CommandState.REFUSED, wire.encode_result(wire.Refusal.of(refusal))
        except msgspec.DecodeError:
            log.warning("a command of another process cannot be read", command=row.id, exc_info=True)
            broken = EngineUnavailable("The controller, of another version perhaps, cannot read the command.")
            return CommandState.REFUSED, wire.encode_result(wire.Refusal.of(broken))
        except Exception:
            log.exception("a command of another process failed", command=row.id)
            broken = EngineUnavailable("The command failed; the engine's log says why.")
            return CommandState.REFUSED, wire.encode_result(wire.Refusal.of(broken))

    async def _begun(self, command: Command[Any], row: CommandRow) -> Any:
        """Return what a command brought that an earlier controller took; None if it is to be carried out now.

        What has an id is found by it. What is not repeated is refused, and so is what nobody waits for any more, since
        it may have been repeated by who asked: raises EngineUnavailable.
        """
        found: Any = None
        match command:
            case PlaceCall(id=str(id)):
                found = await self._database.read(lambda conn: calls.get(conn, id))
            case StartConference(id=str(id)):
                conference = await self._database.read(lambda conn: conferences.get(conn, id))
                found = conference.id if conference else None
        if found is not None:
            return found
        if row.deadline <= self._clock():
            raise EngineUnavailable("The controller ended, and its successor came too late to carry the command out.")
        if command.repeatable or isinstance(command, PlaceCall | StartConference):
            return None
        raise EngineUnavailable(
            "The controller ended while it carried the command out. Look whether it took effect before you repeat it."
        )
