"""The migrations and tables.py must say the same."""

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

from engine.store.database import Database
from engine.store.tables import metadata


def _differences(conn: Connection) -> list[object]:
    context = MigrationContext.configure(conn, opts={"compare_type": True, "target_metadata": metadata})
    return list(compare_metadata(context, metadata))


def _indexes(conn: Connection) -> dict[str, set[str | None]]:
    return {table: {index["name"] for index in inspect(conn).get_indexes(table)} for table in metadata.tables}


async def test_the_migrated_schema_equals_the_tables(database: Database) -> None:
    assert await database.read(_differences) == []


async def test_every_index_of_the_tables_is_made_by_the_migrations(database: Database) -> None:
    made = await database.read(_indexes)
    for table in metadata.tables.values():
        assert {str(index.name) for index in table.indexes} <= made[table.name]


async def test_migrating_again_changes_nothing(database: Database) -> None:
    await database.migrate()
    await database.migrate()
    assert await database.read(_differences) == []


async def test_a_migrated_sqlite_file_is_in_wal_mode(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/new.db")
    await database.migrate()
    await database.close()
    connection = sqlite3.connect(tmp_path / "new.db")
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "oracle://localhost/x"])
def test_a_database_that_cannot_serve_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"must be"):
        Database(url)
