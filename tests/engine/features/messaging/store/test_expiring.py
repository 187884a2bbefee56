"""Texts that are older than the settings say go; those of which something is awaited stay."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import insert, select

from engine.features.messaging import tables
from engine.features.messaging.store.expiring import expire_messages, id_of
from engine.store.database import Database

THEN = 1_800_000_000.0


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    await database.close()


async def _with(database: Database, at: float, name: str, **fields: object) -> None:
    id = f"{id_of(at)}{name}"
    row = {
        "id": id, "account": "acct-1", "direction": "out", "sender": "1", "recipient": "2", "text": "hi",
        "state": "delivered", "carrier": "lab", "parts": 1, "created": at, "due": at, "expires": at, "reason": "",
        "price": 0, "currency": "USD", "per_part": 0, "watched": False, "origin": "", **fields,
    }  # fmt: skip
    part = {
        "message": id, "number": 1, "carrier": "lab", "reference": 0, "state": "delivered", "reason": "",
        "account": "acct-1", "extension": "", "due": at, "attempts": 1,
    }  # fmt: skip
    for table, values in ((tables.messages, row), (tables.message_parts, part)):
        kept = {name: value for name, value in values.items() if name in table.c}
        await database.transact(lambda conn, table=table, kept=kept: conn.execute(insert(table).values(kept)))


async def _left(database: Database) -> tuple[list[str], list[str]]:
    def names(column: object) -> list[str]:
        return sorted(row[0][-1] for row in rows[column])

    rows = {
        column: await database.read(lambda conn, column=column: conn.execute(select(column)).all())
        for column in (tables.messages.c.id, tables.message_parts.c.message)
    }
    return names(tables.messages.c.id), names(tables.message_parts.c.message)


async def test_old_texts_go_with_their_parts_and_what_is_awaited_stays(database: Database) -> None:
    await _with(database, THEN - 20, "x")
    await _with(database, THEN - 10, "y", direction="in", state="received")
    await _with(database, THEN - 10, "q", state="queued", watched=True)
    await _with(database, THEN - 10, "s", state="sent", watched=True)
    await _with(database, THEN - 10, "p", state="sent", carrier="sip")
    await _with(database, THEN + 1, "n")
    removed = await database.transact(lambda conn: expire_messages(conn, THEN, 100))
    assert removed == 3
    assert await _left(database) == (["n", "q", "s"], ["n", "q", "s"])


async def test_the_oldest_go_first_and_no_more_than_was_asked_for(database: Database) -> None:
    for age in (3, 1, 2):
        await _with(database, THEN - age, "cab"[age - 1])
    assert await database.transact(lambda conn: expire_messages(conn, THEN, 2)) == 2
    assert (await _left(database))[0] == ["c"]


async def test_texts_for_nobody_go_too(database: Database) -> None:
    def unit(conn: object) -> None:
        for at in (THEN - 1, THEN + 1):
            row = {"id": str(at), "at": at, "carrier": "lab", "sender": "1", "recipient": "2", "text": "", "reason": ""}
            conn.execute(insert(tables.unmatched_messages).values(row))  # type: ignore[attr-defined]

    await database.transact(unit)
    assert await database.transact(lambda conn: expire_messages(conn, THEN, 100)) == 1
    found = await database.read(lambda conn: conn.execute(select(tables.unmatched_messages.c.at)).all())
    assert [row[0] for row in found] == [THEN + 1]


async def test_what_the_account_marked_goes_with_its_texts(database: Database) -> None:
    for at, name in ((THEN - 10, "o"), (THEN + 1, "n")):
        await _with(database, at, name, direction="in", state="received")
        mark = {"message": f"{id_of(at)}{name}", "account": "acct-1", "read": True, "hidden": False}
        await database.transact(lambda conn, mark=mark: conn.execute(insert(tables.message_marks).values(mark)))
    assert await database.transact(lambda conn: expire_messages(conn, THEN, 100)) == 1
    marked = await database.read(lambda conn: conn.execute(select(tables.message_marks.c.message)).all())
    assert [row[0] for row in marked] == [f"{id_of(THEN + 1)}n"]
