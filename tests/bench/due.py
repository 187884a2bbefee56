"""How late the scheduler is: 10,000 rows over ten seconds, with a restart in the middle, on SQLite and PostgreSQL."""

import asyncio
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from engine.platform import due_work
from engine.platform.due_work import DueWork
from engine.platform.scheduler import Finish, Scheduler
from engine.store.database import Database
from engine.store.writer import Writer
from tests.support.postgres import running_cluster

ROWS, SECONDS = 10_000, 10
SETTLE_SECONDS = 2


@dataclass
class Lateness:
    """Seconds of each row after its time, or after the second start if it was due before that; how many were done."""

    name: str
    late: list[float]

    def __str__(self) -> str:
        ordered = sorted(self.late)
        p50, p99 = (ordered[int(len(ordered) * part)] * 1000 for part in (0.5, 0.99))
        lost = "" if len(ordered) == ROWS else f", {ROWS - len(ordered)} LOST OR REPEATED: NOT VALID"
        return f"{self.name}: p50 {p50:.0f} ms, p99 {p99:.0f} ms, last {ordered[-1] * 1000:.0f} ms{lost}"


def measure() -> str:
    """Measure both stores; returns the figures."""
    with tempfile.TemporaryDirectory() as folder, running_cluster() as cluster:
        cluster.execute("CREATE DATABASE due")
        found = [
            asyncio.run(_measure("SQLite", f"sqlite:///{Path(folder)}/due.db")),
            asyncio.run(_measure("PostgreSQL", cluster.url("due"))),
        ]
    return "\n".join([f"{ROWS} rows due over {SECONDS} s, a restart in the middle", *(f"  {one}" for one in found)])


async def _measure(name: str, url: str) -> Lateness:
    database = Database(url)
    await database.migrate()
    writer = Writer(database, "bench")
    await writer.claim()
    began = time.time() + SETTLE_SECONDS

    def fill(conn: Connection) -> None:
        for number in range(ROWS):
            due_work.put(conn, DueWork(id=f"{number}", kind="note", at=began + SECONDS * number / ROWS))

    await writer.write(fill)
    late: list[float] = []
    ready = 0.0

    async def note(work: DueWork, finish: Finish) -> None:
        if await writer.write(finish):
            late.append(time.time() - max(work.at, ready))

    for _ in range(2):
        scheduler = Scheduler(database, writer)
        scheduler.register("note", note)
        await scheduler.start()
        await asyncio.sleep(max(0.0, began + SECONDS / 2 - time.time()) or SECONDS / 2 + SETTLE_SECONDS)
        await scheduler.stop()
        await writer.claim()
        ready = time.time()
    await writer.stop()
    await database.close()
    return Lateness(name, late)
