"""What the writer does while the database cannot be reached, and what is stored when the process is killed."""

import asyncio
import contextlib
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection
from structlog.testing import capture_logs

from engine.store import events, writer
from engine.store.database import Database
from engine.store.errors import StoreUnavailable
from engine.store.events import StoredEvent
from engine.store.writer import Writer
from tests.engine.store.samples import an_event
from tests.support.postgres import Cluster
from tests.support.stores import NewUrl

ENDLESS = """
import asyncio, sys
from engine.store import events
from engine.store.database import Database
from engine.store.writer import Writer
from tests.engine.store.samples import an_event

async def main():
    writer = Writer(Database(sys.argv[1]), "carillon-0")
    await writer.claim()
    async def endless(root):
        while True:
            event = an_event(root, id=f"{root} {asyncio.get_running_loop().time()}")
            await writer.write(lambda conn: events.append(conn, event))
            print(event.id, flush=True)
    await asyncio.gather(*(endless(f"call-{number}") for number in range(5)))

asyncio.run(main())
"""


def _append(conn: Connection) -> None:
    events.append(conn, an_event())


async def test_a_write_that_returned_survives_a_kill(database: Database, database_url: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", ENDLESS, database_url, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    told = [await process.stdout.readline() for _ in range(100)]
    process.send_signal(signal.SIGKILL)
    told += (await process.stdout.read()).splitlines(keepends=True)
    await process.wait()
    acknowledged = {line.decode().strip() for line in told if line.endswith(b"\n")}
    stored = await database.read(lambda conn: events.after(conn, 0, 1_000_000))
    assert acknowledged <= {one.event.id for one in stored}
    for number in range(5):
        sequences = [one.event.sequence for one in stored if one.event.root == f"call-{number}"]
        assert sequences == list(range(1, len(sequences) + 1))
    successor = Writer(database, "carillon-0")
    assert await successor.claim() == 2
    await successor.write(_append)
    await successor.stop()


async def test_a_write_waits_for_a_locked_sqlite_file(new_sqlite: NewUrl) -> None:
    url = new_sqlite()
    other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    database = Database(url)
    waiter = Writer(database)
    other.execute("BEGIN IMMEDIATE")
    write = asyncio.ensure_future(waiter.write(_append))
    done, _ = await asyncio.wait((write,), timeout=0.2)
    assert not done
    other.execute("COMMIT")
    await write
    other.close()
    await waiter.stop()
    await database.close()


async def test_a_file_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/no/such/folder.db")
    with pytest.raises(StoreUnavailable):
        await database.migrate()
    with pytest.raises(StoreUnavailable):
        await database.read(events.last_position)
    await database.close()


async def test_stopping_does_not_wait_for_a_database_that_stays_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "GIVE_UP_SECONDS", 0.1)
    database = Database(f"sqlite:///{tmp_path}/no/such/folder.db")
    waiter = Writer(database)
    with capture_logs():
        write = asyncio.ensure_future(waiter.write(_append))
        await asyncio.sleep(0)
        await waiter.stop()
        with pytest.raises(StoreUnavailable):
            await write
    assert waiter.out
    await database.close()


@contextlib.contextmanager
def _outage(cluster: Cluster, name: str) -> Iterator[None]:
    cluster.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    cluster.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    yield
    cluster.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


async def test_writes_wait_for_a_postgresql_that_is_down(new_postgres: NewUrl, postgres_cluster: Cluster) -> None:
    url = new_postgres()
    database = Database(url)
    told: list[StoredEvent] = []
    waiter = Writer(database, "carillon-0", told.extend)
    await waiter.claim()
    await waiter.write(_append)
    await database.read(events.last_position)
    with _outage(postgres_cluster, url.split("@/")[1].split("?")[0]), capture_logs() as logs:
        writes = [asyncio.ensure_future(waiter.write(_append)) for _ in range(3)]
        async with asyncio.timeout(30):
            while not waiter.out:
                await asyncio.wait(writes, timeout=0.02)
        with pytest.raises(StoreUnavailable):
            await database.read(events.last_position)
    assert [entry["event"] for entry in logs] == ["The database cannot be reached; writes wait."]
    await asyncio.gather(*writes)
    assert not waiter.out
    assert await database.read(lambda conn: events.after(conn, 0, 10)) == told
    assert len(told) == 4
    await waiter.stop()
    await database.close()


class _Proxy:
    """Stands between a client and the server's socket, and breaks the connection at the next COMMIT, once."""

    def __init__(self, target: str) -> None:
        self._target = target
        self.broken = 0
        self.breaking: Callable[[], bool] | None = None
        """Whether the COMMIT still reaches the server."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_unix_connection(self._target)
        back = asyncio.create_task(self._copy(server_reader, writer), name="answers")
        try:
            while data := await reader.read(65536):
                if b"COMMIT" in data and self.breaking is not None:
                    reaches, self.breaking = self.breaking(), None
                    self.broken += 1
                    back.cancel()
                    if reaches:
                        server_writer.write(data)
                        await server_reader.read(65536)
                    break
                server_writer.write(data)
        finally:
            back.cancel()
            for stream in (writer, server_writer):
                stream.close()

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)


@pytest.fixture
async def proxied(new_postgres: NewUrl, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[_Proxy, str]]:
    """A proxy, and the URL of a database behind it."""
    url = new_postgres()
    before, folder = url.split("?host=")
    proxy = _Proxy(f"{folder}/.s.PGSQL.5432")
    here = tmp_path_factory.mktemp("p")
    server = await asyncio.start_unix_server(proxy.serve, here / ".s.PGSQL.5432")
    yield proxy, f"{before}?host={here}"
    server.close()


@pytest.mark.parametrize("reaches", [True, False])
async def test_a_commit_whose_answer_is_lost_takes_place_once(proxied: tuple[_Proxy, str], reaches: bool) -> None:
    proxy, url = proxied
    database = Database(url)
    told: list[StoredEvent] = []
    waiter = Writer(database, "carillon-0", told.extend)
    await waiter.claim()
    await waiter.write(_append)
    proxy.breaking = lambda: reaches
    with capture_logs():
        await waiter.write(_append)
    assert proxy.broken == 1
    assert [one.event.sequence for one in told] == [1, 2]
    assert await database.read(lambda conn: events.after(conn, 0, 10)) == told
    await waiter.stop()
    await database.close()
