"""Commands from another process: handed in there, carried out here, each once, and answered."""

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from sqlalchemy import Connection

from engine.commands import (
    Command,
    CommandRefused,
    EngineUnavailable,
    Enqueue,
    HangUpCall,
    NoSuchCall,
    PlaceCall,
    QueryConference,
    StartConference,
    wire,
)
from engine.commands.conferences import ConferenceView, Invitation
from engine.remote.engine import RemoteEngine
from engine.remote.inbox import Inbox
from engine.store import calls, commands, conferences, tables
from engine.store.commands import CommandRow, CommandState
from engine.store.conferences import ConferenceRow
from engine.store.database import Database
from engine.store.statement import Statement
from engine.store.writer import Writer
from engine.tasks.play import Play
from tests.engine.store.samples import a_call
from tests.support.redis_server import RedisServer

ROOT = Path(__file__).parents[3]
APPLICATION = "carillon-0"
HANG_UP = HangUpCall(account="acct-1", call="call-1")


class Steered:
    """An engine that notes what it is asked; `answer` says what becomes of it."""

    def __init__(self) -> None:
        self.available = True
        self.asked: list[Command[Any]] = []
        self.answer: Callable[[Command[Any]], Awaitable[Any]] = self._nothing

    async def _nothing(self, command: Command[Any]) -> None:
        return None

    async def submit(self, command: Command[Any]) -> Any:
        self.asked.append(command)
        return await self.answer(command)


class Installation:
    """A controller, and what another process needs to reach it."""

    def __init__(self, url: str, redis: Redis, redis_url: str) -> None:
        self.url, self.redis, self.redis_url = url, redis, redis_url
        self.engine = Steered()
        self.database = Database(url)
        self.writer = Writer(self.database, APPLICATION)
        self.inbox = self._inbox()

    def _inbox(self) -> Inbox:
        return Inbox(self.database, self.writer, self.redis, self.engine, APPLICATION)

    async def start(self) -> None:
        await self.writer.claim()
        await self.inbox.start()

    async def stop(self) -> None:
        await self.inbox.stop()
        await self.writer.stop()
        await self.database.close()

    @contextlib.asynccontextmanager
    async def remote(self, *, seconds: float = 20.0, application: str = APPLICATION) -> AsyncIterator[RemoteEngine]:
        """What another process would have, in this one."""
        database = Database(self.url)
        writer = Writer(database)
        engine = RemoteEngine(database, writer, self.redis, application, seconds=seconds)
        await engine.start()
        yield engine
        await engine.stop()
        await writer.stop()
        await database.close()

    async def rows(self) -> list[CommandRow]:
        """All rows without an answer."""
        unanswered = Statement(commands._rows.select.where(tables.commands.c.answer.is_(None)))
        return await self.database.read(lambda conn: commands._rows.all(conn, unanswered))

    async def until(self, holds: Callable[[list[CommandRow]], bool]) -> None:
        """Wait until this holds of the rows without an answer."""
        async with asyncio.timeout(20):
            while True:
                if holds(await self.rows()):
                    return
                await asyncio.sleep(0.05)

    async def left_behind(self, command: Command[Any], *, deadline: float | None = None) -> str:
        """A row of which an earlier controller's end left nothing but this."""
        row = CommandRow(
            id="command-1", ari_application=APPLICATION, account="acct-1", subject="", requester="requester-1",
            body=wire.encode(command), created=0.0, deadline=time.time() + 20 if deadline is None else deadline,
            state=CommandState.TAKEN, epoch=0,
        )  # fmt: skip
        async with self.remote() as other:
            await other._writer.write(lambda conn: commands.put(conn, row))
        return row.id

    async def answered(self, id: str) -> CommandRow:
        """A row once it has an answer."""
        async with asyncio.timeout(20):
            while True:
                row = await self.database.read(lambda conn: commands.get(conn, id))
                if row and row.answer is not None:
                    return row
                await asyncio.sleep(0.05)


@pytest.fixture
async def installation(database_url: str, redis: Redis, redis_server: RedisServer) -> AsyncIterator[Installation]:
    """A controller on SQLite, and on PostgreSQL."""
    installation = Installation(database_url, redis, redis_server.url)
    await installation.start()
    yield installation
    await installation.stop()


@contextlib.asynccontextmanager
async def other_process(installation: Installation, seconds: float = 20.0) -> AsyncIterator[asyncio.subprocess.Process]:
    """A second process that submits what is written to it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.engine.remote.requester",
        installation.url, installation.redis_url, APPLICATION, str(seconds),
        cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    yield process
    assert process.stdin
    process.stdin.close()
    await process.wait()
    process._transport.close()  # type: ignore[attr-defined]


async def said(process: asyncio.subprocess.Process, command: Command[Any]) -> str:
    assert process.stdin and process.stdout
    process.stdin.write(wire.encode(command).encode() + b"\n")
    async with asyncio.timeout(60):
        return (await process.stdout.readline()).decode().strip()


async def test_another_process_has_commands_carried_out_and_reads_what_they_return(installation: Installation) -> None:
    call = a_call()

    async def placed(command: Command[Any]) -> Any:
        return call if isinstance(command, PlaceCall) else ("task-1",)

    installation.engine.answer = placed
    async with other_process(installation) as process:
        kind, _, text = (await said(process, PlaceCall(account="acct-1", callee="100"))).partition(" ")
        assert kind == "result" and wire.decode_result(PlaceCall, text) == call
        enqueue = Enqueue(account="acct-1", owner="call-1", tasks=(Play(source="http://host/a.wav"),))
        assert await said(process, enqueue) == 'result ["task-1"]'
    place, enqueued = installation.engine.asked
    assert isinstance(place, PlaceCall) and place.id and place.id.startswith("call-"), "it has an id from there"
    assert enqueued == enqueue


async def test_a_refusal_comes_back_to_another_process_as_the_same_exception(installation: Installation) -> None:
    async def refused(command: Command[Any]) -> None:
        raise NoSuchCall("There is no such call, or it has ended.")

    installation.engine.answer = refused
    async with other_process(installation) as process:
        assert await said(process, HANG_UP) == "NoSuchCall There is no such call, or it has ended."


async def test_a_command_that_breaks_is_refused_and_the_next_is_carried_out(installation: Installation) -> None:
    async def broken(command: Command[Any]) -> None:
        raise RuntimeError

    installation.engine.answer = broken
    async with installation.remote() as remote:
        with pytest.raises(EngineUnavailable, match="log says why"):
            await remote.submit(HANG_UP)
        installation.engine.answer = installation.engine._nothing
        await remote.submit(HANG_UP)


async def test_a_command_goes_to_the_controller_that_has_its_call_or_its_conference(installation: Installation) -> None:
    def rows(conn: Connection) -> None:
        calls.insert(conn, a_call(ari_application=APPLICATION))
        conferences.insert(conn, ConferenceRow(id="conf-1", account="acct-1", policy="{}", created=0.0,
                                               ari_application=APPLICATION))  # fmt: skip

    await installation.writer.write(rows)

    async def view(command: Command[Any]) -> Any:
        return ConferenceView(id="conf-1", moderator=None) if isinstance(command, QueryConference) else None

    installation.engine.answer = view
    async with installation.remote(application="another") as remote:
        await remote.submit(HANG_UP)
        found = await remote.submit(QueryConference(account="acct-1", conference="conf-1"))
    assert found.id == "conf-1" and len(installation.engine.asked) == 2


async def test_what_no_controller_takes_is_withdrawn_at_its_deadline(installation: Installation) -> None:
    installation.engine.available = False
    async with installation.remote(seconds=0.2) as remote:
        with pytest.raises(EngineUnavailable, match=r"No controller took the command within 0\.2 s"):
            await remote.submit(HANG_UP)
    assert await installation.rows() == [] and installation.engine.asked == []


async def test_what_is_taken_and_not_answered_in_time_says_so(installation: Installation) -> None:
    release = asyncio.Event()

    async def slow(command: Command[Any]) -> None:
        await release.wait()

    installation.engine.answer = slow
    async with installation.remote(seconds=2.0) as remote:
        with pytest.raises(EngineUnavailable, match="may have been carried out"):
            await remote.submit(HANG_UP)
    release.set()


async def test_a_caller_that_goes_away_withdraws_what_no_controller_has_taken(installation: Installation) -> None:
    installation.engine.available = False
    async with installation.remote() as remote:
        waiting = asyncio.create_task(remote.submit(HANG_UP))
        await installation.until(lambda rows: bool(rows))
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    assert await installation.rows() == []


async def test_without_redis_a_slow_look_on_both_sides_does_it(
    installation: Installation, redis_server: RedisServer
) -> None:
    redis_server.stop()
    async with installation.remote() as remote:
        await remote.submit(HANG_UP)
    assert installation.engine.asked == [HANG_UP]


async def test_a_call_that_an_earlier_controller_placed_before_it_ended_is_not_placed_again(
    installation: Installation,
) -> None:
    call = a_call("call-7")
    await installation.writer.write(lambda conn: calls.insert(conn, call))
    id = await installation.left_behind(PlaceCall(account="acct-1", callee="100", id="call-7"))
    row = await installation.answered(id)
    assert row.state is CommandState.ANSWERED and wire.decode_result(PlaceCall, row.answer or "") == call
    assert installation.engine.asked == []


@pytest.mark.parametrize(
    "command",
    [
        PlaceCall(account="acct-1", callee="100", id="call-8"),
        StartConference(account="acct-1", moderator=Invitation(callee="100"), id="conf-8"),
        HANG_UP,
    ],
)
async def test_what_an_earlier_controller_took_and_surely_did_not_do_or_may_do_again_is_carried_out(
    installation: Installation, command: Command[Any]
) -> None:
    async def accepted(command: Command[Any]) -> Any:
        return a_call("call-8") if isinstance(command, PlaceCall) else None

    installation.engine.answer = accepted
    row = await installation.answered(await installation.left_behind(command))
    assert row.state is CommandState.ANSWERED and installation.engine.asked == [command]


async def test_what_an_earlier_controller_may_have_done_is_refused_and_not_done_twice(
    installation: Installation,
) -> None:
    enqueue = Enqueue(account="acct-1", owner="call-1", tasks=(Play(source="http://host/a.wav"),))
    row = await installation.answered(await installation.left_behind(enqueue))
    assert row.state is CommandState.REFUSED
    assert "Look whether it took effect" in (row.answer or "") and installation.engine.asked == []


async def test_a_controller_that_was_taken_over_takes_nothing_any_more(installation: Installation) -> None:
    successor = Writer(installation.database, APPLICATION)
    await successor.claim()
    async with installation.remote(seconds=1.0) as remote:
        with pytest.raises(CommandRefused):
            await remote.submit(HANG_UP)
    assert installation.engine.asked == []
    await successor.stop()


async def test_rows_that_are_long_over_are_removed(installation: Installation) -> None:
    installation.engine.available = False
    await installation.left_behind(HANG_UP, deadline=0.0)
    installation.inbox._forgot = 0.0
    installation.inbox._woken.set()
    await installation.until(lambda rows: not rows)
    assert installation.engine.asked == []
