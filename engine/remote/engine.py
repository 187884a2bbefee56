"""The engine as another process sees it: it takes commands, and a controller carries them out."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import msgspec
import structlog
from redis.asyncio import Redis
from sqlalchemy import Connection

from engine.commands import Command, EngineUnavailable, PlaceCall, StartConference, wire
from engine.ids import new_id
from engine.redis.wakeups import listen, wake
from engine.remote.routing import controller_of, subject_of
from engine.store import commands
from engine.store.commands import CommandRow, CommandState
from engine.store.database import Database
from engine.store.errors import StoreError
from engine.store.writer import Writer
from engine.tasks.secret import Seal

log = structlog.get_logger(__name__)
LOOK_SECONDS = 0.5
"""How long an answer is waited for until the row is looked at without a wake-up."""
UNREADABLE = (
    "The controller, of another version perhaps, gave an answer that cannot be read. The command may have been carried"
    " out: look before you repeat it."
)
R = TypeVar("R")


class RemoteEngine:
    """Implements the same `submit` as engine.Engine, for a process that runs no calls.

    `ari_application` is the controller's that new calls and conferences are given to. `seconds`: the time for a
    command, from `submit` to its answer. `clock`: Unix seconds, by which all processes agree to about a second.
    """

    def __init__(
        self,
        database: Database,
        writer: Writer,
        redis: Redis,
        ari_application: str,
        *,
        seal: Seal | None = None,
        seconds: float = 10.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database, self._writer, self._redis = database, writer, redis
        self._ari_application, self._seal = ari_application, seal
        self._seconds, self._clock = seconds, clock
        self._name = new_id("requester")
        self._answered: dict[str, asyncio.Event] = {}
        self._listening: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to receive the wake-ups of answers."""
        self._listening = asyncio.create_task(listen(self._redis, answers(self._name), self._wake), name="answers")

    async def stop(self) -> None:
        """Receive no more; a command that is waited for is answered by the slow look."""
        if self._listening:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)

    async def submit(self, command: Command[R]) -> R:
        """Have a command carried out; raises engine.commands.CommandRefused.

        EngineUnavailable if no controller took it in time; or if one did and gave no answer: then it says so, and the
        command may have been carried out. A caller that is cancelled withdraws a command that no controller has taken.
        """
        command = _with_id(command)
        row, event = await self._stored(command), asyncio.Event()
        self._answered[row.id] = event
        try:
            await wake(self._redis, requests(row.ari_application), row.id)
            answer = await self._answer(row, event)
        except BaseException:
            self._post(lambda conn: commands.withdraw(conn, row.id))
            raise
        finally:
            del self._answered[row.id]
        self._post(lambda conn: commands.remove(conn, row.id))
        try:
            if answer.state is CommandState.REFUSED:
                raise msgspec.json.decode(answer.answer or "", type=wire.Refusal).error
            result: R = wire.decode_result(type(command), answer.answer or "")
        except msgspec.DecodeError as error:
            log.warning("the answer of a controller cannot be read", command=row.id, exc_info=True)
            raise EngineUnavailable(UNREADABLE) from error
        return result

    async def _stored(self, command: Command[Any]) -> CommandRow:
        now = self._clock()
        try:
            application = await self._database.read(lambda conn: controller_of(conn, command))
            row = CommandRow(
                id=new_id("command"),
                ari_application=application or self._ari_application,
                account=str(getattr(command, "account", "")),
                subject=subject_of(command),
                requester=self._name,
                body=wire.encode(command, self._seal),
                created=now,
                deadline=now + self._seconds,
            )
            await self._writer.write(lambda conn: commands.put(conn, row))
        except StoreError as error:
            raise EngineUnavailable(f"The store accepts nothing now: {error}") from error
        return row

    async def _answer(self, row: CommandRow, event: asyncio.Event) -> CommandRow:
        """Wait for the answer; raises EngineUnavailable."""
        while True:
            left = row.deadline - self._clock()
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, min(LOOK_SECONDS, left))):
                    await event.wait()
            event.clear()
            try:
                found = await self._database.read(lambda conn: commands.get(conn, row.id))
                if found is not None and found.answer is not None:
                    return found
                if left <= 0:
                    raise await self._late(row)
            except StoreError as error:
                if left <= 0:
                    raise EngineUnavailable(f"The store accepts nothing now: {error}") from error

    async def _late(self, row: CommandRow) -> EngineUnavailable:
        if await self._writer.write(lambda conn: commands.withdraw(conn, row.id)):
            return EngineUnavailable(f"No controller took the command within {self._seconds:g} s. Try again.")
        return EngineUnavailable(
            f"The controller gave no answer within {self._seconds:g} s. The command may have been carried out: look"
            " before you repeat it."
        )

    def _wake(self, id: str) -> None:
        """Look for the answer of a command; for all of them if wake-ups may have been lost."""
        for event in self._answered.values() if not id else filter(None, (self._answered.get(id),)):
            event.set()

    def _post(self, unit: Callable[[Connection], object]) -> None:
        with suppress(StoreError):  # a row that stays is removed by the inbox
            self._writer.post(unit)


def requests(ari_application: str) -> str:
    """Return the channel on which a controller is woken."""
    return f"commands:{ari_application}"


def answers(requester: str) -> str:
    """Return the channel on which who asked is woken."""
    return f"answers:{requester}"


def _with_id(command: Command[R]) -> Command[R]:
    """Give what begins something its id here: so it begins once, whatever happens to the controller."""
    if isinstance(command, PlaceCall) and command.id is None:
        return msgspec.structs.replace(command, id=new_id("call"))  # type: ignore[arg-type]
    if isinstance(command, StartConference) and command.id is None:
        return msgspec.structs.replace(command, id=new_id("conf"))  # type: ignore[arg-type]
    return command
