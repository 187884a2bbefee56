"""The migrations and tables.py must say the same."""

import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from engine.store import accounts, applications, numbers
from engine.store.applications import Application
from engine.store.database import Database
from engine.store.numbers import Number
from engine.store.tables import metadata
from tests.support.postgres import Cluster


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


def _at_the_first_revision(conn: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", "engine.store:migrations")
    config.attributes["connection"] = conn
    command.upgrade(config, "0001")
    for row in (
        "INSERT INTO accounts (id, name, created, disabled, allow_private, country, currency, max_calls,"
        " calls_per_second, settings) VALUES ('acct-1', 'first', 1, false, false, 'US', 'USD', 1, 1, '{}')",
        "INSERT INTO applications (id, account, name, dialect, settings) VALUES ('app-1', 'acct-1', 'a', 'one', '{}')",
        "INSERT INTO numbers (number, account, application) VALUES ('500', 'acct-1', 'app-1')",
        "INSERT INTO credentials (dialect, \"key\", account, secret, created) VALUES ('one', 'k', 'acct-1', 's', 1)",
    ):
        conn.execute(text(row))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_what_the_first_revision_stored_is_there_after_the_others(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/old.db"
    if kind == "postgresql":
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        cluster.execute("CREATE DATABASE old")
        url = cluster.url("old")
    database = Database(url)
    await database.transact(_at_the_first_revision)
    await database.migrate()
    assert await database.read(_differences) == []
    number = await database.read(lambda conn: numbers.get(conn, "500"))
    assert number == Number(number="500", account="acct-1", application="app-1", capability="voice")
    application = await database.read(lambda conn: applications.get(conn, "app-1"))
    assert application == Application(id="app-1", account="acct-1", name="a", dialect="one")
    assert await database.read(lambda conn: accounts.credentials(conn, "acct-1")) == {"one": ("k", "s")}
    await database.close()


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
