"""The audit: each change with who made it, in the change's own transaction."""

import pytest
from sqlalchemy import Connection

from engine.platform import audit
from engine.platform.audit import ADMIN, Actor
from engine.store.database import Database
from engine.store.writer import Writer

ALICE = Actor("user", "user-1", "alice@example.com")


async def test_a_change_comes_back_as_it_was_written(writer: Writer, database: Database) -> None:
    def unit(conn: Connection) -> audit.Entry:
        return audit.record(
            conn,
            ALICE,
            account="acct-1",
            what="extension.changed",
            subject="101",
            before={"name": "Desk", "codecs": ["ulaw"]},
            after={"name": "Door", "codecs": ["ulaw", "alaw"]},
            at=5.0,
        )

    written = await writer.write(unit)
    assert await database.read(lambda conn: audit.of(conn, "acct-1")) == [written]
    assert (written.actor_kind, written.actor, written.actor_name) == ("user", "user-1", "alice@example.com")
    assert (written.what, written.subject, written.at) == ("extension.changed", "101", 5.0)
    assert written.before == {"name": "Desk", "codecs": ["ulaw"]}


async def test_a_change_that_fails_leaves_no_entry(writer: Writer, database: Database) -> None:
    def unit(conn: Connection) -> None:
        audit.record(conn, ADMIN, account="acct-1", what="extension.added", subject="101", after={})
        raise LookupError

    with pytest.raises(LookupError):
        await writer.write(unit)
    assert await database.read(lambda conn: audit.of(conn, "acct-1")) == []


async def test_entries_are_read_page_by_page_newest_first(writer: Writer, database: Database) -> None:
    def unit(conn: Connection) -> None:
        for number in range(5):
            at = float(number // 2)  # two at the same moment
            audit.record(conn, ADMIN, account="acct-1", what="number.added", subject=str(number), at=at)

    await writer.write(unit)
    seen: list[audit.Entry] = []
    last: tuple[float, str] | None = None
    while page := await database.read(lambda conn, last=last: audit.of(conn, "acct-1", before=last, limit=2)):  # type: ignore[misc]
        assert len(page) <= 2
        seen += page
        last = (page[-1].at, page[-1].id)
    assert sorted(entry.subject for entry in seen) == ["0", "1", "2", "3", "4"]
    assert [entry.at for entry in seen] == [2.0, 1.0, 1.0, 0.0, 0.0]


async def test_another_account_s_entry_is_no_place_to_go_on_from(writer: Writer, database: Database) -> None:
    def unit(conn: Connection) -> audit.Entry:
        audit.record(conn, ADMIN, account="acct-1", what="number.added", subject="500", at=1.0)
        return audit.record(conn, ADMIN, account="acct-2", what="number.added", subject="501", at=2.0)

    other = await writer.write(unit)
    log = audit.AuditLog(database, writer)
    assert await log.page("acct-1", before=other.id) == []
    assert len(await log.page("acct-1")) == 1


async def test_accounts_do_not_see_each_others_entries(writer: Writer, database: Database) -> None:
    def unit(conn: Connection) -> None:
        audit.record(conn, ADMIN, account="acct-1", what="number.added", subject="500")
        audit.record(conn, ADMIN, account="acct-2", what="number.added", subject="501")
        audit.record(conn, ADMIN, account=None, what="trunk.added", subject="lab")

    await writer.write(unit)

    async def subjects(account: str | None) -> list[str]:
        return [entry.subject for entry in await database.read(lambda conn: audit.of(conn, account))]

    assert await subjects("acct-2") == ["501"]
    assert await subjects(None) == ["lab"]
    await writer.write(lambda conn: audit.forget(conn, "acct-1"))
    assert await subjects("acct-1") == []
    assert await subjects("acct-2") == ["501"]


async def test_secrets_are_masked_at_every_depth(writer: Writer, database: Database) -> None:
    fields = {"name": "carrier", "password": "hunter2", "keys": [{"dialect": "own", "Token": "t0p"}], "secret": None}
    await writer.write(
        lambda conn: audit.record(conn, ADMIN, account=None, what="trunk.added", subject="carrier", after=fields)
    )
    (entry,) = await database.read(lambda conn: audit.of(conn, None))
    assert entry.after == {
        "name": "carrier",
        "password": audit.MASK,
        "keys": [{"dialect": "own", "Token": audit.MASK}],
        "secret": None,
    }


def test_only_the_fields_that_differ_are_kept() -> None:
    before, after = audit.changed({"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 5, "d": 7})
    assert before == {"b": 2, "c": 3, "d": None}
    assert after == {"b": 5, "c": None, "d": 7}
