"""Calls by a trunk that reached no number: kept, bounded, logged with masked numbers."""

from typing import Any

from structlog.testing import capture_logs

from engine.features.trunks import unmatched_calls
from engine.features.trunks.unmatched_calls import MOST_WAITING, UnmatchedCalls, masked
from engine.ids import new_id
from engine.store import unmatched_calls as rows
from engine.store.database import Database
from engine.store.unmatched_calls import UnmatchedCall
from engine.store.writer import Writer


def call(at: float = 1.0, **fields: Any) -> UnmatchedCall:
    given = {"trunk": "itsp", "caller": "13125550177", "callee": "13125550199", "reason": "no_number"} | fields
    return UnmatchedCall(id=new_id("call"), at=at, sip_call_id=f"at-{at}", **given)


async def test_calls_alike_are_one_entry_that_says_how_often(writer: Writer, database: Database) -> None:
    for at in (1.0, 2.0):
        noted = UnmatchedCalls(writer)
        for one in (call(at), call(at), call(at, callee="nobody")):
            noted.note(one)
        await noted.stop()
    found = await database.read(rows.list)
    assert {(one.callee, one.times, one.at, one.sip_call_id) for one in found} == {
        ("13125550199", 4, 2.0, "at-2.0"), ("nobody", 2, 2.0, "at-2.0"),
    }  # fmt: skip
    assert await database.read(rows.by_trunk) == {"itsp": 6}


async def test_of_a_flood_some_are_kept_and_all_are_counted(writer: Writer, database: Database) -> None:
    noted = UnmatchedCalls(writer)
    with capture_logs() as logged:
        for number in range(1000):
            noted.note(call(callee=f"1312555{number:04d}"))
        await noted.stop()
    assert len(await database.read(lambda conn: rows.list(conn, limit=1000))) == MOST_WAITING
    assert (noted.count("no_number"), noted.count("ambiguous")) == (1000, 0)
    lines = [one for one in logged if one["log_level"] == "warning"]
    assert len(lines) == unmatched_calls.MOST_LOGGED + 1
    assert (lines[-1]["calls"], lines[-1]["not_kept"]) == (1000 - unmatched_calls.MOST_LOGGED, 900)


async def test_the_newest_are_kept(writer: Writer, database: Database) -> None:
    many = [call(float(at), callee=f"1312555{at:04d}") for at in range(rows.KEPT + 20)]
    await writer.write(lambda conn: rows.note(conn, many))
    found = await database.read(lambda conn: rows.list(conn, limit=5000))
    assert len(found) == rows.KEPT and (found[0].at, found[-1].at) == (rows.KEPT + 19, 20)
    assert [one.at for one in await database.read(lambda conn: rows.list(conn, since=1010.0, limit=3))] == [
        1019.0, 1018.0, 1017.0,
    ]  # fmt: skip


async def test_logs_have_masked_numbers(writer: Writer) -> None:
    noted = UnmatchedCalls(writer)
    with capture_logs() as logged:
        noted.note(call())
        await noted.stop()
    assert "13125550177" not in str(logged) and "13125550199" not in str(logged)
    (line,) = logged
    assert (line["trunk"], line["caller"], line["callee"], line["times"]) == ("itsp", "1312*****77", "1312*****99", 1)
    assert masked("500") == "500"
