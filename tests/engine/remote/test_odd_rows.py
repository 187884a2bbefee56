"""Rows of commands that are not as another process writes them, or that it left behind."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from redis.asyncio import Redis
from sqlalchemy import Connection

from engine.commands import Command, EngineUnavailable, HangUpCall, PlaceCall, StartConference, wire
from engine.commands.conferences import Invitation
from engine.store import calls, commands
from engine.store.commands import CommandRow, CommandState
from tests.engine.remote.test_remote import APPLICATION, HANG_UP, Installation
from tests.engine.store.samples import a_call
from tests.support.redis_server import RedisServer


@pytest.fixture
async def installation(database_url: str, redis: Redis, redis_server: RedisServer) -> AsyncIterator[Installation]:
    """A controller on SQLite, and on PostgreSQL."""
    installation = Installation(database_url, redis, redis_server.url)
    await installation.start()
    yield installation
    await installation.stop()


def a_row(id: str, body: str, *, deadline: float, application: str = APPLICATION) -> CommandRow:
    return CommandRow(
        id=id, ari_application=application, account="acct-1", subject="", requester="nobody", body=body, created=1.0,
        deadline=deadline,
    )  # fmt: skip


async def put(installation: Installation, *rows: CommandRow) -> None:
    def unit(conn: Connection) -> None:
        for row in rows:
            commands.put(conn, row)

    await installation.writer.write(unit)
    installation.inbox._woken.set()


async def test_commands_that_nobody_withdrew_do_not_keep_later_ones_from_the_controller(
    installation: Installation,
) -> None:
    """A process that submitted many and was killed leaves them until they are forgotten."""
    over = time.time() - 1
    await put(installation, *(a_row(f"left-{n:03}", wire.encode(HANG_UP), deadline=over) for n in range(150)))
    async with installation.remote(seconds=10.0) as remote:
        await remote.submit(HangUpCall(account="acct-1", call="call-2"))
    assert [command.call for command in installation.engine.asked] == ["call-2"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "body",
    ["", "{broken", "null", "[]", '{"type":"delete_everything"}', "[" * 100_000, '{"type":"hang_up_call","call":7}'],
)
async def test_a_command_that_cannot_be_read_is_refused_with_a_sentence_and_nothing_of_our_own(
    installation: Installation, body: str
) -> None:
    await put(installation, a_row("odd", body, deadline=time.time() + 20))
    row = await installation.answered("odd")
    assert row.state is CommandState.REFUSED and row.answer is not None
    assert '"reason":"EngineUnavailable"' in row.answer
    assert not any(word in row.answer for word in ("$.", "malformed", "recursion", "Expected", "delete_everything"))
    assert installation.engine.asked == []


async def test_an_answer_that_cannot_be_read_is_a_refusal_that_says_to_look_first(installation: Installation) -> None:
    async def newer(command: Command[Any]) -> Any:
        return {"something": "else"}

    installation.engine.answer = newer
    async with installation.remote() as remote:
        with pytest.raises(EngineUnavailable, match="look before you repeat it"):
            await remote.submit(PlaceCall(account="acct-1", callee="100"))


@pytest.mark.parametrize(
    "command",
    [
        PlaceCall(account="acct-1", callee="100", id="call-8"),
        StartConference(account="acct-1", moderator=Invitation(callee="100"), id="conf-8"),
        HANG_UP,
    ],
)
async def test_what_an_earlier_controller_took_and_nobody_waits_for_any_more_is_not_begun(
    installation: Installation, command: Command[Any]
) -> None:
    row = await installation.answered(await installation.left_behind(command, deadline=time.time() - 5))
    assert row.state is CommandState.REFUSED and "too late" in (row.answer or "")
    assert installation.engine.asked == []


async def test_what_an_earlier_controller_began_is_answered_however_late(installation: Installation) -> None:
    await installation.writer.write(lambda conn: calls.insert(conn, a_call("call-7")))
    place = PlaceCall(account="acct-1", callee="100", id="call-7")
    row = await installation.answered(await installation.left_behind(place, deadline=time.time() - 5))
    assert row.state is CommandState.ANSWERED and installation.engine.asked == []


async def test_commands_for_a_controller_that_is_gone_are_removed_by_another(installation: Installation) -> None:
    installation.inbox._forgot = 0.0
    await put(installation, a_row("lost", wire.encode(HANG_UP), deadline=1.0, application="carillon-9"))
    async with asyncio.timeout(20):
        while await installation.database.read(lambda conn: commands.get(conn, "lost")):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert installation.engine.asked == []
