"""How the newest answered calls of each trunk ended."""

from sqlalchemy import Connection

from engine.model.call import Call, CallState
from engine.model.cause import HangupCause
from engine.store import calls
from engine.store.database import Database
from engine.store.unheard_calls import OF_A_TRUNK, Unheard, by_trunk
from engine.store.writer import Writer
from tests.engine.store.samples import a_call


def ended(number: int, trunk: str | None, cause: HangupCause, *, answered: bool = True) -> Call:
    at = 1000.0 + number
    return a_call(
        f"call-{number}", trunk=trunk, created=at, answered=at + 1 if answered else None, ended=at + 32, cause=cause,
        state=CallState.ENDED,
    )  # fmt: skip


async def test_of_each_trunk_the_newest_answered_calls_count(writer: Writer, database: Database) -> None:
    silent, normal = HangupCause.MEDIA_TIMEOUT, HangupCause.NORMAL
    made = [
        *(ended(number, "old", silent) for number in range(5)),
        *(ended(number, "old", normal) for number in range(5, 5 + OF_A_TRUNK)),
        ended(20, "shut", silent),
        ended(21, "shut", HangupCause.BUSY, answered=False),
        ended(22, "shut", silent),
        ended(23, None, silent),
        a_call("call-24", trunk="live", created=1024.0, answered=1025.0, state=CallState.ANSWERED),
    ]

    def store(conn: Connection) -> None:
        for each in made:
            calls.insert(conn, each)

    await writer.write(store)
    assert await database.read(by_trunk) == {"old": Unheard(OF_A_TRUNK, 0), "shut": Unheard(2, 2)}
