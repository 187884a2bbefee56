"""The lab's SMSC, and how passwords are kept."""

from pathlib import Path

import msgspec
from sqlalchemy import select

from engine.features.messaging.configuration.smscs import LAB, Live, Smscs
from engine.features.messaging.tables import smscs
from engine.net import Net
from engine.platform.audit import ADMIN
from engine.store.database import Database
from engine.store.writer import Writer
from engine.tasks.secret import SEALED, Seal
from tests.engine.features.conftest import database, writer
from tests.support.features import platform_of
from tests.support.stores import NewUrl, new_sqlite

__all__ = ["database", "new_sqlite", "writer"]


class NoLinks:
    """There are no links."""

    def live(self, smsc: str) -> Live:
        return Live("stopped")


async def changed() -> None:
    """Nobody reads the settings."""


async def service(database: Database, writer: Writer, folder: Path) -> Smscs:
    net = Net()
    try:
        return Smscs(platform_of(database, writer, net, folder), changed, NoLinks())
    finally:
        await net.close()


async def test_the_labs_follows_the_settings_and_keeps_what_was_changed_of_it(
    database: Database, writer: Writer, tmp_path: Path
) -> None:
    made = await service(database, writer, tmp_path)
    await made.ensure_lab(2775, "first")
    (view,) = await made.list()
    assert (view.smsc.name, view.smsc.port, view.smsc.password) == (LAB, 2775, "first")
    assert [(route.prefix, route.priority) for route in view.routes] == [("", 1000), ("1201555", 1000)]
    await made.change(ADMIN, LAB, {"per_second": 5.0})
    await made.remove_route(ADMIN, "", "*", LAB)
    await made.ensure_lab(3775, "second")
    (view,) = await made.list()
    assert (view.smsc.port, view.smsc.password, view.smsc.per_second) == (3775, "second", 5.0)
    assert [route.prefix for route in view.routes] == ["1201555"]


async def test_a_password_is_sealed_in_the_database(new_sqlite: NewUrl, tmp_path: Path) -> None:
    database = Database(new_sqlite(), Seal("the installation's secret"))
    writer = Writer(database)
    made = await service(database, writer, tmp_path)
    await made.ensure_lab(2775, "hush")
    await made.change(ADMIN, LAB, {"password": "quiet"})
    stored = await database.read(lambda conn: conn.execute(select(smscs.c.password)).scalar_one())
    assert stored.startswith(SEALED) and "quiet" not in stored
    assert (await made.show(LAB)).smsc.password == "quiet"
    assert msgspec.structs.asdict((await made.show(LAB)).smsc)["settings"] == "{}"
    await writer.stop()
    await database.close()
