"""Conferences by name, one open conference for each name and account; and their participants."""

import asyncio
from typing import Any

from engine.store import conferences
from engine.store.conferences import ConferenceRow, ParticipantRow
from engine.store.database import Database
from engine.store.writer import Writer


def row(id: str, **fields: Any) -> ConferenceRow:
    known = {"account": "acct-1", "name": "team", "policy": "{}", "ari_application": "carillon-0", "created": 1.0}
    return ConferenceRow(**{"id": id} | known | fields)


async def test_concurrent_callers_get_the_open_conference(writer: Writer) -> None:
    asked = (row("conf-1"), row("conf-2"), row("conf-3", account="acct-2"), row("conf-4", name="other"))
    found = [await writer.write(lambda conn, one=one: conferences.open_named(conn, one)) for one in asked]
    assert [one.id for one in found] == ["conf-1", "conf-1", "conf-3", "conf-4"]
    assert found[1] == asked[0]


async def test_a_name_is_free_as_soon_as_its_conference_begins_to_end(writer: Writer) -> None:
    for id in ("conf-1", "conf-2", "conf-3"):
        new = row(id)
        assert (await writer.write(lambda conn, new=new: conferences.open_named(conn, new))).id == id
        change = {"ended": 2.0} if id == "conf-2" else {"reason": "empty"}
        await writer.write(lambda conn, id=id, change=change: conferences.update(conn, id, **change))


async def test_two_concurrent_writers_get_the_same_conference(database: Database, writer: Writer) -> None:
    other = Writer(database, "carillon-1")
    await other.claim()
    asked = [(one, row(f"conf-{place}")) for place, one in enumerate((writer, other) * 10)]
    found = await asyncio.gather(
        *(one.write(lambda conn, new=new: conferences.open_named(conn, new)) for one, new in asked)
    )
    await other.stop()
    assert len({one.id for one in found}) == 1


async def test_moderators_conferences_have_no_name_to_share(writer: Writer) -> None:
    for id in ("conf-1", "conf-2"):
        new = row(id, name=None)
        await writer.write(lambda conn, new=new: conferences.insert(conn, new))


async def test_mute_and_hold_of_a_participant_until_it_leaves(writer: Writer, database: Database) -> None:
    stay = ParticipantRow(conference="conf-1", call="call-1", task="task-1", joined=2.0)
    await writer.write(lambda conn: conferences.joined(conn, "conf-1", "call-1", "task-1", 2.0))
    assert await writer.write(lambda conn: conferences.mute(conn, stay, muted=True))
    assert await writer.write(lambda conn: conferences.hold(conn, stay, held=True, music="music1"))
    expected = ParticipantRow(
        conference="conf-1", call="call-1", task="task-1", joined=2.0, muted=True, held=True, hold_music="music1"
    )
    assert await database.read(lambda conn: conferences.participants(conn, "conf-1")) == [expected]
    assert await writer.write(lambda conn: conferences.left_by(conn, "call-1", "task-1", 3.0)) == "conf-1"
    assert await writer.write(lambda conn: conferences.left_by(conn, "call-1", "task-1", 4.0)) is None
    assert not await writer.write(lambda conn: conferences.mute(conn, stay, muted=False))
    assert not await writer.write(lambda conn: conferences.hold(conn, stay, held=False, music=None))
