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


@pytest.fixture(scope="session")
def new_postgres(postgres_cluster: Cluster) -> NewUrl:
    """Make a migrated PostgreSQL database and return its URL."""
    postgres_cluster.execute("CREATE DATABASE migrated")
    asyncio.run(_migrate(postgres_cluster.url("migrated")))
    numbers = itertools.count(1)

    def make() -> str:
        name = f"test_{next(numbers)}"
        postgres_cluster.execute(f"CREATE DATABASE {name} TEMPLATE migrated")
        return postgres_cluster.url(name)

    return make


@pytest.fixture(scope="session")
def new_sqlite(tmp_path_factory: pytest.TempPathFactory) -> NewUrl:
    """Make a migrated SQLite database and return its URL."""
    return lambda: migrated_file(tmp_path_factory.mktemp("store") / "carillon.db")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty, migrated database: each test that asks for it runs on SQLite and on PostgreSQL."""
    make: NewUrl = request.getfixturevalue("new_sqlite" if request.param == "sqlite" else "new_postgres")
    return make()
