"""The database: connections, migrations, and reads in threads beside the event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url

from engine.store import migrate
from engine.store.errors import StoreUnavailable, is_outage
from engine.store.rows import SEAL
from engine.tasks.secret import Seal

T = TypeVar("T")
READERS = 4
LOCK_SECONDS = 10  # seconds that SQLite waits for another process's transaction


class Database:
    """SQLite (a file, in WAL mode) or PostgreSQL, by URL: `sqlite:////path`, `postgresql://user:password@host/name`.

    `seal` encrypts the secrets in it; without it they are stored in the clear. Only its owner may read an SQLite file.
    """

    def __init__(self, url: str, seal: Seal | None = None) -> None:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            self._writing, self._reading = _sqlite(parsed)
        elif parsed.get_backend_name() == "postgresql":
            self._writing, self._reading = _postgresql(parsed)
        else:
            raise ValueError("The database's URL must begin with sqlite:/// or postgresql://.")
        for engine in (self._writing, self._reading):
            _hand_in(engine, seal)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")

    @property
    def is_postgresql(self) -> bool:
        """Whether it is PostgreSQL, to which other processes may write at the same time."""
        return self._writing.dialect.name == "postgresql"

    def connect(self) -> Connection:
        """Open a connection that may write; for the writer's own thread, which closes it."""
        return self._writing.connect()

    async def migrate(self) -> None:
        """Migrate the tables to this version. Several processes may do so at once. Raises StoreUnavailable."""
        await self.transact(migrate.upgrade)

    async def read(self, function: Callable[[Connection], T]) -> T:
        """Run `function` in a reader thread in a read-only transaction; raises its errors, or StoreUnavailable."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, function)

    async def transact(self, function: Callable[[Connection], T]) -> T:
        """Run `function` in a transaction of its own, besides the writer: for start-up and administration only."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._run, self._writing, function)

    async def close(self) -> None:
        """Wait for the reads in progress, then close every connection."""
        await asyncio.to_thread(self._readers.shutdown)
        self._writing.dispose()
        self._reading.dispose()

    def _read(self, function: Callable[[Connection], T]) -> T:
        try:
            return self._run(self._reading, function)
        except StoreUnavailable as error:
            if not getattr(error.__cause__, "connection_invalidated", False):
                raise
        return self._run(self._reading, function)  # the server was restarted: drop the old connections

    def _run(self, engine: Engine, function: Callable[[Connection], T]) -> T:
        try:
            with engine.begin() as conn:
                return function(conn)
        except Exception as error:
            if is_outage(error):
                raise StoreUnavailable("The database cannot be reached now. Try again.") from error
            raise


def _sqlite(url: URL) -> tuple[Engine, Engine]:
    if not url.database or url.database == ":memory:":
        raise ValueError("An SQLite database must be a file: the writer and the readers each have a connection.")
    _keep_private(Path(url.database))
    arguments = {"isolation_level": None, "timeout": LOCK_SECONDS}  # None: BEGIN is ours, below
    engines = []
    for begin, last in (("BEGIN IMMEDIATE", "foreign_keys = ON"), ("BEGIN", "query_only = ON")):
        engine = create_engine(
            url.set(drivername="sqlite+pysqlite"),
            connect_args=arguments,
            pool_size=READERS + 1,
            hide_parameters=True,
        )
        _on_connect(engine, ("journal_mode = WAL", "synchronous = FULL", last))
        _on_begin(engine, begin)
        engines.append(engine)
    return engines[0], engines[1]


def _keep_private(file: Path) -> None:
    """Make the database's files readable by their owner only; SQLite gives the files that it adds the same mode.

    A missing folder, or a file of another owner, is reported by the first connection's error.
    """
    with suppress(OSError):
        file.touch(mode=0o600)
    for one in (file, *(file.with_name(file.name + ending) for ending in ("-wal", "-shm", "-journal"))):
        with suppress(OSError):
            one.chmod(0o600)


def _on_connect(engine: Engine, pragmas: tuple[str, ...]) -> None:
    @event.listens_for(engine, "connect")
    def connected(raw: Any, _: Any) -> None:
        for pragma in pragmas:
            raw.execute(f"PRAGMA {pragma}").close()


def _hand_in(engine: Engine, seal: Seal | None) -> None:
    @event.listens_for(engine, "connect")
    def connected(_: Any, record: Any) -> None:
        record.info[SEAL] = seal


def _on_begin(engine: Engine, begin: str) -> None:
    @event.listens_for(engine, "begin")
    def began(conn: Connection) -> None:
        raw: Any = conn.connection.dbapi_connection
        raw.execute(begin).close()  # costs a third of exec_driver_sql


def _postgresql(url: URL) -> tuple[Engine, Engine]:
    url = url.set(drivername="postgresql+psycopg")
    common: dict[str, Any] = {"pool_size": READERS + 1, "hide_parameters": True}
    writing = create_engine(url, **common)
    reading = create_engine(
        url,
        isolation_level="REPEATABLE READ",
        connect_args={"options": "-c default_transaction_read_only=on"},
        **common,
    )
    return writing, reading
