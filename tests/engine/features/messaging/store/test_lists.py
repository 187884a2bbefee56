"""Lists of texts are read by an index, however many texts there are."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import event

from engine.features.messaging.store import messages
from engine.store.database import Database


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    await database.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("account", "fields", "index"),
    [
        (None, {}, "messages_by_time"),
        (None, {"before": (1.0, "message-1"), "since": 0.5}, "messages_by_time"),
        ("account-1", {"user": "user-1"}, "messages_by_user"),
        ("account-1", {}, "messages_by_account"),
    ],
)
async def test_a_list_is_read_by_its_index(
    database: Database, account: str | None, fields: dict[str, Any], index: str
) -> None:
    seen: list[tuple[str, Any]] = []

    def plan(conn: Any) -> str:
        engine = conn.engine

        def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
            seen.append((statement, parameters))

        event.listen(engine, "before_cursor_execute", note)
        messages.page(conn, account, limit=10, **fields)
        event.remove(engine, "before_cursor_execute", note)
        statement, parameters = seen[0]
        return str(conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all())

    found = await database.read(plan)
    assert index in found
    assert account or "TEMP B-TREE" not in found, "nothing is sorted"
