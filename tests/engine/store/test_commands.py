"""Commands of other processes, as the store has them."""

from sqlalchemy import Connection

from engine.commands import HangUpCall, wire
from engine.store import commands
from engine.store.commands import CommandRow, CommandState
from engine.store.database import Database
from engine.store.writer import Writer

APPLICATION, NOW, EPOCH, MOST = "carillon-0", 100.0, 7, 50
QUEUED, TAKEN = CommandState.QUEUED, CommandState.TAKEN


def a_row(
    id: str, *, state: CommandState = QUEUED, created: float = 0.0, deadline: float = NOW + 10, epoch: int | None = None
) -> CommandRow:
    return CommandRow(
        id=id, ari_application=APPLICATION, account="acct-1", subject="call-1", requester="requester-1",
        body=wire.encode(HangUpCall(account="acct-1", call="call-1")), created=created, deadline=deadline, state=state,
        epoch=epoch,
    )  # fmt: skip


async def test_commands_that_are_not_to_be_taken_any_more_do_not_keep_back_the_others(
    database: Database, writer: Writer
) -> None:
    late = [a_row(f"late-{n}", deadline=NOW - 1) for n in range(2 * MOST)]  # who asked was killed
    under_way = [a_row(f"taken-{n}", state=TAKEN, epoch=EPOCH) for n in range(2 * MOST)]
    left = a_row("left-by-an-earlier-controller", created=1.0, state=TAKEN, epoch=EPOCH - 1, deadline=NOW - 50)
    new = a_row("new", created=2.0)

    def unit(conn: Connection) -> None:
        for row in (*late, *under_way, new, left):
            commands.put(conn, row)

    await writer.write(unit)
    found = await database.read(lambda conn: commands.waiting(conn, APPLICATION, MOST, epoch=EPOCH, now=NOW))
    assert [row.id for row in found] == [left.id, new.id]
