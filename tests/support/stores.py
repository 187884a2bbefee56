"""Databases for tests: on SQLite and on PostgreSQL, migrated once and copied for each test."""

import asyncio
import atexit
import functools
import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from engine.store.database import Database
from tests.support.postgres import Cluster, running_cluster

NewUrl = Callable[[], str]


async def _migrate(url: str) -> None:
    database = Database(url)
    await database.migrate()
    await database.close()


@functools.cache
def _migrated_once() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="carillon-migrated-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / "carillon.db"
    with ThreadPoolExecutor(1) as thread:  # a loop may run in this one
        thread.submit(asyncio.run, _migrate(f"sqlite:///{file}")).result()
    return file


def migrated_file(path: Path) -> str:
    """Make an SQLite file with the newest tables, which takes a second once a process; returns its URL."""
    shutil.copy(_migrated_once(), path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """A PostgreSQL server for the whole run."""
    with running_cluster() as cluster:
        yield cluster


class PostgresDatabases:
    """Migrated databases of a cluster. One that was given back is emptied and given out again, which takes a hundredth
    of the time that making one takes.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._numbers = itertools.count(1)
        self._free: list[str] = []
        cluster.execute("CREATE DATABASE migrated")
        asyncio.run(_migrate(cluster.url("migrated")))
        self._tables = self._shape("migrated")

    def make(self) -> str:
        """Return the name of an empty database that nobody else uses."""
        if self._free:
            return self._free.pop()
        name = f"test_{next(self._numbers)}"
        self._cluster.execute(f"CREATE DATABASE {name} TEMPLATE migrated")
        return name

    def give_back(self, name: str) -> None:
        """Empty a database; one whose tables are others by now, or that somebody still reads, is not used again."""
        busy = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}' AND pid != pg_backend_pid()"
        if self._cluster.rows(busy, name) == [(0,)] and self._shape(name) == self._tables:
            self._cluster.execute(_EMPTY, name)
            self._free.append(name)

    def _shape(self, name: str) -> list[tuple[Any, ...]]:
        return self._cluster.rows(_SHAPE, name)


_SHAPE = """
  SELECT relname, relkind, relnatts FROM pg_class WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT version_num, 'v', 0 FROM alembic_version ORDER BY 1, 2
"""
_EMPTY = """
  DO $$ DECLARE found text; BEGIN
    SET LOCAL session_replication_role = replica;  -- in no order of foreign keys
    FOR found IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename != 'alembic_version' LOOP
      EXECUTE format('DELETE FROM %I', found);
    END LOOP;
    FOR found IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
      PERFORM setval(found::regclass, 1, false);
    END LOOP;
  END $$
"""


@pytest.fixture(scope="session")
def postgres_databases(postgres_cluster: Cluster) -> PostgresDatabases:
    """The databases of the run's PostgreSQL server."""
    return PostgresDatabases(postgres_cluster)


@pytest.fixture(scope="session")
def new_postgres(postgres_cluster: Cluster, postgres_databases: PostgresDatabases) -> NewUrl:
    """Make a migrated PostgreSQL database and return its URL."""
    return lambda: postgres_cluster.url(postgres_databases.make())


@pytest.fixture(scope="session")
def new_sqlite(tmp_path_factory: pytest.TempPathFactory) -> NewUrl:
    """Make a migrated SQLite database and return its URL."""
    return lambda: migrated_file(tmp_path_factory.mktemp("store") / "carillon.db")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of an empty, migrated database: each test that asks for it runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        make: NewUrl = request.getfixturevalue("new_sqlite")
        yield make()
        return
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    databases: PostgresDatabases = request.getfixturevalue("postgres_databases")
    name = databases.make()
    yield cluster.url(name)
    databases.give_back(name)
